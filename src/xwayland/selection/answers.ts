// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../../log/logger.ts";
import { SystemError } from "../../native/errors.ts";
import type { Fd } from "../../native/fd.ts";
import type { X11Connection } from "../../x11/client/connection.ts";
import { getProperty, setProperty, wordsOf } from "../../x11/client/properties.ts";
import type { EventOf } from "../../x11/codec/events.ts";
import { Atom, EventMask } from "../../x11/generated/enums.ts";
import { MAX_CONVERSIONS, MAX_REFUSALS, MAX_TRANSFERS, PROMISE_DELAY, REFUSAL_DELAY } from "./limits.ts";
import { answerFor, targetsOf } from "./targets.ts";
import type { TransferEvents } from "./transfer-events.ts";
import { TransferToX } from "./transfer-to-x.ts";

type Request = EventOf<"SelectionRequest">;

/** Something that X clients may have, such as what a program of the host's has copied. */
export interface Offer {
  readonly mimeTypes: readonly string[];
  /** The read end of a pipe that it comes through; null when it is not to be had. Throws a SystemError (EMFILE). */
  receive(mimeType: string): Fd | null;
}

/** Answers X clients that want what we have in a selection, for others (ICCCM 2.2). */
export class SelectionAnswers {
  readonly #x: X11Connection;
  readonly #events: TransferEvents;
  readonly #log: Logger;
  /** The transfers, from the oldest to the newest. */
  readonly #transfers = new Set<TransferToX>();
  #refusals = 0;

  constructor(x: X11Connection, events: TransferEvents, log: Logger) {
    this.#x = x;
    this.#events = events;
    this.#log = log;
  }

  /** Whether some client has not got all yet. */
  get busy(): boolean {
    return this.#transfers.size > 0;
  }

  /**
   * Answers a request in the course of time.
   *
   * @param offer null to refuse it
   * @param time since when we own the selection, by the X server's clock
   */
  async answer(request: Request, offer: Offer | null, time: number): Promise<void> {
    // Clients from before ICCCM leave it to the owner which property it is.
    const property = request.property || request.target;
    let hasAnswer = false;
    try {
      if (offer !== null && request.target === this.#x.atoms.atom("MULTIPLE") && request.property !== Atom.None) {
        hasAnswer = await this.#answerAll(request, offer, time);
      } else if (offer !== null) {
        hasAnswer = await this.#convert(request.requestor, request.target, property, offer, time);
      }
    } catch (error) {
      // Otherwise the client has gone.
      if (error instanceof SystemError) this.#failed(error);
    }
    if (hasAnswer) this.#notify(request, property);
    else this.#refuse(request);
  }

  /** Gives up all that is underway. */
  close(): void {
    for (const transfer of this.#transfers) transfer.abort();
  }

  /** MULTIPLE: a list of targets and of properties for them, in which those that failed are marked. */
  async #answerAll({ requestor, property }: Request, offer: Offer, time: number): Promise<boolean> {
    const maxBytes = MAX_CONVERSIONS * 8;
    const list = await getProperty(this.#x, requestor, property, { maxBytes });
    const pairs = wordsOf(list).slice();
    if (list === null || pairs.length === 0 || list.bytesAfter > 0) return false;
    const targets = [...pairs.keys()].filter((i) => i % 2 === 0 && i + 1 < pairs.length);
    // A program of the host's may write one after the other, but the client takes nothing before all are promised.
    const timer = setTimeout(() => {
      for (const transfer of this.#transfers) if (transfer.destination.requestor === requestor) transfer.promise();
    }, PROMISE_DELAY);
    await Promise.all(
      targets.map(async (i) => {
        const [target = 0, to = 0] = pairs.subarray(i, i + 2);
        const converted = this.#convert(requestor, target, to, offer, time).catch((error: unknown) => {
          if (error instanceof SystemError) this.#failed(error);
          return false;
        });
        const done = to !== Atom.None && (await converted);
        if (!done) pairs[i + 1] = Atom.None;
      }),
    );
    clearTimeout(timer);
    setProperty(this.#x, requestor, property, this.#x.atoms.atom("ATOM_PAIR"), pairs);
    return true;
  }

  /** Puts something into a property. Resolves to whether it is there, or in part. */
  async #convert(requestor: number, target: number, property: number, offer: Offer, time: number): Promise<boolean> {
    const { atoms } = this.#x;
    if (target === atoms.atom("TIMESTAMP")) {
      setProperty(this.#x, requestor, property, Atom.INTEGER, Uint32Array.of(time));
      return true;
    }
    if (target === atoms.atom("TARGETS")) {
      const targets = Uint32Array.from(await atoms.intern(targetsOf(offer.mimeTypes)));
      setProperty(this.#x, requestor, property, Atom.ATOM, targets);
      return true;
    }
    const name = await atoms.name(target);
    const answer = name === null ? null : answerFor(name, offer.mimeTypes);
    if (answer === null) return false;
    const [type = 0] = await atoms.intern([answer.type]);
    const fd = offer.receive(answer.mimeType);
    if (fd === null) return false;
    this.#makeRoom(requestor, property);
    const destination = { requestor, property, type, latin1: answer.latin1 };
    const transfer = new TransferToX(this.#x, this.#events, fd, destination, (ended) => this.#transfers.delete(ended));
    this.#transfers.add(transfer);
    return transfer.begun;
  }

  /** Ends what the client has given up, since it wants something else in the same place, and the oldest if there are many. */
  #makeRoom(requestor: number, property: number): void {
    for (const transfer of this.#transfers) {
      const { destination } = transfer;
      if (destination.requestor === requestor && destination.property === property) transfer.drop();
    }
    const [oldest] = this.#transfers;
    if (oldest !== undefined && this.#transfers.size >= MAX_TRANSFERS) oldest.abort();
  }

  /** There are no more descriptors, which is to cost this paste alone. */
  #failed(error: SystemError): void {
    this.#log.warn(`an X client cannot get what was copied or is dragged: ${error.message}`);
  }

  #refuse(request: Request): void {
    if (this.#refusals >= MAX_REFUSALS) return this.#notify(request, Atom.None);
    this.#refusals++;
    setTimeout(() => {
      this.#refusals--;
      this.#notify(request, Atom.None);
    }, REFUSAL_DELAY);
  }

  #notify({ requestor, selection, target, time }: Request, property: number): void {
    const event = { name: "SelectionNotify", requestor, selection, target, time, property } as const;
    this.#x.sendEvent(requestor, EventMask.NoEvent, event);
  }
}
