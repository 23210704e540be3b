// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../../log/logger.ts";
import { WlOutputMode, WlOutputSubpixel, WlOutputTransform } from "../../protocol/generated/enums.ts";
import type { Client } from "../../relay/client.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { Geometry } from "../base/geometry.ts";
import type { Scale } from "../base/scale.ts";
import { factorOf, layOut, type OutputFacts, turned } from "./output-layout.ts";

/**
 * The relation of X pixels to the host's: a factor of the user's, or as the outputs demand; null leaves it to the host
 * to enlarge.
 */
export type Unscale = number | "auto" | null;

/** The user's wishes for outputs. */
export interface OutputWishes {
  /** The relation of X pixels to the host's. */
  readonly unscale: Unscale;
  /** The name or the description of the output that is to be the primary one; null for none. */
  readonly primary: string | null;
}

/** The version from which zxdg_output_v1 leaves `done` to wl_output. */
const XDG_DONE_UNTIL = 3;

/** The arguments of wl_output.geometry that are passed on as they are. */
export interface Screen {
  readonly physical_width: number;
  readonly physical_height: number;
  readonly subpixel: number;
  readonly make: string;
  readonly model: string;
}

/** An output of the host's, as Xwayland has bound it. */
export class Output {
  readonly object: WlObject<"wl_output">;
  /** The name of the output in the host's registry. */
  readonly globalName: number;
  xdgOutput: WlObject<"zxdg_output_v1"> | null = null;
  name = "";
  description = "";
  screen: Screen = { physical_width: 0, physical_height: 0, subpixel: WlOutputSubpixel.unknown, make: "", model: "" };
  facts: OutputFacts = {
    transform: WlOutputTransform.normal,
    scale: 1,
    mode: { width: 0, height: 0 },
    x: 0,
    y: 0,
    logical: null,
  };
  /** Thousandths of a hertz. */
  refresh = 0;
  /** The place at which X sees the output; null until all is known. */
  place: Geometry | null = null;

  constructor(object: WlObject<"wl_output">, globalName: number) {
    this.object = object;
    this.globalName = globalName;
  }
}

/** Listens to what happens to outputs. */
export interface OutputListener {
  /** Called when the outputs lie in another way, or are others. */
  changed(): void;
  /** A surface is on another output, or may be. */
  moved?(surface: WlObject<"wl_surface">): void;
}

/**
 * The outputs of one Xwayland. Xwayland sees them by their pixels and not scaled, at places from (0, 0) on. One change
 * of the host's may move other outputs, too, so we announce all of them ourselves.
 */
export class Outputs {
  /** Whether the host has zxdg_output_manager_v1, so that an output is not complete without its word. */
  hasLogical = false;
  /** Whether the host has wp_viewporter, without which nothing can be shown at another size than its own. */
  canScale = false;
  /** The user's wishes for the outputs. */
  readonly wishes: OutputWishes;
  readonly #client: Client;
  readonly #scale: Scale;
  readonly #log: Logger;
  #outputs: Output[] = [];
  /** The outputs that each surface has entered and not left, from the first. */
  readonly #entered = new WeakMap<WlObject<"wl_surface">, WlObject<"wl_output">[]>();
  readonly #listeners = new Set<OutputListener>();
  #warned = false;

  constructor(client: Client, scale: Scale, wishes: OutputWishes, log: Logger) {
    this.#client = client;
    this.#scale = scale;
    this.wishes = wishes;
    this.#log = log;
  }

