// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UserError } from "../../errors.ts";

/** Milliseconds that a program may take to say what it is or has; a tenth of a second is usual. */
const LIMIT_MS = 10_000;

/**
 * What a program writes when it is asked something by these arguments; nothing when it does not start. Throws a UserError when
 * it does not end.
 */
export async function answerOf(program: string, args: readonly string[], limit: number = LIMIT_MS): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { timeout: limit, killSignal: "SIGKILL" });
    return stdout;
  } catch (error) {
    if ((error as { killed?: boolean }).killed !== true) return "";
    const question = [program, ...args].join(" ");
    throw new UserError(
      `"${question}" has not ended within ${limit / 1000} s: end what holds it up, or install it anew`,
    );
  }
}
