// SPDX-License-Identifier: Apache-2.0
import type { Client } from "../relay/client.ts";
import type { HostOffer } from "./host-offer.ts";
import type { HostSource, SourceEvents } from "./host-selection.ts";

/** A way to one of the host's selections through the connection of a client that has the keyboard. */
export interface HostDoor {
  readonly client: Client;
  /** The host's selection, as the host has told the client; null where it has not. */
  readonly offer: HostOffer | null;
  /** Puts something into the host's selection. @param serial of input in one of the client's windows */
  set(mimeTypes: readonly string[], serial: number, events: SourceEvents): HostSource;
}
