// SPDX-License-Identifier: Apache-2.0
/**
 * The protocol between a host and the agent in its guest, over a serial port: frames, which belong to programs. Bytes
 * of a program's input and output are sent only as far as the receiver has granted it. So a stream that nobody reads
 * holds up no other.
 */

/** The name of the serial port, by which the guest finds it. */
export const AGENT_PORT = "wayland-proxy-vm";

/** The kinds of frames. The numbers are on the wire. */
export const FrameKind = {
  /** To the agent: JSON, `GuestSetup`; the first. */
  setup: 1,
  /** To the agent: JSON, `ProgramStart`. */
  start: 2,
  /** To the agent: bytes for standard input; none end it. */
  input: 3,
  /** To the agent: the number of a signal. */
  signal: 4,
  /** To the agent: columns and rows of the terminal, 16 bits each. */
  resize: 5,
  /** To the agent: which stream (`output` or `errors`, 8 bits) may send how many bytes more (32 bits). */
  outputGrant: 6,
  /** To the process that has started the VM: end it. */
  stop: 7,
  /** To the agent: nobody reads this stream (8 bits) any more. */
  outputEnd: 8,
  /** To the process that has started the VM: what has it been started with? Its answer is JSON, of the same kind. */
  settings: 9,
  /** From the agent: it takes programs. */
  ready: 16,
  /** From the agent: bytes of standard output, or of the terminal. */
  output: 17,
  /** From the agent: bytes of standard error. */
  errors: 18,
  /** From the agent: how many bytes more standard input takes (32 bits). */
  inputGrant: 19,
  /** From the agent: the exit code, as shells count (8 bits); the last of a program. */
  exit: 20,
} as const;

export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

/** One frame. */
export interface Frame {
  readonly kind: number;
  /** The number of the program that the frame is about; 0 for none. */
  readonly program: number;
  readonly body: Buffer;
}

/** Length of the body, kind, program. */
const HEADER = 9;

/** The most that a body may have. */
export const MAX_BODY: number = 64 * 1024;

/** The most of a body of JSON: more than a command line and its environment can be. */
const MAX_JSON: number = 16 * 2 ** 20;

/** How many bytes of a stream may be on the way. */
export const WINDOW: number = 256 * 1024;

/** The kinds whose bodies are JSON. */
const jsonKinds: ReadonlySet<number> = new Set([FrameKind.setup, FrameKind.start, FrameKind.settings]);

/** The other end does not keep to the protocol. */
export class ChannelError extends Error {}

/** The bytes of a frame. */
export function frameBytes(kind: FrameKind, program: number, body: Uint8Array = new Uint8Array()): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER + body.length);
  bytes.writeUInt32LE(body.length, 0);
  bytes.writeUInt8(kind, 4);
  bytes.writeUInt32LE(program, 5);
  bytes.set(body, HEADER);
  return bytes;
}

/** A body of JSON. */
export function jsonBody(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** A body with one number of 32 bits. */
export function numberBody(value: number): Buffer {
  const body = Buffer.alloc(4);
  body.writeUInt32LE(value);
  return body;
}

/** The number in such a body. Throws a ChannelError. */
export function readNumber({ body }: Frame, offset = 0): number {
  if (body.length !== offset + 4) throw new ChannelError("a frame has the wrong length");
  return body.readUInt32LE(offset);
}

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  readonly #parts: Buffer[] = [];
  #size = 0;

  /** The frames that are whole with these bytes. Throws a ChannelError. */
  *read(bytes: Buffer): Iterable<Frame> {
    this.#parts.push(bytes);
    this.#size += bytes.length;
    if (this.#size < this.#wanted()) return;
    let rest = this.#parts.length === 1 ? bytes : Buffer.concat(this.#parts);
    this.#parts.length = 0;
    this.#size = 0;
    while (rest.length >= HEADER) {
      const length = bodyLength(rest);
      if (rest.length < HEADER + length) break;
      yield { kind: rest.readUInt8(4), program: rest.readUInt32LE(5), body: rest.subarray(HEADER, HEADER + length) };
      rest = rest.subarray(HEADER + length);
    }
    if (rest.length === 0) return;
    this.#parts.push(rest);
    this.#size = rest.length;
  }

  /** How many bytes have to be there for the next frame, as far as can be seen in the first part. */
  #wanted(): number {
    const [first] = this.#parts;
    return first !== undefined && first.length >= HEADER ? HEADER + bodyLength(first) : HEADER;
  }
}

function bodyLength(bytes: Buffer): number {
  const length = bytes.readUInt32LE(0);
  const kind = bytes.readUInt8(4);
  const limit = jsonKinds.has(kind) ? MAX_JSON : MAX_BODY;
  if (length > limit) throw new ChannelError(`a frame of ${length} bytes`);
  return length;
}
