// SPDX-License-Identifier: Apache-2.0
import { setProperty } from "../../x11/client/properties.ts";
import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";

const LIST = "_NET_CLIENT_LIST";
const STACKING = "_NET_CLIENT_LIST_STACKING";

/**
 * The windows that there are, for pagers and tools (EWMH): in the order in which they came, and in that of the stack, in
 * which the one that the user was in last is on top. The host does not tell its own.
 */
export class ClientLists {
  static readonly atoms: readonly string[] = [LIST, STACKING];
  static readonly supported: readonly string[] = ClientLists.atoms;

  readonly #context: WmContext;
  /** In the order in which they were mapped. */
  readonly #managed = new Set<XWindow>();

  constructor(context: WmContext) {
    this.#context = context;
    const { windows, user } = context;
    windows.listen({
      mapped: (window) => {
        if (window.overrideRedirect) return;
        this.#managed.add(window);
        this.#write(LIST, this.#managed);
        this.#writeStacking();
      },
      unmapped: (window) => {
        if (!this.#managed.delete(window)) return;
        this.#write(LIST, this.#managed);
        this.#writeStacking();
      },
    });
    user.listen((window) => {
      if (this.#managed.has(window)) this.#writeStacking();
    });
    this.#write(LIST, this.#managed);
    this.#writeStacking();
  }

  #writeStacking(): void {
    this.#write(
      STACKING,
      [...this.#managed].sort((a, b) => a.focusedAt - b.focusedAt),
    );
  }

  #write(name: string, windows: Iterable<XWindow>): void {
    const { x } = this.#context;
    const ids = Uint32Array.from([...windows].map(({ id }) => id));
    setProperty(x, x.setup.root, x.atoms.atom(name), x.atoms.atom("WINDOW"), ids);
  }
}
