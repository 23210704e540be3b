// SPDX-License-Identifier: Apache-2.0
/** Asks the user by a notification of the desktop (the Desktop Notifications Specification, 1.2). */
import type { Bus, BusMessage } from "../dbus/dbus-library.ts";
import type { DbusLibrary } from "../dbus/load-dbus.ts";
import { askBus, SIGNAL, sessionBus } from "../dbus/session-bus.ts";
import type { AskUser } from "./consent.ts";

const NAME = "org.freedesktop.Notifications";
const PATH = "/org/freedesktop/Notifications";

/** The action of the button by which the user says yes. */
const ALLOW = "allow";

/** Hints: as urgent as can be, so that it stays until it is answered, and not kept after that. */
const hints = [
  ["urgency", ["y", 2]],
  ["transient", ["b", true]],
];

/** How a question is put. */
export interface NotificationOptions {
  /** The address of the session's bus: $DBUS_SESSION_BUS_ADDRESS. */
  readonly address: string;
  readonly title: string;
  /** Milliseconds to answer; nobody has then said yes. */
  readonly timeout: number;
  readonly library: DbusLibrary;
}

/**
 * Makes what asks. What it needs of this machine is foreseen.
 *
 * @throws UserError for a bus without a path
 */
export function askByNotification({ address, title, timeout, library }: NotificationOptions): AskUser {
  const connect = sessionBus(address, library);
  return async (question) => {
    const { bus, close } = connect();
    try {
      return await answerTo(bus, title, question, timeout);
    } finally {
      close();
    }
  };
}

function answerTo(bus: Bus, title: string, question: string, timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    let shown: unknown = null;
    let owner: unknown = null;
    const call = (message: BusMessage, answered: (error: unknown, ...values: unknown[]) => void): void =>
      bus.invoke({ destination: NAME, path: PATH, interface: NAME, ...message }, answered);
    const end = (isAllowed: boolean): void => {
      clearTimeout(timer);
      resolve(isAllowed);
    };
    const timer = setTimeout(() => {
      if (shown === null) return end(false);
      // The bus is to have that before the connection ends.
      call({ member: "CloseNotification", signature: "u", body: [shown] }, () => end(false));
      setTimeout(() => end(false), 1000).unref();
    }, timeout);
    bus.connection.on("error", () => end(false));
    bus.connection.on("end", () => end(false));
    bus.connection.on("message", ({ type, sender, interface: from, member, body = [] }: BusMessage) => {
      // Others on the bus can send the same signals.
      if (type !== SIGNAL || from !== NAME || sender !== owner || shown === null || body[0] !== shown) return;
      if (member === "ActionInvoked") end(body[1] === ALLOW);
      else if (member === "NotificationClosed") end(false);
    });
    askBus(bus, "AddMatch", `type='signal',interface='${NAME}',path='${PATH}'`, (error) => {
      if (error) end(false);
    });
    const body = escaped(question);
    const actions = [ALLOW, "Allow", "refuse", "Refuse"];
    const notification = ["wayland-proxy", 0, "dialog-question", title, body, actions, hints, timeout];
    call({ member: "Notify", signature: "susssasa{sv}i", body: notification }, (error, id) => {
      if (error) return end(false);
      shown = id;
    });
    // It is there now, if it was not before.
    askBus(bus, "GetNameOwner", NAME, (error, name) => {
      if (error) return end(false);
      owner = name;
    });
  });
}

/** Text for a body, which servers may take for markup. */
function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
