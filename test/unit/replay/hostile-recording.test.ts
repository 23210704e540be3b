// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { UserError } from "../../../src/errors.ts";
import { compileWithGlobals } from "../../../src/globals/global-mapper.ts";
import { unixHost } from "../../../src/host/unix.ts";
import { type Logger, silent } from "../../../src/log/logger.ts";
import { GlobalPolicy } from "../../../src/protocol/global-policy.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { Kind } from "../../../src/recorder/record.ts";
import { FILE_HEADER } from "../../../src/recorder/recording.ts";
import { type Ending, Player } from "../../../src/replay/player.ts";
import { PixelBudget } from "../../../src/replay/pools.ts";
import { type Script, scriptsOf } from "../../../src/replay/script.ts";
import { dumpLines } from "../../../src/trace/dump.ts";
import { RecordedSessions } from "../../../src/trace/recording-reader.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import { FakeCompositor } from "../../support/fake-compositor.ts";
import { Random } from "../../support/fuzz/random.ts";
import { scaled, turnUntil } from "../../support/patience.ts";

const RECORDINGS: string = fileURLToPath(new URL("../../../../test/recordings/direct/", import.meta.url));
const GLOBALS = ["wl_compositor", "wl_shm", "wl_seat", "wl_output", "xdg_wm_base", "wl_subcompositor"];

/** How many recordings are changed at random, and where the dice begin. */
const MUTATIONS = 1200;
const SEED = 20261130;

/** Milliseconds that a play may take here: most end at once, and some wait in vain. */
const PLAY_MS = 300;

/** One in so many is played, too. */
const PLAYED = 4;

/** Recordings that are looked at at once. */
const CROWD = 100;

const texts = ["\x1b]0;gotcha\x07", "\x9b31m", "\u202e\u2067", "a\nwayland-proxy: b", "\0\0\0\0", "\ud800"];

/** Does to the bytes of a recording what a broken disk does, or somebody who knows the format. */
function mutate(original: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(original);
  const count = 1 + random.below(random.pick([1, 4, 20, 100]));
  for (let i = 0; i < count; i++) {
    // The header stays: without it there is nothing to read.
    const at = 16 + 4 * random.below((bytes.length >> 2) - 4);
    switch (random.below(7)) {
      case 0:
        bytes[at + random.below(4)] = random.below(256);
        break;
      case 1:
        bytes.writeUInt32LE(random.pick([0, 1, 2, 4, 16, 0xffff, 0x10000, 0x7fffffff, 0xffffffff, random.word()]), at);
        break;
      case 2:
        // The kind of a record, perhaps.
        bytes[at] = ((bytes[at] as number) & 0xf0) | random.below(16);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), random.bytes(4 * random.below(6)), bytes.subarray(at)]);
        break;
      case 4:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          bytes.subarray(Math.min(at + 4 * random.below(6), bytes.length)),
        ]);
        break;
      case 5:
        bytes.write(random.pick(texts), at);
        break;
      default:
        if (random.once(20)) bytes = bytes.subarray(0, at + random.below(4));
    }
    if (bytes.length < 24) break;
  }
  return bytes;
}

/** Files and compositors that go with the test. */
class Stage {
  readonly folder: string = mkdtempSync(join(tmpdir(), "hostile-recording-"));
  readonly compositor: FakeCompositor;
  readonly complaints: string[] = [];
  #files = 0;

  constructor(context: TestContext, globalNames: readonly string[] = GLOBALS) {
    this.compositor = new FakeCompositor(join(this.folder, "host"), new ProtocolRegistry(), globalNames);
    context.after(() => {
      this.compositor.close();
      rmSync(this.folder, { recursive: true });
    });
  }

  write(bytes: Uint8Array): string {
    const path = join(this.folder, `recording-${this.#files++}`);
    writeFileSync(path, bytes);
    return path;
  }

  /** Plays at once what was done in some time, each session with its own connection. */
  async play(
    recorded: RecordedSessions,
    { budget = new PixelBudget(), time = 20_000, expose = [] as readonly string[] } = {},
  ): Promise<Ending[]> {
    const hooks = compileWithGlobals(recorded.protocolOfAll, new GlobalPolicy({ expose }), []);
    const log: Logger = { ...silent, error: (text) => this.complaints.push(text) };
    const scripts = [...scriptsOf(recorded, new Set(recorded.sessions.slice(0, 4)))];
    return Promise.all(
      scripts.map(async ([session, script]) => {
        const host = await unixHost(this.compositor.path)(new AbortController().signal);
        const options = { protocol: recorded.protocolOfAll, hooks, name: recorded.client(session), log, budget };
        return new Player(host, options).play(hurried(script), performance.now() + time);
      }),
    );
  }
}

