// SPDX-License-Identifier: Apache-2.0
// Talks to the host's compositor through the VM's GPU device, without the proxy, and draws straight into memory that
// the compositor reads: no pixel is copied. Run it in a guest:
//
//     node dist/examples/virtio-direct.js [FRAMES]
//
// Stripes scroll through a window; without FRAMES they do so until the window is closed.

import { createLogger } from "../src/log/logger.ts";
import { connectVirtio } from "../src/virtio/connect.ts";
import { findDevice } from "../src/virtio/device.ts";
import { drmDriver } from "../src/virtio/drm-driver.ts";
import { FdQueue } from "../src/wire/fd-queue.ts";
import type { Transport } from "../src/wire/transport.ts";

const WIDTH = 320;
const HEIGHT = 240;
const STRIDE = WIDTH * 4;
const XRGB8888 = 1;
const frames = Number(process.argv[2] ?? Number.POSITIVE_INFINITY);

type Handler = (opcode: number, body: DataView) => void;

/** As much of a Wayland client as this needs: words and strings out, words in. */
class Client {
  readonly #transport: Transport;
  readonly #handlers = new Map<number, Handler>();
  readonly #fds = new FdQueue();
  #output = Buffer.alloc(0);
  #input = Buffer.alloc(0);
  #ids = 1;

  constructor(transport: Transport, onClosed: () => void) {
    this.#transport = transport;
    transport.listen(
      () => this.#receive(onClosed),
      () => this.flush(),
    );
    transport.watch(true, false);
  }

  newId(handler: Handler = () => {}): number {
    const id = ++this.#ids;
    this.#handlers.set(id, handler);
    return id;
  }

  on(id: number, handler: Handler): void {
    this.#handlers.set(id, handler);
  }

  send(object: number, opcode: number, ...args: (number | string)[]): void {
    const words = args.map((arg) => {
      if (typeof arg === "number") return Buffer.from(new Uint32Array([arg]).buffer);
      const text = Buffer.from(`${arg}\0`);
      const length = Buffer.from(new Uint32Array([text.length]).buffer);
      return Buffer.concat([length, text, Buffer.alloc(-text.length & 3)]);
    });
    const body = Buffer.concat(words);
    const head = Buffer.from(new Uint32Array([object, ((body.length + 8) << 16) | opcode]).buffer);
    this.#output = Buffer.concat([this.#output, head, body]);
  }

  /** A descriptor that goes with the next message; to be flushed before another one. */
  addFd(raw: number): void {
    this.#fds.push(raw);
  }

  flush(): void {
    const taken = this.#transport.send(this.#output, 0, this.#output.length, this.#fds, this.#fds.length);
    if (taken > 0) {
      this.#fds.clear();
      this.#output = this.#output.subarray(taken);
    }
    this.#transport.watch(true, this.#output.length > 0);
  }

  #receive(onClosed: () => void): void {
    const chunk = Buffer.alloc(4096);
    const fds = new FdQueue();
    const count = this.#transport.receive(chunk, 0, chunk.length, fds);
    fds.clear();
    if (count === 0) return onClosed();
    if (count < 0) return;
    this.#input = Buffer.concat([this.#input, chunk.subarray(0, count)]);
    while (this.#input.length >= 8) {
      const size = this.#input.readUInt16LE(6);
      if (this.#input.length < size) break;
      const body = new DataView(Uint8Array.prototype.slice.call(this.#input, 8, size).buffer);
      this.#handlers.get(this.#input.readUInt32LE(0))?.(this.#input.readUInt16LE(4), body);
      this.#input = this.#input.subarray(size);
    }
    if (this.#output.length > 0) this.flush();
  }
}

/** The text at the start of an event's string. */
function text(body: DataView, at: number): string {
  return Buffer.from(body.buffer, at + 4, body.getUint32(at, true) - 1).toString();
}

const log = createLogger((line) => process.stderr.write(line), false, "virtio-direct");
const transport = await connectVirtio(findDevice(drmDriver), new AbortController().signal, log);
// What is drawn here, and what the compositor shows: the very same memory. Twice the height, and a buffer at each line:
// the window scrolls through it without a pixel being drawn again.
const image = await transport.images.allocate(STRIDE * HEIGHT * 2);
const pixels = image.mapping.words;
for (let y = 0; y < HEIGHT * 2; y++) {
  const colour = Math.floor((y % HEIGHT) / 24) % 2 === 0 ? 0x204a87 : 0xf57900;
  pixels.fill(colour, y * WIDTH, (y + 1) * WIDTH);
}

function close(): void {
  transport.close();
  image.close();
}

const client = new Client(transport, close);
client.on(1, (opcode, body) => {
  if (opcode === 0) log.error(text(body, 8));
});
const globals = new Map<string, number>();
const registry = client.newId((opcode, body) => {
  if (opcode === 0) globals.set(text(body, 4), body.getUint32(0, true));
});
client.send(1, 1, registry);
const synced = client.newId(start);
client.send(1, 0, synced);
client.flush();

function bind(name: string, handler?: Handler): number {
  const id = client.newId(handler);
  client.send(registry, 0, globals.get(name) ?? 0, name, 1, id);
  return id;
}

function start(): void {
  const compositor = bind("wl_compositor");
  const shm = bind("wl_shm");
  const shell = bind("xdg_wm_base", (_, body) => client.send(shell, 3, body.getUint32(0, true)));
  const pool = client.newId();
  client.addFd(image.fd.duplicate().take());
  client.send(shm, 0, pool, STRIDE * HEIGHT * 2);
  client.flush();

  const surface = client.newId();
  client.send(compositor, 0, surface);
  let shown = 0;
  let line = 0;
  const draw = (): void => {
    if (shown++ === frames) return close();
    const buffer = client.newId(() => client.send(buffer, 0));
    client.send(pool, 0, buffer, line * STRIDE, WIDTH, HEIGHT, STRIDE, XRGB8888);
    line = (line + 1) % HEIGHT;
    client.send(surface, 1, buffer, 0, 0);
    client.send(surface, 2, 0, 0, WIDTH, HEIGHT);
    client.send(surface, 3, client.newId(draw));
    client.send(surface, 6);
    client.flush();
  };
  const xdgSurface = client.newId((_, body) => {
    client.send(xdgSurface, 4, body.getUint32(0, true));
    if (shown === 0) draw();
  });
  client.send(shell, 2, xdgSurface, surface);
  const toplevel = client.newId((opcode) => {
    if (opcode === 1) close();
  });
  client.send(xdgSurface, 1, toplevel);
  client.send(toplevel, 2, "virtio-direct");
  client.send(surface, 6);
  client.flush();
}
