// SPDX-License-Identifier: Apache-2.0
import { chownSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { type Compositor, cleanEnvironment, type Input, type Site } from "./compositor.ts";
import { need } from "./packages.ts";
import { Picture } from "./picture.ts";
import { VirtualInput } from "./virtual-input.ts";

const size = { width: 1280, height: 1024 };

// Windows float at one place, in the size that they want, so that screenshots repeat. 60 Hz because GTK 4 divides by
// the refresh rate when wp_presentation is absent. Keys do not repeat: a program may be kept waiting between a press and
// its release, above all in an emulated machine.
const settings = `output * mode ${size.width}x${size.height}@60Hz
output * background #203040 solid_color
default_border none
default_floating_border none
focus_follows_mouse no
input type:keyboard repeat_rate 0
for_window [app_id=".*"] floating enable, move absolute position 40 40
`;

/** A window as sway sees it. */
export interface Window {
  readonly title: string;
  readonly appId: string;
  readonly output: string;
  readonly rect: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly focused: boolean;
  readonly urgent: boolean;
  readonly fullscreen: boolean;
  /** Whether it draws its frame itself ("csd"), or sway does ("normal"), or nobody ("none"). */
  readonly border: string;
  /** Whether it keeps the screen on. */
  readonly inhibitsIdle: boolean;
}

/** The part of sway's tree (sway-ipc(7)) that we read. */
interface Node {
  readonly type: string;
  readonly name: string | null;
  readonly app_id?: string | null;
  readonly pid?: number;
  readonly rect: Window["rect"];
  readonly focused: boolean;
  readonly urgent: boolean;
  readonly fullscreen_mode?: number;
  readonly border?: string;
  readonly inhibit_idle?: boolean;
  readonly nodes: readonly Node[];
  readonly floating_nodes: readonly Node[];
}

function windowsIn(node: Node, output: string): Window[] {
  const inside = node.type === "output" ? (node.name ?? "") : output;
  const below = [...node.nodes, ...node.floating_nodes].flatMap((child) => windowsIn(child, inside));
  if (typeof node.pid !== "number" || node.app_id === undefined) return below;
  const { rect, focused, urgent, fullscreen_mode, border = "none", inhibit_idle: inhibitsIdle = false } = node;
  const names = { title: node.name ?? "", appId: node.app_id ?? "", output: inside };
  return [{ ...names, rect, focused, urgent, fullscreen: fullscreen_mode === 1, border, inhibitsIdle }, ...below];
}

/** How a sway is to be. */
export interface SwayOptions {
  /** The sway that it is to be a client of. */
  readonly outer?: Sway;
  /** How to start it, if not as the machine's own. */
  readonly launcher?: readonly string[] | undefined;
  /** It does nothing for tests that costs time, and has an Xwayland of its own to compare with. */
  readonly isMeasured?: boolean | undefined;
}

/** A running sway, with what its IPC offers besides. */
export class Sway implements Compositor {
  readonly socket: string;
  readonly program: Compositor["program"];
  /** The path of the socket for sway-ipc(7). */
  readonly ipc: string;
  /** The sway that this one is a client of, if it is. */
  readonly #outer: Sway | undefined;
  readonly #site: Site;
  readonly #env: Record<string, string>;
  #input: Promise<Input> | undefined;

  private constructor(site: Site, program: Compositor["program"], socket: string, ipc: string, outer?: Sway) {
    this.#outer = outer;
    this.#site = site;
    this.program = program;
    this.socket = socket;
    this.ipc = ipc;
    this.#env = { ...cleanEnvironment(site.folder, site.folder), WAYLAND_DISPLAY: socket, SWAYSOCK: ipc };
  }

  /** Starts sway; when `outer` is given its outputs are windows there. It may be left alone, for measurements. */
  static async start(site: Site, { outer, launcher = ["sway"], isMeasured = false }: SwayOptions = {}): Promise<Sway> {
    const [command = "", ...first] = launcher;
    need(command, "swaymsg", "swaybg", "grim");
    const config = join(site.folder, "sway.config");
    // Its own Xwayland would leave locks of displays, and /tmp/.X11-unix in the hands of the user that it runs as.
    writeFileSync(config, `xwayland ${isMeasured ? "enable" : "disable"}\n${settings}`);
    if (site.uid !== undefined) chownSync(config, site.uid, site.uid);
    const backend = outer
      ? { WLR_BACKENDS: "wayland", WAYLAND_DISPLAY: outer.socket }
      : { WLR_BACKENDS: "headless", WLR_HEADLESS_OUTPUTS: "1", WLR_LIBINPUT_NO_DEVICES: "1" };
    const program = site.start({
      command,
      args: [...first, isMeasured ? "--verbose" : "--debug", "--config", config],
      // WAYLAND_DEBUG: its log then has every message, as it sees them.
      env: {
        ...cleanEnvironment(site.folder, site.folder),
        ...backend,
        WLR_RENDERER: "pixman",
        ...(!isMeasured && { WAYLAND_DEBUG: "server" }),
      },
      cwd: site.folder,
      uid: site.uid,
    });
    const [, display = ""] = await program.says(/on wayland display '(wayland-\d+)'/);
    const ipc = await eventually("sway's IPC socket", () => {
      return readdirSync(site.folder).find((name) => name.endsWith(`.${program.pid}.sock`));
    });
    return new Sway(site, program, join(site.folder, display), join(site.folder, ipc), outer);
  }

  /** Runs swaymsg with `args` and returns what it printed. */
  async message(...args: string[]): Promise<string> {
    const tool = this.#site.start({ command: "swaymsg", args, env: this.#env, cwd: this.#site.folder, capture: true });
    const ending = await tool.end();
    if (ending.code !== 0) throw new Error(`swaymsg ${args.join(" ")} failed: ${tool.captured}`);
    return tool.captured.toString();
  }

  /** Names of the outputs. */
  async outputs(): Promise<string[]> {
    const outputs = JSON.parse(await this.message("--raw", "--type", "get_outputs")) as { name: string }[];
    return outputs.map((output) => output.name);
  }

  /** Whether this sway has the command that unplugs a headless output; 1.7 does not. */
  async canUnplug(): Promise<boolean> {
    const refusal = await this.message("output", "none", "unplug").catch(String);
    return !refusal.includes("Invalid output subcommand");
  }

  /** Unplugs an output: by command, or by closing its window where it is one. */
  async unplug(output: string): Promise<void> {
    if (this.#outer) await this.#outer.message(`[title="${output}"]`, "kill");
    else await this.message("output", output, "unplug");
  }

  /** All windows, by sway's tree. */
  async windows(): Promise<Window[]> {
    return windowsIn(JSON.parse(await this.message("--raw", "--type", "get_tree")) as Node, "");
  }

  async screenshot(): Promise<Picture> {
    const args = ["-t", "ppm", "-"];
    const tool = this.#site.start({ command: "grim", args, env: this.#env, cwd: this.#site.folder, capture: true });
    const ending = await tool.end();
    if (ending.code !== 0) throw new Error(`grim ended with ${ending.code ?? ending.signal}`);
    return Picture.fromPpm(tool.captured);
  }

  /** @param extent how places are counted: by default as pixels of one output with its usual mode */
  input(extent: { readonly width: number; readonly height: number } = size): Promise<Input> {
    this.#input ??= VirtualInput.open(this.socket, this.#site.folder, extent);
    return this.#input;
  }

  async close(): Promise<void> {
    (await this.#input)?.close();
    await this.#outer?.program.stop();
    await this.#outer?.close();
  }
}