function hurried({ steps, start }: Script): Script {
  return { steps: steps.map((step) => ({ ...step, time: 0 })), start, duration: 0 };
}

/** A record: its kind, the interface, the object and the opcode, and arguments, without descriptors. */
type Recorded = readonly [kind: number, type: string, [object: number, opcode: number], ...args: (number | string)[]];

/** A recording of one session. */
function recordingOf(records: readonly Recorded[]): Buffer {
  const words: number[] = [...FILE_HEADER];
  const text = (value: string): number[] => {
    const bytes = Buffer.alloc((Buffer.byteLength(value) + 4) & ~3);
    bytes.write(value);
    return [value.length, ...new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)];
  };
  const add = (kind: number, type: number, content: readonly number[]): void => {
    words.push((kind | ((1 + content.length) << 4) | (type << 19)) >>> 0, ...content);
  };
  const types = [...new Set(records.map(([, type]) => type))];
  for (const [index, type] of types.entries()) add(Kind.interface, index, text(type));
  add(Kind.turn, 0, [1, 1_000_000, 0]);
  add(Kind.opened, 0, text("a client"));
  for (const [kind, type, [object, opcode], ...args] of records) {
    const content = args.flatMap((arg) => {
      if (typeof arg === "number") return [arg];
      const [length = 0, ...rest] = text(arg);
      return [length + 1, ...rest];
    });
    add(kind, types.indexOf(type), [object, ((8 + 4 * content.length) << 16) | opcode, ...content]);
  }
  return Buffer.from(new Uint32Array(words).buffer);
}

/** All that is printed of a recording. */
function printed(recorded: RecordedSessions): string {
  const styles = ["text", "json"] as const;
  return styles
    .map((format) => {
      const style = { program: "replay", format, isJournal: false, hasColor: false };
      return [...dumpLines(recorded, recorded.records(), style, null)].join("");
    })
    .join("");
}

