// SPDX-License-Identifier: Apache-2.0
import { isNamed } from "../copies.ts";
import { ProtocolError } from "../wire/errors.ts";

/**
 * The code of a mistake in a hook.
 *
 * - bad-value: the hook gave a message a value that does not fit the argument, such as an object of another interface
 * - no-such-argument, no-such-message, no-such-interface: the protocols do not have what the hook named
 * - failed: the hook threw something else, which is the `cause`
 */
export type HookErrorCode = "bad-value" | "no-such-argument" | "no-such-message" | "no-such-interface" | "failed";

/** A mistake in a hook. Nothing of the message that it was about has been sent. */
export class HookError extends TypeError {
  readonly code: HookErrorCode;
  /** The name of what was hooked, as `xdg_toplevel.set_title` or `onClient`; null for a message that no hook sent. */
  readonly hook: string | null;

  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: subclasses inherit this
    return isNamed(value, this, HookError, "HookError");
  }

  constructor(code: HookErrorCode, text: string, hook: string | null = null, cause?: unknown) {
    super(text, { cause });
    this.name = "HookError";
    this.code = code;
    this.hook = hook;
  }
}

/** Names the hook in an error that it has thrown. An error that is the client's fault stays what it is. */
export function inHook(hook: string, thrown: unknown): unknown {
  if (thrown instanceof ProtocolError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  const code = thrown instanceof HookError ? thrown.code : "failed";
  const error = new HookError(code, `the hook of ${hook} failed: ${reason}`, hook, thrown);
  // Where it was thrown says more than where it was caught.
  const frames = thrown instanceof Error ? /\n {4}at [\s\S]*/.exec(thrown.stack ?? "") : null;
  if (frames !== null) error.stack = `${error.name}: ${error.message}${frames[0]}`;
  return error;
}
