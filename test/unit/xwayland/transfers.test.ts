// SPDX-License-Identifier: Apache-2.0
/** The bounds of what is copied between X clients and the host's programs: the whole window manager between two fakes. */
import assert from "node:assert/strict";
import { constants } from "node:os";
import { describe, it, type TestContext } from "node:test";
import type { Fd } from "../../../src/native/fd.ts";
import { pipe, readFd, writeFd } from "../../../src/native/pipe.ts";
import { SINK_QUEUE_LIMIT } from "../../../src/wire/limits.ts";
import { getProperty, setProperty } from "../../../src/x11/client/properties.ts";
import type { EventOf } from "../../../src/x11/codec/events.ts";
import { Atom } from "../../../src/x11/generated/enums.ts";
import { MAX_CONVERSIONS, MAX_TRANSFERS, PART, STALL_TIMEOUT } from "../../../src/xwayland/selection/limits.ts";
import { Clock } from "../../support/clock.ts";
import { eventually } from "../../support/eventually.ts";
import { turnUntil } from "../../support/patience.ts";
import { SelectionStage } from "../../support/selection-stage.ts";

const PNG = "image/png";
const EAGAIN = -constants.errno.EAGAIN;
const EPIPE = -constants.errno.EPIPE;

/** Bytes that are what nobody would write by mistake. */
function pattern(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff));
}

/** A pipe's end, as a program has it that never waits. */
class Program {
  readonly fd: Fd;

  constructor({ stage }: SelectionStage, fd: Fd) {
    this.fd = stage.keep(fd);
  }

  /** Writes as much as there is room for; @returns the number of bytes, or -EPIPE if nobody reads any more. */
  write(bytes: Uint8Array): number {
    let written = 0;
    while (written < bytes.length) {
      const count = writeFd(this.fd.raw, bytes, written, bytes.length - written);
      if (count === EAGAIN) break;
      if (count < 0) return count;
      written += count;
    }
    return written;
  }

  /** Reads what is there; null at the end. */
  read(): Buffer | null {
    const buffer = Buffer.alloc(PART);
    const count = readFd(this.fd.raw, buffer, 0, buffer.length);
    if (count === EAGAIN) return Buffer.alloc(0);
    return count === 0 ? null : buffer.subarray(0, count);
  }
}

/** The host has a picture in the clipboard. */
async function pictureOnHost(t: TestContext): Promise<SelectionStage> {
  const selection = await SelectionStage.set(t, "CLIPBOARD");
  selection.copyOnHost(PNG);
  await eventually("it to be ours", () => selection.owner !== 0);
  await selection.x.atoms.intern([PNG, "MULTIPLE", "ATOM_PAIR"]);
  return selection;
}

/** Its program, once it is to write the picture. */
async function writer(selection: SelectionStage): Promise<Program> {
  return new Program(selection, (await selection.stage.host.expect("wl_data_offer.receive")).fdArg("fd"));
}

/** The X client asks for something in a property of that name. */
async function ask(selection: SelectionStage, name: string, target = PNG): Promise<void> {
  const { x, window } = selection;
  await x.atoms.intern([name]);
  const [property, requestor] = [x.atoms.atom(name), window.id];
  const what = { selection: selection.atom("CLIPBOARD"), target: selection.atom(target), time: 0 };
  x.send("ConvertSelection", { ...what, requestor, property });
}

describe("a picture of the host's", () => {
  it("comes to an X client in parts, and is read no faster than the client takes them", async (t) => {
    const selection = await pictureOnHost(t);
    const { x, window, stage } = selection;
    const picture = pattern(5 * PART + 123);
    await ask(selection, "ANSWER");
    const program = await writer(selection);
    let written = program.write(picture);
    await window.expect("SelectionNotify");
    const property = selection.atom("ANSWER");
    const begun = await getProperty(x, window.id, property);
    assert.equal(begun?.type, selection.atom("INCR"));
    for (let round = 0; round < 3; round++) {
      await stage.settled(x);
      written += program.write(picture.subarray(written));
    }
    // One part is here, and the pipe has as much again.
    assert.ok(written <= 2 * PART, `${written} bytes were taken without anybody who wants them`);
    const parts: Buffer[] = [];
    for (;;) {
      x.send("DeleteProperty", { window: window.id, property });
      await window.expect("PropertyNotify", ({ atom, state }) => atom === property && state === 0);
      const part = Buffer.from((await getProperty(x, window.id, property))?.bytes ?? []);
      if (part.length === 0) break;
      assert.ok(part.length <= PART);
      parts.push(part);
      written += program.write(picture.subarray(written));
      if (written === picture.length) program.fd.close();
    }
    assert.ok(Buffer.concat(parts).equals(picture));
  });

  it("is given up when its X client takes nothing more, which learns that this is all", async (t) => {
    const selection = await pictureOnHost(t);
    const { x, window, stage } = selection;
    const clock = new Clock(t);
    await ask(selection, "ANSWER");
    const program = await writer(selection);
    program.write(pattern(2 * PART));
    const property = selection.atom("ANSWER");
    const length = (): number | undefined =>
      stage.xwayland.model.windows.get(window.id)?.properties.get(property)?.data.length;
    await eventually("the promise", () => length() === 4);
    await stage.settled(x);
    clock.pass(STALL_TIMEOUT);
    await eventually("the end", () => length() === 0);
    assert.equal(program.write(pattern(1)), EPIPE);
  });

  it("is refused to the X client that has waited longest when too many ask at once", async (t) => {
    const selection = await pictureOnHost(t);
    const { window, stage, x } = selection;
    const names = Array.from({ length: MAX_TRANSFERS + 1 }, (_, i) => `ANSWER${i}`);
    await x.atoms.intern(names);
    for (const name of names) await ask(selection, name);
    const programs = [];
    for (const _ of names) programs.push(await writer(selection));
    const refused = await window.expect("SelectionNotify");
    assert.equal(refused.property, Atom.None);
    await stage.settled(x);
    assert.deepEqual(
      programs.map((program) => program.write(pattern(1))),
      [EPIPE, ...Array<number>(MAX_TRANSFERS).fill(1)],
    );
  });

  it("is refused to who asks for it in too many ways at once", async (t) => {
    const selection = await pictureOnHost(t);
    const { x, window, stage } = selection;
    const pairs = (count: number): Uint32Array =>
      Uint32Array.from({ length: 2 * count }, (_, i) => selection.atom(i % 2 === 0 ? "TIMESTAMP" : "ANSWER"));
    await x.atoms.intern(["PAIRS", "TIMESTAMP", "ANSWER"]);
    for (const [count, isAnswered] of [
      [MAX_CONVERSIONS, true],
      [MAX_CONVERSIONS + 1, false],
    ] as const) {
      setProperty(x, window.id, selection.atom("PAIRS"), selection.atom("ATOM_PAIR"), pairs(count));
      await ask(selection, "PAIRS", "MULTIPLE");
      const { property } = await window.expect("SelectionNotify");
      assert.equal(property !== Atom.None, isAnswered, `${count} conversions`);
    }
    assert.equal(stage.host.inbox.count("wl_data_offer.receive"), 0);
  });
});

