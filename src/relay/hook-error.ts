// SPDX-License-Identifier: Apache-2.0
import { ProtocolError } from "../wire/errors.ts";
import type { Message } from "../wire/signature.ts";
import type { WlObject } from "../wire/wl-object.ts";

/**
 * What was wrong with a hook.
 *
 * - bad-value: it gave a message a value that does not fit the argument, such as an object of another interface
 * - no-such-argument, no-such-message, no-such-interface: the protocols do not have what it named
 * - failed: it threw something else, which is the `cause`
 */
export type HookErrorCode = "bad-value" | "no-such-argument" | "no-such-message" | "no-such-interface" | "failed";

/** A mistake in a hook. Nothing of the message that it was about has been sent. */
export class HookError extends TypeError {
  readonly code: HookErrorCode;
  /** The message that was hooked, as `xdg_toplevel.set_title`; null where a message was sent outside of any hook. */
  readonly hook: string | null;

  constructor(code: HookErrorCode, text: string, hook: string | null = null, cause?: unknown) {
    super(text, { cause });
    this.name = "HookError";
    this.code = code;
    this.hook = hook;
  }
}

/** What a hook of a message has thrown, with the hook's name. What is the client's fault stays what it is. */
export function inHookOf(object: WlObject, message: Message, thrown: unknown): unknown {
  if (thrown instanceof ProtocolError) return thrown;
  const hook = `${object.interfaceName}.${message.name}`;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  const code = thrown instanceof HookError ? thrown.code : "failed";
  const error = new HookError(code, `the hook of ${hook} failed: ${reason}`, hook, thrown);
  // Where it was thrown says more than where it was caught.
  const frames = thrown instanceof Error ? /\n {4}at [\s\S]*/.exec(thrown.stack ?? "") : null;
  if (frames !== null) error.stack = `${error.name}: ${error.message}${frames[0]}`;
  return error;
}