function read(path: string): RecordedSessions | null {
  try {
    return new RecordedSessions(path);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

describe("a recording from somebody else", () => {
  it(`that was changed in ${MUTATIONS} ways prints no control characters, and is played, or refused in one line`, async (context) => {
    const stage = new Stage(context);
    const originals = readdirSync(RECORDINGS).map((name) => readFileSync(join(RECORDINGS, name)));
    const random = new Random(SEED);
    const before = openDescriptors();
    let refused = 0;
    const endings = new Map<string, number>();
    const one = async (number: number): Promise<void> => {
      const path = stage.write(mutate(random.pick(originals), random));
      try {
        const recorded = read(path);
        if (recorded === null) {
          refused++;
          return;
        }
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
        const found = /[\x00-\x09\x0b-\x1f\x7f-\x9f\p{Bidi_Control}]/u.exec(printed(recorded));
        assert.equal(found, null, `mutation ${number} prints ${JSON.stringify(found?.[0])}`);
        if (number % PLAYED !== 0) return;
        for (const ending of await stage.play(recorded, { time: scaled(PLAY_MS) }))
          endings.set(ending, (endings.get(ending) ?? 0) + 1);
      } finally {
        rmSync(path);
      }
    };
    for (let i = 0; i < MUTATIONS; i += CROWD) {
      await Promise.all(Array.from({ length: CROWD }, (_, k) => one(i + k)));
    }
    assert.deepEqual(stage.complaints, [], "no defect of ours shows");
    for (const connection of stage.compositor.connections) connection.close();
    await turnUntil(() => stage.compositor.connections.size === 0, "the connections to end");
    assert.deepEqual(openDescriptors(), before);
    const played = [...endings.values()].reduce((sum, count) => sum + count, 0);
    assert.ok(
      played > MUTATIONS / PLAYED / 2,
      `${played} were played, ${refused} refused: ${JSON.stringify([...endings])}`,
    );
    assert.ok(endings.has("failed"), "mistakes in them are seen, and end their session");
  });

  it("binds nothing that gives power over others, unless that is exposed", async (context) => {
    const name = "zwp_input_method_manager_v2";
    for (const expose of [[], [name]]) {
      const stage = new Stage(context, ["wl_seat", name]);
      const recorded = new RecordedSessions(
        stage.write(
          recordingOf([
            [Kind.fromClient, "wl_display", [1, 1], 2],
            [Kind.toClient, "wl_registry", [2, 0], 7, name, 1],
            [Kind.fromClient, "wl_registry", [2, 0], 7, name, 1, 3],
          ]),
        ),
      );
      let binds = 0;
      stage.compositor.reactions.set("wl_registry.bind", () => binds++);
      assert.deepEqual(await stage.play(recorded, { expose }), ["complete"]);
      const [connection] = [...stage.compositor.connections];
      await connection?.closed;
      assert.equal(binds, expose.length);
    }
  });

  it("takes no memory for a buffer that is larger than its pool, and not more than a limit for all", async (context) => {
    const stage = new Stage(context);
    const pool = (id: number, size: number, height: number): Recorded[] => [
      [Kind.fromClient, "wl_shm", [3, 0], id, size],
      [Kind.fromClient, "wl_shm_pool", [id, 0], id + 1, 0, 1, height, 1 << 20, 0],
    ];
    const file = stage.write(
      recordingOf([
        [Kind.fromClient, "wl_display", [1, 1], 2],
        [Kind.toClient, "wl_registry", [2, 0], 7, "wl_shm", 1],
        [Kind.fromClient, "wl_registry", [2, 0], 7, "wl_shm", 1, 3],
        ...pool(10, 4096, 1 << 20),
        ...pool(12, 8 << 20, 8),
        ...pool(14, 8 << 20, 8),
      ]),
    );
    assert.ok(readFileSync(file).length < 512);
    const budget = new PixelBudget();
    budget.left = 9 << 20;
    let least = budget.left;
    const watched = Object.defineProperty({}, "left", {
      get: () => budget.left,
      set: (left: number) => {
        budget.left = left;
        least = Math.min(least, left);
      },
    }) as PixelBudget;
    await stage.play(new RecordedSessions(file), { budget: watched });
    assert.equal(least, 1 << 20, "the second has its pixels, and for the third too little is left");
    assert.equal(budget.left, 9 << 20, "all is free again");
  });

  it("leaves out answers to configures that this compositor does not send", async (context) => {
    const stage = new Stage(context);
    const recorded = new RecordedSessions(
      stage.write(
        recordingOf([
          [Kind.fromClient, "wl_display", [1, 1], 2],
          [Kind.toClient, "wl_registry", [2, 0], 7, "wl_compositor", 4],
          [Kind.toClient, "wl_registry", [2, 0], 8, "xdg_wm_base", 2],
          [Kind.fromClient, "wl_registry", [2, 0], 7, "wl_compositor", 4, 3],
          [Kind.fromClient, "wl_registry", [2, 0], 8, "xdg_wm_base", 2, 4],
          [Kind.fromClient, "wl_compositor", [3, 0], 5],
          [Kind.fromClient, "xdg_wm_base", [4, 2], 6, 5],
          [Kind.fromClient, "xdg_surface", [6, 1], 7],
          [Kind.toClient, "xdg_surface", [6, 0], 40],
          [Kind.fromClient, "xdg_surface", [6, 4], 40],
          // The other one has told of the focus.
          [Kind.toClient, "xdg_surface", [6, 0], 41],
          [Kind.fromClient, "xdg_surface", [6, 4], 41],
          [Kind.fromClient, "wl_surface", [5, 6]],
        ]),
      ),
    );
    const acked: number[] = [];
    let commits = 0;
    const { reactions } = stage.compositor;
    reactions.set("xdg_wm_base.get_xdg_surface", (message) => message.objectArg("id").send("configure", 77));
    reactions.set("xdg_surface.ack_configure", (message) => acked.push(message.args["serial"] as number));
    reactions.set("wl_surface.commit", () => commits++);
    assert.deepEqual(await stage.play(recorded), ["complete"]);
    const [connection] = [...stage.compositor.connections];
    await connection?.closed;
    assert.deepEqual(acked, [77]);
    assert.equal(commits, 1, "all else is played");
  });

  it("waits for events that do not come no longer than all may take", async (context) => {
    const stage = new Stage(context);
    const waits = Array.from({ length: 100 }, (_, i): Recorded[] => [
      [Kind.fromClient, "wl_display", [1, 0], 100 + i],
      [Kind.toClient, "wl_callback", [50 + i, 0], 0],
    ]);
    const path = stage.write(recordingOf([[Kind.fromClient, "wl_display", [1, 1], 2], ...waits.flat()]));
    const start = performance.now();
    assert.deepEqual(await stage.play(new RecordedSessions(path), { time: 300 }), ["late"]);
    assert.ok(performance.now() - start < scaled(20_000), "not a second for each");
  });
});
