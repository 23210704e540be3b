// SPDX-License-Identifier: Apache-2.0
import type { Events, Requests } from "../protocol/generated/types.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { HookedMessage } from "./hooked-message.ts";

/** The handlers of the messages to one object, by the messages' names. */
export type Handlers<Messages, I extends string> = {
  readonly [M in keyof Messages]?: (args: Messages[M], message: HookedMessage<Messages[M], I>) => void | Promise<void>;
};

/** Handles the events to an object that only the host and we know, by their names. Other events are ignored. */
export function onEvents<I extends keyof Events>(object: WlObject<I>, handlers: Handlers<Events[I], NoInfer<I>>): void {
  listen(object, handlers);
}

/**
 * Handles the events to an object that we have in a client's place. Hooks see them before, as they see those of the
 * client's own objects. Its requests are to go by `Client.injectRequest`, so that hooks see these, too.
 */
export function onHookedEvents<I extends keyof Events>(
  object: WlObject<I>,
  handlers: Handlers<Events[I], NoInfer<I>>,
): void {
  object.isHooked = true;
  listen(object, handlers);
}

/** Handles the requests to an object that only the client and we know, by their names. Other requests are ignored. */
export function onRequests<I extends keyof Requests>(
  object: WlObject<I>,
  handlers: Handlers<Requests[I], NoInfer<I>>,
): void {
  listen(object, handlers);
}

function listen<Messages, I extends string>(object: WlObject<I>, handlers: Handlers<Messages, I>): void {
  object.listener = (message: HookedMessage<never, never>) =>
    handlers[message.signature.name as keyof Messages]?.(message.args, message);
}
