// SPDX-License-Identifier: Apache-2.0
import { UserError } from "../errors.ts";
import type { Logger } from "../log/logger.ts";
import { SystemError } from "../native/errors.ts";
import type { PolicyGuard } from "../policy/guard.ts";
import type { TransferPolicy } from "../policy/policy.ts";
import { MAX_MOVED } from "../policy/transfer-limits.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import { type Clipboard, type Clipboards, isOpen, passes, type SelectionField } from "./clipboard.ts";
import { type ConnectCompositor, HostClipboard } from "./host-clipboard.ts";
import type { HostDoor } from "./host-door.ts";
import type { SourceEvents } from "./host-selection.ts";
import { CopyError, StoredCopy } from "./stored-copy.ts";

/** The outcome of a command. */
export interface Crossed {
  /** The bytes that were moved; null where they will be, as soon as a window is used. */
  readonly size: number | null;
  /** Seconds for which it stays. */
  readonly seconds: number;
}

/** What this needs of a running program. */
export interface CrossingContext {
  readonly realm: Clipboards;
  readonly guard: PolicyGuard;
  /** Null where the compositor cannot be reached but by windows. */
  readonly connect: ConnectCompositor | null;
  readonly protocol: ProtocolRegistry;
  readonly log: Logger;
}

/** The words for a selection. */
const nouns: Readonly<Record<SelectionField, { readonly name: string; readonly done: string }>> = {
  clipboard: { name: "clipboard", done: "copied" },
  primary: { name: "primary selection", done: "marked" },
};

/**
 * Moves a selection over the border of a realm, because the user says so. One command is carried out after the other; what is
 * cleared ends those that have not come to their end.
 */
export class Crossing {
  readonly #context: CrossingContext;
  readonly #field: SelectionField;
  /** Takes back what was moved out, or is to be. */
  #takeBack: () => void = () => {};
  /** Takes back what was moved in, or is to be. */
  #forget: () => void = () => {};
  /** Settles when all that was asked for until now is done. */
  #last: Promise<unknown> = Promise.resolve();
  /** Counts how often everything was taken back. */
  #clears = 0;

  constructor(context: CrossingContext, field: SelectionField) {
    this.#context = context;
    this.#field = field;
  }

  /** What programs have becomes the host's. @throws UserError */
  out(): Promise<Crossed> {
    return this.#inTurn((check) => this.#out(check));
  }

  /** What the host has becomes what programs can paste. @throws UserError */
  in(): Promise<Crossed> {
    return this.#inTurn((check) => this.#in(check));
  }

  /** Programs have nothing any more, and what was moved is taken back. @throws UserError */
  clear(): void {
    this.#policy();
    this.close();
    this.#clipboard.set(null);
  }

  /** Takes back what was moved. */
  close(): void {
    this.#clears++;
    this.#takeBack();
    this.#forget();
  }

