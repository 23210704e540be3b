// SPDX-License-Identifier: Apache-2.0
/** Questions to the user, at a bus with a desktop's notifications on it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { askByNotification } from "../../../src/clipboard/notification.ts";
import { loadDbus } from "../../../src/dbus/load-dbus.ts";
import { openDescriptors, untilOpen } from "../../support/descriptors.ts";
import { FakeBus } from "../../support/fake-bus.ts";
import { scaled } from "../../support/patience.ts";
import type { Scope } from "../../support/proxied.ts";

const NAME = "org.freedesktop.Notifications";

/** What a desktop does with a notification. */
type Reaction = (desktop: Desktop, id: number) => void;

/** The notifications of a desktop. */
class Desktop {
  readonly shown: (readonly unknown[])[] = [];
  readonly closed: unknown[] = [];
  readonly #bus: FakeBus;

  constructor(path: string, reaction: Reaction | null) {
    this.#bus = new FakeBus(path, ({ member, body, reply, refuse }) => {
      if (member === "GetNameOwner") {
        reply("s", ":1.7");
        // This is asked last.
        if (this.shown.length > 0) reaction?.(this, 42);
      } else if (member === "CloseNotification") {
        this.closed.push(body[0]);
        reply();
      } else if (member === "Notify") {
        if (reaction === null) return refuse();
        this.shown.push(body);
        reply("u", 42);
      }
    });
  }

  close(): void {
    this.#bus.close();
  }

  signal(member: string, signature: string, body: readonly unknown[], sender = ":1.7"): void {
    this.#bus.signal({ path: "/org/freedesktop/Notifications", interface: NAME }, member, signature, body, sender);
  }
}

/** Asks on a desktop that does this. */
async function ask(
  t: Scope,
  reaction: Reaction | null,
  timeout = 60_000,
): Promise<{ desktop: Desktop; answer: boolean }> {
  const before = openDescriptors();
  const folder = mkdtempSync(join(tmpdir(), "bus-"));
  const desktop = new Desktop(join(folder, "bus"), reaction);
  t.after(async () => {
    desktop.close();
    rmSync(folder, { recursive: true });
    await untilOpen(before);
  });
  const address = `unix:path=${folder}/bus,guid=0123`;
  const question = askByNotification({ address, title: "Clipboard of bank", timeout, library: await loadDbus() });
  return { desktop, answer: await question("bank wants <it>.") };
}

const click =
  (action: string): Reaction =>
  (desktop, id) =>
    desktop.signal("ActionInvoked", "us", [id, action]);

describe("a question to the user", () => {
  it("is a notification with two buttons, and yes is the one", async (t) => {
    const { desktop, answer } = await ask(t as Scope, click("allow"));
    assert.equal(answer, true);
    const [shown] = desktop.shown;
    assert.equal(shown?.[3], "Clipboard of bank");
    assert.equal(shown?.[4], "bank wants &#60;it&#62;.");
    assert.deepEqual(shown?.[5], ["allow", "Allow", "refuse", "Refuse"]);
  });

  for (const [what, reaction] of [
    ["the other button", click("refuse")],
    ["a click on the notification", click("default")],
    ["its end", (desktop: Desktop, id: number) => desktop.signal("NotificationClosed", "uu", [id, 2])],
    ["a bus that goes away", (desktop: Desktop) => desktop.close()],
    ["no desktop that shows it", null],
  ] as const)
    it(`is answered by no with ${what}`, async (t) => {
      assert.equal((await ask(t as Scope, reaction)).answer, false);
    });

  it("is answered by no when nobody answers in time, and closed", async (t) => {
    const { desktop, answer } = await ask(t as Scope, () => {}, scaled(1000));
    assert.equal(answer, false);
    assert.deepEqual(desktop.closed, [42]);
  });

  it("is not answered by anybody else on the bus, nor by an answer to another one", async (t) => {
    const { answer } = await ask(t as Scope, (desktop, id) => {
      desktop.signal("ActionInvoked", "us", [id, "allow"], ":1.666");
      desktop.signal("ActionInvoked", "us", [id + 1, "allow"]);
      desktop.signal("ActionInvoked", "us", [id, "refuse"]);
    });
    assert.equal(answer, false);
  });

  it("cannot be asked at a bus without a path", async () => {
    const library = await loadDbus();
    const options = { address: "tcp:host=localhost", title: "", timeout: 1, library };
    assert.throws(() => askByNotification(options), /there is no path in the address of the session's bus/);
  });
});
