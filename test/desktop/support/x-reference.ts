// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import type { Desktop } from "./desktop.ts";
import { need } from "./packages.ts";
import { Picture } from "./picture.ts";

/** An X server like those of old, and no window manager: what a program shows is exactly where that has put it. */
export class XReference {
  readonly display: string;
  /** Where a window is that its program has not placed. */
  readonly origin = { x: 0, y: 0 };
  readonly #desktop: Desktop;

  private constructor(desktop: Desktop, display: string) {
    this.#desktop = desktop;
    this.display = display;
  }

  /** Starts it as a program of a desktop, with a screen that has that one's size and background. */
  static async start(desktop: Desktop): Promise<XReference> {
    need("Xvfb", "xdotool", "xsetroot");
    // 96 dots an inch are what Xwayland has, too; without -noreset the end of its first client would start it anew.
    const screen = [
      "-screen",
      "0",
      "1280x1024x24",
      "-fbdir",
      desktop.home,
      "-nocursor",
      "-noreset",
      "-dpi",
      "96",
      "-nolisten",
      "tcp",
    ];
    const server = desktop.start(desktop.direct, "Xvfb", ["-displayfd", "1", ...screen], { capture: true });
    const number = await eventually("Xvfb to say its display", () => /^(\d+)\n/.exec(server.captured.toString())?.[1]);
    const reference = new XReference(desktop, `:${number}`);
    await reference.#tool("xsetroot", "-solid", "#203040");
    return reference;
  }

  screenshot(): Promise<Picture> {
    return Promise.resolve(Picture.fromXwd(readFileSync(join(this.#desktop.home, "Xvfb_screen0"))));
  }

  move(x: number, y: number): Promise<void> {
    return this.#tool("xdotool", "mousemove", String(x), String(y));
  }

  click(button: "left" | "right" = "left"): Promise<void> {
    return this.#tool("xdotool", "click", button === "left" ? "1" : "3");
  }

  async #tool(program: string, ...args: string[]): Promise<void> {
    const tool = this.#desktop.start(this.#desktop.direct, program, args, { env: { DISPLAY: this.display } });
    const { code } = await tool.end();
    if (code !== 0) throw new Error(`${program} ${args[0]} ended with ${code}`);
  }
}
