// SPDX-License-Identifier: Apache-2.0
import { setImmediate } from "node:timers/promises";
import { packet, string, word } from "../codec.ts";
import type { HostConnection } from "../fake-compositor.ts";
import { FakeObject } from "../fake-object.ts";
import { error, event, type FakeRequest, type FakeXServer, reply } from "../fake-x-server.ts";
import type { Received } from "../inbox.ts";
import type { FuzzTransport } from "./fuzz-transport.ts";
import type { Random } from "./random.ts";

const ROOT = 0x50d;
const WINDOWS = [ROOT, 0, 0x400001, 0x400001, 0x400002, 0x400002, 0x400003, 0x400004, 0x200001];

/** The core requests that are answered with a reply. */
const QUERIES: ReadonlySet<number> = new Set([3, 14, 15, 16, 17, 20, 23, 38, 40, 43]);
const INTERN_ATOM = 16;
const GET_PROPERTY = 20;
const BAD_WINDOW = 3;

const PROPERTY_NOTIFY = 28;
const CLIENT_MESSAGE = 33;
const GENERIC_EVENT = 35;

/** Events that a window manager gets, and some that it does not; mostly those without which there are no windows. */
const EVENTS: readonly number[] = [
  ...[16, 16, 16, 16, 20, 20, 20, 20, 19, 19, 28, 28, 28, 33, 33, 33],
  ...[2, 7, 9, 10, 12, 17, 18, 21, 22, 23, 24, 26, 29, 35],
];

/** The names of the globals that the proxy offers itself. */
const SHELL_NAME = 0xf0000000;
const GRABS_NAME = 0xf0000001;

/** Ids of Xwayland's objects. */
const COMPOSITOR = 3;
const SHELL = 4;
const SEAT = 5;
const POINTER = 6;
const KEYBOARD = 7;
const GRABS = 8;
const GRAB = 9;
const FIRST_SURFACE = 10;

/** The globals that the host has for Xwayland. */
export const HOST_GLOBALS: readonly string[] = [
  "wl_compositor",
  "wl_subcompositor",
  "xdg_wm_base",
  "wl_seat",
  "wl_shm",
  "wl_output",
  "wp_viewporter",
  "zwp_keyboard_shortcuts_inhibit_manager_v1",
];

/** One Xwayland as the proxy sees it: an X server, and a client of the host's; and that host. */
export class X11Stage {
  /** Whether the X server says anything, or nothing but what is right. */
  isWild: boolean;
  readonly client: FuzzTransport;
  readonly host: HostConnection;
  readonly server: FakeXServer;
  readonly #random: Random;
  readonly #atoms = new Map<string, number>();
  /** How many of the messages that came to the host have been looked at. */
  #seen = 0;
  /** Surfaces that Xwayland has made, and those that are there. */
  #made = 0;
  readonly #surfaces: number[] = [];
  #hasGrab = false;

  constructor(client: FuzzTransport, host: HostConnection, server: FakeXServer, random: Random) {
    this.client = client;
    this.host = host;
    this.server = server;
    this.#random = random;
    // Some are so from the start.
    this.isWild = random.once(8);
    server.onRequest = (request) => this.#answer(request);
  }

  /** Lets Xwayland bind what it needs of the host's. */
  async begin(): Promise<void> {
    const { client, host } = this;
    const { globals } = host.compositor;
    client.feed(packet(1, 1, word(2)).bytes, []);
    while (!client.stream.includes(HOST_GLOBALS.at(-1) as string)) await setImmediate();
    const bind = (name: number, type: string, version: number, id: number): void =>
      client.feed(packet(2, 0, Buffer.concat([word(name), string(type), word(version), word(id)])).bytes, []);
    const nameOf = (type: string): number => globals.find((global) => global.interface === type)?.name ?? 0;
    bind(nameOf("wl_compositor"), "wl_compositor", 4, COMPOSITOR);
    bind(SHELL_NAME, "xwayland_shell_v1", 1, SHELL);
    bind(GRABS_NAME, "zwp_xwayland_keyboard_grab_manager_v1", 1, GRABS);
    bind(nameOf("wl_seat"), "wl_seat", 5, SEAT);
    client.feed(packet(SEAT, 0, word(POINTER)).bytes, []);
    client.feed(packet(SEAT, 1, word(KEYBOARD)).bytes, []);
  }

