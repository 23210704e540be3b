// SPDX-License-Identifier: Apache-2.0
/** Two programs that copy and paste under one policy. */
import assert from "node:assert/strict";
import { Clipboards } from "../../src/clipboard/clipboard.ts";
import { pipe, readFd, writeFd } from "../../src/native/pipe.ts";
import type { PolicyGuard } from "../../src/policy/guard.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { WlKeyboardKeyState, WlSeatCapability } from "../../src/protocol/generated/enums.ts";
import { GlobalPolicy } from "../../src/protocol/global-policy.ts";
import { eventually } from "./eventually.ts";
import type { FakeObject } from "./fake-object.ts";
import { guarding } from "./policy.ts";
import { type Pair, proxied, type Scope, type Stage } from "./proxied.ts";
import { openWindow, windowGlobals } from "./window.ts";

const managers = ["wl_data_device_manager", "zwp_primary_selection_device_manager_v1", "ext_data_control_manager_v1"];

/** A program of the realm, with a window and a data device. */
export interface Member extends Pair {
  readonly manager: FakeObject;
  readonly seat: FakeObject;
  /** Its data device, on both sides. */
  readonly ours: FakeObject;
  readonly theirs: FakeObject;
  readonly surface: { readonly ours: FakeObject; readonly theirs: FakeObject };
  /** The keyboard by which the proxy knows whether the program has the focus. */
  readonly keyboard: FakeObject;
}

async function member(pair: Pair): Promise<Member> {
  const { client, host } = pair;
  const { surface } = await openWindow(pair);
  const seat = await client.bind("wl_seat");
  const bound = await host.expect("wl_registry.bind", (one) => one.objectArg("id").interface.name === "wl_seat");
  bound.objectArg("id").send("capabilities", WlSeatCapability.keyboard);
  const manager = await client.bind("wl_data_device_manager");
  const ours = manager.create("get_data_device", seat);
  const theirs = (await host.expect("wl_data_device_manager.get_data_device")).objectArg("id");
  const keyboard = (await host.expect("wl_seat.get_keyboard")).objectArg("id");
  return { client, host, manager, seat, ours, theirs, surface, keyboard };
}

let serials = 100;

export function nextSerial(): number {
  return ++serials;
}

export function focus({ keyboard, surface }: Member): void {
  keyboard.send("enter", ++serials, surface.theirs, Buffer.alloc(0));
}

/** The user presses a key in the program's window. @returns its serial */
export function press({ keyboard }: Member): number {
  keyboard.send("key", ++serials, 0, 30, WlKeyboardKeyState.pressed);
  return serials;
}

export function blur({ keyboard, surface }: Member): void {
  keyboard.send("leave", ++serials, surface.theirs);
}

/** The program copies something of these types. */
export function copy({ manager, ours }: Member, ...types: string[]): FakeObject {
  const source = manager.create("create_data_source");
  for (const type of types) source.send("offer", type);
  ours.send("set_selection", source, ++serials);
  return source;
}

/** What the program learns to be copied, when it gets the keyboard: the offer and its types. */
export async function seen({ client, ours }: Member): Promise<{ offer: FakeObject; types: unknown[] }> {
  const { args } = await client.expect("wl_data_device.selection", ({ object }) => object === ours);
  const offer = args["id"] as FakeObject;
  const types = client.inbox.all.filter(({ name, object }) => name === "wl_data_offer.offer" && object === offer);
  return { offer, types: types.map((one) => one.arg("mime_type")) };
}

/** Pastes what a member has been offered, from the one that has copied it. */
export async function paste(from: Member, source: FakeObject, offer: FakeObject, text: string): Promise<void> {
  const [read, write] = pipe();
  offer.send("receive", "text/plain", write);
  const asked = await from.client.expect("wl_data_source.send", ({ object }) => object === source);
  assert.equal(asked.arg("mime_type"), "text/plain");
  const fd = asked.fdArg("fd");
  writeFd(fd.raw, Buffer.from(text), 0, text.length);
  fd.close();
  const bytes = Buffer.alloc(100);
  await eventually("the text", () => {
    const count = readFd(read.raw, bytes, 0, bytes.length);
    return count > 0 && bytes.toString("latin1", 0, count) === text;
  });
  read.close();
}

export interface Realm {
  readonly stage: Stage;
  readonly one: Member;
  readonly other: Member;
  readonly realm: Clipboards;
  readonly guard: PolicyGuard;
}

/** A realm with two programs. @param offered the managers that the compositor has */
export async function realmOf(
  t: Scope,
  policy: Partial<Policy>,
  log: string[] = [],
  offered: readonly string[] = managers,
): Promise<Realm> {
  const guard = guarding(policy, log);
  const stage = await proxied(t, {
    globals: [...windowGlobals, "wl_seat", ...offered],
    guard,
    policy: new GlobalPolicy({ expose: ["ext_data_control_manager_v1"] }),
  });
  return {
    stage,
    one: await member(stage),
    other: await member(await stage.connect()),
    realm: Clipboards.for(guard),
    guard,
  };
}
