// SPDX-License-Identifier: Apache-2.0
import { memfd } from "../../../src/native/memory.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { FakeClient } from "../../support/fake-client.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import type { Display } from "./desktop.ts";

const protocol = new ProtocolRegistry();

/** A window of a client that says just what a test wants it to say. */
export class RawWindow {
  readonly client: FakeClient;
  readonly compositor: FakeObject;
  readonly shm: FakeObject;
  readonly base: FakeObject;
  readonly seat: FakeObject;
  readonly surface: FakeObject;
  readonly xdgSurface: FakeObject;
  readonly toplevel: FakeObject;

  private constructor(
    client: FakeClient,
    objects: Readonly<Record<"compositor" | "shm" | "base" | "seat", FakeObject>>,
  ) {
    this.client = client;
    this.compositor = objects.compositor;
    this.shm = objects.shm;
    this.base = objects.base;
    this.seat = objects.seat;
    this.surface = this.compositor.create("create_surface");
    this.xdgSurface = this.base.create("get_xdg_surface", this.surface);
    this.toplevel = this.xdgSurface.create("get_toplevel");
  }

  static async show(display: Display, appId: string, width: number, height: number): Promise<RawWindow> {
    const client = new FakeClient(display.socket, protocol, appId);
    const window = new RawWindow(client, {
      compositor: await client.bind("wl_compositor", 4),
      shm: await client.bind("wl_shm", 1),
      base: await client.bind("xdg_wm_base", 2),
      seat: await client.bind("wl_seat", 5),
    });
    window.toplevel.send("set_app_id", appId);
    window.surface.send("commit");
    await window.configured(window.xdgSurface);
    window.draw(window.surface, width, height);
    return window;
  }

  /** Waits until the compositor has said how an xdg_surface is to be, and takes note of that. */
  async configured(xdgSurface: FakeObject): Promise<void> {
    const { args } = await this.client.expect("xdg_surface.configure", ({ object }) => object === xdgSurface);
    xdgSurface.send("ack_configure", args["serial"] as number);
  }

  /** Shows a black picture. */
  draw(surface: FakeObject, width: number, height: number): void {
    const size = 4 * width * height;
    const pool = this.shm.create("create_pool", memfd("a picture", size), size);
    surface.send("attach", pool.create("create_buffer", 0, width, height, 4 * width, 1), 0, 0);
    surface.send("damage", 0, 0, width, height);
    surface.send("commit");
    pool.send("destroy");
  }
}
