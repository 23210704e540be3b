// SPDX-License-Identifier: Apache-2.0
import type { GlobalPolicy } from "../protocol/global-policy.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import type { Client } from "../relay/client.ts";
import type { HookedEvent, HookedMessage, HookedRequest } from "../relay/hooked-message.ts";
import { compileHooks, type GlobalOffer, type Hooks, type HookTable } from "../relay/hooks.ts";
import { onEvents } from "../relay/one-sided.ts";
import { syncHost } from "../relay/sync-host.ts";
import { DisplayError, ProtocolError } from "../wire/errors.ts";
import { MAX_GLOBALS } from "../wire/limits.ts";
import { readString, skipString } from "../wire/reader.ts";
import type { Interface } from "../wire/signature.ts";
import type { WireMessage } from "../wire/wire-message.ts";
import type { WlObject } from "../wire/wl-object.ts";
import {
  type AliasOffer,
  type Decision,
  GlobalMap,
  type MappedGlobal,
  nameOwnGlobals,
  type OwnOffer,
  type ServedOffer,
} from "./global-map.ts";

type Bind = HookedRequest<"wl_registry", "bind">;

/**
 * Compiles hooks for clients whose globals are mapped: with what the policy lets them see, and what hooks offer.
 *
 * @throws TypeError as `compileHooks`
 */
export function compileWithGlobals(protocol: ProtocolRegistry, policy: GlobalPolicy, all: readonly Hooks[]): HookTable {
  const mapper = new GlobalMapper(
    protocol,
    policy,
    all.flatMap(({ globals = [] }) => globals),
  );
  return compileHooks(protocol, [mapper.hooks, ...all]);
}

/**
 * Decides which globals clients see, at which version and by which name. A bind goes to the host, or to the hooks that
 * offer the global. All other hooks see the host's names, in both directions.
 */
export class GlobalMapper {
  readonly #protocol: ProtocolRegistry;
  readonly #policy: GlobalPolicy;
  readonly #own: ReadonlyMap<number, MappedGlobal>;
  readonly #aliases: readonly AliasOffer[];
  readonly #instead: ReadonlyMap<string, ServedOffer>;
  readonly #maps = new WeakMap<Client, GlobalMap>();
  /**
   * The last decision for each name of the host's. Hosts announce the same to all clients, and everything to new
   * ones. So this saves most of the work, and all of its memory.
   */
  readonly #decided = new Map<number, Decision>();
  /** Whether the host has a global of an interface that we offer for want of it, as the latest client that asked has heard. */
  readonly #hostHas = new Map<string, boolean>();
  /** The latest announcement of each name of the host's, as it lay on the wire behind its header. */
  readonly #known = new Map<number, { readonly words: Uint32Array; readonly decision: Decision }>();

