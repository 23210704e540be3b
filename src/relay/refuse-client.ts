// SPDX-License-Identifier: Apache-2.0
import { DisplayError } from "../wire/errors.ts";
import { OutputQueue } from "../wire/output-queue.ts";
import type { Transport } from "../wire/transport.ts";
import { beginMessage, endMessage, writeString, writeWord } from "../wire/writer.ts";

/** wl_display and its event `error`. */
const DISPLAY = 1;
const ERROR = 0;

/** Tells a client that gets no session why, as libwayland's clients print it, and closes its connection. */
export function refuseClient(client: Transport, reason: string): void {
  const output = new OutputQueue(client);
  beginMessage(DISPLAY, ERROR);
  writeWord(DISPLAY);
  writeWord(DisplayError.implementation);
  writeString(`wayland-proxy: ${reason}`);
  endMessage(output);
  // A connection that is new takes it at once, or not at all.
  output.flush();
  output.close();
  client.close();
}
