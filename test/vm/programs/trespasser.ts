// SPDX-License-Identifier: Apache-2.0
/**
 * Binds the global whose number and interface are its arguments, announced or not, and says which error comes back. It
 * talks to the device itself, so that no proxy in the guest looks at what it asks for.
 */
import { silent } from "../../../src/log/logger.ts";
import { connectVirtio } from "../../../src/virtio/connect.ts";
import { findDevice } from "../../../src/virtio/device.ts";
import { drmDriver } from "../../../src/virtio/drm-driver.ts";
import { FdQueue } from "../../../src/wire/fd-queue.ts";

const display = { id: 1, sync: 0, getRegistry: 1 };
const registry = { id: 2, bind: 0 };
const callback = 3;
const bound = 4;

const [, , number, name = ""] = process.argv;
const transport = await connectVirtio(findDevice(drmDriver), new AbortController().signal, silent);
const noFds = new FdQueue();
const chunk = Buffer.alloc(65_536);
let input = Buffer.alloc(0);

function word(value: number): Buffer {
  return Buffer.from(new Uint32Array([value]).buffer);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(`${value}\0`);
  return Buffer.concat([word(bytes.length), bytes, Buffer.alloc(-bytes.length & 3)]);
}

function request(id: number, opcode: number, ...args: readonly Buffer[]): void {
  const body = Buffer.concat(args);
  const bytes = Buffer.concat([word(id), word(((body.length + 8) << 16) | opcode), body]);
  transport.send(bytes, 0, bytes.length, noFds, 0);
}

function handle(id: number, opcode: number, body: Buffer): void {
  if (id === registry.id && body.includes(text(name))) console.log("announced");
  // Before all globals are announced there is nothing to bind.
  if (id === callback) request(registry.id, registry.bind, word(Number(number)), text(name), word(1), word(bound));
  if (id === display.id && opcode === 0) {
    console.log(`error ${body.readUInt32LE(4)}: ${body.toString("utf8", 12, 11 + body.readUInt32LE(8))}`);
  }
}

function receive(): void {
  const count = transport.receive(chunk, 0, chunk.length, noFds);
  if (count === 0) {
    console.log("closed");
    transport.close();
  }
  if (count <= 0) return;
  input = Buffer.concat([input, chunk.subarray(0, count)]);
  while (input.length >= 8 && input.length >= input.readUInt16LE(6)) {
    const size = input.readUInt16LE(6);
    handle(input.readUInt32LE(0), input.readUInt16LE(4), input.subarray(8, size));
    input = input.subarray(size);
  }
}

transport.listen(receive, () => {});
transport.watch(true, false);
request(display.id, display.getRegistry, word(registry.id));
request(display.id, display.sync, word(callback));
