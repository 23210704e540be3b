// SPDX-License-Identifier: Apache-2.0
import { DisplayError } from "../wire/errors.ts";
import { Outlet } from "../wire/outlet.ts";
import type { Transport } from "../wire/transport.ts";
import { beginMessage, endMessage, writeString, writeWord } from "../wire/writer.ts";

/** wl_display and its event `error`. */
const DISPLAY = 1;
const ERROR = 0;

/** Tells a client that gets no session why, as libwayland's clients print it, and closes its connection. */
export function refuseClient(client: Transport, reason: string): void {
  const outlet = new Outlet(client);
  beginMessage(DISPLAY, ERROR);
  writeWord(DISPLAY);
  writeWord(DisplayError.implementation);
  writeString(`wayland-proxy: ${reason}`);
  endMessage(outlet);
  // A connection that is new takes it at once, or not at all.
  outlet.flush();
  outlet.close();
  client.close();
}
