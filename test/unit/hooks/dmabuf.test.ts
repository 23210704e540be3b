// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { GuestGpu } from "../../../src/hooks/dmabuf/gpu.ts";
import { dmabuf } from "../../../src/hooks/dmabuf.ts";
import type { Fd } from "../../../src/native/fd.ts";
import { eventfd, eventfdWrite } from "../../../src/native/pipe.ts";
import { Clock } from "../../support/clock.ts";
import { contentOf, fileWith } from "../../support/descriptors.ts";
import type { Twin } from "../../support/echo.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { proxied, type Scope, type Stage } from "../../support/proxied.ts";

const XR24 = 0x34325258;
const GUEST_DEVICE = Buffer.of(128, 226, 0, 0, 0, 0, 0, 0);
const HOST_DEVICE = Buffer.of(1, 2, 3, 4, 5, 6, 7, 8);

/** A GPU whose buffers are files that say so. There is no real one where these tests run. */
class FakeGpu implements GuestGpu {
  readonly path = "/dev/dri/renderD128";
  readonly device = GUEST_DEVICE;
  /** The place where the test ends fences. */
  readonly fences: Fd[] = [];
  /** Whether buffers are being drawn. */
  busy = false;

  owns(raw: number): boolean {
    return readFileSync(`/proc/self/fd/${raw}`, "utf8").startsWith("gpu");
  }

  fence(raw: number): Fd | null {
    assert.ok(this.owns(raw));
    if (!this.busy) return null;
    const fence = eventfd();
    this.fences.push(fence.duplicate());
    return fence;
  }

  /** What is being drawn is done. */
  finish(): void {
    for (const fence of this.fences.splice(0)) {
      eventfdWrite(fence.raw);
      fence.close();
    }
  }
}

interface Drawing extends Stage {
  readonly gpu: FakeGpu;
  readonly dmabuf: Twin;
  readonly surface: Twin;
}

/** A client that has bound the dma-buf global, and has a surface. */
async function drawing(t: Scope): Promise<Drawing> {
  const gpu = new FakeGpu();
  const stage = await proxied(t, {
    globals: ["zwp_linux_dmabuf_v1 6", "wl_compositor 6", "wl_drm 2", "xdg_wm_base 7"],
    hooks: [dmabuf(gpu)],
  });
  const { client, host } = stage;
  const global = await client.bind("zwp_linux_dmabuf_v1");
  const surface = (await client.bind("wl_compositor")).create("create_surface");
  const bound = await host.expect("wl_registry.bind");
  const created = await host.expect("wl_compositor.create_surface");
  return Object.assign(stage, {
    gpu,
    dmabuf: { ours: global, theirs: bound.objectArg("id") },
    surface: { ours: surface, theirs: created.objectArg("id") },
  });
}

/** Adds planes with these contents. */
function paramsOf({ dmabuf }: Drawing, ...contents: string[]): FakeObject {
  const params = dmabuf.ours.create("create_params");
  contents.forEach((content, i) => {
    params.send("add", fileWith(content), i, 0, 256, 0, 0);
  });
  return params;
}

/** A buffer that is made at once. */
function bufferOf(stage: Drawing, ...contents: string[]): FakeObject {
  return paramsOf(stage, ...contents).create("create_immed", 64, 64, XR24, 0);
}

describe("a buffer of the guest's GPU", () => {
  it("reaches the host as it is", async (t) => {
    const stage = await drawing(t);
    const { client, host } = stage;
    const params = paramsOf(stage, "gpu 1", "gpu 2");
    params.send("create", 64, 64, XR24, 0);
    for (const content of ["gpu 1", "gpu 2"]) {
      assert.equal(contentOf((await host.expect("zwp_linux_buffer_params_v1.add")).fdArg("fd")), content);
    }
    const theirs = (await host.expect("zwp_linux_buffer_params_v1.create")).object;
    const buffer = theirs.create("created");
    const ours = (await client.expect("zwp_linux_buffer_params_v1.created")).objectArg("buffer");
    params.send("destroy");
    ours.send("destroy");
    assert.equal((await host.expect("wl_buffer.destroy")).object, buffer);
  });

  it("is kept open until it is destroyed, to ask for its fences", async (t) => {
    const stage = await drawing(t);
    const { client, host } = stage;
    const buffer = bufferOf(stage, "gpu");
    (await host.expect("zwp_linux_buffer_params_v1.add")).fdArg("fd").close();
    await host.expect("zwp_linux_buffer_params_v1.create_immed");
    assert.equal(stage.openFiles.length, 1);
    buffer.send("destroy");
    await client.roundtrip();
    assert.deepEqual(stage.openFiles, []);
  });

  it("that is never made is forgotten with its parameters", async (t) => {
    const stage = await drawing(t);
    const params = paramsOf(stage, "gpu");
    (await stage.host.expect("zwp_linux_buffer_params_v1.add")).fdArg("fd").close();
    params.send("destroy");
    await stage.client.roundtrip();
    assert.deepEqual(stage.openFiles, []);
  });
});

