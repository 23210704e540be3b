// SPDX-License-Identifier: Apache-2.0
import type { FakeObject } from "./fake-object.ts";
import { Framed } from "./framed.ts";
import type { Scope } from "./proxied.ts";

/** How far the shadow reaches at the left and above. */
export const LEFT = 20;
export const TOP = 30;

/** A window of 260 × 160 in a surface of 300 × 200, and what the host is told. */
export class Shadowed {
  readonly framed: Framed;
  readonly surface: FakeObject;
  readonly xdgSurface: FakeObject;
  readonly toplevel: FakeObject;
  #seen = 0;

  private constructor(framed: Framed) {
    this.framed = framed;
    const { surface, xdgSurface, toplevel } = framed.window();
    [this.surface, this.xdgSurface, this.toplevel] = [surface, xdgSurface, toplevel];
    xdgSurface.send("set_window_geometry", LEFT, TOP, 260, 160);
  }

  /** @param globals what the host has besides */
  static async begin(t: Scope, ...globals: readonly string[]): Promise<Shadowed> {
    const shadowed = new Shadowed(await Framed.begin(t, { globals }));
    await shadowed.told();
    return shadowed;
  }

  /** The client's surface as the host knows it. */
  get theirs(): FakeObject {
    return this.framed.screen.windows[0] as FakeObject;
  }

  /** All that the host was told since the last time by requests of these names, with their numbers. */
  async told(...names: string[]): Promise<string[]> {
    const { client, host } = this.framed.stage;
    await client.roundtrip();
    const all = host.inbox.all.slice(this.#seen);
    this.#seen = host.inbox.all.length;
    return all
      .filter(({ name }) => names.includes(name.replace(/^\w+\./, "")))
      .map(({ name, args }) =>
        [name.replace(/^\w+\./, ""), ...Object.values(args).filter((value) => typeof value === "number")].join(" "),
      );
  }

  /** What the host was told of the viewport of the client's surface since the last time. */
  async viewport(): Promise<string[]> {
    const { client, host } = this.framed.stage;
    await client.roundtrip();
    const all = host.inbox.all.slice(this.#seen);
    this.#seen = host.inbox.all.length;
    const mine = new Set(
      host.inbox.all
        .filter(({ name, args }) => name === "wp_viewporter.get_viewport" && args["surface"] === this.theirs)
        .map(({ args }) => args["id"]),
    );
    return all
      .filter(({ object }) => mine.has(object))
      .map(({ name, args }) => [name.replace(/^\w+\./, ""), ...Object.values(args)].join(" "));
  }
}
