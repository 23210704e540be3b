// SPDX-License-Identifier: Apache-2.0
import type { Hooks } from "../relay/hooks.ts";
import type { Session } from "../relay/session.ts";
import type { WindowManager } from "./window-manager.ts";

/** Holds input back until the X server has the window on top, or the keyboard there, that the host means. */
export function inputHooks(of: (session: Session) => WindowManager | null): Hooks {
  return {
    events: {
      wl_pointer: {
        enter: ({ session, args }) => (args.surface === null ? undefined : of(session)?.pointerEnters(args.surface)),
        leave: ({ session }) => of(session)?.pointerLeaves(),
      },
      wl_keyboard: {
        enter: ({ session, args }) => (args.surface === null ? undefined : of(session)?.keyboardEnters(args.surface)),
        leave: ({ session }) => of(session)?.keyboardLeaves(),
      },
    },
  };
}
