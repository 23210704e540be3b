// SPDX-License-Identifier: Apache-2.0
import type { Hooks } from "../relay/hooks.ts";
import type { Session } from "../relay/session.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { WindowManager } from "./window-manager.ts";

/** Holds input back until the X server has the window on top, or the keyboard there, that the host means. */
export function inputHooks(of: (session: Session) => WindowManager | null): Hooks {
  const points = ({ session, args }: { session: Session; args: { surface: WlObject | null } }) => {
    const manager = of(session);
    return args.surface === null ? undefined : manager?.user.pointerEnters(manager.windows.withSurface(args.surface));
  };
  return {
    events: {
      wl_pointer: {
        enter: points,
        leave: ({ session }) => of(session)?.user.pointerLeaves(),
      },
      wl_touch: { down: points },
      zwp_tablet_tool_v2: { proximity_in: points },
      wl_keyboard: {
        enter({ session, object, args }) {
          const manager = of(session);
          const window = manager?.windows.withSurface(args.surface) ?? null;
          return manager?.user.keyboardEnters(window, object, args.serial);
        },
        leave: ({ session }) => of(session)?.user.keyboardLeaves(),
      },
    },
  };
}
