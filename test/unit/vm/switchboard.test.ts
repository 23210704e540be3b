// SPDX-License-Identifier: Apache-2.0
/** The channel to a guest, which may send anything. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  ChannelError,
  type Frame,
  FrameKind,
  FrameReader,
  frameBytes,
  MAX_BODY,
  numberBody,
  WINDOW,
} from "../../../src/vm/channel/frame.ts";
import { grantBody, Switchboard } from "../../../src/vm/host/switchboard.ts";

const none = Buffer.alloc(0);

describe("frames", () => {
  it("are read from bytes that come in any pieces", () => {
    const frames: Frame[] = [
      { kind: FrameKind.output, program: 1, body: Buffer.from("hello") },
      { kind: FrameKind.exit, program: 0xffffffff, body: Buffer.from([7]) },
      { kind: FrameKind.input, program: 2, body: none },
      { kind: FrameKind.errors, program: 3, body: Buffer.alloc(MAX_BODY, 1) },
    ];
    const bytes = Buffer.concat(frames.map(({ kind, program, body }) => frameBytes(kind as FrameKind, program, body)));
    for (const size of [1, 2, 9, 10, 1000, bytes.length]) {
      const reader = new FrameReader();
      const read: Frame[] = [];
      for (let start = 0; start < bytes.length; start += size) {
        read.push(...reader.read(bytes.subarray(start, start + size)));
      }
      assert.deepEqual(read, frames, `in pieces of ${size}`);
    }
  });

  it("of a command line may be as long as command lines are", () => {
    const start = frameBytes(FrameKind.start, 1, Buffer.alloc(2 ** 21));
    const [frame] = [...new FrameReader().read(start)];
    assert.equal(frame?.body.length, 2 ** 21);
  });

  it("that are too long are refused before their body has come", () => {
    const header = frameBytes(FrameKind.output, 1);
    header.writeUInt32LE(MAX_BODY + 1);
    assert.throws(() => [...new FrameReader().read(header)], ChannelError);
    const [first, rest] = [header.subarray(0, 5), header.subarray(5)];
    const reader = new FrameReader();
    assert.deepEqual([...reader.read(first)], []);
    assert.throws(() => [...reader.read(rest)], ChannelError);
  });
});

/** A switchboard between two callers and a guest whose part the test plays. */
class Stage {
  readonly sent: Frame[] = [];
  readonly delivered: Frame[][] = [[], []];
  count = 0;
  readonly #reader = new FrameReader();
  readonly board: Switchboard = new Switchboard(
    (bytes) => this.sent.push(...this.#reader.read(bytes)),
    (count) => {
      this.count = count;
    },
  );
  readonly lines = this.delivered.map((frames) => this.board.connect({ deliver: (frame) => frames.push(frame) }));

  /** A caller starts a program; its number in the guest. */
  start(caller: number, program: number): number {
    this.lines[caller]?.send({ kind: FrameKind.start, program, body: none });
    return this.sent.at(-1)?.program ?? 0;
  }
}

describe("the switchboard between callers and a guest", () => {
  it("gives each what is of its own programs, under its own numbers", () => {
    const stage = new Stage();
    const [a, b] = [stage.start(0, 1), stage.start(1, 1)];
    assert.notEqual(a, b);
    stage.board.fromAgent({ kind: FrameKind.output, program: b, body: Buffer.from("b") });
    stage.board.fromAgent({ kind: FrameKind.exit, program: a, body: Buffer.from([0]) });
    assert.deepEqual(stage.delivered[0], [{ kind: FrameKind.exit, program: 1, body: Buffer.from([0]) }]);
    assert.deepEqual(stage.delivered[1], [{ kind: FrameKind.output, program: 1, body: Buffer.from("b") }]);
    assert.equal(stage.count, 1);
  });

  it("lets a caller do nothing to what is another's, or has ended", () => {
    const stage = new Stage();
    const a = stage.start(0, 1);
    const before = stage.sent.length;
    stage.lines[1]?.send({ kind: FrameKind.signal, program: a, body: Buffer.from([9]) });
    assert.equal(stage.sent.length, before);
    stage.board.fromAgent({ kind: FrameKind.exit, program: a, body: Buffer.from([0]) });
    stage.lines[0]?.send({ kind: FrameKind.signal, program: 1, body: Buffer.from([9]) });
    assert.equal(stage.sent.length, before);
    assert.throws(() => stage.lines[0]?.send({ kind: FrameKind.exit, program: 1, body: none }), ChannelError);
  });

  it("passes on as many bytes of each stream as were granted, and not one more", () => {
    const stage = new Stage();
    const program = stage.start(0, 1);
    const body = Buffer.alloc(MAX_BODY);
    for (let sent = 0; sent < WINDOW; sent += MAX_BODY) {
      stage.board.fromAgent({ kind: FrameKind.output, program, body });
      stage.board.fromAgent({ kind: FrameKind.errors, program, body });
    }
    const one = { kind: FrameKind.output, program, body: Buffer.alloc(1) };
    assert.throws(() => stage.board.fromAgent(one), /the guest sends more than it was granted/);
    const grant = grantBody(FrameKind.output, 1);
    stage.lines[0]?.send({ kind: FrameKind.outputGrant, program: 1, body: grant });
    stage.board.fromAgent(one);
    assert.throws(() => stage.board.fromAgent(one), ChannelError);
    assert.throws(() => stage.board.fromAgent({ ...one, kind: FrameKind.errors }), ChannelError);
  });

  it("takes no frames without output from a guest, of which it could send any number", () => {
    const stage = new Stage();
    const program = stage.start(0, 1);
    for (const kind of [FrameKind.output, FrameKind.errors]) {
      assert.throws(() => stage.board.fromAgent({ kind, program, body: none }), ChannelError);
    }
  });

  it("lets a guest take the input that it was sent, and no more, or it would draw a whole file into memory", () => {
    const stage = new Stage();
    const program = stage.start(0, 1);
    const taken = (bytes: number): void =>
      stage.board.fromAgent({ kind: FrameKind.inputGrant, program, body: numberBody(bytes) });
    assert.throws(() => taken(1), /takes input that was not sent/);
    stage.lines[0]?.send({ kind: FrameKind.input, program: 1, body: Buffer.alloc(10) });
    taken(4);
    taken(6);
    assert.throws(() => taken(1), ChannelError);
    assert.throws(() => taken(0), ChannelError);
  });

  it("refuses frames of callers that are too short, and would end the agent", () => {
    for (const kind of [FrameKind.signal, FrameKind.resize, FrameKind.outputGrant, FrameKind.outputEnd]) {
      const stage = new Stage();
      stage.start(0, 1);
      assert.throws(() => stage.lines[0]?.send({ kind, program: 1, body: none }), ChannelError, `${kind}`);
    }
  });

  it("refuses what no agent sends", () => {
    const frames: Partial<Frame>[] = [
      { program: 99 },
      { kind: FrameKind.exit, body: none },
      { kind: FrameKind.inputGrant, body: numberBody(1).subarray(1) },
      { kind: FrameKind.start },
      { kind: FrameKind.ready },
      { kind: 255 },
    ];
    for (const frame of frames) {
      const stage = new Stage();
      const program = stage.start(0, 1);
      const whole = { kind: FrameKind.output, program, body: none, ...frame };
      assert.throws(() => stage.board.fromAgent(whole), ChannelError, JSON.stringify(frame));
    }
  });

  it("hangs up the programs of a caller that is gone, and lets what they still write flow", () => {
    const stage = new Stage();
    const program = stage.start(0, 1);
    stage.start(1, 1);
    stage.lines[0]?.close();
    const signals = stage.sent.filter(({ kind }) => kind === FrameKind.signal);
    assert.deepEqual(signals, [{ kind: FrameKind.signal, program, body: Buffer.from([1]) }]);
    for (let round = 0; round < 100; round++) {
      stage.board.fromAgent({ kind: FrameKind.output, program, body: Buffer.alloc(MAX_BODY) });
    }
    assert.equal(stage.sent.filter(({ kind }) => kind === FrameKind.outputGrant).length, 100);
    assert.deepEqual(stage.delivered[0], []);
    stage.board.fromAgent({ kind: FrameKind.exit, program, body: Buffer.from([129]) });
    assert.equal(stage.count, 1);
  });
});
