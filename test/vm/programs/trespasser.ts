// SPDX-License-Identifier: Apache-2.0
/**
 * Binds globals, announced or not, whose numbers and interfaces are its arguments, and says which error comes back. It
 * makes a connection for each of them, one after the other, and talks to the device itself, so that no proxy in the guest
 * looks at what it asks for.
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

const device = findDevice(drmDriver);
const noFds = new FdQueue();
const chunk = Buffer.alloc(65_536);

function word(value: number): Buffer {
  return Buffer.from(new Uint32Array([value]).buffer);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(`${value}\0`);
  return Buffer.concat([word(bytes.length), bytes, Buffer.alloc(-bytes.length & 3)]);
}

/** Resolves when the connection is over, to what was said on it. */
async function trespass(number: number, name: string): Promise<string[]> {
  const transport = await connectVirtio(device, new AbortController().signal, silent);
  const said: string[] = [];
  let input = Buffer.alloc(0);
  const request = (id: number, opcode: number, ...args: readonly Buffer[]): void => {
    const body = Buffer.concat(args);
    const bytes = Buffer.concat([word(id), word(((body.length + 8) << 16) | opcode), body]);
    transport.send(bytes, 0, bytes.length, noFds, 0);
  };
  const handle = (id: number, opcode: number, body: Buffer): void => {
    if (id === registry.id && body.includes(text(name))) said.push("announced");
    // Before all globals are announced there is nothing to bind.
    if (id === callback) request(registry.id, registry.bind, word(number), text(name), word(1), word(bound));
    if (id === display.id && opcode === 0)
      said.push(`error ${body.readUInt32LE(4)}: ${body.toString("utf8", 12, 11 + body.readUInt32LE(8))}`);
  };
  await new Promise<void>((resolve) => {
    const receive = (): void => {
      const count = transport.receive(chunk, 0, chunk.length, noFds);
      if (count === 0) {
        said.push("closed");
        transport.close();
        resolve();
      }
      if (count <= 0) return;
      input = Buffer.concat([input, chunk.subarray(0, count)]);
      while (input.length >= 8 && input.length >= input.readUInt16LE(6)) {
        const size = input.readUInt16LE(6);
        handle(input.readUInt32LE(0), input.readUInt16LE(4), input.subarray(8, size));
        input = input.subarray(size);
      }
    };
    transport.listen(receive, () => {});
    transport.watch(true, false);
    request(display.id, display.getRegistry, word(registry.id));
    request(display.id, display.sync, word(callback));
  });
  return said;
}

for (let i = 2; i < process.argv.length; i += 2) {
  const said = await trespass(Number(process.argv[i]), process.argv[i + 1] ?? "");
  for (const line of said) console.log(line);
}
