// SPDX-License-Identifier: Apache-2.0
import type { Readable, Writable } from "node:stream";
import { type Frame, FrameKind, frameBytes, jsonBody, MAX_BODY, readNumber, WINDOW } from "./channel/frame.ts";
import type { ProgramStart, TerminalSize } from "./channel/messages.ts";
import { grantBody } from "./host/switchboard.ts";

/** The exit code of a program that ends well, some of whose output could not be written. */
const LOST = 1;

/** The streams that a program reads and writes, on the host. */
export interface Streams {
  /** null: it gets no input. */
  readonly input: Readable | null;
  readonly output: Writable;
  readonly errors: Writable;
}

/** A program in a guest, whose standard streams are streams of the host. */
export class RemoteProgram {
  /** Resolves to its exit code, as shells count, when all it has written is written. */
  readonly exitCode: Promise<number>;
  readonly #send: (frame: Frame) => void;
  readonly #number: number;
  readonly #streams: Streams;
  #inputGranted = WINDOW;
  #pending = 0;
  /** The streams that are broken. */
  readonly #broken = new Set<Writable>();
  /** Whether some of the program's output is lost, as on a disk that is full. */
  #hasLost = false;
  #exit: number | null = null;
  #finish!: (code: number) => void;

  /** `send` sends frames to the agent, or to who passes them on. */
  constructor(number: number, start: ProgramStart, streams: Streams, send: (frame: Frame) => void) {
    this.#number = number;
    this.#streams = streams;
    this.#send = send;
    this.exitCode = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#tell(FrameKind.start, jsonBody(start));
    this.#readInput();
  }

  signal(number: number): void {
    this.#tell(FrameKind.signal, Buffer.from([number]));
  }

  resize({ columns, rows }: TerminalSize): void {
    const body = Buffer.alloc(4);
    body.writeUInt16LE(columns, 0);
    body.writeUInt16LE(rows, 2);
    this.#tell(FrameKind.resize, body);
  }

  /** Takes a frame about it. */
  onFrame(frame: Frame): void {
    switch (frame.kind) {
      case FrameKind.output:
        this.#write(this.#streams.output, frame);
        break;
      case FrameKind.errors:
        this.#write(this.#streams.errors, frame);
        break;
      case FrameKind.inputGrant:
        this.#inputGranted += readNumber(frame);
        if (this.#inputGranted > 0) this.#streams.input?.resume();
        break;
      case FrameKind.exit:
        this.end(frame.body.readUInt8());
        break;
    }
  }

  /** Notes that the program has ended, or is given up. */
  end(exitCode: number): void {
    this.#exit ??= exitCode;
    this.#streams.input?.pause();
    this.#settle();
  }

  #tell(kind: FrameKind, body: Buffer): void {
    this.#send({ kind, program: this.#number, body });
  }

  #readInput(): void {
    const { input } = this.#streams;
    if (input === null) {
      this.#tell(FrameKind.input, Buffer.alloc(0));
      return;
    }
    input.on("data", (bytes: Buffer) => {
      if (this.#exit !== null) return;
      for (let start = 0; start < bytes.length; start += MAX_BODY) {
        this.#tell(FrameKind.input, bytes.subarray(start, start + MAX_BODY));
      }
      this.#inputGranted -= bytes.length;
      if (this.#inputGranted <= 0) input.pause();
    });
    const end = (): void => {
      if (this.#exit === null) this.#tell(FrameKind.input, Buffer.alloc(0));
    };
    input.on("end", end);
    // What cannot be read has ended.
    input.on("error", end);
  }

  #write(stream: Writable, { kind, body }: Frame): void {
    this.#pending++;
    const done = (): void => {
      this.#pending--;
      if (this.#exit === null) this.#tell(FrameKind.outputGrant, grantBody(kind, body.length));
      this.#settle();
    };
    if (stream.writable) {
      stream.write(body, (error) => {
        if (error) this.#breakOff(stream, kind);
        this.#hasLost ||= error != null && (error as NodeJS.ErrnoException).code !== "EPIPE";
        done();
      });
    } else {
      this.#breakOff(stream, kind);
      done();
    }
  }

  /** A stream takes no more, as with `| head`: the program gets SIGPIPE when it writes again. */
  #breakOff(stream: Writable, kind: number): void {
    if (this.#broken.has(stream)) return;
    this.#broken.add(stream);
    if (this.#exit === null) this.#tell(FrameKind.outputEnd, Buffer.from([kind]));
  }

  #settle(): void {
    if (this.#exit === null || this.#pending > 0) return;
    this.#finish(this.#exit === 0 && this.#hasLost ? LOST : this.#exit);
  }
}

/** The bytes of a frame, for a stream. */
export function bytesOf({ kind, program, body }: Frame): Buffer {
  return frameBytes(kind as FrameKind, program, body);
}
