// SPDX-License-Identifier: Apache-2.0

import { dictatesSize, type HostStates, noStates } from "../../frame/host-states.ts";
import { isSameSize, type Size } from "../base/geometry.ts";
import type { Scale } from "../base/scale.ts";

/** The content of xdg_toplevel.configure. */
export interface Configuration {
  /** The size in the host's pixels; a side of 0 is left to the window. */
  readonly size: Size;
  /** The array as it came. Hosts add states that are not known here. */
  readonly rawStates: Uint8Array;
  readonly states: HostStates;
}

/** The size of a window when the host configures it. */
export interface CurrentSize {
  /** The size that was asked for last, in X pixels. */
  readonly own: Size;
  /** The same size in the host's pixels. */
  readonly logical: Size;
  /** The content that the host has, in its pixels; null for none. */
  readonly shown: Size | null;
}

/** The configuration of a window that the host has not configured yet. */
const unconfigured: Configuration = { size: { width: 0, height: 0 }, rawStates: new Uint8Array(0), states: noStates };

/**
 * Decides which size a window has when both its client and the host have a say in it. The host leaves the size to the
 * client when it names none, or repeats the one that it had named before the client asked for another.
 */
export class SizeChoice {
  readonly #scale: Scale;
  #last = unconfigured;
  /**
   * The size before the window was maximized or the like: in X pixels, at that scale, and as the host knows it. It is
   * null while the window is not.
   */
  #saved: { readonly size: Size; readonly factor: number; readonly logical: Size } | null = null;
  /** The sizes that the host may give without knowing what the client has asked for since. */
  #outdated: readonly Size[] = [];

  constructor(scale: Scale) {
    this.#scale = scale;
  }

  /** The client has asked for another size, and gets it. @param shown the content that the host has until then */
  requested(size: Size, shown: Size | null): void {
    // The host has ended that the window fills a place. That waits until the client has drawn the size that it was
    // asked for before.
    if (this.#saved !== null) return this.requestedForLater(size);
    const { size: told } = this.#last;
    this.#outdated = shown === null ? [told] : [told, shown];
  }

  /** The client has asked for a size that it is to have once it fills no place of the host's any more. */
  requestedForLater(change: Partial<Size>): void {
    if (this.#saved === null) return;
    const { logical } = this.#saved;
    this.#saved = { size: { ...this.#restored(this.#saved), ...change }, factor: this.#scale.factor, logical };
    this.#outdated = [logical];
  }

  /** @returns the size that the window has to have by its own choice, in X pixels; null for what the host says */
  configured(now: Configuration, current: CurrentSize): Size | null {
    const { size, states } = now;
    const last = this.#last;
    this.#last = now;
    if (fillsArea(states)) {
      if (fillsArea(last.states)) return null;
      this.#saved = { size: current.own, factor: this.#scale.factor, logical: current.logical };
      this.#outdated = [];
      return null;
    }
    const own = this.#saved === null ? current.own : this.#restored(this.#saved);
    this.#saved = null;
    if (size.width === 0 && size.height === 0) return own;
    if (this.#isOutdated(now, last, current)) return own;
    this.#outdated = [];
    return null;
  }

  /** The size before the window was maximized or the like, as many pixels as it has on the host by now. */
  #restored({ size, factor }: { readonly size: Size; readonly factor: number }): Size {
    const ratio = this.#scale.factor / factor;
    return ratio === 1 ? size : { width: Math.round(size.width * ratio), height: Math.round(size.height * ratio) };
  }

  /**
   * Whether a size of the host's is older than the one that the client has asked for. When only the states change,
   * wlroots repeats the last size that it has given. Other hosts name the size of the content that they have, which can
   * be the one before. When neither is so, the same size is meant: by a user's command.
   */
  #isOutdated({ size, rawStates, states }: Configuration, last: Configuration, current: CurrentSize): boolean {
    // Content that the client drew before it asked may have come to the host only after that.
    const outdated =
      this.#outdated.length > 0 && current.shown !== null ? [...this.#outdated, current.shown] : this.#outdated;
    if (dictatesSize(states) || !outdated.some((one) => isSameSize(one, size))) return false;
    const hostKnows = current.shown !== null && isSameSize(current.shown, current.logical);
    return !hostKnows || Buffer.compare(rawStates, last.rawStates) !== 0;
  }
}

/** Whether the host has a place for the window to fill, by which it has lost its own size. */
function fillsArea({ maximized, fullscreen, tiled }: HostStates): boolean {
  return maximized || fullscreen || tiled;
}
