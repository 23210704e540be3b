// SPDX-License-Identifier: Apache-2.0
import { WlPointerButtonState as ButtonState, WlKeyboardKeyState as KeyState } from "../../protocol/generated/enums.ts";
import type { Client } from "../../relay/client.ts";
import type { HookedMessage } from "../../relay/hooked-message.ts";
import type { Hooks } from "../../relay/hooks.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { Windows } from "../base/windows.ts";
import type { UserFocus } from "./user-focus.ts";
import type { UserInput } from "./user-input.ts";

interface Place {
  readonly surface_x: number;
  readonly surface_y: number;
}

/** The services of one Xwayland that the hooks work with. */
export interface InputTargets {
  readonly input: UserInput;
  /** Null until the X server is ours. */
  readonly manager: { readonly windows: Windows; readonly user: UserFocus } | null;
}

/**
 * Notes what the user does. Input is held back until the window that the host means is on top for the X server, or has
 * the keyboard there.
 */
export function inputHooks(of: (client: Client) => InputTargets): Hooks {
  const made = ({ client, object, args }: HookedMessage<{ id: WlObject }, "wl_seat">): void => {
    of(client).input.deviceMade(object, args.id);
  };
  const keyboardLeaves = (message: {
    readonly client: Client;
    readonly object: WlObject<"wl_keyboard">;
  }): Promise<void> | undefined => {
    const { input, manager } = of(message.client);
    input.keyboardLeaves(message.object);
    return manager?.user.keyboardLeaves(message.object);
  };
  const points = (client: Client, surface: WlObject<"wl_surface"> | null): Promise<void> | undefined => {
    const { manager } = of(client);
    return surface === null ? undefined : manager?.user.pointerEnters(manager.windows.withSurface(surface));
  };
  return {
    stage: "translation",
    requests: {
      wl_seat: { get_pointer: made, get_keyboard: made, get_touch: made },
      // Of a seat that has none any more, or is gone. What is waited for then comes with the requests behind it.
      wl_keyboard: { release: (message) => void keyboardLeaves(message) },
    },
    events: {
      wl_pointer: {
        enter(message) {
          const { client, object, args } = message;
          const { input } = of(client);
          input.pointerEnters(args.surface);
          message.after(() => moveThere(client, object, message.args));
          if (input.drag === null) return points(client, args.surface);
          return input.drag.hostEnters(args.surface).then(() => points(client, args.surface));
        },
        leave(message) {
          const { input, manager } = of(message.client);
          input.pointerLeaves();
          manager?.user.pointerLeaves();
          if (input.drag?.hostLeaves(message.args.serial)) message.drop();
        },
        button: ({ client, object, args }) => {
          const { input } = of(client);
          input.button(object, args.button, args.state === ButtonState.pressed, args.serial);
          if (args.state === ButtonState.released) input.drag?.hostReleases(object, args.button);
        },
      },
      wl_keyboard: {
        enter: ({ client, object, args }) => {
          const { input, manager } = of(client);
          input.keyboardEnters(object, args.serial);
          const window = manager?.windows.withSurface(args.surface) ?? null;
          return manager?.user.keyboardEnters(window, object, args.serial);
        },
        leave: keyboardLeaves,
        key: ({ client, object, args }) => of(client).input.key(object, args.state === KeyState.pressed, args.serial),
      },
      wl_touch: {
        down: ({ client, object, args }) => {
          of(client).input.touch(object, args.surface, args.serial);
          return points(client, args.surface);
        },
      },
      zwp_tablet_tool_v2: { proximity_in: ({ client, args }) => points(client, args.surface) },
    },
  };
}

/**
 * Moves the pointer to where it enters a surface. Xwayland itself takes the pointer there. But it reports a button that
 * is pressed before the next motion at the place of the last one, in whatever window that was.
 */
function moveThere(client: Client, pointer: WlObject<"wl_pointer">, { surface_x, surface_y }: Place): void {
  // Xwayland has a clock of its own.
  client.sendEvent(pointer, "motion", { time: 0, surface_x, surface_y });
  if (client.hasEvent(pointer, "frame")) client.sendEvent(pointer, "frame", {});
}
