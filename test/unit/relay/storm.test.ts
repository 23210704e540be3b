// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { it } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Hooks } from "../../../src/relay/hooks.ts";
import { fileWith } from "../../support/descriptors.ts";
import { type EchoStage, echoed } from "../../support/echo.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import type { Received } from "../../support/inbox.ts";
import type { Peer } from "../../support/peer.ts";
import { scoped } from "../../support/proxied.ts";
import fc from "../../support/random.ts";

// Both ends talk at once, so that their messages cross in all ways: events to objects that the client has just destroyed,
// ids that are used again, objects named by one end while they go at the other. Each echo is told its name by who made
// it; afterwards, every message says for whom it is meant.
//
// One thing has to be left out, because Wayland has no answer to it, proxy or not: of a server's object a client keeps
// nothing once it has destroyed it, so a host must not name one, or send it descriptors or new objects, that may be gone.

/** The knowledge of one end: its echoes, and their names. */
class End {
  readonly peer: Peer;
  readonly echoes: FakeObject[] = [];
  readonly #names = new Map<FakeObject, string>();
  readonly #prefix: string;
  #made = 0;
  #handled = 0;
  /** The text that came last: what a proxy does on its own can come between it and the message that it is about. */
  #said = "";

  constructor(peer: Peer, prefix: string, first: FakeObject) {
    this.peer = peer;
    this.#prefix = prefix;
    this.#add(first, "first");
  }

  /** The echo that a number chooses, among all or among those that the client has made. */
  pick(n: number, clientMade: boolean): FakeObject {
    const some = clientMade ? this.echoes.filter(({ id }) => id < 0xff000000) : this.echoes;
    return some[n % some.length] as FakeObject;
  }

  /** Makes an echo, and tells the other end its name. */
  spawn(parent: FakeObject): void {
    const child = parent.create("spawn");
    const name = `${this.#prefix}${this.#made++}`;
    child.send("strings", "you are", name);
    this.#add(child, name);
  }

  /** The names of all its echoes. */
  names(): string[] {
    return this.echoes.map((echo) => this.#nameOf(echo)).sort();
  }

  say(to: FakeObject): void {
    to.send("strings", "this is for", this.#nameOf(to));
  }

  /** Names two others. */
  mention(to: FakeObject, one: FakeObject, other: FakeObject): void {
    to.send("strings", `${this.#nameOf(one)} ${this.#nameOf(other)}`, this.#nameOf(to));
    to.send("objects", one, other, null);
  }

  hand(to: FakeObject): void {
    to.send("fds", fileWith(this.#nameOf(to)), 0, fileWith(""));
  }

  /** Only clients destroy, and the first echo stays. */
  destroy(echo: FakeObject): void {
    if (echo === this.echoes[0]) return;
    this.echoes.splice(this.echoes.indexOf(echo), 1);
    echo.send("destroy");
  }

  /** Checks what has come since the last time. @param exact whether no object may be missing in it. */
  check(exact: boolean): void {
    const { all } = this.peer.inbox;
    for (; this.#handled < all.length; this.#handled++) this.#checkOne(all[this.#handled] as Received, exact);
    assert.deepEqual(this.peer.violations, []);
    assert.ok(this.peer.open);
    for (const gone of this.echoes.filter(({ alive }) => !alive)) this.echoes.splice(this.echoes.indexOf(gone), 1);
  }

  #checkOne(message: Received, exact: boolean): void {
    const { object, name, args } = message;
    if (name === "echo.strings") {
      const { text, maybe } = args as { text: string; maybe: string };
      this.#said = text;
      if (text === "you are") this.#add(object, maybe);
      else assert.equal(this.#nameOf(object), maybe);
    } else if (name === "echo.objects") {
      const expected = this.#said.split(" ");
      const echo = message.objectArg("echo");
      assert.equal(this.#nameOf(echo), expected[0]);
      const maybe = message.arg("maybe");
      if (exact || maybe !== null) assert.equal(this.#nameOf(maybe as FakeObject), expected[1]);
    }
    message.close();
  }

  #add(echo: FakeObject, name: string): void {
    assert.ok(!this.#names.has(echo));
    this.#names.set(echo, name);
    // One that the client makes may be destroyed before the host hears its name.
    if (echo.alive) this.echoes.push(echo);
  }

  #nameOf(echo: FakeObject): string {
    const name = this.#names.get(echo);
    assert.ok(name !== undefined, `${echo} has no name`);
    return name;
  }
}

/** One thing that one end does. */
interface Deed {
  readonly who: "client" | "host";
  readonly what: "spawn" | "say" | "mention" | "hand" | "destroy";
  readonly picks: readonly [number, number, number];
}

function perform(end: End, { who, what, picks: [to, one, other] }: Deed): void {
  const careful = who === "host";
  const receiver = end.pick(to, careful);
  if (what === "mention") end.mention(receiver, end.pick(one, careful), end.pick(other, careful));
  else if (what === "spawn" || what === "hand") end[what](receiver);
  else if (what === "destroy" && who === "client") end.destroy(receiver);
  else end.say(end.pick(to, false));
}

const deed: fc.Arbitrary<Deed> = fc.record({
  who: fc.constantFrom("client", "host"),
  what: fc.constantFrom("spawn", "spawn", "say", "mention", "mention", "hand", "destroy", "destroy"),
  picks: fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50)),
});
/** What happens in each round before either end has read what the other does in it. */
const rounds = fc.array(fc.array(deed, { minLength: 5, maxLength: 40 }), { minLength: 3, maxLength: 12 });

/** Lets one storm pass. */
async function storm({ client, host, echo }: EchoStage, deeds: readonly (readonly Deed[])[]): Promise<void> {
  const ends = { client: new End(client, "c", echo.ours), host: new End(host, "h", echo.theirs) };
  for (const round of deeds) {
    for (const one of round) perform(ends[one.who], one);
    await client.roundtrip();
    await client.roundtrip();
    ends.host.check(true);
    ends.client.check(false);
  }
  assert.deepEqual(ends.client.names(), ends.host.names());
}

const messages = ["spawn", "strings", "objects", "fds"];
const everywhere = (hook: () => unknown): Hooks => {
  const echo = Object.fromEntries([...messages, "destroy"].map((name) => [name, hook]));
  const { destroy: _, ...events } = echo;
  return { requests: { echo }, events: { echo: events } } as Hooks;
};

for (const [how, hooks] of [
  ["in place", []],
  ["through hooks", [everywhere(() => {})]],
  ["through hooks that take their time", [everywhere(() => setImmediate())]],
] as const) {
  it(`both ends may talk at once, ${how}`, async () => {
    await fc.assert(
      fc.asyncProperty(rounds, (deeds) => scoped(async (scope) => storm(await echoed(scope, { hooks }), deeds))),
      { numRuns: 20 },
    );
  });
}
