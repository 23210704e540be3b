// SPDX-License-Identifier: Apache-2.0
import type { Events, Requests } from "../protocol/generated/types.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import type { Message } from "../wire/signature.ts";
import type { WireMessage } from "../wire/wire-message.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { Client, InterfaceName } from "./client.ts";
import type { HookedMessage } from "./hooked-message.ts";

/** Handles one message. A promise makes the messages behind it wait, in the same direction. */
export type Hook<Args, I extends string = string> = ((message: HookedMessage<Args, I>) => void | Promise<void>) & {
  /**
   * Handles it as it lies on the wire, where it can and no other hook wants to see the message.
   *
   * @internal
   */
  readonly inPlace?: InPlaceHook;
};

/**
 * Decides about a message that was not decoded, and may change its words, which nobody has checked.
 *
 * @returns whether it is forwarded; null when the message has to be decoded for the hook
 * @internal
 */
export type InPlaceHook = (client: Client, wire: WireMessage) => boolean | null;

/** The hooks of one direction, by interface and message. */
export type HooksFor<Messages> = {
  readonly [I in keyof Messages & string]?: { readonly [M in keyof Messages[I]]?: Hook<Messages[I][M], I> };
};

/**
 * The stage of a hook. One stage runs after the other, in the same order in both directions. Within a stage hooks run
 * in the order in which they were given.
 *
 * - offers: what we serve ourselves, before anybody else sees it: globals that the host does not know, surfaces of
 *   Xwayland
 * - policy: what a client may see and do of what the host offers
 * - translation: what must change because client and host do not share memory, pixels or windows
 * - user: everything else, such as hooks from outside
 * - seal: what nobody may take off again, such as marks on windows
 */
export type HookStage = "offers" | "policy" | "translation" | "user" | "seal";

const stages: readonly HookStage[] = ["offers", "policy", "translation", "user", "seal"];

/** A global of one interface that we serve ourselves. */
export interface ServedGlobal<I extends InterfaceName> {
  readonly interface: I;
  /**
   * Answers to an object that a client has bound, and of which the host knows nothing; see `onRequests`. A promise makes the
   * client's messages behind the bind wait.
   */
  readonly serve: (client: Client, object: WlObject<I>) => void | Promise<void>;
}

/**
 * A global of our own. Every registry announces it unless the user hides it, and hides the host's globals of that
 * interface.
 */
export interface OwnGlobal<I extends InterfaceName> extends ServedGlobal<I> {
  readonly kind: "own";
  readonly version: number;
}

/** A global of our own which a client's registries announce where the host has none of its interface. */
export interface MissingGlobal<I extends InterfaceName> extends ServedGlobal<I> {
  readonly kind: "missing";
  readonly version: number;
}

/** A global that stays announced where the host has one of its interface, but that we serve. */
export interface ReplacedGlobal<I extends InterfaceName> extends ServedGlobal<I> {
  readonly kind: "instead";
}

/**
 * A second interface under which clients can bind a global of the host's. Wherever the host has a global of the
 * interface `of`, clients are offered this one, too, as far as the policy offers that. Both have the same messages
 * under different names.
 */
export interface AliasGlobal {
  readonly kind: "alias";
  readonly interface: InterfaceName;
  readonly version: number;
  readonly of: InterfaceName;
}

/** A global that clients see although the host does not have it, or not so. */
export type GlobalOffer =
  | { [I in InterfaceName]: OwnGlobal<I> | MissingGlobal<I> | ReplacedGlobal<I> }[InterfaceName]
  | AliasGlobal;

/**
 * Whether hooks are to see the messages of an object now. This is asked for each message, so it should not take long.
 */
export type HookCondition = (client: Client, object: WlObject) => boolean;

/** The hooks of one behaviour: the messages that it wants to see, by interface and name. */
export interface Hooks {
  /** The stage in which these hooks run; by default "user". */
  readonly stage?: HookStage;
  /**
   * Whether these hooks are to see the messages of an object now; by default they see those of all objects. This is
   * asked before a message is decoded. A message that no hook is to see is forwarded in place.
   */
  readonly when?: HookCondition;
  /** Hooks of messages from the client to the host. */
  readonly requests?: HooksFor<Requests>;
  /** Hooks of messages from the host to the client. */
  readonly events?: HooksFor<Events>;
  /** Called when a client has connected, before its first message. An error that it throws ends the session. */
  readonly onClient?: (client: Client) => void;
  /** Globals that clients can bind beside those of the host. */
  readonly globals?: readonly GlobalOffer[];
}

/** A hook of a message, and when it is to see it. */
export interface HookEntry {
  readonly run: Hook<never, never>;
  readonly when: HookCondition | undefined;
}

/** The hooks of a message, in the order in which they run. */
export type HookList = readonly HookEntry[];

/** Whether any hook of the list is to see the messages of an object now. */
export function areMeant(hooks: HookList, client: Client, object: WlObject): boolean {
  for (const { when } of hooks) if (when === undefined || when(client, object)) return true;
  return false;
}

/** The hooks of each message, by its number; null for nearly all. */
export type HookTable = readonly (HookList | null)[];

/**
 * Puts hooks into a table beside the protocols, in the order of their stages.
 *
 * @throws TypeError for an interface, a version of one or a message that no protocol has. The events of wl_display
 * cannot have hooks either: errors and deleted ids are the relay's own business.
 */
export function compileHooks(protocol: ProtocolRegistry, all: readonly Hooks[]): HookTable {
  const table = new Array<HookEntry[] | null>(protocol.messageCount).fill(null);
  for (const { globals = [] } of all) for (const offer of globals) checkOffer(protocol, offer);
  for (const hooks of inStages(all)) {
    for (const [message, hook] of messagesOf(protocol, hooks)) {
      const entry = { run: hook, when: hooks.when };
      const before = table[message.number];
      if (before) before.push(entry);
      else table[message.number] = [entry];
    }
  }
  return table;
}

/** Hooks in the order in which they run. */
export function inStages(all: readonly Hooks[]): readonly Hooks[] {
  return stages.flatMap((stage) => all.filter((hooks) => (hooks.stage ?? "user") === stage));
}

function checkOffer(protocol: ProtocolRegistry, offer: GlobalOffer): void {
  const names = offer.kind === "alias" ? [offer.interface, offer.of] : [offer.interface];
  const version = offer.kind === "instead" ? 1 : offer.version;
  for (const name of names) {
    const known = protocol.get(name)?.version ?? 0;
    if (!(version >= 1 && version <= known))
      throw new TypeError(`a hook offers ${name}, version ${version}, but the protocols have ${known || "none"}`);
  }
}

function* messagesOf(
  protocol: ProtocolRegistry,
  hooks: Hooks,
): IterableIterator<readonly [Message, Hook<never, never>]> {
  for (const direction of ["requests", "events"] as const) {
    for (const [interfaceName, messages] of Object.entries(hooks[direction] ?? {})) {
      const type = protocol.get(interfaceName);
      for (const [name, hook] of Object.entries(messages as Record<string, Hook<never, never>>)) {
        const message = type?.[direction].find((candidate) => candidate.name === name);
        if (!message || (interfaceName === "wl_display" && direction === "events"))
          throw new TypeError(
            `a hook names ${interfaceName}.${name}, which is not among the ${direction} that can be hooked`,
          );
        yield [message, hook];
      }
    }
  }
}
