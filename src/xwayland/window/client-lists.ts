// SPDX-License-Identifier: Apache-2.0
import { setProperty } from "../../x11/client/properties.ts";
import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "x" | "windows" | "user">;

const LIST = "_NET_CLIENT_LIST";
const STACKING = "_NET_CLIENT_LIST_STACKING";

/** Milliseconds for each window in the lists between two writings: many times what one takes. */
const PAUSE_PER_WINDOW = 0.02;

/**
 * Lists the windows for pagers and tools (EWMH): in the order in which they came, and in that of the stack. The window
 * that the user was in last is on top of the stack, since the host does not report its own order.
 */
export class ClientLists {
  static readonly atoms: readonly string[] = [LIST, STACKING];
  static readonly supported: readonly string[] = ClientLists.atoms;

  readonly #context: Context;
  /** The windows in the order in which they were mapped. */
  readonly #managed = new Set<XWindow>();
  /** The names of the lists that are still to be written. */
  readonly #stale = new Set<string>();
  /** The pause until the lists may be written again. */
  #pause: NodeJS.Timeout | undefined;

  constructor(context: Context) {
    this.#context = context;
    const { windows, user } = context;
    windows.listen({
      mapped: (window) => {
        if (window.overrideRedirect) return;
        this.#managed.add(window);
        this.#write(LIST, STACKING);
      },
      unmapped: (window) => {
        if (this.#managed.delete(window)) this.#write(LIST, STACKING);
      },
    });
    user.listen((window) => {
      if (this.#managed.has(window)) this.#write(STACKING);
    });
    this.#write(LIST, STACKING);
  }

  close(): void {
    clearTimeout(this.#pause);
  }

  /** At once, or, as it takes the longer the more windows there are, only so often. */
  #write(...names: string[]): void {
    for (const name of names) this.#stale.add(name);
    if (this.#pause === undefined) this.#writeStale();
  }

  #writeStale(): void {
    this.#pause = undefined;
    if (this.#stale.size === 0) return;
    const all = [...this.#managed];
    if (this.#stale.has(LIST)) this.#set(LIST, all);
    if (this.#stale.has(STACKING))
      this.#set(
        STACKING,
        all.sort((a, b) => a.focusedAt - b.focusedAt),
      );
    this.#stale.clear();
    this.#pause = setTimeout(() => this.#writeStale(), all.length * PAUSE_PER_WINDOW);
  }

  #set(name: string, windows: readonly XWindow[]): void {
    const { x } = this.#context;
    const ids = Uint32Array.from(windows, ({ id }) => id);
    setProperty(x, x.setup.root, x.atoms.atom(name), x.atoms.atom("WINDOW"), ids);
  }
}
