// SPDX-License-Identifier: Apache-2.0

export type DbusLibrary = typeof import("./dbus-library.ts");

/** Loads the library that speaks D-Bus, which few processes need. scripts/bundle.ts makes a file of it beside the programs. */
export function loadDbus(): Promise<DbusLibrary> {
  return import(new URL("../../bin/dbus-library.cjs", import.meta.url).href) as Promise<DbusLibrary>;
}
