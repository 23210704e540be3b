// SPDX-License-Identifier: Apache-2.0
/** Questions to the user, at a bus with a desktop's notifications on it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { BusMessage } from "../../../src/clipboard/dbus-library.ts";
import { loadDbus } from "../../../src/clipboard/load-dbus.ts";
import { askByNotification } from "../../../src/clipboard/notification.ts";
import { openDescriptors, untilOpen } from "../../support/descriptors.ts";
import type { Scope } from "../../support/proxied.ts";

interface Message extends BusMessage {
  readonly serial?: number;
  readonly replySerial?: number;
}

/** The bytes of messages: the library has no types for that. */
const codec = createRequire(import.meta.url)("@homebridge/dbus-native/lib/message.js") as {
  marshall(message: Message): Buffer;
  unmarshalMessages(stream: Socket, received: (message: Message) => void, options: object): void;
};

const METHOD_RETURN = 2;
const ERROR = 3;
const SIGNAL = 4;
const NAME = "org.freedesktop.Notifications";

/** What a desktop does with a notification. */
type Reaction = (desktop: Desktop, id: number) => void;

/** The bus of a session, and the desktop behind it. */
class Desktop {
  readonly shown: (readonly unknown[])[] = [];
  readonly closed: unknown[] = [];
  #socket: Socket | null = null;
  #serial = 1;
  readonly #server: Server;

  constructor(path: string, reaction: Reaction | null) {
    this.#server = createServer((socket) => {
      this.#socket = socket;
      socket.on("error", () => {});
      const login = (data: Buffer): void => {
        const text = data.toString("latin1");
        if (text.includes("AUTH EXTERNAL")) socket.write("OK 0123456789abcdef0123456789abcdef\r\n");
        if (!text.includes("BEGIN")) return void socket.once("data", login);
        const rest = data.subarray(text.indexOf("BEGIN") + 7);
        if (rest.length > 0) socket.unshift(rest);
        codec.unmarshalMessages(socket, (message) => this.#called(message, reaction), {});
      };
      socket.once("data", login);
    }).listen(path);
  }

  close(): void {
    this.#socket?.destroy();
    this.#server.close();
  }

  signal(member: string, signature: string, body: readonly unknown[], sender = ":1.7"): void {
    const from = { path: "/org/freedesktop/Notifications", interface: NAME, member, sender };
    this.#send({ type: SIGNAL, ...from, signature, body });
  }

  #called(message: Message, reaction: Reaction | null): void {
    const reply = (signature?: string, ...body: unknown[]): void =>
      this.#send({
        type: METHOD_RETURN,
        replySerial: message.serial ?? 0,
        ...(signature === undefined ? {} : { signature, body }),
      });
    if (message.member === "Hello") reply("s", ":1.9");
    else if (message.member === "GetNameOwner") {
      reply("s", ":1.7");
      // This is asked last.
      if (this.shown.length > 0) reaction?.(this, 42);
    } else if (message.member === "AddMatch") reply();
    else if (message.member === "CloseNotification") {
      this.closed.push(message.body?.[0]);
      reply();
    } else if (message.member === "Notify") {
      if (reaction === null) {
        const errorName = "org.freedesktop.DBus.Error.ServiceUnknown";
        return this.#send({ type: ERROR, replySerial: message.serial ?? 0, errorName } as Message);
      }
      this.shown.push(message.body ?? []);
      reply("u", 42);
    }
  }

  #send(message: Message): void {
    this.#socket?.write(codec.marshall({ serial: ++this.#serial, ...message }));
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
    const { desktop, answer } = await ask(t as Scope, () => {}, 100);
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
    assert.throws(() => askByNotification(options), /nobody can be asked/);
  });
});
