// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { XdgToplevelState as State } from "../../../src/protocol/generated/enums.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { Framed, SCREEN } from "../../support/framed.ts";
import type { Scope } from "../../support/proxied.ts";
import { boxText } from "../../support/shown-surfaces.ts";

const { width: WIDTH, height: HEIGHT } = SCREEN;

/** A window of 300 × 200 with a frame, under a policy for fullscreen ones, and what host and client say to each other about it. */
class Stage {
  readonly framed: Framed;
  readonly surface: FakeObject;
  readonly #xdgSurface: FakeObject;
  readonly #theirs: { readonly toplevel: FakeObject; readonly xdgSurface: FakeObject };
  #serial = 100;

  private constructor(framed: Framed, ours: FakeObject[], theirs: FakeObject[]) {
    this.framed = framed;
    [this.surface, this.#xdgSurface] = ours as [FakeObject, FakeObject];
    const [toplevel, xdgSurface] = theirs as [FakeObject, FakeObject];
    this.#theirs = { toplevel, xdgSurface };
  }

  static async begin(t: Scope, fullscreen: "allow" | "without-frame", label = ""): Promise<Stage> {
    const framed = await Framed.begin(t, { policy: { fullscreen }, label });
    const { surface, xdgSurface } = framed.window();
    framed.show(surface, 300, 200);
    await framed.view();
    const { object, args } = await framed.stage.host.expect("xdg_surface.get_toplevel");
    return new Stage(framed, [surface, xdgSurface], [args["id"] as FakeObject, object]);
  }

  /** The host configures the window. @returns the size that the client is told, and the serial */
  async configure(width: number, height: number, ...states: number[]): Promise<{ size: unknown[]; serial: number }> {
    const { toplevel, xdgSurface } = this.#theirs;
    const { client } = this.framed.stage;
    toplevel.send("configure", width, height, new Uint8Array(Uint32Array.from(states).buffer));
    xdgSurface.send("configure", ++this.#serial);
    const { args } = await client.expect("xdg_toplevel.configure");
    const serial = (await client.expect("xdg_surface.configure")).arg("serial") as number;
    await client.roundtrip();
    return { size: [args["width"], args["height"]], serial };
  }

  acknowledge(serial: number): void {
    this.#xdgSurface.send("ack_configure", serial);
  }

  /** The geometry, and whether the frame lies around its rim. */
  async look(): Promise<{ geometry: string; isFramed: boolean; edges: number; content: string[] }> {
    const { screen, stage } = this.framed;
    await stage.client.roundtrip();
    const [window] = screen.windows as [FakeObject];
    const all = screen.shown(window);
    const geometry = screen.geometryOf(window);
    assert.ok(geometry);
    return {
      geometry: boxText(geometry),
      isFramed: screen.faultOf(window, this.framed.insets) === null,
      edges: all.filter(({ isFrame }) => isFrame).length,
      content: all.filter(({ isFrame }) => !isFrame).map(boxText),
    };
  }
}

describe("a fullscreen window", () => {
  for (const label of ["", "ab"]) {
    it(`has its frame within the screen, ${label === "" ? "without" : "with"} a label`, async (t) => {
      const stage = await Stage.begin(t, "allow", label);
      const { size, serial } = await stage.configure(WIDTH, HEIGHT, State.fullscreen);
      const top = label === "" ? 4 : 20;
      assert.deepEqual(size, [WIDTH - 8, HEIGHT - 4 - top]);
      stage.acknowledge(serial);
      stage.framed.show(stage.surface, WIDTH - 8, HEIGHT - 4 - top);
      assert.deepEqual(await stage.look(), {
        geometry: `-4,${-top} ${WIDTH}x${HEIGHT}`,
        isFramed: true,
        edges: label === "" ? 8 : 9,
        content: [`0,0 ${WIDTH - 8}x${HEIGHT - 4 - top}`],
      });
    });

    it(`has none where the policy says so, ${label === "" ? "without" : "with"} a label, and has it again with the commit that makes it smaller`, async (t) => {
      const stage = await Stage.begin(t, "without-frame", label);
      const { framed, surface } = stage;
      const all = label === "" ? 8 : 9;
      const full = await stage.configure(WIDTH, HEIGHT, State.fullscreen);
      assert.deepEqual(full.size, [WIDTH, HEIGHT]);
      // Until the client has acknowledged that, nothing is different.
      framed.show(surface, 310, 200);
      assert.deepEqual([(await stage.look()).isFramed, (await stage.look()).edges], [true, all]);
      stage.acknowledge(full.serial);
      framed.show(surface, WIDTH, HEIGHT);
      const bare = {
        geometry: `0,0 ${WIDTH}x${HEIGHT}`,
        isFramed: false,
        edges: 0,
        content: [`0,0 ${WIDTH}x${HEIGHT}`],
      };
      assert.deepEqual(await stage.look(), bare);

      const { size, serial } = await stage.configure(408, 304 + framed.insets.top + 4);
      assert.deepEqual(size, [400, 304]);
      stage.acknowledge(serial);
      framed.show(surface, 400, 304);
      const { isFramed, edges, content } = await stage.look();
      assert.deepEqual({ isFramed, edges, content }, { isFramed: true, edges: all, content: ["0,0 400x304"] });
    });
  }

  it("that is to be smaller has its frame over its rim until the client agrees, whatever that does", async (t) => {
    const stage = await Stage.begin(t, "without-frame", "ab");
    const { framed, surface } = stage;
    const full = await stage.configure(WIDTH, HEIGHT, State.fullscreen);
    stage.acknowledge(full.serial);
    framed.show(surface, WIDTH, HEIGHT);
    assert.equal((await stage.look()).edges, 0);

    const { serial } = await stage.configure(400, 300);
    const edges = async (): Promise<string[]> => {
      await framed.stage.client.roundtrip();
      const [window] = framed.screen.windows as [FakeObject];
      return framed.screen
        .shown(window)
        .filter(({ isEdge }) => isEdge)
        .map(boxText);
    };
    const rim = [`4,0 ${WIDTH - 8}x20`, `4,${HEIGHT - 4} ${WIDTH - 8}x4`];
    const over = await edges();
    assert.deepEqual(
      rim.filter((edge) => !over.includes(edge)),
      [],
      over.join(", "),
    );
    assert.equal((await stage.look()).geometry, `0,0 ${WIDTH}x${HEIGHT}`);
    // It goes on as if nothing had been, or acknowledges what is past.
    framed.show(surface, WIDTH, HEIGHT);
    stage.acknowledge(full.serial);
    framed.show(surface, WIDTH - 1, HEIGHT);
    assert.ok((await edges()).includes(`4,0 ${WIDTH - 9}x20`));
    stage.acknowledge(serial);
    framed.show(surface, WIDTH, HEIGHT);
    // Such a window cannot be framed any more, and is not shown: what was there stays.
    assert.ok((await edges()).includes(`4,0 ${WIDTH - 9}x20`));
    framed.show(surface, 392, 276);
    const { isFramed, geometry } = await stage.look();
    assert.deepEqual({ isFramed, geometry }, { isFramed: true, geometry: "-4,-20 400x300" });
  });

  it("loses nothing by a policy that changes meanwhile", async (t) => {
    const stage = await Stage.begin(t, "without-frame");
    const { framed, surface } = stage;
    const { serial } = await stage.configure(WIDTH, HEIGHT, State.fullscreen);
    stage.acknowledge(serial);
    framed.show(surface, WIDTH, HEIGHT);
    framed.guard.replace({ ...framed.guard.policy, fullscreen: "allow" });
    framed.show(surface, WIDTH, HEIGHT);
    assert.equal((await stage.look()).edges, 8);
    const { size, serial: next } = await stage.configure(WIDTH, HEIGHT, State.fullscreen);
    assert.deepEqual(size, [WIDTH - 8, HEIGHT - 8]);
    stage.acknowledge(next);
    framed.show(surface, WIDTH - 8, HEIGHT - 8);
    assert.equal((await stage.look()).isFramed, true);
  });

  it("is none because the client says so", async (t) => {
    const stage = await Stage.begin(t, "without-frame");
    const { framed, surface } = stage;
    for (const states of [[State.maximized], [State.maximized, State.activated], []]) {
      const { serial } = await stage.configure(WIDTH, HEIGHT, ...states);
      stage.acknowledge(serial);
      framed.show(surface, WIDTH - 8, HEIGHT - 8);
      assert.equal((await stage.look()).isFramed, true);
    }
  });
});
