// SPDX-License-Identifier: Apache-2.0
import { isMarker } from "../../clipboard/clipboard.ts";
import type { Copy } from "../../clipboard/copy.ts";
import type { SourceEvents } from "../../clipboard/host-selection.ts";
import type { Fd } from "../../native/fd.ts";

/** Something that an X client has copied or drags, for the Wayland clients of its realm. */
export class XCopy implements Copy {
  readonly types: readonly string[];
  readonly #events: SourceEvents;

  constructor(types: readonly string[], events: SourceEvents) {
    this.types = types.filter((type) => !isMarker(type));
    this.#events = events;
  }

  send(mimeType: string, target: Fd): void {
    this.#events.send(mimeType, target);
    target.close();
  }

  replaced(): void {
    this.#events.cancelled();
  }
}