  /** @returns what ends that */
  listen(listener: OutputListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Iterates over the outputs that X sees, in the host's order. */
  [Symbol.iterator](): IterableIterator<Output> {
    return this.#outputs.filter(({ place }) => place !== null).values();
  }

  /** The output that Xwayland knows by one of its two objects. */
  get(object: WlObject<"wl_output" | "zxdg_output_v1"> | null): Output | undefined {
    return this.#outputs.find((output) => object !== null && (output.object === object || output.xdgOutput === object));
  }

  add(object: WlObject<"wl_output">, globalName: number): void {
    this.#outputs.push(new Output(object, globalName));
  }

  /** The host has taken it away, or Xwayland has let go of it. */
  remove(gone: Output): void {
    this.#outputs = this.#outputs.filter((output) => output !== gone);
    this.#arrange(null);
  }

  removeGlobal(name: number): void {
    const gone = this.#outputs.find(({ globalName }) => globalName === name);
    if (gone !== undefined) this.remove(gone);
  }

  /** The host has said all of an output for now. */
  complete(output: Output): void {
    const { mode, logical } = output.facts;
    if (mode.width > 0 && mode.height > 0 && (logical !== null || !this.hasLogical)) this.#arrange(output);
  }

  surfaceEntered(surface: WlObject<"wl_surface">, output: WlObject<"wl_output">): void {
    const entered = this.#entered.get(surface) ?? [];
    this.#entered.set(surface, [...entered.filter((other) => other !== output), output]);
    this.#moved(surface);
  }

  surfaceLeft(surface: WlObject<"wl_surface">, output: WlObject<"wl_output">): void {
    const entered = this.#entered.get(surface) ?? [];
    this.#entered.set(
      surface,
      entered.filter((other) => other !== output),
    );
    this.#moved(surface);
  }

  /** The output that a surface is on, which it stays on until it has left it; undefined when that is not known. */
  of(surface: WlObject<"wl_surface">): Output | undefined {
    for (const object of this.#entered.get(surface) ?? []) {
      const output = this.get(object);
      if (output?.place) return output;
    }
    return undefined;
  }

  /** The one that the user wants to be the primary one, if it is there. */
  get primary(): Output | undefined {
    const { primary } = this.wishes;
    return [...this].find(({ name, description }) => name === primary || description === primary);
  }

  /** The place of a window until it is known which output it is on. */
  get home(): { readonly x: number; readonly y: number } {
    const [first] = this;
    const { place } = this.primary ?? first ?? { place: null };
    return { x: place?.x ?? 0, y: place?.y ?? 0 };
  }

  #moved(surface: WlObject<"wl_surface">): void {
    for (const listener of this.#listeners) listener.moved?.(surface);
  }

  /** Tells Xwayland where outputs are, all that are not where they were. */
  #arrange(completed: Output | null): void {
    const known = this.#outputs.filter((output) => output.place !== null || output === completed);
    // Without any, what was true last goes on.
    if (known.length === 0) return;
    const factor = this.#wantedFactor(known);
    this.#scale.factor = factor;
    const places = layOut(
      known.map(({ facts }) => facts),
      this.#scale,
    );
    for (const [i, output] of known.entries()) {
      const place = places[i] as Geometry;
      if (output !== completed && output.place !== null && isSame(output.place, place)) continue;
      output.place = place;
      this.#tell(output, place);
    }
    for (const listener of this.#listeners) listener.changed();
  }

  #wantedFactor(outputs: readonly Output[]): number {
    const { unscale } = this.wishes;
    if (unscale === null) return 1;
    if (!this.canScale) {
      if (!this.#warned)
        this.#log.warn("X11 programs are shown as the host scales them: it has no wp_viewporter to show them unscaled");
      this.#warned = true;
      return 1;
    }
    if (unscale !== "auto") return unscale;
    // Of the sharpest output: on the others windows are made smaller, which loses less than to make them larger.
    return Math.max(1, ...outputs.map(({ facts }) => factorOf(facts)));
  }

  #tell(output: Output, place: Geometry): void {
    const { object, xdgOutput, screen, facts, refresh } = output;
    const { x, y, width, height } = place;
    const mode = turned({ width, height }, facts.transform);
    const client = this.#client;
    client.sendEvent(object, "geometry", { x, y, ...screen, transform: facts.transform });
    client.sendEvent(object, "mode", { flags: WlOutputMode.current | WlOutputMode.preferred, ...mode, refresh });
    if (client.hasEvent(object, "scale")) client.sendEvent(object, "scale", { factor: 1 });
    if (xdgOutput !== null) {
      client.sendEvent(xdgOutput, "logical_position", { x, y });
      client.sendEvent(xdgOutput, "logical_size", { width, height });
      if (xdgOutput.version < XDG_DONE_UNTIL) client.sendEvent(xdgOutput, "done", {});
    }
    if (client.hasEvent(object, "done")) client.sendEvent(object, "done", {});
  }
}

function isSame(a: Geometry, b: Geometry): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}
