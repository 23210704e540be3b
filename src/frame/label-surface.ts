// SPDX-License-Identifier: Apache-2.0
import type { Client } from "../relay/client.ts";
import { onEvents } from "../relay/one-sided.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { ALL, type HostTools, type SurfaceMakers } from "./host-tools.ts";
import { type Label, paintLabel } from "./label.ts";
import type { TextPainter } from "./text-painter.ts";

/** A picture that the host shows, or has shown. */
interface Sheet {
  readonly buffer: WlObject<"wl_buffer">;
  /** Whether the host does not read it any more. */
  isReleased: boolean;
}

/**
 * The label of a window's frame: a sub-surface on its upper edge. Pointers and fingers do not see it. Its place and its width
 * count with the next commit of the window; a change of the scale, at which its pixels are new, counts at once.
 */
export class LabelSurface {
  readonly #client: Client;
  readonly #host: HostTools;
  readonly #label: Label;
  readonly #painter: TextPainter;
  readonly #surface: WlObject<"wl_surface">;
  readonly #subsurface: WlObject<"wl_subsurface">;
  readonly #viewport: WlObject<"wp_viewport">;
  readonly #fractional: WlObject<"wp_fractional_scale_v1"> | null = null;
  /** In 120ths. */
  #scale: number;
  /** The width that the text has where it is not cut, at that scale. */
  #naturalWidth: number | null = null;
  #height = 0;
  #maxWidth = 0;
  /** What is shown, in a word. */
  #painted = "";
  #sheet: Sheet | null = null;

  constructor(
    client: Client,
    host: HostTools,
    makers: SurfaceMakers,
    window: WlObject<"wl_surface">,
    label: Label,
    painter: TextPainter,
  ) {
    this.#client = client;
    this.#host = host;
    this.#label = label;
    this.#painter = painter;
    this.#scale = host.usualScale;
    const { compositor, subcompositor, viewporter, scaler } = makers;
    this.#surface = client.createObject("wl_surface", compositor.version);
    client.sendRequest(compositor, "create_surface", { id: this.#surface });
    this.#subsurface = client.createObject("wl_subsurface", 1);
    client.sendRequest(subcompositor, "get_subsurface", {
      id: this.#subsurface,
      surface: this.#surface,
      parent: window,
    });
    this.#viewport = client.createObject("wp_viewport", 1);
    client.sendRequest(viewporter, "get_viewport", { id: this.#viewport, surface: this.#surface });
    const nothing = client.createObject("wl_region", 1);
    client.sendRequest(compositor, "create_region", { id: nothing });
    client.sendRequest(this.#surface, "set_input_region", { region: nothing });
    client.sendRequest(nothing, "destroy", {});
    if (scaler === null) {
      onEvents(this.#surface, { enter: ({ output }) => this.#rescale(host.scaleOf(output)) });
    } else {
      this.#fractional = client.createObject("wp_fractional_scale_v1", 1);
      client.sendRequest(scaler, "get_fractional_scale", { id: this.#fractional, surface: this.#surface });
      onEvents(this.#surface, {});
      onEvents(this.#fractional, { preferred_scale: ({ scale }) => this.#rescale(scale) });
    }
  }

  /** Puts it on an edge of some height, where there is so much room. */
  place(x: number, y: number, height: number, maxWidth: number): void {
    this.#client.sendRequest(this.#subsurface, "set_position", { x, y });
    this.#height = height;
    this.#maxWidth = maxWidth;
    this.#paint();
  }

  hide(): void {
    this.#maxWidth = 0;
    this.#paint();
  }

  raiseAbove(sibling: WlObject<"wl_surface">): void {
    this.#client.sendRequest(this.#subsurface, "place_above", { sibling });
  }

  destroy(): void {
    const client = this.#client;
    if (this.#fractional !== null) client.sendRequest(this.#fractional, "destroy", {});
    client.sendRequest(this.#viewport, "destroy", {});
    client.sendRequest(this.#subsurface, "destroy", {});
    client.sendRequest(this.#surface, "destroy", {});
    if (this.#sheet !== null) client.sendRequest(this.#sheet.buffer, "destroy", {});
    this.#sheet = null;
  }

  #rescale(scale: number | null): void {
    if (scale === null || scale === this.#scale || scale <= 0 || this.#surface.clientGone) return;
    this.#scale = scale;
    this.#naturalWidth = null;
    this.#host.usualScale = scale;
    // The window may have no reason to commit anything.
    this.#client.sendRequest(this.#subsurface, "set_desync", {});
    this.#paint();
    this.#client.sendRequest(this.#subsurface, "set_sync", {});
  }

  #paint(): void {
    const paint = (maxWidth: number) => paintLabel(this.#label, this.#height, maxWidth, this.#scale, this.#painter);
    if (this.#maxWidth > 0) this.#naturalWidth ??= paint(Number.POSITIVE_INFINITY)?.width ?? 0;
    const maxWidth = Math.min(this.#maxWidth, this.#naturalWidth ?? 0);
    const key = `${maxWidth} ${this.#scale}`;
    if (key === this.#painted) return;
    this.#painted = key;
    const painted = maxWidth > 0 ? paint(maxWidth) : null;
    if (painted !== null) {
      const { width } = painted;
      this.#client.sendRequest(this.#viewport, "set_destination", { width, height: this.#height });
    }
    this.#show(painted === null ? null : this.#host.buffer(painted.picture));
  }

  #show(buffer: WlObject<"wl_buffer"> | null): void {
    const before = this.#sheet;
    if (before === null && buffer === null) return;
    const sheet = buffer === null ? null : { buffer, isReleased: false };
    this.#sheet = sheet;
    if (sheet !== null) onEvents(sheet.buffer, { release: () => this.#released(sheet) });
    this.#client.sendRequest(this.#surface, "attach", { buffer, x: 0, y: 0 });
    this.#client.sendRequest(this.#surface, "damage", ALL);
    this.#client.sendRequest(this.#surface, "commit", {});
    if (before?.isReleased) this.#client.sendRequest(before.buffer, "destroy", {});
  }

  #released(sheet: Sheet): void {
    sheet.isReleased = true;
    if (sheet !== this.#sheet && !sheet.buffer.clientGone) this.#client.sendRequest(sheet.buffer, "destroy", {});
  }
}
