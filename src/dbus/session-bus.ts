// SPDX-License-Identifier: Apache-2.0
import { Socket } from "node:net";
import { UserError } from "../errors.ts";
import { printable } from "../log/printable.ts";
import { connectOutside, foresee } from "../native/outside.ts";
import type { Bus } from "./dbus-library.ts";
import type { DbusLibrary } from "./load-dbus.ts";

/** D-Bus's number for a signal among its types of messages. */
export const SIGNAL = 4;

/** A connection with the bus of a session, which does not keep a process alive. */
export interface BusConnection {
  readonly bus: Bus;
  close(): void;
}

/**
 * Makes what connects with the bus of a session, as often as it is called. What that needs of this machine is foreseen.
 *
 * @param address of the bus: $DBUS_SESSION_BUS_ADDRESS
 * @throws UserError for a bus without a path
 */
export function sessionBus(address: string, library: DbusLibrary): () => BusConnection {
  const path = pathOf(address);
  foresee({ kind: "connect", path });
  return () => {
    const stream = new Socket({ fd: connectOutside(path).take(), readable: true, writable: true });
    stream.unref();
    const bus = library.createClient({ stream, authMethods: ["EXTERNAL"] });
    return {
      bus,
      close: () => {
        bus.connection.end();
        stream.destroy();
      },
    };
  };
}

/** Calls a method of the bus itself, which has a text as its only argument. */
export function askBus(
  bus: Bus,
  member: string,
  text: string,
  answered: (error: unknown, value?: unknown) => void,
): void {
  const to = { destination: "org.freedesktop.DBus", path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus" };
  bus.invoke({ ...to, member, signature: "s", body: [text] }, answered);
}

/** The path of a bus's socket, in the form of the D-Bus specification. */
function pathOf(address: string): string {
  for (const one of address.split(";")) {
    const [, value] = /^unix:(?:[^,]*,)*path=([^,]+)/.exec(one) ?? [];
    if (value !== undefined) return decodeURIComponent(value);
  }
  throw new UserError(`there is no path in the address of the session's bus, ${printable(address)}`);
}
