// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Desktop, Display } from "../../desktop/support/desktop.ts";
import { removeBuffers } from "../../desktop/support/wl-copy.ts";
import { eventually } from "../../support/eventually.ts";
import { patience } from "./patience.ts";

/** Bytes: more than a pipe holds. */
const SIZE = 300_000;
/** How often a paste is tried that comes to nothing. */
const MOST_TRIES = 5;

/** What one program copies and another pastes, again and again, until something fails or it is stopped. */
export class Clipboard {
  /** How often it arrived. */
  carried = 0;
  failure: string | null = null;
  readonly #desktop: Desktop;
  readonly #display: Display;
  readonly #ended: Promise<void>;
  #goesOn = true;

  constructor(desktop: Desktop, display: Display) {
    this.#desktop = desktop;
    this.#display = display;
    this.#ended = this.#run();
  }

  /** Waits for it to arrive so many times more. */
  async more(count: number): Promise<void> {
    const aim = this.carried + count;
    await eventually(`${count} more pastes`, () => this.carried >= aim || this.failure !== null, patience);
    assert.equal(this.failure, null);
  }

  async stop(): Promise<void> {
    this.#goesOn = false;
    await this.#ended;
  }

  async #run(): Promise<void> {
    try {
      while (this.#goesOn) await this.#carry();
    } catch (error) {
      this.failure = (error as Error).message;
    }
  }

  async #carry(): Promise<void> {
    const desktop = this.#desktop;
    const payload = randomBytes(SIZE);
    const type = `application/x-soak-${this.carried}`;
    const args = ["--foreground", "--type", type];
    const copy = desktop.start(this.#display, "wl-copy", args, { input: payload });
    try {
      const offered = async (): Promise<boolean> => {
        assert.ok(copy.running, `wl-copy ended: ${copy.output}`);
        return (await this.#paste("--list-types")).includes(`${type}\n`);
      };
      await eventually("the clipboard to be offered", offered, patience);
      let pasted = await this.#paste("--no-newline", "--type", type);
      // weston offers the selection anew whenever the keyboard moves, and gives nothing to who asks by the offer before.
      // Only that is tried again: the same type has to be offered still, and anything else that comes is a failure.
      for (let tries = 1; pasted.length === 0 && tries < MOST_TRIES; tries++) {
        await eventually("the clipboard to be offered anew", offered, patience);
        pasted = await this.#paste("--no-newline", "--type", type);
      }
      assert.ok(pasted.equals(payload), "the bytes that arrive are those that were copied");
      this.carried++;
    } finally {
      await copy.stop();
      removeBuffers(payload);
    }
  }

  /** What wl-paste prints: nothing as long as there is no clipboard. */
  async #paste(...args: string[]): Promise<Buffer> {
    const paste = this.#desktop.start(this.#display, "wl-paste", args, { capture: true });
    await paste.end(patience);
    return paste.captured;
  }
}
