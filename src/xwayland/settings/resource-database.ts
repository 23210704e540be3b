// SPDX-License-Identifier: Apache-2.0

import { getProperty, setProperty } from "../../x11/client/properties.ts";
import { Atom } from "../../x11/generated/enums.ts";
import type { WmContext } from "../base/wm-context.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "x" | "scale" | "appearance">;

/**
 * The X resources of the display, RESOURCE_MANAGER, which programs read when they start. Programs such as xrdb change
 * them, too: when the scale changes, only those lines that are still ours are written anew.
 */
export class ResourceDatabase {
  static readonly atoms: readonly string[] = [];

  readonly #context: Context;
  /** The lines that were written last, by the resources' names. */
  readonly #lines = new Map<string, string>();
  readonly #stopListening: () => void;
  #written: Promise<void>;

  constructor(context: Context) {
    this.#context = context;
    this.#written = this.#write();
    this.#stopListening = context.scale.onChange(() => {
      // One after the other, since each reads what is there.
      this.#written = this.#written.then(() => this.#write()).catch(() => {});
    });
  }

  close(): void {
    this.#stopListening();
  }

  async #write(): Promise<void> {
    const { x, appearance } = this.#context;
    const { root } = x.setup;
    const isFirst = this.#lines.size === 0;
    const property = isFirst ? null : await getProperty(x, root, Atom.RESOURCE_MANAGER);
    // Bytes as they are, of whichever encoding.
    const lines = Buffer.from(property?.bytes ?? [])
      .toString("latin1")
      .split("\n")
      .slice(0, -1);
    for (const [name, value] of appearance.resources) {
      const line = Buffer.from(`${name}:\t${value}`).toString("latin1");
      const before = lines.indexOf(this.#lines.get(name) ?? line);
      if (isFirst) lines.push(line);
      else if (before >= 0) lines[before] = line;
      this.#lines.set(name, line);
    }
    const text = lines.map((line) => `${line}\n`).join("");
    setProperty(x, root, Atom.RESOURCE_MANAGER, Atom.STRING, Buffer.from(text, "latin1"));
  }
}
