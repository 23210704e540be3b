// SPDX-License-Identifier: Apache-2.0
/** The environment of programs in a VM. */
import { UserError } from "../../errors.ts";
import type { Variables } from "../common/environment.ts";
import type { Caller } from "./user.ts";

/** The display of the guest's proxy. */
export const GUEST_DISPLAY = "wayland-0";
/** The X display in a VM that has one. */
export const GUEST_X_DISPLAY = ":0";

/** Variables that are as good in the VM as here: it has the same programs. */
const passed = ["PATH", "LANG", "LANGUAGE", "TZ", "SHELL", "XDG_DATA_DIRS", "XCURSOR_THEME", "XCURSOR_SIZE"];
const passedToTerminals = ["TERM", "COLORTERM"];

const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

/** The runtime directory in the guest. */
export function guestRuntimeDir({ uid }: Caller): string {
  return `/run/user/${uid}`;
}

/**
 * The environment of a program in a VM.
 *
 * @param wanted what the user wants in it: NAME=VALUE, or NAME
 * @throws UserError for what is no variable
 */
export function guestEnvironment(
  here: Variables,
  wanted: readonly string[],
  user: Caller,
  hasTerminal: boolean,
): Record<string, string> {
  const names = [...passed, ...(hasTerminal ? passedToTerminals : [])];
  const locale = Object.keys(here).filter((name) => name.startsWith("LC_"));
  const result: Record<string, string> = { PATH: DEFAULT_PATH };
  for (const name of [...names, ...locale]) {
    const value = here[name];
    if (value !== undefined) result[name] = value;
  }
  Object.assign(result, {
    HOME: user.home,
    USER: user.name,
    LOGNAME: user.name,
    XDG_RUNTIME_DIR: guestRuntimeDir(user),
    XDG_SESSION_TYPE: "wayland",
    WAYLAND_DISPLAY: GUEST_DISPLAY,
  });
  for (const text of wanted) {
    const [, name = "", value] = /^([^=]+)(?:=(.*))?$/s.exec(text) ?? [];
    if (name === "") throw new UserError(`--env ${JSON.stringify(text)} is no variable: write NAME=VALUE, or NAME`);
    const chosen = value ?? here[name];
    if (chosen !== undefined) result[name] = chosen;
  }
  return result;
}
