// SPDX-License-Identifier: Apache-2.0
/** The clipboards that all programs of a VM, or of a local proxy, have among themselves. */
import { randomBytes } from "node:crypto";
import type { PolicyGuard } from "../policy/guard.ts";
import type { TransferPolicy } from "../policy/policy.ts";
import type { Client } from "../relay/client.ts";
import type { Consent } from "./consent.ts";
import { ClientCopy, type Copy } from "./copy.ts";
import type { HostDoor } from "./host-door.ts";

/** The selections that there are, by the fields of a policy. */
export type SelectionField = "clipboard" | "primary";

/** @param serial of input in a window of the door's client; null for news of the host's clipboard */
type DoorListener = (door: HostDoor, serial: number | null) => void;

/** One selection of a realm: what a program of it has copied last. */
export class Clipboard {
  #copy: Copy | null = null;
  readonly #listeners = new Set<() => void>();
  #isTelling = false;
  /** The types of what others had copied when that was last seen; null before. */
  othersTypes: string | null = null;
  /** The ways to the host's selection that are open. */
  readonly doors: Set<HostDoor> = new Set();
  readonly #waiting = new Set<DoorListener>();

  /** The copy that programs can paste; null for none, or while they paste what others have copied. */
  get copy(): Copy | null {
    return this.#copy;
  }

  /** Puts a copy in the place of the one that there was. */
  set(copy: Copy | null): void {
    const before = this.#copy;
    if (before === copy) return;
    this.#copy = copy;
    before?.replaced();
    if (this.#isTelling || this.#listeners.size === 0) return;
    this.#isTelling = true;
    setImmediate(() => {
      this.#isTelling = false;
      for (const listener of [...this.#listeners]) listener();
    });
  }

  /** Takes a copy away if it is still there. */
  remove(copy: Copy | undefined): void {
    if (copy !== undefined && this.#copy === copy) this.set(null);
  }

  /** Takes away what a client has copied, if that is still there. */
  removeOf(client: Client): void {
    if (this.#copy instanceof ClientCopy && this.#copy.client === client) this.set(null);
  }

  /**
   * Calls back when there is another copy: soon, and once for the last of several, since a program can have many devices
   * and copy often. @returns what ends that
   */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Whether somebody waits for a use of a door. */
  get awaitsUse(): boolean {
    return this.#waiting.size > 0;
  }

  /** Calls back for each use of a door. @returns what ends that */
  onUse(listener: DoorListener): () => void {
    this.#waiting.add(listener);
    return () => void this.#waiting.delete(listener);
  }

  /** Notes that there is another offer behind a door, or that there was input, by its serial. */
  used(door: HostDoor, serial: number | null): void {
    for (const listener of [...this.#waiting]) listener(door, serial);
  }
}

/** Something that a program drags. */
export interface Drag {
  readonly copy: Copy;
  /** The type that who is below the pointer accepts, as far as that is a program of the realm; null for none. */
  accepted: string | null;
}

/** What the programs of one realm share: those of a VM, or of a local proxy with its X11 programs. */
export class Clipboards {
  readonly clipboard: Clipboard = new Clipboard();
  readonly primary: Clipboard = new Clipboard();
  /** The drag of a program that has not ended; null for none. */
  drag: Drag | null = null;
  /** Asks the user where the policy says so; null where that is not possible. */
  consent: Consent | null = null;
  /** The name of the realm, for the user. */
  name = "a program";
  /** A type beside those of a program's copy, by which we know it when the host offers it. */
  readonly marker: string = newMarker();
  static readonly #all = new WeakMap<PolicyGuard, Clipboards>();

  /** Those of the programs for which a policy holds. */
  static for(guard: PolicyGuard): Clipboards {
    let clipboards = Clipboards.#all.get(guard);
    if (clipboards === undefined) {
      clipboards = new Clipboards();
      Clipboards.#all.set(guard, clipboards);
    }
    return clipboards;
  }

  /** Takes away what a client has copied or drags. */
  removeOf(client: Client): void {
    this.clipboard.removeOf(client);
    this.primary.removeOf(client);
    const { copy } = this.drag ?? {};
    if (copy instanceof ClientCopy && copy.client === client) this.drag = null;
  }
}

/** Whether everything passes both ways by itself, so that the host's selection serves programs among themselves, too. */
export function isOpen(policy: TransferPolicy): boolean {
  return policy.in === "allow" && policy.out === "allow";
}

/** A new type that no program knows. Nothing is to be had in it: it marks what is of one realm, or of one X server. */
export function newMarker(): string {
  return `application/x-wayland-proxy-${randomBytes(8).toString("hex")}`;
}

/** Whether a type is such a mark, of whichever proxy: a proxy in a VM has some of its own. */
export function isMarker(mimeType: string): boolean {
  return /^application\/x-wayland-proxy-[0-9a-f]{16}(-\d{1,15})?$/.test(mimeType);
}

/** Whether a type may be told to the other side: one in which data may pass, or a mark. */
export function isTold(policy: TransferPolicy, mimeType: string): boolean {
  return passes(policy, mimeType) || isMarker(mimeType);
}

/** Whether data may pass in a type. */
export function passes({ types }: TransferPolicy, mimeType: string): boolean {
  return (
    types === null ||
    types.some((type) => (type.endsWith("*") ? mimeType.startsWith(type.slice(0, -1)) : mimeType === type))
  );
}
