// SPDX-License-Identifier: Apache-2.0
/** What VMs keep by --keep NAME: a folder for each name in the user's folder of data. */
import { join } from "node:path";
import { findProgram } from "../../check/places.ts";
import {
  type LayerStatus,
  layerFile,
  listLayers,
  type OpenLayer,
  openImageLayer,
  openLayer,
  removeLayer,
} from "../../vm/host/layer.ts";
import type { System } from "../../vm/host/qemu.ts";
import { bytesText } from "../common/bytes-text.ts";
import type { Environment } from "../common/environment.ts";
import { userFolder } from "./user.ts";

/** Where mkfs.ext4 is, which is in no $PATH of many users. */
const SYSTEM_FOLDERS = "/usr/sbin:/sbin:/usr/local/sbin";

/** The folder with all that is kept. */
function keptFolder({ inheritable }: Environment): string {
  return join(userFolder(inheritable, "XDG_DATA_HOME", ".local/share"), "wayland-proxy-vm");
}

/** The path of the file in which something is kept. */
export function keptFile(environment: Environment, name: string, isOverImage = false): string {
  return layerFile(join(keptFolder(environment), name), isOverImage ? "image" : "folders");
}

/** Takes what is kept under a name, which is made if it is not there. Throws UserErrors. */
export function openKept(environment: Environment, name: string, size: number, system: System): Promise<OpenLayer> {
  const folder = join(keptFolder(environment), name);
  if (system.kind === "image") return openImageLayer(folder, system);
  return openLayer(folder, size, findMakeFileSystem(environment));
}

/** The path of mkfs.ext4, or null. */
export function findMakeFileSystem({ searchPath }: Environment): string | null {
  return findProgram("mkfs.ext4", `${searchPath}:${SYSTEM_FOLDERS}`);
}

/** A line for each thing that is kept. */
export function listKept(environment: Environment): string {
  return listLayers(keptFolder(environment))
    .map((layer) => `${lineOf(layer)}\n`)
    .join("");
}

function lineOf({ name, file, used, size, isInUse }: LayerStatus): string {
  return `kept: ${name}, ${bytesText(used)} of ${bytesText(size)}${isInUse ? ", in use" : ""}, ${file}`;
}

/** Removes what is kept under a name. Throws UserErrors. */
export function removeKept(environment: Environment, name: string): void {
  removeLayer(join(keptFolder(environment), name));
}
