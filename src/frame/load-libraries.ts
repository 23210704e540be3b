// SPDX-License-Identifier: Apache-2.0

export type TextLibraries = typeof import("./text-libraries.ts");

/**
 * Loads the libraries that text needs, and few processes do. scripts/bundle.ts makes a file of them beside the programs:
 * HarfBuzz waits at its top level for its WebAssembly, which no module of CommonJS may.
 */
export function loadTextLibraries(): Promise<TextLibraries> {
  return import(new URL("../../bin/text-libraries.mjs", import.meta.url).href) as Promise<TextLibraries>;
}
