// SPDX-License-Identifier: Apache-2.0
import { UserError } from "../errors.ts";
import type { Logger } from "../log/logger.ts";
import type { PolicyGuard } from "../policy/guard.ts";
import type { TransferPolicy } from "../policy/policy.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import { type Clipboards, isOpen, passes } from "./clipboard.ts";
import { type ConnectCompositor, HostClipboard } from "./host-clipboard.ts";
import type { HostDoor } from "./host-door.ts";
import type { SourceEvents } from "./host-selection.ts";
import { CopyError, StoredCopy } from "./stored-copy.ts";

/** The most bytes that a command moves where the policy does not say. */
const MAX_SIZE: number = 1024 * 1024;

/** The outcome of a command. */
export interface Crossed {
  /** The bytes that were moved; null where they will be, as soon as a window is used. */
  readonly size: number | null;
  /** Seconds for which it stays. */
  readonly seconds: number;
}

/** Moves what was copied over the border of a realm, because the user says so. */
export class Crossing {
  readonly #realm: Clipboards;
  readonly #guard: PolicyGuard;
  readonly #connect: ConnectCompositor | null;
  readonly #protocol: ProtocolRegistry;
  readonly #log: Logger;
  /** Takes back what was moved out, or is to be. */
  #takeBack: () => void = () => {};
  /** Takes back what was moved in, or is to be. */
  #forget: () => void = () => {};

  /** @param connect null where the compositor cannot be reached but by windows */
  constructor(
    realm: Clipboards,
    guard: PolicyGuard,
    connect: ConnectCompositor | null,
    protocol: ProtocolRegistry,
    log: Logger,
  ) {
    this.#realm = realm;
    this.#guard = guard;
    this.#connect = connect;
    this.#protocol = protocol;
    this.#log = log;
  }

  /** What programs have copied becomes the host's. @throws UserError */
  async out(): Promise<Crossed> {
    const policy = this.#policy();
    const { copy } = this.#realm.clipboard;
    if (copy === null) throw new UserError("nothing has been copied there");
    const stored = await this.#store(copy.types, (type, target) => copy.send(type, target));
    this.#takeBack();
    const host = await this.#openHost();
    if (host === null) return this.#outByWindow(stored, policy);
    const end = (): void => {
      this.#takeBack = () => {};
      clearTimeout(timer);
      host.close();
    };
    const timer = setTimeout(end, policy.takeBack * 1000);
    this.#takeBack = end;
    await host.set(stored.types, { send: (type, fd) => stored.write(type, fd), cancelled: end });
    return { size: stored.size, seconds: policy.takeBack };
  }

  /** What the host has becomes what programs can paste. @throws UserError */
  async in(): Promise<Crossed> {
    const policy = this.#policy();
    this.#forget();
    const host = await this.#openHost();
    if (host !== null) {
      try {
        return await this.#take(host, policy);
      } finally {
        host.close();
      }
    }
    for (const door of this.#realm.doors) if (door.offer !== null) return this.#take(door, policy);
    const stop = this.#realm.onUse((door) => {
      if (door.offer === null) return;
      this.#forget();
      void this.#take(door, policy).catch((error: Error) => this.#log.warn(`nothing is moved in: ${error.message}`));
    });
    const timer = setTimeout(() => this.#forget(), policy.takeBack * 1000);
    this.#forget = () => {
      this.#forget = () => {};
      clearTimeout(timer);
      stop();
    };
    return { size: null, seconds: policy.takeBack };
  }

  /** Nothing is copied any more, and what was moved is taken back. @throws UserError */
  clear(): void {
    this.#policy();
    this.close();
    this.#realm.clipboard.set(null);
  }

  /** Takes back what was moved. */
  close(): void {
    this.#takeBack();
    this.#forget();
  }

  #policy(): TransferPolicy {
    const policy = this.#guard.policy.clipboard;
    if (isOpen(policy)) throw new UserError("its clipboard is the host's, since its policy does not isolate it");
    return policy;
  }

  async #openHost(): Promise<HostClipboard | null> {
    return this.#connect === null ? null : HostClipboard.open(this.#connect, this.#protocol, this.#log);
  }

  async #store(types: readonly string[], receive: Parameters<typeof StoredCopy.of>[1]): Promise<StoredCopy> {
    const policy = this.#guard.policy.clipboard;
    const wanted = policy.types === null ? null : (type: string): boolean => passes(policy, type);
    try {
      return await StoredCopy.of(types, receive, wanted, Math.min(policy.maxSize, MAX_SIZE));
    } catch (error) {
      if (error instanceof CopyError) throw new UserError(`what was copied does not pass: ${error.message}`);
      throw error;
    }
  }

  async #take({ offer }: Pick<HostDoor, "offer">, policy: TransferPolicy): Promise<Crossed> {
    if (offer === null) throw new UserError("the host's clipboard is empty");
    const stored = await this.#store(offer.mimeTypes, (type, target) => offer.send(type, target));
    const { clipboard } = this.#realm;
    clipboard.set(stored);
    const timer = setTimeout(() => this.#forget(), policy.takeBack * 1000);
    this.#forget = () => {
      this.#forget = () => {};
      clearTimeout(timer);
      clipboard.remove(stored);
    };
    return { size: stored.size, seconds: policy.takeBack };
  }

  /** Hosts take a clipboard from a client with newer input only, so that this waits for some. */
  #outByWindow(stored: StoredCopy, policy: TransferPolicy): Crossed {
    let destroy = (): void => {};
    const end = (): void => {
      this.#takeBack = () => {};
      clearTimeout(timer);
      stop();
      destroy();
    };
    const events: SourceEvents = { send: (type, fd) => stored.write(type, fd), cancelled: () => end() };
    const stop = this.#realm.onUse((door, serial) => {
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
