// SPDX-License-Identifier: Apache-2.0
/**
 * Connects those who want programs run with the agent of a guest. Each has numbers of its own for its programs. The guest
 * is not trusted: what it sends is checked before anybody gets it.
 */
import { ChannelError, type Frame, FrameKind, frameBytes, readNumber, WINDOW } from "../channel/frame.ts";

/** A program on the host that wants programs run in the guest. */
export interface Caller {
  /** Gets what a program of its own does. */
  deliver(frame: Frame): void;
}

/** A connection of a caller. */
export interface CallerLine {
  /** Does what a frame asks for. Throws a ChannelError for a frame that callers do not send. */
  send(frame: Frame): void;
  /** Ends the connection when the caller is gone: its programs get SIGHUP, and soon SIGKILL. */
  close(): void;
}

/** A program that runs in the guest. */
interface Running {
  readonly caller: Caller;
  /** The program's number for the caller. */
  readonly number: number;
  /** The bytes that each of its streams may still send. */
  readonly granted: Map<number, number>;
  /** Bytes of its input that the guest has not said to have taken. */
  untaken: number;
  isAbandoned: boolean;
}

const HANGUP = 1;
const KILL = 9;

/** Milliseconds between both signals for a program whose caller is gone. */
const HANGUP_TIMEOUT_MS = 1000;

/** The most that a caller may ask for: what it starts costs the host memory. */
const MAX_PROGRAMS = 1024;

const callerKinds = new Set<number>([
  FrameKind.start,
  FrameKind.input,
  FrameKind.signal,
  FrameKind.resize,
  FrameKind.outputGrant,
  FrameKind.outputEnd,
]);

/** How long the bodies of those are that have one length. The agent relies on it. */
const callerLengths = new Map<number, number>([
  [FrameKind.signal, 1],
  [FrameKind.resize, 4],
  [FrameKind.outputGrant, 5],
  [FrameKind.outputEnd, 1],
]);

export class Switchboard {
  readonly #write: (bytes: Buffer) => void;
  /** Called when a program was started or has ended, with how many run. */
  readonly #counted: (programs: number) => void;
  readonly #programs = new Map<number, Running>();
  #lastNumber = 0;

  /** `write` sends bytes to the agent. */
  constructor(write: (bytes: Buffer) => void, counted: (programs: number) => void) {
    this.#write = write;
    this.#counted = counted;
  }

  /** Connects a caller. */
  connect(caller: Caller): CallerLine {
    const numbers = new Map<number, number>();
    return {
      send: (frame) => this.#fromCaller(caller, numbers, frame),
      close: () => this.#hangUp(caller),
    };
  }

  /** A frame of the agent. Throws a ChannelError for what agents do not send. */
  fromAgent(frame: Frame): void {
    const program = this.#programs.get(frame.program);
    if (program === undefined) throw new ChannelError("the guest reports a program that was not started");
    switch (frame.kind) {
      case FrameKind.output:
      case FrameKind.errors:
        this.#take(program, frame);
        break;
      case FrameKind.inputGrant:
        this.#takeInput(program, readNumber(frame));
        break;
      case FrameKind.exit:
        if (frame.body.length !== 1) throw new ChannelError("the guest reports an exit without a code");
        this.#programs.delete(frame.program);
        break;
      default:
        throw new ChannelError(`the guest sends a frame of the kind ${frame.kind}`);
    }
    if (!program.isAbandoned) program.caller.deliver({ ...frame, program: program.number });
    else if (frame.kind === FrameKind.output || frame.kind === FrameKind.errors) this.#discard(frame);
    if (frame.kind === FrameKind.exit) this.#counted(this.#programs.size);
  }

  /** Counts bytes that were granted. */
  #take({ granted }: Running, { kind, body }: Frame): void {
    // Frames of nothing would cost nothing of what was granted, and us memory for each.
    if (body.length === 0) throw new ChannelError("the guest sends a frame without output");
    const rest = (granted.get(kind) ?? WINDOW) - body.length;
    if (rest < 0) throw new ChannelError("the guest sends more than it was granted");
    granted.set(kind, rest);
  }

  /** Counts input that has arrived, in whose place more may be sent. */
  #takeInput(program: Running, bytes: number): void {
    if (bytes === 0 || bytes > program.untaken) throw new ChannelError("the guest takes input that was not sent");
    program.untaken -= bytes;
  }

  #fromCaller(caller: Caller, numbers: Map<number, number>, frame: Frame): void {
    if (!callerKinds.has(frame.kind)) throw new ChannelError(`a frame of the kind ${frame.kind}`);
    const length = callerLengths.get(frame.kind) ?? frame.body.length;
    if (frame.body.length !== length) throw new ChannelError("a frame of the wrong length");
    if (frame.kind === FrameKind.start) {
      if (this.#programs.size >= MAX_PROGRAMS) throw new ChannelError("too many programs");
      this.#lastNumber++;
      numbers.set(frame.program, this.#lastNumber);
      this.#programs.set(this.#lastNumber, {
        caller,
        number: frame.program,
        granted: new Map(),
        untaken: 0,
        isAbandoned: false,
      });
    }
    const number = numbers.get(frame.program);
    const program = number === undefined ? undefined : this.#programs.get(number);
    // It may have ended meanwhile.
    if (number === undefined || program === undefined) return;
    if (frame.kind === FrameKind.outputGrant) {
      const stream = frame.body.readUInt8();
      program.granted.set(stream, (program.granted.get(stream) ?? WINDOW) + readNumber(frame, 1));
    }
    if (frame.kind === FrameKind.input) program.untaken += frame.body.length;
    this.#write(frameBytes(frame.kind as FrameKind, number, frame.body));
    if (frame.kind === FrameKind.start) this.#counted(this.#programs.size);
  }

  #hangUp(caller: Caller): void {
    for (const [number, program] of this.#programs) {
      if (program.caller !== caller || program.isAbandoned) continue;
      program.isAbandoned = true;
      this.#write(frameBytes(FrameKind.signal, number, Buffer.from([HANGUP])));
      this.#write(frameBytes(FrameKind.input, number));
      const kill = (): void => {
        if (this.#programs.has(number)) this.#write(frameBytes(FrameKind.signal, number, Buffer.from([KILL])));
      };
      setTimeout(kill, HANGUP_TIMEOUT_MS).unref();
    }
  }

  /** Lets a stream that nobody reads flow. */
  #discard({ kind, program, body }: Frame): void {
    const running = this.#programs.get(program);
    running?.granted.set(kind, (running.granted.get(kind) ?? WINDOW) + body.length);
    this.#write(frameBytes(FrameKind.outputGrant, program, grantBody(kind, body.length)));
  }
}

/** How many bytes more a stream may send. */
export function grantBody(stream: number, bytes: number): Buffer {
  const body = Buffer.alloc(5);
  body.writeUInt8(stream, 0);
  body.writeUInt32LE(bytes, 1);
  return body;
}
