// SPDX-License-Identifier: Apache-2.0
import type { OwnSurfaces } from "../frame/own-surfaces.ts";
import type { HostGlobals } from "../globals/host-globals.ts";
import type { SharedImages } from "../hooks/shm/host-buffers.ts";
import { tagTitle } from "../hooks/title-text.ts";
import type { Client } from "../relay/client.ts";
import { bindPaintingTools } from "../title-bars/painted-surface.ts";
import { type FindCursor, PointerShapes } from "../title-bars/pointer-shapes.ts";
import type { SharedStyle } from "../title-bars/shared-style.ts";
import type { TitleBarKit } from "../title-bars/title-bar.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { Configurations } from "./configurations.ts";

/** Title bars of one client at once. Each takes some descriptors and memory. */
const MAX_BARS = 100;

/** What all title bars of a proxy have in common. */
export interface BarSupplies {
  readonly ownSurfaces: OwnSurfaces;
  readonly style: SharedStyle;
  readonly findCursor: FindCursor;
  readonly imagesFor: (client: Client) => SharedImages;
  /** Stands in front of every title. */
  readonly tag: string;
  /** Whether each window has the frame of a policy. */
  readonly isFramed: boolean;
}

/** A window of such a client's. */
interface Window {
  readonly configurations: Configurations;
  /** The look of title bars may be another one. */
  update(): void;
  /** The toplevel is gone. */
  end(): void;
  /** The session has ended. */
  ended(): void;
}

/** A client that has asked whether we draw title bars, and its windows. */
export class DecoratedClient {
  readonly client: Client;
  readonly isFramed: boolean;
  /** Tells the scales of surfaces; null where the host knows whole ones alone. */
  readonly scaler: WlObject<"wp_fractional_scale_manager_v1"> | null;
  readonly #supplies: BarSupplies;
  readonly #kit: TitleBarKit | null;
  readonly #windows = new Set<Window>();
  #bars = 0;
  #isTelling = false;
  #stopStyle: (() => void) | null = null;

  constructor(client: Client, globals: HostGlobals, supplies: BarSupplies) {
    const { ownSurfaces, style, findCursor, imagesFor } = supplies;
    this.client = client;
    this.#supplies = supplies;
    this.isFramed = supplies.isFramed;
    this.scaler = globals.bindForUs("wp_fractional_scale_manager_v1", 1);
    const manager = globals.bindForUs("wp_cursor_shape_manager_v1", 1);
    if (manager !== null) ownSurfaces.shapes.use(client, manager);
    const tools = bindPaintingTools(globals);
    if (tools === null) {
      this.#kit = null;
      return;
    }
    const painting = { client, images: imagesFor(client), log: client.log };
    const shapes = new PointerShapes(painting, tools, ownSurfaces, findCursor);
    this.#kit = { ...painting, tools, ownSurfaces, shapes, style: () => style.current };
  }

  /** Whether the host has what bars are painted with. */
  get canPaint(): boolean {
    return this.#kit !== null;
  }

  /** Whether what the host is told at the moment is ours, and not the client's. */
  get isTelling(): boolean {
    return this.#isTelling;
  }

  /** Tells the host something in the client's place. */
  tell(say: () => void): void {
    this.#isTelling = true;
    try {
      say();
    } finally {
      this.#isTelling = false;
    }
  }

  shownTitle(title: string): string {
    const { tag } = this.#supplies;
    return tag === "" ? title : tagTitle(tag, title);
  }

  add(window: Window): void {
    this.#windows.add(window);
  }

  remove(window: Window): void {
    this.#windows.delete(window);
    window.end();
  }

  /** The host's serial for one by which the client knows a configuration of any of its windows. */
  hostSerialOf(serial: number): number {
    for (const { configurations } of this.#windows) {
      const hostSerial = configurations.hostSerialOf(serial);
      if (hostSerial !== serial) return hostSerial;
    }
    return serial;
  }

  /** Takes a place among the title bars. @returns what one is made with; null when there are too many */
  takePlace(): TitleBarKit | null {
    if (this.#bars >= MAX_BARS) return null;
    this.#bars++;
    this.#stopStyle ??= this.#supplies.style.listen(() => {
      for (const window of this.#windows) window.update();
    });
    return this.#kit;
  }

  freePlace(): void {
    this.#bars--;
  }

  /** The session has ended. */
  close(): void {
    this.#stopStyle?.();
    for (const window of this.#windows) window.ended();
    this.#windows.clear();
    this.#kit?.shapes.close();
  }
}
