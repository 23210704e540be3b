// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs, { mkdtempSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { type Logger, silent } from "../../../src/log/logger.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { FlightRecorder, type SessionTrace } from "../../../src/recorder/flight-recorder.ts";
import { isMessage, Kind, MIN_RING_SIZE } from "../../../src/recorder/record.ts";
import { Recording } from "../../../src/recorder/recording.ts";
import { TracePoint } from "../../../src/recorder/trace.ts";
import { RecordedSessions } from "../../../src/trace/recording-reader.ts";
import type { Interface, Message } from "../../../src/wire/signature.ts";
import { WireMessage } from "../../../src/wire/wire-message.ts";

const MIB = 1024 * 1024;
const protocol = new ProtocolRegistry();
const surface = protocol.get("wl_surface") as Interface;
const attach = surface.requests.find(({ name }) => name === "attach") as Message;

/** A message of 4 KiB, as nobody sends it: only its size counts here. */
const words = new Uint32Array(1024);

/** A disk that writes when it is told to. */
class SlowDisk {
  /** Bytes that it was given and has not written yet. */
  waiting = 0;
  readonly #writes: (() => void)[] = [];
  #isStuck = true;

  constructor(context: TestContext) {
    const { write } = fs;
    const slow = (fd: number, bytes: Buffer, from: number, count: number, at: number, done: () => void): void => {
      this.waiting += count;
      const go = (): void => {
        this.waiting -= count;
        write(fd, bytes, from, count, at, done);
      };
      if (this.#isStuck) this.#writes.push(go);
      else go();
    };
    // What other files have imported becomes this one, too.
    Object.assign(fs, { write: slow });
    syncBuiltinESMExports();
    context.after(() => {
      Object.assign(fs, { write });
      syncBuiltinESMExports();
    });
  }

  goOn(): void {
    this.#isStuck = false;
    for (const go of this.#writes.splice(0)) go();
  }
}

/** A recording of one session, to be closed by the test. */
function begin(context: TestContext): {
  path: string;
  recording: Recording;
  sessionTrace: SessionTrace;
  warnings: string[];
} {
  const folder = mkdtempSync(join(tmpdir(), "recording-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "recording");
  const warnings: string[] = [];
  const log: Logger = { ...silent, warn: (text) => warnings.push(text) };
  const recorder = new FlightRecorder(MIN_RING_SIZE);
  const recording = new Recording(path, [], log);
  recorder.observers.push(recording);
  return { path, recording, sessionTrace: recorder.open(protocol, () => "slow client"), warnings };
}

function pass(sessionTrace: SessionTrace, count: number): void {
  const wire = new WireMessage(words).show(surface, attach, words, 0, words.length);
  for (let i = 0; i < count; i++) sessionTrace.onMessage(TracePoint.fromClient, wire);
}

/** How many messages a file has, how many it says are missing, and the names in it. */
function contents(path: string): { kept: number; lost: number; clients: string[] } {
  const recorded = new RecordedSessions(path);
  const lost = [...recorded.records()].filter(({ kind }) => kind === Kind.lost);
  return {
    kept: [...recorded.records()].filter(({ kind }) => isMessage(kind)).length,
    lost: lost.reduce((sum, record) => sum + (record.words[record.offset] as number), 0),
    clients: recorded.sessions.map((session) => recorded.client(session)),
  };
}

describe("a recording on a disk that is too slow", () => {
  it("leaves messages out, says in the file and in a warning how many, and goes on when the disk does", async (context) => {
    const disk = new SlowDisk(context);
    const { path, recording, sessionTrace, warnings } = begin(context);
    pass(sessionTrace, 10_000);
    assert.deepEqual(warnings, []);
    disk.goOn();
    while (warnings.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      pass(sessionTrace, 1);
    }
    sessionTrace.close();
    recording.close();
    const { kept, lost, clients } = contents(path);
    assert.ok(lost > 5_000 && kept > 4_000, `${kept} messages are there, and ${lost} are missing`);
    assert.match(warnings[0] ?? "", new RegExp(`the disk is too slow: ${lost} messages were not recorded`));
    assert.deepEqual(clients, ["slow client"]);
  });

  it("keeps no more the longer that lasts", async (context) => {
    const disk = new SlowDisk(context);
    const { path, recording, sessionTrace } = begin(context);
    // Beyond the time after which little is written, too.
    for (const end = performance.now() + 1000; performance.now() < end; ) {
      pass(sessionTrace, 1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    recording.close();
    disk.goOn();
    const { kept } = contents(path);
    assert.ok(kept * words.byteLength <= 17 * MIB, `${kept} messages were kept`);
  });

  it("says what is missing also when it ends before the disk goes on", (context) => {
    const disk = new SlowDisk(context);
    const { path, recording, sessionTrace, warnings } = begin(context);
    pass(sessionTrace, 10_000);
    sessionTrace.close();
    recording.close();
    const { kept, lost } = contents(path);
    assert.equal(kept + lost, 10_000);
    assert.equal(warnings.length, 1);
    disk.goOn();
  });
});
