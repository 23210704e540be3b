// SPDX-License-Identifier: Apache-2.0
import { SILENCE_AFTER_NO } from "../policy/transfer-limits.ts";

/** Asks the user. Resolves to whether the answer is yes; to false as well when nobody answers in time. */
export type AskUser = (question: string) => Promise<boolean>;

/** The user's answers to what a policy does not decide: one for each offer or source, for as long as that is there. */
export class Consent {
  readonly #ask: AskUser;
  readonly #answers = new WeakMap<object, Promise<boolean>>();
  #isAsking = false;
  #silentUntil = 0;

  constructor(ask: AskUser) {
    this.#ask = ask;
  }

  /** Resolves to whether data of an offer or source may pass. While one question is open, others are answered by no. */
  for(subject: object, question: string): Promise<boolean> {
    const known = this.#answers.get(subject);
    if (known !== undefined) return known;
    if (this.#isAsking || performance.now() < this.#silentUntil) return Promise.resolve(false);
    const answer = this.#put(question);
    this.#answers.set(subject, answer);
    return answer;
  }

  async #put(question: string): Promise<boolean> {
    this.#isAsking = true;
    const isAllowed = await this.#ask(question).catch(() => false);
    this.#isAsking = false;
    if (!isAllowed) this.#silentUntil = performance.now() + SILENCE_AFTER_NO;
    return isAllowed;
  }
}
