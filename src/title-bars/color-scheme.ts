// SPDX-License-Identifier: Apache-2.0
/** Whether the user prefers dark windows, as the desktop's portal for settings has it (org.freedesktop.portal.Settings). */
import type { BusMessage } from "../dbus/dbus-library.ts";
import { askBus, type BusConnection, SIGNAL } from "../dbus/session-bus.ts";

const PORTAL = {
  destination: "org.freedesktop.portal.Desktop",
  path: "/org/freedesktop/portal/desktop",
  interface: "org.freedesktop.portal.Settings",
} as const;
const CHANGED = "SettingChanged";
const NAMESPACE = "org.freedesktop.appearance";
const KEY = "color-scheme";
/** The value of the setting for dark windows; others are no wish, or light ones. */
const DARK = 1;

/** Calls back with what the portal says, now and whenever that changes; with null where there is no such portal. */
export function watchColorScheme({ bus }: BusConnection, changed: (isDark: boolean | null) => void): void {
  const read = (): void =>
    // The one method of both versions of the portal.
    bus.invoke({ ...PORTAL, member: "Read", signature: "ss", body: [NAMESPACE, KEY] }, (error, value) =>
      changed(error ? null : unwrapped(value) === DARK),
    );
  // Also of a service that is there only now.
  bus.connection.on("message", ({ type, interface: from, member, body = [] }: BusMessage) => {
    const [namespace, key] = body;
    // Anybody on the bus can send such a signal, so that the portal is asked itself.
    if (type === SIGNAL && from === PORTAL.interface && member === CHANGED && namespace === NAMESPACE && key === KEY)
      read();
  });
  // The bus has gone, and with it the desktop.
  bus.connection.on("error", () => {});
  const rule = `type='signal',interface='${PORTAL.interface}',path='${PORTAL.path}',member='${CHANGED}',arg0='${NAMESPACE}'`;
  askBus(bus, "AddMatch", rule, () => read());
}

/** What is in variants within variants, each of which the library gives as a type and a list of one value. */
function unwrapped(value: unknown): unknown {
  let inner = value;
  while (Array.isArray(inner)) inner = (inner[1] as readonly unknown[] | undefined)?.[0];
  return inner;
}