describe("a buffer of another device", () => {
  it("fails like one that the host cannot use, and the host never sees it", async (t) => {
    const stage = await drawing(t);
    const { client, host } = stage;
    const params = paramsOf(stage, "gpu", "another", "gpu");
    params.send("create", 64, 64, XR24, 0);
    assert.equal((await client.expect("zwp_linux_buffer_params_v1.failed")).object, params);
    params.send("destroy");
    await host.expect("zwp_linux_buffer_params_v1.destroy");
    assert.equal(host.inbox.count("zwp_linux_buffer_params_v1.add"), 1);
    assert.equal(host.inbox.count("zwp_linux_buffer_params_v1.create"), 0);
  });

  it("ends a client that must have it at once, and says why", async (t) => {
    const stage = await drawing(t);
    bufferOf(stage, "another");
    const { code, text } = await stage.client.disconnected();
    assert.equal(code, 7);
    assert.match(text, /not one of \/dev\/dri\/renderD128/);
  });
});

describe("the device that programs learn to draw with", () => {
  it("is the guest's", async (t) => {
    const { client, host, dmabuf } = await drawing(t);
    dmabuf.ours.create("get_default_feedback");
    const feedback = (await host.expect("zwp_linux_dmabuf_v1.get_default_feedback")).objectArg("id");
    feedback.send("main_device", HOST_DEVICE);
    feedback.send("tranche_target_device", HOST_DEVICE);
    for (const name of ["main_device", "tranche_target_device"]) {
      assert.deepEqual((await client.expect(`zwp_linux_dmabuf_feedback_v1.${name}`)).args, { device: GUEST_DEVICE });
    }
  });

  it("is the host's again when a program names it to the host", async (t) => {
    const stage = await drawing(t);
    const { client, host, dmabuf } = stage;
    const early = paramsOf(stage, "gpu");
    early.send("set_sampling_device", GUEST_DEVICE);
    dmabuf.ours.create("get_default_feedback");
    const feedback = (await host.expect("zwp_linux_dmabuf_v1.get_default_feedback")).objectArg("id");
    feedback.send("main_device", HOST_DEVICE);
    await client.expect("zwp_linux_dmabuf_feedback_v1.main_device");
    paramsOf(stage, "gpu").send("set_sampling_device", GUEST_DEVICE);
    const named = await host.expect("zwp_linux_buffer_params_v1.set_sampling_device");
    assert.deepEqual(named.args, { device: HOST_DEVICE });
    assert.equal(host.inbox.count("zwp_linux_buffer_params_v1.set_sampling_device"), 1);
  });
});

