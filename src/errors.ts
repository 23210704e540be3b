// SPDX-License-Identifier: Apache-2.0
/**
 * Something that the user can put right: a wrong option, a name in use, a missing directory. Its message is one line
 * that says what is wrong and what to do; whoever catches it prints that line alone, with no stack trace. Anything
 * else that is thrown is a defect of ours or of the machine.
 */
export class UserError extends Error {
  override readonly name: string = "UserError";
}