describe("what an X client has copied", () => {
  /** A program of the host's pastes. */
  const paste = async (selection: SelectionStage): Promise<Program> => {
    const { source } = await selection.offered();
    const [read, write] = pipe();
    source.send("send", PNG, write);
    return new Program(selection, read);
  };

  const pictureInX = async (t: TestContext): Promise<SelectionStage> => {
    const selection = await SelectionStage.set(t, "CLIPBOARD");
    await selection.x.atoms.intern([PNG]);
    await selection.copyInX(PNG);
    await selection.offered();
    return selection;
  };

  /** Whether the property is free for the next part. */
  const isTaken = ({ stage }: SelectionStage, { requestor, property }: EventOf<"SelectionRequest">): boolean =>
    stage.xwayland.model.windows.get(requestor)?.properties.has(property) !== true;

  it("is taken no faster than a program of the host's reads it, and comes whole", async (t) => {
    const selection = await pictureInX(t);
    const { x, stage } = selection;
    const program = await paste(selection);
    const asked = await selection.asked(PNG);
    const part = pattern(1024 * 1024);
    setProperty(x, asked.requestor, asked.property, selection.atom("INCR"), Uint32Array.of(1));
    selection.answer(asked);
    await eventually("the promise to be taken", () => isTaken(selection, asked));
    let written = 0;
    const most = SINK_QUEUE_LIMIT + 2 * part.length;
    while (isTaken(selection, asked) && written <= most) {
      setProperty(x, asked.requestor, asked.property, asked.target, part);
      written += part.length;
      await stage.settled(x);
    }
    assert.ok(written <= most, `${written} bytes were taken without anybody who reads them`);
    let read = 0;
    const rest = Buffer.alloc(written);
    const readAll = (): boolean => {
      for (let bytes = program.read(); bytes !== null && bytes.length > 0; bytes = program.read()) {
        bytes.copy(rest, read);
        read += bytes.length;
      }
      return read === written;
    };
    await turnUntil(readAll, "all that was written");
    for (let start = 0; start < written; start += part.length) {
      assert.ok(rest.subarray(start, start + part.length).equals(part));
    }
    await eventually("the last part to be taken", () => isTaken(selection, asked));
    setProperty(x, asked.requestor, asked.property, asked.target, Buffer.alloc(0));
    await eventually("the end", () => program.read() === null);
  });

  it("ends for a program of the host's where its X client goes on no more", async (t) => {
    const selection = await pictureInX(t);
    const clock = new Clock(t);
    const program = await paste(selection);
    await selection.asked(PNG);
    await selection.stage.settled(selection.x);
    clock.pass(STALL_TIMEOUT);
    await eventually("the end", () => program.read() === null);
  });

  it("ends for the program that has waited longest when too many paste at once", async (t) => {
    const selection = await pictureInX(t);
    const programs: Program[] = [];
    for (let i = 0; i <= MAX_TRANSFERS; i++) {
      programs.push(await paste(selection));
      await selection.asked(PNG);
    }
    await eventually("the end", () => programs[0]?.read() === null);
    await selection.stage.settled(selection.x);
    assert.ok(programs.slice(1).every((program) => program.read()?.length === 0));
  });

  it("is offered to the host in a bounded number of types, however many its client names", async (t) => {
    const selection = await SelectionStage.set(t, "CLIPBOARD");
    const targets = Array.from({ length: 300 }, (_, i) => `application/x-test-${i}`);
    await selection.x.atoms.intern(targets);
    await selection.copyInX(...targets);
    const { types } = await selection.offered();
    assert.equal(types.filter((type) => targets.includes(String(type))).length, 64);
  });
});
