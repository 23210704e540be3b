// SPDX-License-Identifier: Apache-2.0
/** What tests of several kernels do alike. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Input } from "../../desktop/support/compositor.ts";
import type { Desktop, Display } from "../../desktop/support/desktop.ts";
import type { Picture } from "../../desktop/support/picture.ts";
import { eventually } from "../../support/eventually.ts";
import type { Guest } from "./guest.ts";
import { tree } from "./machine.ts";

/** A program that comes to rest, and draws the same in every run. */
export interface Scene {
  readonly client: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** How a scene is compared, where that differs from the usual way. */
export interface Comparison {
  /** The program that shows it on the host; the compositor itself by default. */
  readonly display?: Display;
  /** What else is to be done with it in the guest, once it looks the same. */
  readonly afterwards?: () => Promise<void>;
}

/** How long a window of the guest may take to look as it is to, in milliseconds: an emulated processor starts few programs a second. */
export const drawingPatience: number = 60_000;

/** A terminal with a prompt. */
export const terminal: Scene = { client: "foot", args: ["sh", "-c", "printf 'user@host:~$ '; read line"] };

/** A program of ours, in dist/test/vm/programs. */
export function ours(name: string, ...args: string[]): Scene {
  return { client: process.execPath, args: [join(tree, "dist/test/vm/programs", `${name}.js`), ...args] };
}

/** Fails unless a scene comes to look in the guest as it does directly, pixel by pixel. */
export async function looksTheSame(
  guest: Guest,
  desktop: Desktop,
  { client, args = [], env = {} }: Scene,
  { display = desktop.direct, afterwards }: Comparison = {},
): Promise<void> {
  const empty = await desktop.still("the empty screen", () => true);
  const end = async (program: { stop(): Promise<unknown> }): Promise<void> => {
    await program.stop();
    await desktop.still("the empty screen", (now) => now.difference(empty) === 0);
  };
  const original = desktop.start(display, client, args, { env });
  const direct = await desktop.still(`the window of ${client}`, (now) => now.difference(empty) > 10_000);
  await end(original);
  const copy = guest.start(client, args, { env });
  // An emulated guest is slow: a window that stands still may be waiting for its next frame.
  const isSame = (now: Picture): boolean => now.difference(direct) === 0;
  await desktop.still(`the window of ${client}, as it is directly`, isSame, drawingPatience);
  await afterwards?.();
  await end(copy);
}

/** The kind of buffer that the scribbler writes on. */
const paper = 0x404040;

/** Fails unless the scribbler's window, when all is drawn, looks in the guest as it does directly. */
export async function scribblesTheSame(guest: Guest, desktop: Desktop, ...mode: string[]): Promise<void> {
  const { client, args = [] } = ours("scribbler", ...mode);
  const pictures: Picture[] = [];
  for (const start of [() => desktop.start(desktop.direct, client, args), () => guest.start(client, args)]) {
    const empty = await desktop.still("the empty screen", () => true);
    const scribbler = start();
    await scribbler.says(/^done$/m);
    pictures.push(await desktop.still("all scribbles", (now) => now.countOf(paper) > 400_000));
    await scribbler.stop();
    await desktop.still("the empty screen", (now) => now.difference(empty) === 0);
  }
  const [direct, virtual] = pictures as [Picture, Picture];
  assert.equal(virtual.difference(direct), 0, "pixels that differ");
}

/** Fails unless weston-simple-shm draws one frame after another. */
export async function animates(guest: Guest, desktop: Desktop): Promise<void> {
  const empty = await desktop.compositor.screenshot();
  guest.start("weston-simple-shm");
  await moves(desktop, empty);
}

/** Waits until something large on the screen has shown several pictures, each unlike all others, and returns them. */
export async function moves(desktop: Desktop, empty: Picture): Promise<readonly Picture[]> {
  const seen: Picture[] = [];
  await eventually("a window that moves", async () => {
    const picture = await desktop.compositor.screenshot();
    const isNew = seen.every((one) => one.difference(picture) > 0);
    if (picture.difference(empty) > 50_000 && isNew) seen.push(picture);
    return seen.length === 4;
  });
  return seen;
}

const typed = "The quick brown FOX jumps over 13 lazy dogs: ~!@#$%^&*()_+`-={}[]|\\;'\"<>,.?/\n";

/** Fails unless keys typed into a terminal in the guest arrive exactly. */
export async function takesKeys(guest: Guest, desktop: Desktop): Promise<void> {
  const input = await desktop.compositor.input();
  const foot = guest.start("foot", ["sh", "-c", "stty -echo; cat > typed"], { env: { WAYLAND_DEBUG: "1" } });
  await foot.says(/wl_keyboard@\d+\.enter\(/);
  await typesALine(guest, input);
}

/** Types a line, and fails unless it arrives exactly in the guest's file "typed". */
export async function typesALine(guest: Guest, input: Input): Promise<void> {
  await input.type(typed);
  let text = "";
  await eventually(
    () => `the line to arrive, of which there is ${JSON.stringify(text)}`,
    async () => {
      text = (await guest.run("sh", ["-c", "cat typed || :"])).toString();
      return text.endsWith("\n");
    },
  );
  assert.equal(text, typed);
}

const payloads: ReadonlyMap<string, Buffer> = new Map([
  ["one byte", Buffer.from("\x7f")],
  ["8 MiB", randomBytes(8 * 1024 * 1024)],
]);

type Side = "guest" | "host";

/** Fails unless the clipboard brings a byte and 8 MiB from one side to the other. */
export async function carriesClipboard(guest: Guest, desktop: Desktop, from: Side): Promise<void> {
  // Without a device the seat of a headless sway cannot have the focus that the clipboard needs.
  await desktop.compositor.input();
  const list = ["--list-types"];
  for (const [name, payload] of payloads) {
    const type = `application/x-from-${from}-${payload.length}`;
    const copyArguments = ["--foreground", "--paste-once", "--type", type];
    const pasteArguments = ["--no-newline", "--type", type];
    const copy =
      from === "guest"
        ? guest.start("wl-copy", copyArguments, { input: payload })
        : desktop.start(desktop.direct, "wl-copy", copyArguments, { input: payload });
    const paste = async (args: readonly string[]): Promise<Buffer> => {
      if (from === "guest") return desktop.run(desktop.direct, "wl-paste", args);
      return guest.run("wl-paste", args);
    };
    await eventually(`${name} to be offered`, async () => {
      assert.ok(copy.running, "wl-copy ended");
      // wl-paste fails while there is nothing to paste.
      const types = await paste(list).catch(() => Buffer.alloc(0));
      return types.toString().split("\n").includes(type);
    });
    const pasted = await paste(pasteArguments);
    assert.equal(pasted.length, payload.length, name);
    assert.ok(pasted.equals(payload), `${name}: other bytes`);
    assert.equal((await copy.end()).code, 0, "how wl-copy ended");
  }
}
