// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { type Compositor, cleanEnvironment, type Input, type Site } from "./compositor.ts";
import { need } from "./packages.ts";
import { Picture } from "./picture.ts";
import type { Program } from "./program.ts";
import { XvfbInput } from "./xvfb-input.ts";

const size = { width: 1280, height: 1024 };

// Whatever moves by itself or depends on the time of day is off: screenshots must repeat.
const settings = `[core]
idle-time=0
[keyboard]
repeat-rate=0
[shell]
background-color=0xff203040
panel-position=none
locking=false
animation=none
close-animation=none
startup-animation=none
focus-animation=none
[screen-share]
start-on-startup=false
`;

/** Backend and renderer, spelled as this weston wants them (changed in weston 13). */
function backend(kind: "headless" | "x11"): string[] {
  const version = /weston (\d+)/.exec(spawnSync("weston", ["--version"], { encoding: "utf8" }).stdout);
  if (Number(version?.[1] ?? 0) >= 13) return [`--backend=${kind}`, "--renderer=pixman"];
  return [`--backend=${kind}-backend.so`, "--use-pixman"];
}

/** What weston is to be like. */
export interface WestonOptions {
  /** Nest it in Xvfb: weston's own headless backend has no seat before version 16. */
  readonly seat: boolean;
  /** "kiosk-shell.so" shows every window full screen; the default shell puts windows where it likes. */
  readonly shell?: string | undefined;
}

async function startXvfb(site: Site): Promise<{ server: Program; display: string }> {
  need("Xvfb", "xdotool");
  // Xvfb chooses a free number itself and writes it, with a newline, to the descriptor that it is told.
  const server = site.start({
    command: "Xvfb",
    args: [
      "-displayfd",
      "1",
      "-screen",
      "0",
      `${size.width}x${size.height}x24`,
      "-fbdir",
      site.folder,
      "-nolisten",
      "tcp",
    ],
    env: cleanEnvironment(site.folder, site.folder),
    cwd: site.folder,
    capture: true,
  });
  const display = await eventually("Xvfb to say its display", () => {
    if (!server.running) throw new Error("Xvfb ended at once");
    return /^(\d+)\n/.exec(server.captured.toString())?.[1];
  });
  return { server, display: `:${display}` };
}

async function shoot(site: Site, env: Record<string, string>): Promise<Picture> {
  // The tool chooses its file's name from the clock, so each picture gets a folder.
  const cwd = mkdtempSync(join(site.folder, "shot-"));
  const tool = site.start({ command: "weston-screenshooter", env, cwd });
  const ending = await tool.end();
  const [file] = readdirSync(cwd);
  if (file === undefined) throw new Error(`weston-screenshooter made no picture (exit code ${ending.code})`);
  return Picture.fromPng(readFileSync(join(cwd, file)));
}

/** Starts weston; it is ready when its socket answers. */
export async function startWeston(site: Site, options: WestonOptions): Promise<Compositor> {
  need("weston");
  const nested = options.seat ? await startXvfb(site) : undefined;
  const socket = join(site.folder, "weston");
  writeFileSync(join(site.folder, "weston.ini"), settings);
  const env = cleanEnvironment(site.folder, site.folder);
  const program = site.start({
    command: "weston",
    args: [
      ...backend(nested ? "x11" : "headless"),
      `--width=${size.width}`,
      `--height=${size.height}`,
      "--socket=weston",
      `--config=${site.folder}/weston.ini`,
      // Without it weston refuses screenshots to a client that it did not start itself.
      "--debug",
      ...(options.shell ? [`--shell=${options.shell}`] : []),
    ],
    // Its log then has every message, as it sees them.
    env: { ...env, WAYLAND_DEBUG: "server", ...(nested && { DISPLAY: nested.display }) },
    cwd: site.folder,
  });
  let input: Promise<Input> | undefined;
  return {
    socket,
    program,
    screenshot: nested
      ? async () => Picture.fromXwd(readFileSync(join(site.folder, "Xvfb_screen0")))
      : () => shoot(site, { ...env, WAYLAND_DISPLAY: socket }),
    input: () => {
      if (!nested) throw new Error("headless weston has no seat; use weston-seat");
      input ??= XvfbInput.open(site, nested.display);
      return input;
    },
    close: async () => {
      (await input)?.close();
      await nested?.server.stop();
    },
  };
}
