// SPDX-License-Identifier: Apache-2.0
/** X11 programs on a desktop, by a proxy that serves an X display. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectUnix } from "../../../src/native/socket.ts";
import { X11Connection } from "../../../src/x11/client/connection.ts";
import { eventually } from "../../support/eventually.ts";
import type { Desktop, Display } from "./desktop.ts";
import type { Window } from "./sway.ts";
import { fromTrixie } from "./trixie.ts";

/**
 * The X display's number: far from those that a desktop or a unit test may use. Files run beside each other, so that
 * their processes' numbers are not far apart.
 */
export const xNumber: number = 10_000 + (process.pid % 40_000);
export const DISPLAY: string = `:${xNumber}`;

/** How to start each Xwayland: 22.1 names surfaces by their ids, 24.1 has xwayland_shell_v1. */
export const servers: Readonly<Record<string, string>> = {
  "the machine's Xwayland": "Xwayland",
  "Xwayland 24.1": fromTrixie("Xwayland").join(" "),
};

/** A program in a folder that starts such an Xwayland, which ends with its last client instead of some seconds later. */
export function xwaylandIn(folder: string, server: string): string {
  const script = join(folder, "xwayland");
  writeFileSync(script, `#!/bin/sh\nexec ${server} "$@" -terminate\n`, { mode: 0o755 });
  return script;
}

/** A proxy with an X display. */
export function serveX(desktop: Desktop, server: string, ...options: string[]): Promise<Display> {
  const script = xwaylandIn(desktop.home, server);
  return desktop.proxied("--x-display", String(xNumber), "--xwayland-binary", script, "--tag", "[vm] ", ...options);
}

/** One more client of that display, to be disposed of. */
export async function connectX(): Promise<X11Connection & Disposable> {
  const x = await X11Connection.open(connectUnix(`/tmp/.X11-unix/X${xNumber}`));
  return Object.assign(x, { [Symbol.dispose]: () => x.close() });
}

export function windowTitled(desktop: Desktop, title: string): Promise<Window> {
  const find = async () =>
    (await desktop.sway.windows()).find((window) => window.title === title && window.rect.width > 0);
  return eventually(`the window "${title}"`, find);
}

/** Runs an X11 tool; resolves to the text that it prints. */
export async function xTool(desktop: Desktop, proxied: Display, program: string, ...args: string[]): Promise<string> {
  const tool = desktop.start(proxied, program, args, { env: { DISPLAY }, capture: true });
  assert.equal((await tool.end()).code, 0);
  return tool.captured.toString();
}
