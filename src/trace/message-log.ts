// SPDX-License-Identifier: Apache-2.0

import type { Observer, SessionTrace } from "../recorder/flight-recorder.ts";
import type { TracePoint } from "../recorder/trace.ts";
import type { WireMessage } from "../wire/wire-message.ts";
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

  onMessage(sessionTrace: SessionTrace, point: TracePoint, wire: WireMessage): void {
    if (!this.#sources.has(sourceOf(point)) || !this.#filter.shows(wire)) return;
    const read = readMessage(sessionTrace.protocol, wire);
    this.#write(messageLine(this.#style, { time: sessionTrace.now, client: sessionTrace.name, point, message: read }));
  }

  /** Writes lines about X11; null when they are not logged, so that none need be made. */
  get xwayland(): ((text: string) => void) | null {
    if (!this.#sources.has("xwayland")) return null;
    return (text) => this.#write(xwaylandLine(this.#style, Date.now(), text));
  }
}
