// SPDX-License-Identifier: Apache-2.0
import { cleanEnvironment, type Input, type Site } from "./compositor.ts";

/** The pointer and the keyboard of an Xvfb, driven by xdotool: what a compositor nested in it sees as its seat. */
export class XvfbInput implements Input {
  readonly #site: Site;
  readonly #display: string;

  private constructor(site: Site, display: string) {
    this.#site = site;
    this.#display = display;
  }

  /** Takes over the pointer and keyboard of `display`. */
  static async open(site: Site, display: string): Promise<XvfbInput> {
    const input = new XvfbInput(site, display);
    await input.#xdotool("search", "--sync", "--onlyvisible", "--class", "weston");
    // weston's X11 backend adds up motions, from wherever the first event says that its pointer is; the corner holds it.
    await input.move(1, 1);
    await input.move(0, 0);
    return input;
  }

  move(x: number, y: number): Promise<void> {
    return this.#xdotool("mousemove", String(x), String(y));
  }

  click(button: "left" | "right" = "left"): Promise<void> {
    return this.#xdotool("click", button === "left" ? "1" : "3");
  }

  press(): Promise<void> {
    return this.#xdotool("mousedown", "1");
  }

  release(): Promise<void> {
    return this.#xdotool("mouseup", "1");
  }

  async type(text: string): Promise<void> {
    await this.#xdotool("type", "--delay", "2", text);
  }

  close(): void {}

  async #xdotool(...args: string[]): Promise<void> {
    const env = { ...cleanEnvironment(this.#site.folder, this.#site.folder), DISPLAY: this.#display };
    const tool = this.#site.start({ command: "xdotool", args, env, cwd: this.#site.folder });
    const ending = await tool.end();
    if (ending.code !== 0) throw new Error(`xdotool ${args[0]} ended with ${ending.code ?? ending.signal}`);
  }
}
