// SPDX-License-Identifier: Apache-2.0
import type { HookedMessage } from "../relay/hooked-message.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { Session } from "../relay/session.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { UserInput } from "./user-input.ts";
import type { WindowManager } from "./window-manager.ts";

/** wl_pointer.button_state and wl_keyboard.key_state */
const PRESSED = 1;

/** What the hooks work with, of one Xwayland. */
export interface InputTargets {
  readonly input: UserInput;
  /** Null until the X server is ours. */
  readonly manager: WindowManager | null;
}

/**
 * Notes what the user does, and holds input back until the X server has the window on top, or the keyboard there, that the
 * host means.
 */
export function inputHooks(of: (session: Session) => InputTargets): Hooks {
  const made = ({ session, object, args }: HookedMessage<{ id: WlObject }>): void => {
    of(session).input.deviceMade(object, args.id);
  };
  const points = (session: Session, surface: WlObject | null): Promise<void> | undefined => {
    const { manager } = of(session);
    return surface === null ? undefined : manager?.user.pointerEnters(manager.windows.withSurface(surface));
  };
  return {
    requests: {
      wl_seat: { get_pointer: made, get_keyboard: made, get_touch: made },
    },
    events: {
      wl_pointer: {
        enter: ({ session, args }) => {
          of(session).input.pointerEnters(args.surface);
          return points(session, args.surface);
        },
        leave: ({ session }) => {
          const { input, manager } = of(session);
          input.pointerLeaves();
          manager?.user.pointerLeaves();
        },
        button: ({ session, object, args }) => {
          of(session).input.button(object, args.button, args.state === PRESSED, args.serial);
        },
      },
      wl_keyboard: {
        enter: ({ session, object, args }) => {
          const { input, manager } = of(session);
          input.keyboardEnters(args.serial);
          const window = manager?.windows.withSurface(args.surface) ?? null;
          return manager?.user.keyboardEnters(window, object, args.serial);
        },
        leave: ({ session }) => {
          const { input, manager } = of(session);
          input.keyboardLeaves();
          manager?.user.keyboardLeaves();
        },
        key: ({ session, object, args }) => of(session).input.key(object, args.state === PRESSED, args.serial),
      },
      wl_touch: {
        down: ({ session, object, args }) => {
          of(session).input.touch(object, args.surface, args.serial);
          return points(session, args.surface);
        },
      },
      zwp_tablet_tool_v2: { proximity_in: ({ session, args }) => points(session, args.surface) },
    },
  };
}
