// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { PassThrough, Writable } from "node:stream";
import { describe, it } from "node:test";
import { type Frame, FrameKind } from "../../../src/vm/channel/frame.ts";
import { RemoteProgram } from "../../../src/vm/remote-program.ts";
import { eventually } from "../../support/eventually.ts";

const start = { command: ["true"], environment: {}, folder: "/", terminal: null };

/** A program whose standard output fails in this way. */
function withBrokenOutput(code: string): { program: RemoteProgram; sent: Frame[] } {
  const output = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
  }).on("error", () => {});
  const sent: Frame[] = [];
  const streams = { input: null, output, errors: new PassThrough() };
  return { program: new RemoteProgram(1, start, streams, (frame) => sent.push(frame)), sent };
}

const ends = (sent: readonly Frame[]): Frame[] => sent.filter(({ kind }) => kind === FrameKind.outputEnd);

describe("a program in a guest", () => {
  it("learns once that nobody reads its output any more, and ends as it likes", async () => {
    const { program, sent } = withBrokenOutput("EPIPE");
    for (let round = 0; round < 3; round++) {
      program.onFrame({ kind: FrameKind.output, program: 1, body: Buffer.from("y") });
      await eventually("a grant", () => sent.filter(({ kind }) => kind === FrameKind.outputGrant).length > round);
    }
    assert.deepEqual(ends(sent), [{ kind: FrameKind.outputEnd, program: 1, body: Buffer.from([FrameKind.output]) }]);
    program.onFrame({ kind: FrameKind.exit, program: 1, body: Buffer.from([0]) });
    assert.equal(await program.exitCode, 0);
  });

  it("has failed if its output is lost on a disk that is full", async () => {
    const { program, sent } = withBrokenOutput("ENOSPC");
    program.onFrame({ kind: FrameKind.output, program: 1, body: Buffer.from("y") });
    await eventually("it to be told", () => ends(sent).length === 1);
    program.onFrame({ kind: FrameKind.exit, program: 1, body: Buffer.from([0]) });
    assert.equal(await program.exitCode, 1);
  });
});
