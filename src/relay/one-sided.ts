// SPDX-License-Identifier: Apache-2.0
import type { Events, Requests } from "../protocol/generated/types.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { HookedMessage } from "./hooked-message.ts";

type Handlers<Messages> = {
  readonly [M in keyof Messages]?: (args: Messages[M], message: HookedMessage<Messages[M]>) => void | Promise<void>;
};

/** Handles the events to an object that only the host and we know, by their names. Other events are ignored. */
export function onEvents<I extends keyof Events>(object: WlObject, _interface: I, handlers: Handlers<Events[I]>): void {
  listen(object, handlers);
}

/** Handles the requests to an object that only the client and we know, by their names. Other requests are ignored. */
export function onRequests<I extends keyof Requests>(
  object: WlObject,
  _interface: I,
  handlers: Handlers<Requests[I]>,
): void {
  listen(object, handlers);
}

function listen<Messages>(object: WlObject, handlers: Handlers<Messages>): void {
  object.listener = (message: HookedMessage<never>) =>
    handlers[message.signature.name as keyof Messages]?.(message.args, message);
}