  constructor(protocol: ProtocolRegistry, policy: GlobalPolicy, offers: readonly GlobalOffer[]) {
    this.#protocol = protocol;
    this.#policy = policy;
    this.#own = nameOwnGlobals(
      offers.filter(
        (offer): offer is OwnOffer =>
          (offer.kind === "own" && !policy.hides(offer.interface)) ||
          (offer.kind === "missing" && policy.offered(offer.interface, offer.version, offer.version) === offer.version),
      ),
    );
    this.#aliases = offers.filter(
      (offer): offer is AliasOffer =>
        offer.kind === "alias" && policy.offered(offer.interface, offer.version, offer.version) > 0,
    );
    this.#instead = new Map(offers.flatMap((offer) => (offer.kind === "instead" ? [[offer.interface, offer]] : [])));
  }

  /** The mapper's own hooks, which are to see messages before all others. */
  get hooks(): Hooks {
    return {
      stage: "offers",
      events: {
        wl_registry: {
          global: Object.assign(this.#announced, { inPlace: this.#announcedInPlace }),
          global_remove: (message) => this.#removed(message),
        },
      },
      requests: {
        wl_registry: { bind: (message) => this.#bound(message) },
        // Where there is nothing of ours, nobody is to pay for it.
        ...(this.#own.size > 0 && {
          wl_display: { get_registry: (message) => message.after(() => this.#announceOwn(message)) },
        }),
      },
    };
  }

  #mapOf(client: Client): GlobalMap {
    let map = this.#maps.get(client);
    if (map === undefined) {
      map = new GlobalMap(this.#own);
      this.#maps.set(client, map);
    }
    return map;
  }

  #decide(name: number, type: string, version: number): Decision {
    let decision = this.#decided.get(name);
    if (decision?.interface !== type || decision.hostVersion !== version) {
      if (this.#hostHas.has(type)) this.#hostHas.set(type, true);
      const isOurs = [...this.#own.values()].some((own) => own.served?.kind === "own" && own.interface === type);
      const offered = isOurs ? 0 : this.#policy.offered(type, version, this.#protocol.get(type)?.version ?? 0);
      const aliases = this.#aliases.filter(({ of }) => of === type);
      const mayBeAlias = this.#aliases.some((alias) => alias.interface === type);
      const instead = this.#instead.get(type) ?? null;
      decision = { interface: type, hostVersion: version, version: offered, aliases, mayBeAlias, instead };
      if (this.#decided.size >= MAX_GLOBALS) this.#decided.clear();
      this.#decided.set(name, decision);
    }
    return decision;
  }

  #announceOwn({ client, args: { registry } }: HookedRequest<"wl_display", "get_registry">): void {
    const unknown: [name: number, MappedGlobal][] = [];
    for (const [name, own] of this.#own) {
      const isAsked = own.served?.kind === "missing";
      const hostHas = isAsked ? this.#hostHas.get(own.interface) : false;
      if (!isAsked) announce(client, registry, name, own);
      else if (hostHas === undefined) unknown.push([name, own]);
      else if (!hostHas) this.#fillIn(client, registry, name, own);
    }
    if (unknown.length === 0) return;
    // The host's answer comes behind all that it announces, and before that to anything the client sends from now on.
    const callback = client.createObject("wl_callback", 1);
    onEvents(callback, {
      done: () => {
        for (const [name, own] of unknown) this.#hostHas.set(own.interface, !this.#fillIn(client, registry, name, own));
        // If another host has what this one lacks, that is to be heard, even if an earlier one has announced it just so.
        this.#decided.clear();
        this.#known.clear();
      },
    });
    client.sendRequest(client.display, "sync", { callback });
  }

  /** Announces a global of ours, if the host has announced none of its interface to this client; @returns whether it has not. */
  #fillIn(client: Client, registry: WlObject<"wl_registry">, name: number, own: MappedGlobal): boolean {
    const isFilledIn = this.#mapOf(client).fillIn(own.interface);
    if (isFilledIn) announce(client, registry, name, own);
    return isFilledIn;
  }

  readonly #announced = (message: HookedEvent<"wl_registry", "global">): void => {
    const { client, object: registry } = message;
    const { name, interface: type, version } = message.args;
    const map = this.#mapOf(client);
    const decision = this.#decide(name, type, version);
    const offered = map.announce(name, decision);
    if (offered === 0) return message.drop();
    if (name >= map.lowestName) rename(message, map);
    if (offered !== version) message.change({ version: offered });
    if (decision.aliases.length === 0) return;
    message.after(() => {
      if (message.dropped) return;
      for (const alias of map.aliasesOf(name)) announce(client, registry, alias.name, alias);
    });
  };

  /**
   * Handles an announcement as the hook above does, but without decoding it. That is possible if the host has
   * announced the same bytes before, to this client or another one. Returns null when more than a version is to
   * change: then the message is decoded.
   */
  readonly #announcedInPlace = (client: Client, { words, offset, end }: WireMessage): boolean | null => {
    const name = words[offset + 2] as number;
    const known = this.#known.get(name);
    if (known === undefined || !isSame(known.words, words, offset + 2, end)) {
      this.#learn(name, words, offset, end);
      return null;
    }
    const { decision } = known;
    const map = this.#mapOf(client);
    if (decision.aliases.length > 0 || name >= map.lowestName) return null;
    words[end - 1] = map.announce(name, decision);
    return words[end - 1] !== 0;
  };

  /** Keeps what was decided for an announcement beside its bytes. Throws a ProtocolError for one that is malformed. */
  #learn(name: number, words: Uint32Array, offset: number, end: number): void {
    if (end < offset + 5 || skipString(offset + 3, end, false) !== end - 1) return;
    const type = readString(offset + 3) as string;
    if (this.#known.size >= MAX_GLOBALS) this.#known.clear();
    const decision = this.#decide(name, type, words[end - 1] as number);
    this.#known.set(name, { words: words.slice(offset + 2, end), decision });
  }

  #removed(message: HookedEvent<"wl_registry", "global_remove">): void {
    const { client, object: registry } = message;
    const map = this.#mapOf(client);
    const { name } = message.args;
    const aliases = map.aliasesOf(name);
    if (name >= map.lowestName) rename(message, map);
    if (!map.remove(name)) return message.drop();
    if (aliases.length === 0) return;
    message.after(() => {
      for (const { name } of aliases) client.sendEvent(registry, "global_remove", { name });
    });
  }

  #bound(message: Bind): void | Promise<void> {
    const { client } = message;
    const map = this.#mapOf(client);
    // Another host may lack what an earlier one had.
    for (const [type, has] of this.#hostHas) if (has && !map.hostHas(type)) this.#hostHas.delete(type);
    const known = map.get(message.args.name);
    if (known !== undefined) return this.#bind(message, known);
    // The bind may be in the very write that asks for the registry, by a client that knows its host. The answer to that
    // is underway, and decides.
    return syncHost(client).then((answered) => {
      if (answered) return this.#bind(message, map.get(message.args.name));
      message.drop();
    });
  }

  #bind(message: Bind, known: MappedGlobal | undefined): void | Promise<void> {
    const { name, id } = message.args;
    check(message, known);
    if (known.served !== null) {
      message.drop();
      // Its interface was compared with the offer's.
      return known.served.serve(message.client, id as never);
    }
    if (known.hostInterface !== null) id.hostInterface = this.#protocol.get(known.hostInterface) as Interface;
    if (known.hostName !== name) message.change({ name: known.hostName });
  }
}

