// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";

/**
 * The root of this package: the nearest folder with a package.json above this file, or above the program that this file was
 * bundled into.
 */
export const packageRoot: URL = find(new URL(".", import.meta.url));

function find(folder: URL): URL {
  if (existsSync(new URL("package.json", folder))) return folder;
  const parent = new URL("..", folder);
  return parent.href === folder.href ? new URL(".", import.meta.url) : find(parent);
}
