// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readSync, writeSync } from "node:fs";
import { shmShadow } from "../../src/hooks/shm-shadow.ts";
import { Mapping, memfd } from "../../src/native/memory.ts";
import { GlobalPolicy } from "../../src/protocol/global-policy.ts";
import type { HostConnection } from "./fake-compositor.ts";
import type { FakeObject } from "./fake-object.ts";
import type { Received } from "./inbox.ts";
import { MemfdImages } from "./memfd-images.ts";
import { type Pair, proxied, type Scope, type Setting, type Stage } from "./proxied.ts";

const ARGB = 0;

/** Hidden unless a user wants them. */
const captureProtocols = [
  "zwlr_screencopy_manager_v1",
  "ext_image_copy_capture_manager_v1",
  "ext_output_image_capture_source_manager_v1",
  "hyprland_toplevel_export_manager_v1",
  "weston_capture_v1",
];

/** A client's wl_buffer and how it lies in its pool. */
export interface Drawing {
  readonly object: FakeObject;
  readonly offset: number;
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly format: number;
}

/** A wl_shm_pool of a client that can be drawn into. */
class Pool {
  readonly object: FakeObject;
  readonly #memory: Mapping;

  constructor(shm: FakeObject, size: number, fileSize: number = size) {
    const fd = memfd("a client's pool", fileSize);
    this.#memory = Mapping.map(fd.raw, fileSize, { writable: true });
    this.object = shm.create("create_pool", fd, size);
  }

  get bytes(): Uint8Array {
    return this.#memory.bytes;
  }

  buffer(width: number, height: number, options: Partial<Drawing> = {}): Drawing {
    const { offset = 0, stride = width * 4, format = ARGB } = options;
    const object = this.object.create("create_buffer", offset, width, height, stride, format);
    return { object, offset, width, height, stride, format };
  }

  /** Fills everything with bytes that a number leads to. */
  scribble(seed: number): void {
    const { bytes } = this;
    for (let i = 0, state = seed + 1; i < bytes.length; i++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      bytes[i] = state >>> 24;
    }
  }

  /** The lines of a buffer, without what is between them. */
  pixels({ offset, stride, height }: Drawing, rowBytes: number): Buffer {
    return rowsOf(Buffer.from(this.bytes.subarray(offset, offset + stride * height)), stride, height, rowBytes);
  }

  close(): void {
    this.#memory.close();
  }
}

function rowsOf(bytes: Buffer, stride: number, height: number, rowBytes: number): Buffer {
  return Buffer.concat(Array.from({ length: height }, (_, y) => bytes.subarray(y * stride, y * stride + rowBytes)));
}

/** The buffer that the host has been given for a surface. */
export interface Shown {
  /** The host's wl_buffer. */
  readonly buffer: FakeObject;
  readonly created: Received;
  /** The bytes of the buffer as they are now. */
  readonly bytes: Buffer;
  /** Returns the buffer's lines, without what is between them. */
  readonly pixels: (rowBytes: number) => Buffer;
  /** Draws into it, as the host does for a picture of the screen. */
  readonly draw: (bytes: Uint8Array, at: number) => void;
}

/** Returns what a wl_buffer of the host's holds now. */
export function contentOfBuffer(host: HostConnection, buffer: FakeObject): Shown {
  const created = host.inbox.all
    .filter((message) => message.name === "wl_shm_pool.create_buffer" && message.objectArg("id") === buffer)
    .at(-1);
  assert.ok(created, `${buffer} was not made of shared memory`);
  const pool = host.inbox.all
    .filter((message) => message.name === "wl_shm.create_pool" && message.objectArg("id") === created.object)
    .at(-1);
  assert.ok(pool);
  const bytes = Buffer.alloc(pool.arg("size") as number);
  readSync(pool.fdArg("fd").raw, bytes, 0, bytes.length, 0);
  const [stride, height] = [created.arg("stride") as number, created.arg("height") as number];
  const draw = (drawn: Uint8Array, at: number): void => void writeSync(pool.fdArg("fd").raw, drawn, 0, undefined, at);
  return { buffer, created, bytes, pixels: (rowBytes) => rowsOf(bytes, stride, height, rowBytes), draw };
}

/** Returns what the host shows on a surface after its last commit; undefined for nothing. */
export function shownOn(host: HostConnection, surface: FakeObject): Shown | undefined {
  let attached: FakeObject | null = null;
  let current: FakeObject | null = null;
  for (const message of host.inbox.all) {
    if (message.object !== surface) continue;
    if (message.name === "wl_surface.attach") attached = message.arg("buffer") as FakeObject | null;
    if (message.name === "wl_surface.commit") current = attached;
  }
  return current === null ? undefined : contentOfBuffer(host, current);
}

/** A client of a stage, with what it needs to draw. */
export class Painter {
  readonly compositor: FakeObject;
  readonly shm: FakeObject;
  readonly #pair: Pair;
  readonly #pools: Pool[] = [];

  private constructor(pair: Pair, compositor: FakeObject, shm: FakeObject) {
    this.#pair = pair;
    this.compositor = compositor;
    this.shm = shm;
  }

  /** The host offers it some formats. */
  static async start(t: Scope, pair: Pair, formats: readonly number[] = [0, 1]): Promise<Painter> {
    const { client, host } = pair;
    const compositor = await client.bind("wl_compositor");
    const shm = await client.bind("wl_shm");
    const bound = await host.expect(
      "wl_registry.bind",
      (message) => message.objectArg("id").interface.name === "wl_shm",
    );
    for (const format of formats) bound.objectArg("id").send("format", format);
    const painter = new Painter(pair, compositor, shm);
    t.after(async () => {
      for (const pool of painter.#pools) pool.close();
    });
    return painter;
  }

  pool(size: number, fileSize?: number): Pool {
    const pool = new Pool(this.shm, size, fileSize);
    this.#pools.push(pool);
    return pool;
  }

  /** A new surface, and what the host calls it. */
  async surface(): Promise<{ surface: FakeObject; theirs: FakeObject }> {
    const surface = this.compositor.create("create_surface");
    const created = await this.#pair.host.expect("wl_compositor.create_surface");
    return { surface, theirs: created.objectArg("id") };
  }
}

/** Attaches a buffer, damages all of it, and commits. */
export function present(surface: FakeObject, buffer: Drawing | null): void {
  surface.send("attach", buffer?.object ?? null, 0, 0);
  surface.send("damage", 0, 0, 0x7fffffff, 0x7fffffff);
  surface.send("commit");
}

/** A stage on which what clients draw is copied. */
export interface ShmStage extends Stage {
  readonly images: MemfdImages;
  readonly painter: Painter;
}

/** Sets a `ShmStage`; at its end no image must be left. */
export async function painted(
  t: Scope,
  { maxPools, ...setting }: Setting & { readonly maxPools?: number } = {},
  formats?: readonly number[],
): Promise<ShmStage> {
  const images = new MemfdImages();
  let end = async (): Promise<void> => {};
  t.after(async () => {
    await end();
    assert.equal(images.count, 0, "images are left");
  });
  const scope: Scope = {
    after: (last) => {
      end = last;
    },
  };
  const stage = await proxied(scope, {
    policy: new GlobalPolicy({ expose: captureProtocols }),
    ...setting,
    globals: ["wl_compositor 7", "wl_shm 2", "wp_viewporter 1", ...(setting.globals ?? [])],
    hooks: [shmShadow(() => images, maxPools)],
  });
  return Object.assign(stage, { images, painter: await Painter.start(t, stage, formats) });
}
