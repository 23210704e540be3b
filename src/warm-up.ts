// SPDX-License-Identifier: Apache-2.0
/**
 * Relays a session with ourselves at both ends, before the first client comes. By then V8 has read, compiled and learnt
 * what a session needs, and the first client waits for none of it.
 */
import { hostBy } from "./host/unix.ts";
import { DisplaySocket } from "./listen/display-socket.ts";
import { Fd } from "./native/fd.ts";
import { memfd } from "./native/memory.ts";
import { optimizeEarly } from "./native/optimizing.ts";
import { connectThrough, privateSocketNear } from "./native/outside.ts";
import { receive, send, socketPair } from "./native/socket.ts";
import { READABLE, Watch } from "./native/watch.ts";
import type { GlobalPolicy } from "./protocol/global-policy.ts";
import type { ProtocolRegistry } from "./protocol/protocol-registry.ts";
import { createProxy } from "./proxy.ts";
import { FlightRecorder } from "./recorder/flight-recorder.ts";
import type { Client } from "./relay/client.ts";

/** Enough for V8 to have compiled everything that is run. */
const ROUND_TRIPS = 40;
/** Enough for V8 to note what a new session meets: it begins to with the eighth or so. */
const SHORT_SESSIONS = 10;
/** Enough for V8 to have optimized most of what every message and frame passes. */
const FRAMES = 400;

const RECORDER_BYTES = 64 * 1024;

const POOL_BYTES = 4096;
const WIDTH = 8;
const HEIGHT = 8;

/** One of them is hidden from most clients: what follows such a message is forwarded in another way. */
const globals = [
  "wl_compositor",
  "wl_shm",
  "zwlr_layer_shell_v1",
  "wl_seat",
  "wl_output",
  "xdg_wm_base",
  "zxdg_decoration_manager_v1",
];

/** Opcodes of requests. */
const SYNC = 0;
const GET_REGISTRY = 1;
const BIND = 0;
const CREATE_SURFACE = 0;
const CREATE_POOL = 0;
const CREATE_BUFFER = 0;
const DESTROY_SURFACE = 0;
const ATTACH = 1;
const DAMAGE = 2;
const FRAME = 3;
const COMMIT = 6;
const GET_XDG_SURFACE = 2;
const GET_TOPLEVEL = 1;
const SET_TITLE = 2;

/** The client's objects. */
const [
  DISPLAY,
  REGISTRY,
  CALLBACK,
  COMPOSITOR,
  SURFACE,
  SHM,
  POOL,
  BUFFER,
  WM_BASE,
  XDG_SURFACE,
  TOPLEVEL,
  FRAME_CALLBACK,
] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;

const DELETE_ID = 1;
/** A state of xdg_toplevel, and the number of that configuration. */
const ACTIVATED = 4;
const SERIAL = 1;

/**
 * A client whose session is over, with all that it consisted of. V8 throws away the code that it has optimized for objects
 * when it collects garbage while there is none with the same fields.
 */
const kept: { client: Client | null } = { client: null };

/** What the client in the warm-up finds. */
export interface WarmUpOptions {
  readonly protocol: ProtocolRegistry;
  /** Decides what the client sees, as for every other one. */
  readonly policy: GlobalPolicy;
  /** A folder for its socket, whose file is gone before anybody can connect. */
  readonly folder: string;
}

/** @param isNeeded returns whether more than a little of it is still of use: no client has come */
export async function warmUp(
  { protocol, policy, folder }: WarmUpOptions,
  isNeeded: () => boolean = () => true,
): Promise<void> {
  const [file, listener] = privateSocketNear(folder);
  let hostOfProxy: Fd | null = null;
  const proxy = createProxy({
    display: DisplaySocket.inherit({ fd: listener, address: folder }, undefined),
    connectHost: hostBy(() => hostOfProxy as Fd),
    protocol,
    policy,
    recorder: new FlightRecorder(RECORDER_BYTES),
    opened: (connected) => {
      kept.client = connected.client;
    },
  });
  try {
    const serve = async (act: (exchange: Exchange) => Promise<void>): Promise<void> => {
      const [host, other] = socketPair();
      hostOfProxy = other;
      const client = connectThrough(file);
      try {
        await act(new Exchange(client, host));
      } finally {
        client.close();
        host.close();
      }
    };
    // From now on. Who comes in the midst of this is to have the rest soon.
    if (isNeeded()) optimizeEarly(true);
    for (let i = 0; i < SHORT_SESSIONS; i++) await serve(visit);
    if (isNeeded()) await serve((exchange) => work(exchange, isNeeded));
  } finally {
    file.close();
    await proxy.close();
  }
}

const sync = message(DISPLAY, SYNC, [CALLBACK]);

/** A client that looks at what there is, and leaves. */
async function visit(exchange: Exchange): Promise<void> {
  await exchange.say([message(DISPLAY, GET_REGISTRY, [REGISTRY]), sync]);
}