function announce(
  client: Client,
  registry: WlObject<"wl_registry">,
  name: number,
  { interface: type, version }: MappedGlobal,
): void {
  client.sendEvent(registry, "global", { name, interface: type, version });
}

/** Whether the words between two places are the known ones. */
function isSame(known: Uint32Array, words: Uint32Array, from: number, to: number): boolean {
  if (to - from !== known.length) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== words[from + i]) return false;
  return true;
}

/** Gives an event the client's name of its global, once all hooks have seen it with the host's. */
function rename(message: HookedMessage<{ name: number }>, map: GlobalMap): void {
  const { name } = message.args;
  const known = map.nameOf(name);
  if (known !== name) message.atLast(() => message.change({ name: known }));
}

/** Refuses a bind of what was not offered, with the words and the code of libwayland. */
function check(message: Bind, known: MappedGlobal | undefined): asserts known is MappedGlobal {
  const { name, id } = message.args;
  const type = id.hostInterface.name;
  const refuse = (text: string): never => {
    throw new ProtocolError(text, DisplayError.invalidObject, message.object.clientId);
  };
  if (known === undefined) return refuse(`invalid global ${type} (${name})`);
  if (known.interface !== type) {
    refuse(`invalid interface for global ${name}: have ${known.interface}, wanted ${type}`);
  }
  if (id.version < 1 || id.version > known.version) {
    refuse(`invalid version for global ${type} (${name}): have ${known.version}, wanted ${id.version}`);
  }
}
