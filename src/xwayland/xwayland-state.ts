// SPDX-License-Identifier: Apache-2.0
import { OwnSurfaces } from "../frame/own-surfaces.ts";
import type { Logger } from "../log/logger.ts";
import type { Client } from "../relay/client.ts";
import type { GlobalOffer, Hooks } from "../relay/hooks.ts";
import { BufferSizes, bufferHooks } from "./base/buffer-sizes.ts";
import { PingBarrier } from "./base/ping-barrier.ts";
import { Scale } from "./base/scale.ts";
import { inputHooks } from "./input/input-hooks.ts";
import { KeyboardGrabs } from "./input/keyboard-grabs.ts";
import { UserInput } from "./input/user-input.ts";
import { coordinateHooks } from "./outputs/coordinate-hooks.ts";
import { outputHooks } from "./outputs/output-hooks.ts";
import { Outputs, type OutputWishes } from "./outputs/outputs.ts";
import { viewCommitHooks, viewHooks } from "./outputs/view-hooks.ts";
import { Views } from "./outputs/views.ts";
import { contentHooks, Surfaces, surfaceHooks } from "./shell/surfaces.ts";
import type { WindowManager } from "./window-manager.ts";

/** The state of one Xwayland, as a client of the host's. */
export interface XwaylandState {
  readonly surfaces: Surfaces;
  readonly ownSurfaces: OwnSurfaces;
  readonly pingBarrier: PingBarrier;
  readonly sizes: BufferSizes;
  readonly input: UserInput;
  readonly grabs: KeyboardGrabs;
  readonly scale: Scale;
  readonly outputs: Outputs;
  readonly views: Views;
  /** Null until the X server is ours. */
  manager: WindowManager | null;
}

/** The states of all Xwaylands, and the hooks by which they follow their sessions. */
export class XwaylandStates {
  readonly hooks: readonly Hooks[];
  readonly #wishes: OutputWishes;
  readonly #log: Logger;
  readonly #ownSurfaces = new OwnSurfaces();
  readonly #state = new WeakMap<Client, XwaylandState>();

  constructor(wishes: OutputWishes, log: Logger) {
    this.#wishes = wishes;
    this.#log = log;
    const views = (client: Client): Views => this.for(client).views;
    this.hooks = [
      { globals: this.#offers },
      surfaceHooks((client) => this.for(client).surfaces),
      contentHooks((client) => this.for(client).surfaces),
      this.#ownSurfaces.shapes.finder("offers"),
      ...this.#ownSurfaces.hooks("offers"),
      bufferHooks((client) => this.for(client).sizes),
      inputHooks((client) => this.for(client)),
      outputHooks((client) => this.for(client).outputs),
      // Where nothing is ever scaled, nobody is to pay for it.
      ...(wishes.unscale === null ? [] : [viewHooks(views), viewCommitHooks(views), coordinateHooks(views)]),
    ];
  }

  /**
   * The globals that compositors keep for their own Xwayland, and an xdg_wm_base with which Xwayland makes no windows.
   */
  get #offers(): readonly GlobalOffer[] {
    return [
      {
        kind: "own",
        interface: "xwayland_shell_v1",
        version: 1,
        serve: (client, shell) => this.for(client).surfaces.serveShell(shell),
      },
      {
        kind: "own",
        interface: "zwp_xwayland_keyboard_grab_manager_v1",
        version: 1,
        serve: (client, manager) => this.for(client).grabs.serve(manager),
      },
      {
        kind: "instead",
        interface: "xdg_wm_base",
        serve: (client, wmBase) => this.for(client).pingBarrier.serve(wmBase),
      },
    ];
  }

  /** The state of a session's Xwayland. */
  for(client: Client): XwaylandState {
    let state = this.#state.get(client);
    if (state === undefined) {
      const scale = new Scale();
      const outputs = new Outputs(client, scale, this.#wishes, this.#log);
      const sizes = new BufferSizes();
      const views = new Views(client, scale, sizes);
      const surfaces = new Surfaces(client, sizes);
      const pingBarrier = new PingBarrier(client);
      const grabs = new KeyboardGrabs();
      const ownSurfaces = this.#ownSurfaces;
      const input = new UserInput();
      state = { surfaces, ownSurfaces, pingBarrier, sizes, input, grabs, scale, outputs, views, manager: null };
      this.#state.set(client, state);
    }
    return state;
  }
}
