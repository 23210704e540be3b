// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createDeviceHost } from "../../../src/device-host.ts";
import { unixHost } from "../../../src/host/unix.ts";
import { DisplaySocket } from "../../../src/listen/display-socket.ts";
import { connectUnix } from "../../../src/native/socket.ts";
import { Exposure } from "../../../src/protocol/exposure.ts";
import { Protocol } from "../../../src/protocol/protocol.ts";
import { FakeCompositor } from "../../support/fake-compositor.ts";
import { FakeQemu, HIGH_RAM } from "../../support/fake-qemu.ts";
import { FakeVirtqueue, QUEUE_SIZE } from "../../support/fake-virtqueue.ts";
import { gpu, OK, PAGE, typeOf } from "../../support/gpu-guest.ts";

const names = ["wl_compositor", "xdg_wm_base", "wp_viewporter"] as const;

/** Words and texts as they are on the wire. */
function message(object: number, opcode: number, ...args: readonly (number | string)[]): Buffer {
  const parts = args.map((arg) => {
    if (typeof arg === "number") return Buffer.from(new Uint32Array([arg]).buffer);
    const text = Buffer.alloc(4 + ((arg.length + 4) & ~3));
    text.writeUInt32LE(arg.length + 1, 0);
    text.write(arg, 4);
    return text;
  });
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(new Uint32Array([object, ((8 + body.length) << 16) | opcode]).buffer), body]);
}

/** The fake compositor's numbers of globals. */
function globalName(name: (typeof names)[number]): number {
  return 3 + 2 * names.indexOf(name);
}

function bind(name: (typeof names)[number], id: number): Buffer {
  return message(2, 0, globalName(name), name, 1, id);
}

/** cross-domain's SEND, of bytes alone. */
function send(bytes: Buffer): Buffer {
  const head = Buffer.alloc(352);
  head.writeUInt32LE(4 | ((352 + bytes.length) << 16), 0);
  head.writeUInt32LE(bytes.length, 12);
  return Buffer.concat([head, bytes]);
}

test("it is the host that marks a VM's titles, and hides what the VM is not to use", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "device-host-"));
  const compositor = new FakeCompositor(join(folder, "wayland-0"), new Protocol(), names);
  const socket = DisplaySocket.open(undefined, join(folder, "gpu"));
  const host = createDeviceHost({
    socket,
    memory: 64 * 1024 * 1024,
    connectHost: unixHost(compositor.path),
    exposure: new Exposure({ hide: ["wp_viewporter"] }),
    tag: "[vm] ",
  });
  const qemu = new FakeQemu({ connection: connectUnix(socket.path) });
  const driver = new FakeVirtqueue(qemu, 0);
  t.after(async () => {
    await host.close();
    driver.close();
    qemu.close();
    compositor.close();
    rmSync(folder, { recursive: true });
  });
  await qemu.realize();
  await qemu.start(QUEUE_SIZE);
  const run = async (bytes: Buffer): Promise<void> => assert.equal(typeOf(await driver.command(bytes)), OK);

  const connect = async (context: number): Promise<void> => {
    await run(gpu.createContext(context));
    const rings = [2 * context, 2 * context + 1];
    for (const ring of rings) {
      await run(gpu.guestBlob(ring, PAGE, [[HIGH_RAM + (2048 + ring) * PAGE, PAGE]]));
      await run(gpu.attach(context, ring));
    }
    await run(gpu.submit(context, Buffer.from(new Uint32Array([1 | (20 << 16), 0, ...rings, 1]).buffer)));
  };

  /** Asks for the globals, and waits for all of them: before, there is nothing to bind. */
  const listGlobals = async (context: number): Promise<void> => {
    await run(gpu.submit(context, send(Buffer.concat([message(1, 1, 2), message(1, 0, 3)]))));
    const channel = qemu.at(HIGH_RAM + (2048 + 2 * context + 1) * PAGE);
    const done = message(3, 0, 0);
    for (let heard = Buffer.alloc(0), fence = 1; !heard.includes(done); fence++) {
      await run(gpu.poll(context, fence));
      heard = Buffer.concat([heard, channel.subarray(352, 352 + channel.readUInt32LE(12))]);
    }
  };

  await connect(1);
  await listGlobals(1);
  const title = [
    bind("wl_compositor", 4),
    bind("xdg_wm_base", 5),
    message(4, 0, 6),
    message(5, 2, 7, 6),
    message(7, 1, 8),
    message(8, 2, "editor"),
  ];
  await run(gpu.submit(1, send(Buffer.concat(title))));
  const window = await compositor.nextConnection();
  const { args } = await window.expect("xdg_toplevel.set_title");
  assert.deepEqual(args, { title: "[vm] editor" });

  await connect(2);
  await listGlobals(2);
  await run(gpu.submit(2, send(bind("wp_viewporter", 4))));
  const other = await compositor.nextConnection();
  await other.closed;
  assert.deepEqual([...compositor.connections], [window], "the client that asked for what is hidden is gone, alone");
});