  /** Lets the X server, a client of it, or Xwayland do something. */
  act(): void {
    const random = this.#random;
    const { server } = this;
    if (random.once(3)) return this.#draw();
    if (random.once(400)) return server.send(random.bytes(32 * (1 + random.below(3))));
    const type = random.pick(EVENTS);
    const words = [this.#window(), this.#window(), ...Array.from({ length: 5 }, () => this.#number())];
    // The type of a message, or the property that has changed; other events begin with the parent, mostly the root.
    if (type === PROPERTY_NOTIFY || type === CLIENT_MESSAGE) words[1] = random.pick([...this.#atoms.values(), 1]);
    // Of a generic event it is the length of what follows.
    else if (type === GENERIC_EVENT) words[0] = random.below(2);
    else if (!random.once(4)) words[0] = ROOT;
    const sequence = random.once(800) ? random.below(65536) : server.sequence;
    server.send(event(type | (random.once(3) ? 0x80 : 0), sequence, words, random.pick([8, 16, 32, 0])));
    if (type === GENERIC_EVENT && words[0] === 1) server.send(random.bytes(4));
  }

  /** Lets the host do what hosts do with windows, and with the user's input. */
  play(): void {
    const random = this.#random;
    const { all } = this.host.inbox;
    const size = (): number => random.pick([0, 1, 100, 1000, 0x7fffffff]);
    for (; this.#seen < all.length; this.#seen++) {
      const { name, object, args } = all[this.#seen] as Received;
      const made = args["id"];
      if (!name.startsWith("xdg_surface.get_") || !(made instanceof FakeObject) || !made.alive || !object.alive)
        continue;
      if (name === "xdg_surface.get_toplevel") made.send("configure", size(), size(), Buffer.alloc(0));
      else made.send("configure", random.below(99), random.below(99), size(), size());
      object.send("configure", random.below(100));
    }
  }

  /** Answers what the window manager has asked, as an X server does; or, if it is wild, with anything. */
  #answer({ opcode, bytes, sequence }: FakeRequest): void {
    const random = this.#random;
    const { server, isWild } = this;
    if (!QUERIES.has(opcode)) {
      if (isWild && random.once(10)) server.send(error(sequence, BAD_WINDOW, this.#window(), opcode));
    } else if (opcode === INTERN_ATOM) {
      server.send(reply(sequence, 0, [this.#atom(bytes.toString("latin1", 8, 8 + bytes.readUInt16LE(4)))]));
    } else if (isWild && random.once(8)) {
      server.send(error(sequence, BAD_WINDOW, this.#window(), opcode));
    } else if (!isWild || !random.once(200)) {
      const more = random.bytes(4 * random.below(random.pick([1, 8, 40])));
      const words = Array.from({ length: 6 }, () => this.#number());
      const format = random.pick([8, 16, 32, 32, 32, random.pick([0, 8, 16, 64, 255])]);
      // The length of a property in its own format, which is mostly right.
      if (opcode === GET_PROPERTY && !random.once(100)) words[2] = Math.floor((more.length * 8) / (format || 8));
      server.send(reply(sequence, opcode === GET_PROPERTY ? format : random.below(256), words, more));
    }
  }

  /** Something of Xwayland's as a client of the host's: surfaces, and which window they belong to. */
  #draw(): void {
    const random = this.#random;
    const { client } = this;
    switch (this.#surfaces.length === 0 ? 0 : random.below(6)) {
      case 0:
        this.#makeSurface();
        break;
      case 1: {
        const at = random.below(this.#surfaces.length);
        client.feed(packet(this.#surfaces[at] as number, 0).bytes, []);
        // One that is used once more is Xwayland's mistake.
        if (!random.once(50)) this.#surfaces.splice(at, 1);
        break;
      }
      default:
        client.feed(packet(random.pick(this.#surfaces), 6).bytes, []);
    }
  }

  /** Makes a surface for a window, as Xwayland tells its window manager, too. */
  #makeSurface(): void {
    const id = FIRST_SURFACE + 2 * this.#made++;
    this.#surfaces.push(id);
    this.client.feed(packet(COMPOSITOR, 0, word(id)).bytes, []);
    this.client.feed(packet(SHELL, 1, Buffer.concat([word(id + 1), word(id)])).bytes, []);
    const words = [this.#window(), this.#atom("WL_SURFACE_SERIAL"), this.#made, 0];
    this.server.send(event(CLIENT_MESSAGE, this.server.sequence, words, 32));
    this.client.feed(packet(id + 1, 0, Buffer.concat([word(this.#made), word(0)])).bytes, []);
    this.#grab(id);
  }

  /** An X client grabs the keyboard by every other surface, and lets go with the next one. */
  #grab(surface: number): void {
    const grab = Buffer.concat([word(GRAB), word(surface), word(SEAT)]);
    this.client.feed((this.#hasGrab ? packet(GRAB, 0) : packet(GRABS, 1, grab)).bytes, []);
    this.#hasGrab = !this.#hasGrab;
  }

  #atom(name: string): number {
    let atom = this.#atoms.get(name);
    if (atom === undefined) {
      atom = 100 + this.#atoms.size;
      this.#atoms.set(name, atom);
    }
    return atom;
  }

  #window(): number {
    return this.#random.pick(WINDOWS);
  }

  #number(): number {
    const numbers = [0, 1, 2, 8, 32, 100, 1000, 0x8000, 0xffff, 0x7fffffff, 0xffffffff];
    return this.#random.pick([...numbers, this.#random.word(), this.#window()]);
  }
}
