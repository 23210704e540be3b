// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";

/** Where scripts/setup-desktop.sh has unpacked newer programs than Debian bookworm's. */
const root = fileURLToPath(new URL("../../../../.cache/trixie/root", import.meta.url));

/** How to start one of them, with the libraries that belong to it. */
export function fromTrixie(program: string): [loader: string, ...args: string[]] {
  const loader = `${root}/usr/lib64/ld-linux-x86-64.so.2`;
  return [loader, "--library-path", `${root}/usr/lib/x86_64-linux-gnu`, `${root}/usr/bin/${program}`];
}
