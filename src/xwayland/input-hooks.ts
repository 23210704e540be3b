// SPDX-License-Identifier: Apache-2.0
import type { Hooks } from "../relay/hooks.ts";
import type { Session } from "../relay/session.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { WindowManager } from "./window-manager.ts";

/** Holds input back until the X server has the window on top, or the keyboard there, that the host means. */
export function inputHooks(of: (session: Session) => WindowManager | null): Hooks {
  const enters = (session: Session, surface: WlObject | null, what: "pointerEnters" | "keyboardEnters") => {
    const manager = of(session);
    return surface === null ? undefined : manager?.user[what](manager.windows.withSurface(surface));
  };
  return {
    events: {
      wl_pointer: {
        enter: ({ session, args }) => enters(session, args.surface, "pointerEnters"),
        leave: ({ session }) => of(session)?.user.pointerLeaves(),
      },
      wl_keyboard: {
        enter: ({ session, args }) => enters(session, args.surface, "keyboardEnters"),
        leave: ({ session }) => of(session)?.user.keyboardLeaves(),
      },
    },
  };
}
