// SPDX-License-Identifier: Apache-2.0
import { printable } from "../log/printable.ts";
import type { Fd } from "../native/fd.ts";
import { ReceivedFd } from "../native/received-fd.ts";
import type { PolicyGuard } from "../policy/guard.ts";
import { MAX_SHOWN_TYPE, MAX_WAITING } from "../policy/transfer-limits.ts";
import type { Client } from "../relay/client.ts";
import { type Clipboards, passes } from "./clipboard.ts";
import { LimitedTransfers } from "./limited-transfers.ts";

/** The fields of a policy about what passes between programs and others. */
export type TransferField = "clipboard" | "primary" | "dragAndDrop";

export const transferFields: readonly TransferField[] = ["clipboard", "primary", "dragAndDrop"];

/** The words for what passes, which complete "… is refused". */
export const refusalText: Readonly<Record<TransferField, Readonly<Record<"in" | "out", string>>>> = {
  clipboard: { in: "pasting what others have copied", out: "copying for others" },
  primary: { in: "pasting what others have marked", out: "marking for others" },
  dragAndDrop: { in: "dropping what others drag", out: "dragging to others" },
};

/** Questions to the user, behind the name of a realm. */
const questions: Readonly<Record<TransferField, Readonly<Record<"in" | "out", string>>>> = {
  clipboard: {
    in: "wants to paste what you have copied elsewhere",
    out: "has copied something that another program wants",
  },
  primary: { in: "wants what you have marked elsewhere", out: "has marked something that another program wants" },
  dragAndDrop: { in: "wants what you have dropped on it", out: "gives what you have dragged out of it" },
};

/** Data that is to pass. */
export interface Transfer {
  readonly client: Client;
  /** The offer or source that it is of. */
  readonly subject: object;
  readonly mimeType: string;
  /** The descriptor into which the data is written. */
  readonly target: Fd;
}

/** Lets data of transfers pass, as far as a policy and the user allow it. */
export class Border {
  readonly #guard: PolicyGuard;
  readonly #realm: Clipboards;
  readonly #limited = new LimitedTransfers();
  readonly #waiting = new WeakMap<Client, { count: number }>();

  constructor(guard: PolicyGuard, realm: Clipboards) {
    this.#guard = guard;
    this.#realm = realm;
  }

  /** Whether the user is asked about data of a transfer. */
  asks(field: TransferField | null, direction: "in" | "out"): boolean {
    return field !== null && this.#guard.policy[field][direction] === "ask";
  }

  /**
   * Returns what the data has to be written into instead of the target, which may be the target itself; null for data that
   * may not pass, or cannot for want of descriptors, which is then logged.
   *
   * @param field null for a use that is not known
   */
  pass({ client, mimeType, target }: Transfer, field: TransferField | null, direction: "in" | "out"): Fd | null {
    const { policy } = this.#guard;
    // What is not known to be anything is refused if anything is.
    const relevant = field === null ? transferFields : [field];
    const refusing = relevant.find(
      (one) =>
        policy[one][direction] === "deny" ||
        (field === null && policy[one][direction] === "ask") ||
        !passes(policy[one], mimeType),
    );
    if (refusing !== undefined) {
      this.#guard.refuse(client, refusing, `${refusalText[refusing][direction]} as ${mimeType}`);
      return null;
    }
    const maxSize = Math.min(...relevant.map((one) => policy[one].maxSize));
    if (!Number.isFinite(maxSize)) return target;
    const refuse = (reason: string): void => this.#guard.refuse(client, field ?? "clipboard", reason);
    try {
      return this.#limited.begin(client, target, maxSize, refuse);
    } catch (error) {
      this.#failed(client, field ?? "clipboard", direction, error);
      return null;
    }
  }

  /**
   * Lets data pass, at once or when the user has allowed it.
   *
   * @param go has it written into a descriptor, which is handed over
   */
  hand(transfer: Transfer, field: TransferField, direction: "in" | "out", go: (target: Fd) => void): void {
    if (this.asks(field, direction)) return void this.passWithConsent(transfer, field, direction, go);
    const next = this.pass(transfer, field, direction);
    if (next === null) transfer.target.close();
    else go(next);
  }

  /** Lets data pass once the user has allowed it; see `hand`. */
  async passWithConsent(
    transfer: Transfer,
    field: TransferField,
    direction: "in" | "out",
    go: (target: Fd) => void,
  ): Promise<void> {
    const { client, subject, mimeType } = transfer;
    const target = new ReceivedFd(transfer.target.take(), client);
    const waiting = this.#waiting.get(client) ?? { count: 0 };
    this.#waiting.set(client, waiting);
    let isOver = false;
    const forget = client.onEnded(() => {
      isOver = true;
    });
    waiting.count++;
    const { consent, name } = this.#realm;
    const isAllowed =
      consent !== null &&
      waiting.count <= MAX_WAITING &&
      (await consent.for(
        subject,
        `${name} ${questions[field][direction]} (${printable(mimeType).slice(0, MAX_SHOWN_TYPE)}).`,
      ));
    waiting.count--;
    forget();
    if (!isAllowed) this.#guard.refuse(client, field, `${refusalText[field][direction]}, as nobody has said yes,`);
    try {
      const next = isAllowed && !isOver ? this.pass({ ...transfer, target }, field, direction) : null;
      if (next !== null) return go(next);
    } catch (error) {
      // Nobody waits for this, so that the whole process would end with it.
      this.#failed(client, field, direction, error);
    }
    target.close();
  }

  #failed(client: Client, field: TransferField, direction: "in" | "out", error: unknown): void {
    client.log.warn(`${client.name}: ${refusalText[field][direction]} failed: ${(error as Error).message}`);
  }
}
