// SPDX-License-Identifier: Apache-2.0
/** An entry in the desktop's menu that starts a program in a VM. The format is freedesktop.org's Desktop Entry. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { findProgram } from "../../check/places.ts";
import { UserError } from "../../errors.ts";
import type { Variables } from "../common/environment.ts";
import { userFolder } from "./user.ts";

const DEFAULT_DATA_FOLDERS = "/usr/local/share:/usr/share";

/** Keys that would start the program elsewhere, or say that it opens files, which are not in the VM. */
const droppedKeys = /^(TryExec|DBusActivatable|MimeType)\b/;

/**
 * Writes an entry for a command, made from that of its program where there is one. Returns its path.
 *
 * @param options of wayland-proxy-vm, which stand in the entry as well
 * @param hasOtherPrograms whether the VM has programs that are not in $PATH here
 * @throws UserError for a program that such a VM cannot have
 */
export function installDesktopEntry(
  environment: Variables,
  options: readonly string[],
  command: readonly string[],
  hasOtherPrograms: boolean,
): string {
  const own = userFolder(environment, "XDG_DATA_HOME", ".local/share");
  const { XDG_DATA_DIRS: others, PATH = "" } = environment;
  const [program = ""] = command;
  const name = basename(program);
  const folders = [own, ...(others || DEFAULT_DATA_FOLDERS).split(":")].map((folder) => join(folder, "applications"));
  const found = folders.map((folder) => join(folder, `${name}.desktop`)).find((path) => existsSync(path));
  if (found === undefined && !hasOtherPrograms && findProgram(program, PATH) === null) {
    throw new UserError(
      `there is no program ${program} here, and no entry ${name}.desktop: nothing was written; install it, or name it by its path`,
    );
  }
  const starter = ["wayland-proxy-vm", ...options, "--"].map(quote).join(" ");
  const text = found === undefined ? newEntry(name, starter, command) : inVm(readFileSync(found, "utf8"), starter);
  const folder = folders[0] as string;
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `wayland-proxy-vm-${name}.desktop`);
  writeFileSync(path, text);
  return path;
}

/** An entry with all that it starts started in a VM, and with names that say so. */
function inVm(entry: string, starter: string): string {
  const lines = entry.split("\n").filter((line) => !droppedKeys.test(line));
  let group = "";
  return lines
    .map((line) => {
      group = /^\[(.*)\]/.exec(line)?.[1] ?? group;
      if (line.startsWith("Exec=")) return `Exec=${starter} ${line.slice("Exec=".length)}`;
      return group === "Desktop Entry" ? line.replace(/^(Name(?:\[[^\]]*\])?=.*)$/, "$1 (VM)") : line;
    })
    .join("\n");
}

function newEntry(name: string, starter: string, command: readonly string[]): string {
  const exec = `${starter} ${command.map(quote).join(" ")}`;
  return `[Desktop Entry]\nType=Application\nName=${escaped(name)} (VM)\nExec=${exec}\n`;
}

/** An argument as it stands in Exec: in quotes if it has letters that mean something, and a % doubled. */
function quote(argument: string): string {
  const text = argument.replaceAll("%", "%%");
  if (/^[\w@+=:,./%-]+$/.test(text)) return text;
  // The value is read as a string first, in which a backslash has a meaning, too.
  return escaped(`"${text.replaceAll(/["`$\\]/g, "\\$&")}"`);
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
