// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../native/fd.ts";
import type { Client } from "../relay/client.ts";
import type { WlObject } from "../wire/wl-object.ts";

/** Something that a program has copied or drags, for the other programs of its clipboard. */
export interface Copy {
  /** The MIME types in which it can be had. */
  readonly types: readonly string[];
  /** Has the data written into a descriptor, which is handed over. */
  send(mimeType: string, target: Fd): void;
  /** Called when something else has taken its place. */
  replaced(): void;
}

/** The interfaces of sources of data, which have the same messages as far as data is concerned. */
export type SourceInterface =
  | "wl_data_source"
  | "zwp_primary_selection_source_v1"
  | "gtk_primary_selection_source"
  | "ext_data_control_source_v1"
  | "zwlr_data_control_source_v1";

/** A copy of a Wayland client's. Its data goes from program to program, and we see none of it. */
export class ClientCopy implements Copy {
  readonly types: readonly string[];
  readonly source: WlObject<SourceInterface>;
  readonly client: Client;
  readonly #isOnHost: boolean;

  /** @param isOnHost whether the host has the source, too, and reports to the client when it is replaced */
  constructor(client: Client, source: WlObject<SourceInterface>, types: readonly string[], isOnHost: boolean) {
    this.client = client;
    this.source = source;
    this.types = types;
    this.#isOnHost = isOnHost;
  }

  send(mimeType: string, target: Fd): void {
    this.client.sendEvent(this.source, "send", { mime_type: mimeType, fd: target });
  }

  replaced(): void {
    if (!this.#isOnHost) this.client.sendEvent(this.source, "cancelled", {});
  }
}
