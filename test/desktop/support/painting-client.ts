// SPDX-License-Identifier: Apache-2.0
import { Mapping, memfd } from "../../../src/native/memory.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { FakeClient } from "../../support/fake-client.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import type { Received } from "../../support/inbox.ts";

const ARGB = 0;

/** A window of a `PaintingClient`. */
export interface PaintedWindow {
  readonly surface: FakeObject;
  readonly xdgSurface: FakeObject;
  readonly toplevel: FakeObject;
}

/** A client that paints surfaces in one color each, and sends whatever a test likes. */
export class PaintingClient {
  readonly wire: FakeClient;
  readonly compositor: FakeObject;
  readonly subcompositor: FakeObject;
  readonly base: FakeObject;
  readonly #shm: FakeObject;
  readonly #acknowledged = new WeakSet<Received>();

  private constructor(wire: FakeClient, bound: readonly FakeObject[]) {
    this.wire = wire;
    [this.compositor, this.subcompositor, this.base, this.#shm] = bound as [
      FakeObject,
      FakeObject,
      FakeObject,
      FakeObject,
    ];
  }

  static async open(socket: string): Promise<PaintingClient> {
    const wire = new FakeClient(socket, new ProtocolRegistry());
    const bound: FakeObject[] = [];
    for (const [name, version] of [
      ["wl_compositor", 4],
      ["wl_subcompositor", 1],
      ["xdg_wm_base", 2],
      ["wl_shm", 1],
    ] as const)
      bound.push(await wire.bind(name, version));
    return new PaintingClient(wire, bound);
  }

  /** A picture of one color, 0xAARRGGBB. */
  buffer(width: number, height: number, color: number): FakeObject {
    const size = width * height * 4;
    const file = memfd("a picture", size);
    using memory = Mapping.map(file.raw, size, { writable: true });
    memory.words.fill(color);
    const pool = this.#shm.create("create_pool", file, size);
    const buffer = pool.create("create_buffer", 0, width, height, width * 4, ARGB);
    pool.send("destroy");
    return buffer;
  }

  surface(): FakeObject {
    return this.compositor.create("create_surface");
  }

  /** Shows a picture of one color. */
  paint(surface: FakeObject, width: number, height: number, color: number): void {
    surface.send("attach", this.buffer(width, height, color), 0, 0);
    surface.send("damage", 0, 0, 0x7fffffff, 0x7fffffff);
    surface.send("commit");
  }

  /** Makes a window, which the compositor has configured. */
  async window(appId: string): Promise<PaintedWindow> {
    const surface = this.surface();
    const xdgSurface = this.base.create("get_xdg_surface", surface);
    const toplevel = xdgSurface.create("get_toplevel");
    toplevel.send("set_app_id", appId);
    surface.send("commit");
    await this.acknowledge(xdgSurface);
    return { surface, xdgSurface, toplevel };
  }

  /** Makes a popup of a size at a place of its parent, which the compositor has configured. */
  async popup(parent: FakeObject, x: number, y: number, width: number, height: number): Promise<FakeObject> {
    const positioner = this.base.create("create_positioner");
    positioner.send("set_size", width, height);
    positioner.send("set_anchor_rect", x, y, 1, 1);
    // From its upper left corner to the lower right.
    positioner.send("set_anchor", 5);
    positioner.send("set_gravity", 8);
    const surface = this.surface();
    const xdgSurface = this.base.create("get_xdg_surface", surface);
    xdgSurface.create("get_popup", parent, positioner);
    surface.send("commit");
    await this.acknowledge(xdgSurface);
    return surface;
  }

  async acknowledge(xdgSurface: FakeObject): Promise<void> {
    const message = await this.wire.expect("xdg_surface.configure", ({ object }) => object === xdgSurface);
    this.#acknowledged.add(message);
    xdgSurface.send("ack_configure", message.args["serial"] as number);
  }

  /** Acknowledges the latest configuration, unless it has done so. */
  acknowledgeLatest(xdgSurface: FakeObject): void {
    const isMeant = ({ name, object }: Received): boolean => name === "xdg_surface.configure" && object === xdgSurface;
    const latest = this.wire.inbox.all.filter(isMeant).at(-1);
    if (latest === undefined || this.#acknowledged.has(latest)) return;
    this.#acknowledged.add(latest);
    xdgSurface.send("ack_configure", latest.args["serial"] as number);
  }

  /** Makes a sub-surface that is shown as soon as it is committed. */
  part(parent: FakeObject, x: number, y: number): { surface: FakeObject; subsurface: FakeObject } {
    const surface = this.surface();
    const subsurface = this.subcompositor.create("get_subsurface", surface, parent);
    subsurface.send("set_desync");
    subsurface.send("set_position", x, y);
    return { surface, subsurface };
  }

  close(): void {
    this.wire.close();
  }
}