describe("a commit", () => {
  /** Shows a buffer, and then sends something else. */
  async function commit({ surface, host }: Drawing, buffer: FakeObject): Promise<void> {
    surface.ours.send("attach", buffer, 0, 0);
    surface.ours.send("commit");
    surface.ours.send("set_buffer_scale", 2);
    await host.expect("wl_surface.attach");
  }

  it("waits until its buffer is drawn, and what is behind it waits, too", async (t) => {
    const stage = await drawing(t);
    const { client, host, gpu, surface } = stage;
    gpu.busy = true;
    await commit(stage, bufferOf(stage, "gpu 1", "gpu 2"));
    // Events are not held up.
    surface.theirs.send("preferred_buffer_scale", 3);
    await client.expect("wl_surface.preferred_buffer_scale");
    assert.equal(gpu.fences.length, 2);
    assert.deepEqual([host.inbox.count("wl_surface.commit"), host.inbox.count("wl_surface.set_buffer_scale")], [0, 0]);
    gpu.finish();
    await host.expect("wl_surface.commit");
    await host.expect("wl_surface.set_buffer_scale");
  });

  it("that waits does not keep the host from hearing that its client is alive", async (t) => {
    const stage = await drawing(t);
    const { client, host, gpu } = stage;
    const shell = await client.bind("xdg_wm_base");
    const theirs = (await host.expect("wl_registry.bind")).objectArg("id");
    theirs.send("ping", 6);
    await client.expect("xdg_wm_base.ping");
    gpu.busy = true;
    await commit(stage, bufferOf(stage, "gpu"));
    shell.send("pong", 6);
    assert.equal((await host.expect("xdg_wm_base.pong")).arg("serial"), 6);
    for (const serial of [7, 8]) {
      theirs.send("ping", serial);
      await client.expect("xdg_wm_base.ping");
      shell.send("pong", serial);
      assert.equal((await host.expect("xdg_wm_base.pong")).arg("serial"), serial);
    }
    assert.deepEqual([host.inbox.count("wl_surface.commit"), host.inbox.count("wl_surface.set_buffer_scale")], [0, 0]);
    gpu.finish();
    await host.expect("wl_surface.set_buffer_scale");
    await client.roundtrip();
    assert.equal(host.inbox.count("xdg_wm_base.pong"), 3);
  });

  it("does not wait for a buffer that is drawn, for one that it does not show, nor twice", async (t) => {
    const stage = await drawing(t);
    const { host, gpu, surface } = stage;
    const buffer = bufferOf(stage, "gpu");
    await commit(stage, buffer);
    await host.expect("wl_surface.set_buffer_scale");
    gpu.busy = true;
    surface.ours.send("commit");
    surface.ours.send("attach", buffer, 0, 0);
    surface.ours.send("attach", null, 0, 0);
    surface.ours.send("commit");
    surface.ours.send("attach", buffer, 0, 0);
    buffer.send("destroy");
    surface.ours.send("commit");
    for (let i = 0; i < 3; i++) await host.expect("wl_surface.commit");
    assert.deepEqual(gpu.fences, []);
  });

  it("waits once for planes that share a buffer", async (t) => {
    const stage = await drawing(t);
    const { host, gpu, dmabuf } = stage;
    gpu.busy = true;
    const params = dmabuf.ours.create("create_params");
    const file = fileWith("gpu");
    params.send("add", file.duplicate(), 0, 0, 256, 0, 0);
    params.send("add", file, 1, 4096, 256, 0, 0);
    await commit(stage, params.create("create_immed", 64, 64, XR24, 0));
    stage.surface.theirs.send("preferred_buffer_scale", 1);
    await stage.client.expect("wl_surface.preferred_buffer_scale");
    assert.equal(gpu.fences.length, 1);
    gpu.finish();
    await host.expect("wl_surface.commit");
  });

  it("does not wait for ever", async (t) => {
    const clock = new Clock(t);
    const stage = await drawing(t);
    const { client, host, gpu, surface } = stage;
    gpu.busy = true;
    await commit(stage, bufferOf(stage, "gpu"));
    surface.theirs.send("preferred_buffer_scale", 1);
    await client.expect("wl_surface.preferred_buffer_scale");
    clock.pass(999);
    assert.equal(host.inbox.count("wl_surface.commit"), 0);
    clock.pass(1);
    await host.expect("wl_surface.commit");
    assert.ok(stage.log.some((line) => line.includes("has not been drawn for 1000 ms")));
    gpu.finish();
  });

  it("that waits is given up with its client", async (t) => {
    const stage = await drawing(t);
    const { client, host, gpu, surface } = stage;
    gpu.busy = true;
    await commit(stage, bufferOf(stage, "gpu"));
    surface.theirs.send("preferred_buffer_scale", 1);
    await client.expect("wl_surface.preferred_buffer_scale");
    host.close();
    await client.closed;
    gpu.finish();
  });
});

describe("wl_drm", () => {
  async function drm(t: Scope): Promise<Drawing & { readonly drm: Twin }> {
    const stage = await drawing(t);
    const ours = await stage.client.bind("wl_drm");
    const theirs = (await stage.host.expect("wl_registry.bind")).objectArg("id");
    return Object.assign(stage, { drm: { ours, theirs } });
  }
  const layout = [64, 64, XR24, 0, 256, 0, 0, 0, 0] as const;

  it("names the guest's device, which needs no authentication", async (t) => {
    const { client, host, drm: object } = await drm(t);
    object.theirs.send("device", "/dev/dri/card7");
    assert.deepEqual((await client.expect("wl_drm.device")).args, { name: "/dev/dri/renderD128" });
    object.ours.send("authenticate", 1);
    await client.expect("wl_drm.authenticated");
    assert.equal(host.inbox.count("wl_drm.authenticate"), 0);
  });

  it("takes buffers of the guest's GPU, and a commit waits for them, too", async (t) => {
    const stage = await drm(t);
    const { host, gpu, surface } = stage;
    gpu.busy = true;
    const buffer = stage.drm.ours.create("create_prime_buffer", fileWith("gpu"), ...layout);
    assert.equal(contentOf((await host.expect("wl_drm.create_prime_buffer")).fdArg("name")), "gpu");
    surface.ours.send("attach", buffer, 0, 0);
    surface.ours.send("commit");
    await host.expect("wl_surface.attach");
    surface.theirs.send("preferred_buffer_scale", 1);
    await stage.client.expect("wl_surface.preferred_buffer_scale");
    assert.equal(host.inbox.count("wl_surface.commit"), 0);
    gpu.finish();
    await host.expect("wl_surface.commit");
  });

  it("refuses buffers of another device", async (t) => {
    const { client, drm: object } = await drm(t);
    object.ours.create("create_prime_buffer", fileWith("another"), ...layout);
    const { code, text } = await client.disconnected();
    assert.equal(code, 2);
    assert.match(text, /not one of/);
  });

  it("refuses buffers by name", async (t) => {
    const { client, drm: object } = await drm(t);
    object.ours.create("create_buffer", 1, 64, 64, 256, XR24);
    assert.equal((await client.disconnected()).code, 2);
  });
});
