// SPDX-License-Identifier: Apache-2.0

import type { Observer, SessionTrace } from "../recorder/flight-recorder.ts";
import type { TracePoint } from "../recorder/trace.ts";
import type { Interface, Message } from "../wire/signature.ts";
import { messageLine, type Style, xwaylandLine } from "./line.ts";
import type { MessageFilter } from "./message-filter.ts";
import { readMessage } from "./message-text.ts";
import { type Source, sourceOf } from "./sources.ts";

/** Shows messages as they pass. What is not shown is not formatted. */
export class MessageLog implements Observer {
  readonly #write: (line: string) => void;
  readonly #style: Style;
  readonly #sources: ReadonlySet<Source>;
  readonly #filter: MessageFilter;

  constructor(write: (line: string) => void, style: Style, sources: ReadonlySet<Source>, filter: MessageFilter) {
    this.#write = write;
    this.#style = style;
    this.#sources = sources;
    this.#filter = filter;
  }

  onMessage(
    sessionTrace: SessionTrace,
    point: TracePoint,
    type: Interface,
    message: Message,
    words: Uint32Array,
    offset: number,
    end: number,
  ): void {
    if (!this.#sources.has(sourceOf(point)) || !this.#filter.shows(type, message, words[offset] as number)) return;
    const read = readMessage(sessionTrace.protocol, type, message, words, offset, end);
    this.#write(messageLine(this.#style, { time: sessionTrace.now, client: sessionTrace.name, point, message: read }));
  }

  /** Where lines about X11 go; null when nobody wants them, so that none need be made. */
  get xwayland(): ((text: string) => void) | null {
    if (!this.#sources.has("xwayland")) return null;
    return (text) => this.#write(xwaylandLine(this.#style, Date.now(), text));
  }
}
