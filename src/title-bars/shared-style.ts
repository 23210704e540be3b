// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../log/logger.ts";
import type { BarStyle, WatchBarStyle } from "./bar-style.ts";

/** The style of title bars, which is watched while anybody wants to know it. */
export class SharedStyle {
  current: BarStyle = { painter: null, isDark: false };
  readonly #watch: WatchBarStyle;
  readonly #log: Logger;
  readonly #listeners = new Set<() => void>();
  #stop: (() => void) | null = null;

  constructor(watch: WatchBarStyle, log: Logger) {
    this.#watch = watch;
    this.#log = log;
  }

  /** Calls back whenever it is another one. @returns what ends that */
  listen(changed: () => void): () => void {
    this.#listeners.add(changed);
    this.#stop ??= this.#watch(this.#log, (style) => {
      this.current = style;
      for (const listener of this.#listeners) listener();
    });
    return () => {
      this.#listeners.delete(changed);
      if (this.#listeners.size > 0) return;
      this.#stop?.();
      this.#stop = null;
    };
  }
}
