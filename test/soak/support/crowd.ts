// SPDX-License-Identifier: Apache-2.0
import { setTimeout as pause } from "node:timers/promises";
import { answers } from "../../desktop/support/wire-client.ts";
import { eventually } from "../../support/eventually.ts";
import { patience } from "./patience.ts";

/** Clients at a time, and the milliseconds between one and the next: room for others on a small machine. */
const WIDTH = 4;
const PACE = 10;

/** Clients that connect, look at what there is, and go again, one after the other. */
export class Crowd {
  /** How many were served, and what happened to the others. */
  served = 0;
  readonly failures: string[] = [];
  readonly #socket: string;
  readonly #lanes: Promise<unknown>;
  #goesOn = true;

  constructor(socket: string) {
    this.#socket = socket;
    this.#lanes = Promise.all(Array.from({ length: WIDTH }, () => this.#connect()));
  }

  /** Waits until so many more have come, and were served or failed. */
  async more(count: number): Promise<void> {
    const aim = this.#count + count;
    await eventually(`${count} more clients`, () => this.#count >= aim, patience);
  }

  async stop(): Promise<void> {
    this.#goesOn = false;
    await this.#lanes;
  }

  get #count(): number {
    return this.served + this.failures.length;
  }

  async #connect(): Promise<void> {
    while (this.#goesOn) {
      try {
        if (await answers(this.#socket)) this.served++;
        else this.failures.push("nobody listens");
      } catch (error) {
        this.failures.push((error as Error).message);
      }
      await pause(PACE);
    }
  }
}
