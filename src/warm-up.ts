// SPDX-License-Identifier: Apache-2.0
/**
 * Relays a session with ourselves at both ends, before the first client comes. By then V8 has read, compiled and learnt
 * what a session needs, and the first client waits for none of it.
 */
import type { Fd } from "./native/fd.ts";
import { receive, send, socketPair } from "./native/socket.ts";
import { READABLE, Watch } from "./native/watch.ts";
import type { GlobalPolicy } from "./protocol/global-policy.ts";
import type { ProtocolRegistry } from "./protocol/protocol-registry.ts";
import { FlightRecorder } from "./recorder/flight-recorder.ts";
import type { Client } from "./relay/client.ts";
import { Sessions } from "./sessions.ts";
import { SocketTransport } from "./wire/socket-transport.ts";

/** Enough for V8 to have compiled everything that is run. */
const ROUND_TRIPS = 40;
/** Enough for V8 to have optimized most of what every message and frame passes. */
const FRAMES = 400;

const RECORDER_BYTES = 64 * 1024;

const DISPLAY = 1;
const DISPLAY_SYNC = 0;
const DISPLAY_GET_REGISTRY = 1;
const DISPLAY_DELETE_ID = 1;
const REGISTRY_BIND = 0;
const COMPOSITOR_CREATE_SURFACE = 0;
const SURFACE_DESTROY = 0;
const SURFACE_DAMAGE = 2;
const SURFACE_FRAME = 3;
const SURFACE_COMMIT = 6;

const globals = ["wl_compositor", "wl_shm", "wl_seat", "wl_output", "xdg_wm_base", "zxdg_decoration_manager_v1"];

/**
 * A client whose session is over, with all that it consisted of. V8 throws away the code that it has optimized for objects
 * when it collects garbage while there is none with the same fields.
 */
const kept: { client: Client | null } = { client: null };

/**
 * @param policy decides what the client sees, as for every other one
 * @param isNeeded returns whether more than a little of it is still of use: no client has come
 */
export async function warmUp(
  protocol: ProtocolRegistry,
  policy: GlobalPolicy,
  isNeeded: () => boolean = () => true,
): Promise<void> {
  const [client, clientOfProxy] = socketPair();
  const [host, hostOfProxy] = socketPair();
  const sessions = new Sessions({
    connectHost: async () => new SocketTransport(hostOfProxy),
    protocol,
    policy,
    recorder: new FlightRecorder(RECORDER_BYTES, false),
  });
  try {
    const identity = { pid: null, uid: null, name: () => "the warm-up" };
    kept.client = await sessions.serve(new SocketTransport(clientOfProxy), identity);
    const [registry, callback, compositor, surface, frame] = [2, 3, 4, 5, 6] as const;
    const say = async (...messages: Uint32Array[]): Promise<void> => {
      write(client, ...messages, message(DISPLAY, DISPLAY_SYNC, [callback]));
      answer(host, await read(host));
      await read(client);
    };
    await say(message(DISPLAY, DISPLAY_GET_REGISTRY, [registry]));
    const bind = [1, ...text("wl_compositor"), 1, compositor];
    await say(message(registry, REGISTRY_BIND, bind), message(compositor, COMPOSITOR_CREATE_SURFACE, [surface]));
    for (let i = 0; i < ROUND_TRIPS; i++) {
      await say(message(surface, SURFACE_DAMAGE, [0, 0, 8, 8]), message(surface, SURFACE_COMMIT, []));
    }
    for (let i = 0; i < FRAMES && isNeeded(); i++) {
      const draw = [message(surface, SURFACE_DAMAGE, [0, 0, 8, 8]), message(surface, SURFACE_COMMIT, [])];
      write(client, message(surface, SURFACE_FRAME, [frame]), ...draw);
      answer(host, await read(host));
      await read(client);
    }
    await say(message(surface, SURFACE_DESTROY, []));
  } finally {
    client.close();
    await sessions.close();
    host.close();
  }
}

function message(object: number, opcode: number, words: readonly number[]): Uint32Array {
  return Uint32Array.of(object, ((2 + words.length) << 18) | opcode, ...words);
}

/** A string as it is on the wire. */
function text(value: string): number[] {
  const bytes = Buffer.alloc((value.length + 4) & ~3);
  bytes.write(value, "latin1");
  return [value.length + 1, ...new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)];
}

/** Sends what a compositor answers to these requests. */
function answer(host: Fd, requests: Uint32Array): void {
  const events: Uint32Array[] = [];
  for (let at = 0; at < requests.length; at += (requests[at + 1] as number) >>> 18) {
    const [object, head = 0, id = 0] = requests.subarray(at);
    const opcode = head & 0xffff;
    // Nothing else that the client sends has that opcode.
    if (opcode === (object === DISPLAY ? DISPLAY_SYNC : SURFACE_FRAME)) {
      events.push(message(id, 0, [0]), message(DISPLAY, DISPLAY_DELETE_ID, [id]));
    } else if (object === DISPLAY) {
      events.push(...globals.map((name, i) => message(id, 0, [i + 1, ...text(name), 1])));
    }
  }
  write(host, ...events);
}

const noFds = new Int32Array(1 + 28);

function write(to: Fd, ...messages: readonly Uint32Array[]): void {
  const bytes = Buffer.concat(messages.map(({ buffer }) => new Uint8Array(buffer)));
  send(to.raw, bytes, 0, bytes.length, noFds, 0);
}

/** Reads what comes next; rejects when the other end has closed. */
async function read(from: Fd): Promise<Uint32Array> {
  await new Promise<void>((resolve) => {
    const watch = new Watch(from.raw, () => {
      watch.close();
      resolve();
    });
    watch.set(READABLE);
  });
  const bytes = new Uint8Array(4096);
  const length = receive(from.raw, bytes, 0, bytes.length, noFds);
  if (length <= 0) throw new Error(`the warm-up ended with ${length}`);
  return new Uint32Array(bytes.buffer, 0, length / 4);
}
