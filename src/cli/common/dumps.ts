// SPDX-License-Identifier: Apache-2.0
/** Writes the content of the flight recorder, when something has failed or a user asks for it. */
import { DumpFile } from "../../log/dump-file.ts";
import { DumpLimit } from "../../log/dump-limit.ts";
import { printableJson } from "../../log/printable.ts";
import type { FlightRecorder, SessionTrace } from "../../recorder/flight-recorder.ts";
import { Kind } from "../../recorder/record.ts";
import { type Style, textLine } from "../../trace/line.ts";
import type { MessageFilter } from "../../trace/message-filter.ts";
import { roomForErrors, writeError } from "./standard-error.ts";

/** Messages of a session that are shown when a defect of ours has ended it, and nobody gave the ring a file. */
const LAST_MESSAGES = 32;

/** Lines of a dump that are formatted at once; other sessions get their turn in between. */
const LINES_AT_ONCE = 256;

/** Dumps that may wait to be written. */
const MAX_WAITING_DUMPS = 8;

type Dumping = typeof import("../../trace/dump.ts");

export class Dumps {
  readonly #recorder: FlightRecorder;
  readonly #style: Style;
  readonly #limit = new DumpLimit();
  /** The file for dumps; null for standard error. */
  #file: DumpFile | null = null;
  /** The filter for the messages of dumps; null for all messages. */
  filter: MessageFilter | null = null;
  #dumping: Dumping | null = null;
  #written: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(recorder: FlightRecorder, style: Style) {
    this.#recorder = recorder;
    this.#style = style;
  }

  /** Makes dumps go to a file from now on. Throws a UserError when it cannot be written. */
  open(path: string): void {
    this.#file = new DumpFile(path);
  }

  /** Loads what makes text of messages, for the case that there is no time for that. */
  async prepare(): Promise<void> {
    this.#dumping = await import("../../trace/dump.ts");
  }

  /** Resolves when all dumps are written. */
  settled(): Promise<void> {
    return this.#written;
  }

  /** A session has failed: a reason for a dump if there is a file for it, and if it was not one just now. */
  failed(reason: string, isDefect: boolean, sessionTrace: SessionTrace | null): void {
    if ((this.#file === null && !isDefect) || this.#recorder.ring.isOff || !this.#limit.allows(reason, isDefect))
      return;
    if (this.#file !== null) return this.dump(reason);
    if (sessionTrace === null) return;
    // Nothing more comes from that session, so that there is time.
    this.#later(async () => this.#showLast(await import("../../trace/dump.ts"), sessionTrace.number));
  }

  /** Writes what the ring has, and empties it, so that everything is written once. Other sessions go on meanwhile. */
  dump(reason: string): void {
    if (this.#waiting >= MAX_WAITING_DUMPS) return;
    const parts = this.#recorder.ring.snapshot();
    const head = this.#head(reason);
    this.#recorder.ring.clear();
    this.#later(async () => {
      const pieces = this.#pieces(parts, head);
      if (this.#file === null) for await (const piece of pieces) await this.#show(piece);
      else await this.#file.append(pieces);
    });
  }

  /** The program is about to end by a defect of ours: what can be said is said at once. */
  crashed(error: unknown): void {
    if (this.#file === null) return this.#showLast(this.#dumping);
    const reason = `internal error: ${error instanceof Error ? error.message : String(error)}`;
    const parts = this.#recorder.ring.snapshot();
    const lines = this.#dumping?.ringLines(this.#recorder, parts, this.#dumpStyle, this.filter) ?? [];
    try {
      this.#file.appendNow(this.#head(reason) + [...lines].join(""));
    } catch (second) {
      this.#complain(second);
    }
  }

  #later(write: () => Promise<void>): void {
    this.#waiting++;
    this.#written = this.#written
      .then(write)
      .catch((error) => this.#complain(error))
      .finally(() => this.#waiting--);
  }

  async *#pieces(parts: readonly Uint32Array[], head: string): AsyncGenerator<string> {
    const { ringLines } = await import("../../trace/dump.ts");
    let text = head;
    let lines = 0;
    for (const line of ringLines(this.#recorder, parts, this.#dumpStyle, this.filter)) {
      text += line;
      if (++lines % LINES_AT_ONCE !== 0) continue;
      yield text;
      text = "";
      await new Promise((resolve) => setImmediate(resolve));
    }
    yield text;
  }

  async #show(piece: string): Promise<void> {
    writeError(piece);
    await roomForErrors();
  }

  #showLast(dumping: Dumping | null, session?: number): void {
    for (const line of dumping?.lastMessages(this.#recorder, LAST_MESSAGES, this.#style, session) ?? []) {
      writeError(line);
    }
  }

  #complain(error: unknown): void {
    writeError(textLine(this.#style, Kind.warning, `no dump: ${(error as Error).message}`));
  }

  /** A file has no colors, and no journal reads it. */
  get #dumpStyle(): Style {
    return this.#file === null ? this.#style : { ...this.#style, isJournal: false, hasColor: false };
  }

  #head(reason: string): string {
    const { format, program } = this.#dumpStyle;
    const time = new Date().toISOString();
    const leftOut = this.#limit.takeLeftOut();
    const dump = leftOut === "" ? reason : `${reason} (${leftOut})`;
    if (format === "json") return `${printableJson({ time, level: "info", dump })}\n`;
    return textLine(this.#dumpStyle, Kind.info, `log of ${program}, pid ${process.pid}, dumped at ${time}: ${dump}`);
  }
}
