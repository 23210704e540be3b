// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { connectUnix } from "../../../../src/native/socket.ts";
import { FakeQemu, HIGH_RAM } from "../../../support/fake-qemu.ts";
import { FakeVirtqueue, QUEUE_SIZE } from "../../../support/fake-virtqueue.ts";
import { gpu, OK, PAGE, typeOf } from "../../../support/gpu-guest.ts";

/** Resources of the guest for the cross-domain rings. */
const QUERY = 1;
const CHANNEL = 2;

/** A cross-domain command, as Linux in the guest writes it. */
function command(number: number, fields: readonly number[], data: Uint8Array = new Uint8Array(0)): Buffer {
  const size = 8 + 4 * fields.length + data.length;
  return Buffer.concat([Buffer.from(new Uint32Array([number | (size << 16), 0, ...fields]).buffer), data]);
}

/** SEND, without descriptors. */
function send(bytes: Uint8Array): Buffer {
  const fields = new Array<number>(2 + 3 * 28).fill(0);
  fields[1] = bytes.length;
  return command(4, fields, bytes);
}

/** A program in a VM that a real wayland-proxy-host serves; a fake QEMU is in place of the VM. */
export class VmProgram {
  readonly #run: (bytes: Buffer) => Promise<void>;

  private constructor(run: (bytes: Buffer) => Promise<void>) {
    this.#run = run;
  }

  /** Boots the VM of a host program that listens at `path`, with one program in it. */
  static async connect(context: TestContext, path: string, name: string): Promise<VmProgram> {
    const qemu = new FakeQemu({ connection: connectUnix(path) });
    const driver = new FakeVirtqueue(qemu, 0);
    context.after(() => {
      driver.close();
      qemu.close();
    });
    await qemu.realize();
    await qemu.start(QUEUE_SIZE);
    const run = async (bytes: Buffer): Promise<void> => assert.equal(typeOf(await driver.command(bytes)), OK);
    await run(gpu.createContext(1, name));
    for (const id of [QUERY, CHANNEL]) {
      await run(gpu.guestBlob(id, PAGE, [[HIGH_RAM + id * PAGE, PAGE]]));
      await run(gpu.attach(1, id));
    }
    await run(gpu.submit(1, command(1, [QUERY, CHANNEL, 1])));
    return new VmProgram(run);
  }

  /** Has it send requests. */
  async send(bytes: Uint8Array): Promise<void> {
    await this.#run(gpu.submit(1, send(bytes)));
  }
}
