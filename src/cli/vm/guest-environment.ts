// SPDX-License-Identifier: Apache-2.0
/** The environment of programs in a VM. */
import { UserError } from "../../errors.ts";
import type { Variables } from "../common/environment.ts";
import type { Caller } from "./user.ts";

/** The display of the guest's proxy. */
export const GUEST_DISPLAY = "wayland-0";
/** The X display in a VM that has one. */
export const GUEST_X_DISPLAY = ":0";

/** The variables that lead a program to the guest's proxy. */
export const displayVariables: Readonly<Record<string, string>> = {
  XDG_SESSION_TYPE: "wayland",
  WAYLAND_DISPLAY: GUEST_DISPLAY,
};

/** Variables that are as good in the VM as here, where it has the same programs. */
const passed = ["PATH", "LANG", "LANGUAGE", "SHELL", "XDG_DATA_DIRS"];
/** Those that are so in each VM. */
const passedToAll = ["TZ", "XCURSOR_THEME", "XCURSOR_SIZE"];
const passedToTerminals = ["TERM", "COLORTERM"];

const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

/** The runtime directory in the guest. */
export function guestRuntimeDir({ uid }: Caller): string {
  return `/run/user/${uid}`;
}

/**
 * The environment of a program in a VM.
 *
 * @param user who runs it; null: its image has a user, and programs, of its own
 * @param wanted what the user wants in it: NAME=VALUE, or NAME
 * @throws UserError for what is no variable
 */
export function guestEnvironment(
  here: Variables,
  wanted: readonly string[],
  user: Caller | null,
  hasTerminal: boolean,
): Record<string, string> {
  const locale = Object.keys(here).filter((name) => name.startsWith("LC_"));
  const ofPrograms = user === null ? [] : [...passed, ...locale];
  const names = [...ofPrograms, ...passedToAll, ...(hasTerminal ? passedToTerminals : [])];
  const result: Record<string, string> = user === null ? {} : { PATH: DEFAULT_PATH };
  for (const name of names) {
    const value = here[name];
    if (value !== undefined) result[name] = value;
  }
  if (user !== null) {
    Object.assign(result, {
      HOME: user.home,
      USER: user.name,
      LOGNAME: user.name,
      XDG_RUNTIME_DIR: guestRuntimeDir(user),
    });
  }
  Object.assign(result, displayVariables);
  for (const text of wanted) {
    const [, name = "", value] = /^([^=]+)(?:=(.*))?$/s.exec(text) ?? [];
    if (name === "") throw new UserError(`--env ${JSON.stringify(text)} is no variable: write NAME=VALUE, or NAME`);
    const chosen = value ?? here[name];
    if (chosen !== undefined) result[name] = chosen;
  }
  return result;
}
