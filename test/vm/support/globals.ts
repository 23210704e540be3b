// SPDX-License-Identifier: Apache-2.0

/** The interfaces that wayland-info's output lists, with their versions. */
export function parseGlobals(output: Buffer): ReadonlyMap<string, number> {
  const lines = output.toString().matchAll(/^interface: '(\w+)', +version: +(\d+),/gm);
  return new Map([...lines].map(([, name, version]) => [name as string, Number(version)]));
}