  /** @param check throws if all was taken back since the command was given */
  async #inTurn(action: (check: () => void) => Promise<Crossed>): Promise<Crossed> {
    const clears = this.#clears;
    const check = (): void => {
      if (this.#clears !== clears) throw new UserError(`the ${this.#noun.name} was cleared meanwhile`);
    };
    const turn = this.#last.then(() => {
      check();
      return action(check);
    });
    this.#last = turn.catch(() => {});
    try {
      return await turn;
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      throw new UserError(`what was ${this.#noun.done} cannot be moved: ${error.message}`);
    }
  }

  async #out(check: () => void): Promise<Crossed> {
    const policy = this.#policy();
    const { copy } = this.#clipboard;
    if (copy === null) throw new UserError(`nothing has been ${this.#noun.done} there`);
    const stored = await this.#store(copy.types, (type, target) => copy.send(type, target));
    const host = await this.#openHost(check);
    this.#takeBack();
    if (host === null) return this.#outByWindow(stored, policy);
    const end = (): void => {
      if (this.#takeBack === end) this.#takeBack = () => {};
      clearTimeout(timer);
      host.close();
    };
    const timer = setTimeout(end, policy.takeBack * 1000);
    this.#takeBack = end;
    await host.set(stored.types, { send: (type, fd) => stored.write(type, fd.raw), cancelled: end });
    check();
    return { size: stored.size, seconds: policy.takeBack };
  }

  async #in(check: () => void): Promise<Crossed> {
    const policy = this.#policy();
    this.#forget();
    const host = await this.#openHost(check);
    if (host !== null) {
      try {
        return await this.#take(host, policy, check);
      } finally {
        host.close();
      }
    }
    for (const door of this.#clipboard.doors) if (door.offer !== null) return this.#take(door, policy, check);
    const stop = this.#clipboard.onUse((door) => {
      if (door.offer === null) return;
      this.#forget();
      void this.#inTurn((checkLater) => this.#take(door, policy, checkLater)).catch((error: Error) =>
        this.#context.log.warn(`nothing is moved in: ${error.message}`),
      );
    });
    const end = (): void => {
      if (this.#forget === end) this.#forget = () => {};
      clearTimeout(timer);
      stop();
    };
    const timer = setTimeout(end, policy.takeBack * 1000);
    this.#forget = end;
    return { size: null, seconds: policy.takeBack };
  }

  get #noun(): (typeof nouns)[SelectionField] {
    return nouns[this.#field];
  }

  get #clipboard(): Clipboard {
    return this.#context.realm[this.#field];
  }

  #policy(): TransferPolicy {
    const policy = this.#context.guard.policy[this.#field];
    if (isOpen(policy))
      throw new UserError(`its ${this.#noun.name} is the host's, since its policy does not isolate it`);
    return policy;
  }

  async #openHost(check: () => void): Promise<HostClipboard | null> {
    const { connect, protocol, log } = this.#context;
    const host = connect === null ? null : await HostClipboard.open(this.#field, connect, protocol, log);
    try {
      check();
    } catch (error) {
      host?.close();
      throw error;
    }
    return host;
  }

  async #store(types: readonly string[], receive: Parameters<typeof StoredCopy.of>[1]): Promise<StoredCopy> {
    const { guard, log } = this.#context;
    const policy = guard.policy[this.#field];
    const wanted = policy.types === null ? null : (type: string): boolean => passes(policy, type);
    try {
      return await StoredCopy.of(types, receive, wanted, Math.min(policy.maxSize, MAX_MOVED), log);
    } catch (error) {
      if (error instanceof CopyError)
        throw new UserError(`what was ${this.#noun.done} does not pass: ${error.message}`);
      throw error;
    }
  }

  async #take({ offer }: Pick<HostDoor, "offer">, policy: TransferPolicy, check: () => void): Promise<Crossed> {
    if (offer === null) throw new UserError(`the host's ${this.#noun.name} is empty`);
    const stored = await this.#store(offer.mimeTypes, (type, target) => offer.send(type, target));
    check();
    this.#forget();
    const clipboard = this.#clipboard;
    clipboard.set(stored);
    const end = (): void => {
      if (this.#forget === end) this.#forget = () => {};
      clearTimeout(timer);
      clipboard.remove(stored);
    };
    const timer = setTimeout(end, policy.takeBack * 1000);
    this.#forget = end;
    return { size: stored.size, seconds: policy.takeBack };
  }

  /** Hosts take a selection from a client with newer input only, so that this waits for some. */
  #outByWindow(stored: StoredCopy, policy: TransferPolicy): Crossed {
    let destroy = (): void => {};
    const end = (): void => {
      if (this.#takeBack === end) this.#takeBack = () => {};
      clearTimeout(timer);
      stop();
      destroy();
    };
    const events: SourceEvents = { send: (type, fd) => stored.write(type, fd.raw), cancelled: () => end() };
    const stop = this.#clipboard.onUse((door, serial) => {
      if (serial === null) return;
      stop();
      const source = door.set(stored.types, serial, events);
      destroy = () => source.destroy();
    });
    const timer = setTimeout(end, policy.takeBack * 1000);
    this.#takeBack = end;
    return { size: null, seconds: policy.takeBack };
  }
}
