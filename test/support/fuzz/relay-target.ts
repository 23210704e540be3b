// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { keymapCopy } from "../../../src/hooks/keymap-copy.ts";
import { shmShadow } from "../../../src/hooks/shm-shadow.ts";
import { silent } from "../../../src/log/logger.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { FlightRecorder } from "../../../src/recorder/flight-recorder.ts";
import { MIN_RING_SIZE } from "../../../src/recorder/record.ts";
import type { Client } from "../../../src/relay/client.ts";
import type { Hooks } from "../../../src/relay/hooks.ts";
import { Sessions } from "../../../src/sessions.ts";
import { openDescriptors } from "../descriptors.ts";
import { MemfdImages } from "../memfd-images.ts";
import { nothingLeft, type Target } from "./fuzz.ts";
import { anyFiles, FuzzTransport, properFiles } from "./fuzz-transport.ts";
import { mutate } from "./mutate.ts";
import { Random } from "./random.ts";
import { type Conversation, conversations, type Part } from "./recordings.ts";

/** Turns that an asynchronous hook, and what it makes others do, may take. */
const TURNS = 6;

/** Both ends of a session. */
interface Ends {
  readonly client: FuzzTransport;
  readonly host: FuzzTransport;
  readonly session: Client;
}

/** The output at both ends. */
interface Outcome {
  readonly requests: Buffer;
  readonly events: Buffer;
  readonly fds: readonly number[];
}

function outcomeOf({ client, host }: Ends): Outcome {
  return { requests: host.stream, events: client.stream, fds: [host.fds, client.fds] };
}

/**
 * A proxy whose clients and host have learnt from recordings of real programs, and then say something else. Another
 * client that says what was recorded gets through to the byte meanwhile, and when both have gone nothing is left.
 */
class RelayTarget implements Target {
  readonly name: string;
  readonly #sessions: Sessions;
  readonly #images: MemfdImages | null;
  readonly #conversations: readonly Conversation[];
  readonly #expected = new Map<Conversation, Outcome>();
  readonly #hosts: FuzzTransport[] = [];
  readonly #defects: string[] = [];

  constructor(name: string, images: MemfdImages | null) {
    this.name = name;
    this.#images = images;
    this.#conversations = conversations(images === null ? "direct" : "guest");
    const hooks: Hooks[] = images === null ? [] : [keymapCopy(), shmShadow(() => images)];
    this.#sessions = new Sessions({
      connectHost: async () => this.#hosts.shift() as FuzzTransport,
      protocol: new ProtocolRegistry(),
      hooks,
      tag: "[tag] ",
      log: silent,
      recorder: new FlightRecorder(MIN_RING_SIZE),
      failed: (reason, isDefect) => {
        if (isDefect) this.#defects.push(reason);
      },
    });
  }

  async attempt(seed: number): Promise<void> {
    const random = new Random(seed);
    const innocent = random.pick(this.#conversations);
    const expected = await this.#expectedOf(innocent);
    const guilty = random.pick(this.#conversations);
    const parts = mutate(guilty.parts, random.pick(this.#conversations).parts, random);
    const before = openDescriptors();
    const other = await this.#connect();
    const ends = await this.#connect();
    if (random.once(3)) ends.client.takes = ends.host.takes = (length) => reluctant(length, random);
    // What the innocent one says is spread over what the guilty one does.
    let said = 0;
    for (const [i, part] of parts.entries()) {
      this.#say(ends, part, random);
      for (; said < (i * innocent.parts.length) / parts.length; said++) {
        await this.#repeat(other, innocent.parts[said] as Part);
      }
    }
    for (const part of innocent.parts.slice(said)) await this.#repeat(other, part);
    assert.ok(other.client.open && other.host.open, "the other session has ended, too");
    assert.deepEqual(outcomeOf(other), expected, "the other session was disturbed");
    await this.#end(ends);
    await this.#end(other);
    assert.deepEqual(this.#defects, []);
    assert.equal(this.#sessions.size, 0);
    await nothingLeft(before);
    if (this.#images !== null) assert.equal(this.#images.count, 0, "images are left");
  }

  async close(): Promise<void> {
    await this.#sessions.close();
  }

  async #expectedOf(conversation: Conversation): Promise<Outcome> {
    const known = this.#expected.get(conversation);
    if (known !== undefined) return known;
    const ends = await this.#connect();
    for (const part of conversation.parts) await this.#repeat(ends, part);
    assert.ok(ends.client.open && ends.host.open, `${conversation.name} was not understood`);
    const outcome = outcomeOf(ends);
    await this.#end(ends);
    this.#expected.set(conversation, outcome);
    return outcome;
  }

  async #connect(): Promise<Ends> {
    const client = new FuzzTransport();
    const host = new FuzzTransport();
    this.#hosts.push(host);
    const session = await this.#sessions.serve(client, { pid: null, uid: null, name: () => "a client" });
    assert.ok(session !== null, "no new client can connect");
    return { client, host, session };
  }

  /** Says something wrong, maybe cut in two. */
  #say(ends: Ends, part: Part, random: Random): void {
    const end = ends[part.from];
    const fds = random.once(20) ? anyFiles(part, random) : properFiles(part);
    const cut = random.once(8) ? random.below(part.bytes.length + 1) : part.bytes.length;
    if (cut > 0 || fds.length > 0) end.feed(part.bytes.subarray(0, cut), fds);
    if (cut < part.bytes.length) end.feed(part.bytes.subarray(cut), []);
  }

  /** Says what was recorded, and lets hooks finish. */
  async #repeat(ends: Ends, part: Part): Promise<void> {
    ends[part.from].feed(part.bytes, properFiles(part));
    if (this.#images !== null) await this.#settle(ends);
  }

  async #settle({ client, host }: Ends): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) {
      await setImmediate();
      client.turn();
      host.turn();
    }
  }

  async #end(ends: Ends): Promise<void> {
    const { client, host, session } = ends;
    client.takes = host.takes = (length) => length;
    await this.#settle(ends);
    client.hangUp();
    host.hangUp();
    session.close();
    // Images are released once the last copy into them is done.
    await this.#settle(ends);
  }
}

/** A peer that takes some, or nothing for now. */
function reluctant(length: number, random: Random): number {
  return random.once(3) ? -11 : 1 + random.below(length);
}

/** A proxy as programs on the same machine use it. */
export function relayTarget(): Target {
  return new RelayTarget("relay", null);
}

/** The relay in a VM, which copies what programs draw. */
export function guestRelayTarget(): Target {
  return new RelayTarget("guest relay", new MemfdImages());
}