/** A client that draws. */
async function work(exchange: Exchange, isNeeded: () => boolean): Promise<void> {
  await visit(exchange);
  await exchange.say([bind("wl_compositor", COMPOSITOR), message(COMPOSITOR, CREATE_SURFACE, [SURFACE]), sync]);
  using memory = memfd("wayland-proxy warm-up", POOL_BYTES);
  const pool = [
    message(SHM, CREATE_POOL, [POOL, POOL_BYTES]),
    message(POOL, CREATE_BUFFER, [BUFFER, 0, WIDTH, HEIGHT, 4 * WIDTH, 0]),
  ];
  await exchange.say([bind("wl_shm", SHM), ...pool, sync], memory);
  // Its messages have texts and arrays.
  const window = [
    message(WM_BASE, GET_XDG_SURFACE, [XDG_SURFACE, SURFACE]),
    message(XDG_SURFACE, GET_TOPLEVEL, [TOPLEVEL]),
  ];
  await exchange.say([bind("xdg_wm_base", WM_BASE), ...window, message(TOPLEVEL, SET_TITLE, text("window"))]);
  const draw = [
    message(SURFACE, ATTACH, [BUFFER, 0, 0]),
    message(SURFACE, DAMAGE, [0, 0, WIDTH, HEIGHT]),
    message(SURFACE, COMMIT, []),
  ];
  const roundTrip = await exchange.say([...draw, sync]);
  for (let i = 0; i < ROUND_TRIPS; i++) await exchange.repeat(roundTrip);
  const frame = await exchange.say([message(SURFACE, FRAME, [FRAME_CALLBACK]), ...draw]);
  for (let i = 0; i < FRAMES && isNeeded(); i++) await exchange.repeat(frame);
  await exchange.say([message(SURFACE, DESTROY_SURFACE, []), sync]);
}

/** What a client has asked, and what a compositor has answered. */
interface Said {
  readonly asked: Uint8Array;
  readonly answered: Uint8Array;
}

/** A client, and a compositor that answers as much as the client needs. */
class Exchange {
  readonly #client: Fd;
  readonly #host: Fd;
  /** The interfaces of the compositor's objects, by their ids. */
  readonly #objects = new Map<number, string>([[DISPLAY, "wl_display"]]);

  constructor(client: Fd, host: Fd) {
    this.#client = client;
    this.#host = host;
  }

  /** Sends requests, of which some are answered, and waits for the answer. */
  async say(requests: readonly Uint32Array[], memory?: Fd): Promise<Said> {
    const asked = concatenate(requests);
    write(this.#client, asked, memory);
    const events: Uint32Array[] = [];
    while (events.length === 0) {
      const received = await read(this.#host);
      for (let at = 0; at < received.length; at += (received[at + 1] as number) >>> 18) {
        const [object = 0, head = 0, ...words] = received.subarray(at, at + ((received[at + 1] as number) >>> 18));
        events.push(...this.#answer(object, head & 0xffff, words));
      }
    }
    const answered = concatenate(events);
    write(this.#host, answered);
    await read(this.#client);
    return { asked, answered };
  }

  /** Says the same again. V8 is to optimize what relays it, and to waste no time on us: so there is little to be optimized. */
  async repeat({ asked, answered }: Said): Promise<void> {
    write(this.#client, asked);
    await read(this.#host);
    write(this.#host, answered);
    await read(this.#client);
  }

  /** @param words of its arguments */
  #answer(object: number, opcode: number, words: readonly number[]): Uint32Array[] {
    const [first = 0] = words;
    switch (`${this.#objects.get(object)} ${opcode}`) {
      case `wl_display ${SYNC}`:
      case `wl_surface ${FRAME}`:
        return [message(first, 0, [0]), message(DISPLAY, DELETE_ID, [first])];
      case `wl_display ${GET_REGISTRY}`:
        this.#objects.set(first, "wl_registry");
        return globals.map((name, i) => message(first, 0, [i + 1, ...text(name), 1]));
      case `wl_registry ${BIND}`:
        this.#objects.set(words.at(-1) as number, globals[first - 1] as string);
        return [];
      case `wl_compositor ${CREATE_SURFACE}`:
        this.#objects.set(first, "wl_surface");
        return [];
      case `xdg_wm_base ${GET_XDG_SURFACE}`:
        this.#objects.set(first, "xdg_surface");
        return [];
      case `xdg_surface ${GET_TOPLEVEL}`:
        // A size, and one state.
        return [message(first, 0, [WIDTH, HEIGHT, 4, ACTIVATED]), message(object, 0, [SERIAL])];
      case `wl_surface ${ATTACH}`:
        // The buffer is free again at once.
        return [message(first, 0, [])];
      default:
        return [];
    }
  }
}

function message(object: number, opcode: number, words: readonly number[]): Uint32Array {
  return Uint32Array.of(object, ((2 + words.length) << 18) | opcode, ...words);
}

function bind(name: string, id: number): Uint32Array {
  return message(REGISTRY, BIND, [globals.indexOf(name) + 1, ...text(name), 1, id]);
}

/** A string as it is on the wire. */
function text(value: string): number[] {
  const bytes = Buffer.alloc((value.length + 4) & ~3);
  bytes.write(value, "latin1");
  return [value.length + 1, ...new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)];
}

function concatenate(messages: readonly Uint32Array[]): Uint8Array {
  return Buffer.concat(messages.map(({ buffer }) => new Uint8Array(buffer)));
}

/** The number of descriptors that have come or are to go, and then they. */
const fds = new Int32Array(1 + 28);

function write(to: Fd, bytes: Uint8Array, memory?: Fd): void {
  fds[0] = memory?.raw ?? 0;
  send(to.raw, bytes, 0, bytes.length, fds, memory === undefined ? 0 : 1);
}

const space = new Uint32Array(1024);
const spaceBytes = new Uint8Array(space.buffer);

/** Reads what comes next, which stays until the next call; rejects when the other end has closed. */
async function read(from: Fd): Promise<Uint32Array> {
  await new Promise<void>((resolve) => {
    const watch = new Watch(from.raw, () => {
      watch.close();
      resolve();
    });
    watch.set(READABLE);
  });
  const length = receive(from.raw, spaceBytes, 0, spaceBytes.length, fds);
  if (length <= 0) throw new Error(`the warm-up ended with ${length}`);
  for (let i = 1; i <= (fds[0] as number); i++) new Fd(fds[i] as number).close();
  return space.subarray(0, length / 4);
}
