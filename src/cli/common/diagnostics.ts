// SPDX-License-Identifier: Apache-2.0
/** How a running program tells what happens in it, and what happened. */
import { appendFileSync, closeSync, constants, fstatSync, openSync } from "node:fs";
import type { IntervalHistogram } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { isatty } from "node:tty";
import { UserError } from "../../errors.ts";
import { counted } from "../../log/counted.ts";
import { LineQueue } from "../../log/line-queue.ts";
import type { Logger } from "../../log/logger.ts";
import { printable } from "../../log/printable.ts";
import type { ProtocolRegistry } from "../../protocol/protocol-registry.ts";
import type { ProtocolTable } from "../../protocol/table.ts";
import { FlightRecorder, type SessionTrace } from "../../recorder/flight-recorder.ts";
import { Kind } from "../../recorder/record.ts";
import type { SessionStatistics } from "../../relay/statistics.ts";
import type { SessionsOptions, Statistics } from "../../sessions.ts";
import { type Level, type Style, textLine } from "../../trace/line.ts";
import type { MessageFilter } from "../../trace/message-filter.ts";
import { chosenSources } from "../../trace/sources.ts";
import { ControlPipe } from "./control-pipe.ts";
import { type LogSettings, logFormat, ringSize } from "./log-options.ts";
import { roomForErrors, useErrorQueue, writeError } from "./standard-error.ts";

const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;

const STANDARD_ERROR = 2;

/** Milliseconds for which ending waits for a dump that nobody reads. */
const DUMP_PATIENCE_MS = 1000;

/** Messages of a session that are shown when a defect of ours has ended it, and nobody gave the ring a file. */
const LAST_MESSAGES = 32;

/** Lines of a dump that are formatted at once; other sessions get their turn in between. */
const LINES_AT_ONCE = 256;

type Dumping = typeof import("../../trace/dump.ts");

export class Diagnostics {
  readonly log: Logger;
  readonly recorder: FlightRecorder;
  readonly #style: Style;
  readonly #settings: LogSettings;
  /** Where all lines go that are no warnings, and all dumps; undefined for standard error. */
  readonly #ringPath: string | undefined;
  #filter: MessageFilter | null = null;
  /** Writes lines about X11, if somebody wants to see them. */
  #xwayland: ((text: string) => void) | null = null;
  #dumping: Dumping | null = null;
  #dumps: Promise<void> = Promise.resolve();
  #pipe: ControlPipe | null = null;
  #monitor: IntervalHistogram | null = null;
  #tellStatistics: () => Promise<void> = async () => {};

  /** @throws UserError for settings that make no sense */
  constructor(program: string, settings: LogSettings) {
    this.#settings = settings;
    this.#style = styleOf(program, logFormat(settings.logFormat));
    useErrorQueue(new LineQueue(STANDARD_ERROR, (number) => leftOutText(this.#style, number)));
    this.#ringPath = settings.logRingPath;
    this.recorder = new FlightRecorder(ringSize(settings.logRingSize));
    const isQuiet = this.#ringPath !== undefined;
    this.log = {
      error: this.#logLine(Kind.error, true),
      warn: this.#logLine(Kind.warning, true),
      info: this.#logLine(Kind.info, !isQuiet),
      debug: this.#logLine(Kind.debug, !isQuiet && settings.verbose === true),
    };
  }

  /** Where the window manager tells of X11; null when nobody wants to know, so that no text need be made. */
  get xwayland(): ((text: string) => void) | null {
    return this.#xwayland;
  }

  /**
   * Begins to show and to record what was asked for.
   *
   * @param added the tables of protocols that the user added
   * @throws UserError for a filter that makes no sense, and a file that cannot be written
   */
  async begin(protocol: ProtocolRegistry, added: readonly ProtocolTable[] = []): Promise<void> {
    const { logFilter, logSuppress = [], verbose = false, record } = this.#settings;
    if (this.#ringPath !== undefined) requireWritable(this.#ringPath);
    if (record !== undefined) {
      const { Recording } = await import("../../recorder/recording.ts");
      const recording = new Recording(record, added, this.log);
      this.recorder.observers.push(recording);
      process.once("exit", () => recording.close());
    }
    const sources = chosenSources(process.env, verbose, this.log.warn);
    if (logFilter !== undefined || logSuppress.length > 0 || sources.size > 0) {
      const { MessageFilter } = await import("../../trace/message-filter.ts");
      this.#filter = new MessageFilter(protocol, logFilter, logSuppress);
    }
    if (sources.size === 0) return;
    const { MessageLog } = await import("../../trace/message-log.ts");
    const write = this.#ringPath === undefined ? writeError : null;
    if (write === null) {
      // The ring has all messages as they are, so that only lines about X11 are left to be put into it.
      if (sources.has("xwayland"))
        this.#xwayland = (text) => this.recorder.line(Kind.debug, `[xwayland] ${printable(text)}`);
      return;
    }
    const messages = new MessageLog(write, this.#style, sources, this.#filter as MessageFilter);
    if (sources.has("client") || sources.has("server")) this.recorder.observers.push(messages);
    this.#xwayland = messages.xwayland;
  }

  /**
   * Listens to SIGUSR1 and to the control pipe beside a socket, now that there are sessions.
   *
   * @param path of the socket
   */
  listen(path: string, statistics: () => Statistics): void {
    const tell = async (): Promise<void> => {
      const { statisticsText } = await import("./statistics-text.ts");
      writeError(statisticsText(statistics(), this.#monitor, this.#style));
    };
    if (this.#settings.stats) {
      this.#tellStatistics = tell;
      void this.#watchLoop();
    }
    process.on("SIGUSR1", () => {
      void this.dump("SIGUSR1");
      void this.#tellStatistics();
    });
    // Its listeners run before those that end the process. What formats is here by then, unless we have just begun.
    process.on("uncaughtExceptionMonitor", (error) => this.#crashed(error));
    // Last, since it shows others that we listen; to Node, SIGUSR1 without a listener means to start its debugger.
    this.#pipe = ControlPipe.open(`${path}-ctl`, this.log, {
      "dump-log": () => void this.dump(`"dump-log" was written to ${path}-ctl`),
      stats: () => void tell(),
    });
    process.once("exit", () => this.#pipe?.close());
    // Only now: programs need not wait for it.
    void import("../../trace/dump.ts").then((dumping) => {
      this.#dumping = dumping;
    });
  }

  /** For `SessionsOptions.failed`. */
  readonly failed: NonNullable<SessionsOptions["failed"]> = (
    reason: string,
    isDefect: boolean,
    sessionTrace: SessionTrace | null,
  ): void => {
    if (this.#ringPath !== undefined) void this.dump(reason);
    else if (isDefect && sessionTrace !== null) {
      // Nothing more comes from that session, so that there is time.
      this.#dumps = this.#dumps.then(async () =>
        this.#showLast(await import("../../trace/dump.ts"), sessionTrace.number),
      );
    }
  };

  /** For `SessionsOptions.ended`. */
  readonly ended: NonNullable<SessionsOptions["ended"]> = (statistics: SessionStatistics): void => {
    if (!this.#settings.stats) return;
    void import("./statistics-text.ts").then(({ clientStatisticsText }) => {
      writeError(clientStatisticsText(statistics, this.#style));
    });
  };

  /**
   * Writes what the ring has, and empties it, so that everything is written once. Other sessions go on meanwhile.
   *
   * @param reason completes "log dumped because of: …"
   */
  dump(reason: string): Promise<void> {
    const parts = this.recorder.ring.snapshot();
    const time = new Date().toISOString();
    this.recorder.ring.clear();
    this.#dumps = this.#dumps.then(() => this.#write(parts, this.#head(time, reason)));
    return this.#dumps;
  }

  /** Says the last things, and ends. */
  async close(): Promise<void> {
    // A dump that somebody reads comes out whole, and one to a terminal that has stopped holds nothing up.
    await Promise.race([this.#dumps, sleep(DUMP_PATIENCE_MS, undefined, { ref: false })]);
    this.#pipe?.close();
    await this.#tellStatistics();
  }

  async #write(parts: readonly Uint32Array[], head: string): Promise<void> {
    const { ringLines } = await import("../../trace/dump.ts");
    let text = head;
    let lines = 0;
    for (const line of ringLines(this.recorder, parts, this.#dumpStyle, this.#filter)) {
      text += line;
      if (++lines % LINES_AT_ONCE !== 0) continue;
      if (!this.#append(text)) return;
      text = "";
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#ringPath === undefined) await roomForErrors();
    }
    this.#append(text);
  }

  #append(text: string): boolean {
    if (this.#ringPath === undefined) {
      writeError(text);
      return true;
    }
    try {
      appendFileSync(this.#ringPath, text, { mode: 0o600 });
      return true;
    } catch (error) {
      writeError(textLine(this.#style, Kind.warning, `no log in ${this.#ringPath}: ${(error as Error).message}`));
      return false;
    }
  }

  #crashed(error: unknown): void {
    if (this.#ringPath === undefined) return this.#showLast(this.#dumping);
    const reason = `internal error: ${error instanceof Error ? error.message : String(error)}`;
    const parts = this.recorder.ring.snapshot();
    const lines = this.#dumping?.ringLines(this.recorder, parts, this.#dumpStyle, this.#filter) ?? [];
    this.#append(this.#head(new Date().toISOString(), reason) + [...lines].join(""));
  }

  #showLast(dumping: Dumping | null, session?: number): void {
    for (const line of dumping?.lastMessages(this.recorder, LAST_MESSAGES, this.#style, session) ?? []) {
      writeError(line);
    }
  }

  /** A file has no colors, and no journal reads it. */
  get #dumpStyle(): Style {
    return this.#ringPath === undefined ? this.#style : { ...this.#style, isJournal: false, hasColor: false };
  }

  #head(time: string, reason: string): string {
    const { format, program } = this.#dumpStyle;
    if (format === "json") return `${JSON.stringify({ time, level: "info", dump: reason })}\n`;
    return textLine(this.#dumpStyle, Kind.info, `log of ${program}, pid ${process.pid}, dumped at ${time}: ${reason}`);
  }

  /** Measures delays of the event loop, for which it is woken up all the time. */
  async #watchLoop(): Promise<void> {
    const { monitorEventLoopDelay } = await import("node:perf_hooks");
    this.#monitor = monitorEventLoopDelay({ resolution: 20 });
    this.#monitor.enable();
  }

  #logLine(level: Level, isShown: boolean): (text: string) => void {
    return (text) => {
      this.recorder.line(level, text);
      if (isShown) writeError(textLine(this.#style, level, text));
    };
  }
}

/** The line that stands for lines which nobody read in time. */
function leftOutText(style: Style, number: number): string {
  return textLine(
    style,
    Kind.warning,
    `${counted(number, "line was", "lines were")} left out: nobody read them in time`,
  );
}

/** Makes the file, if there is none, since it would be too late for that when something has failed. Throws a UserError. */
function requireWritable(path: string): void {
  try {
    // Not blocking: a pipe without a reader is an error as well.
    closeSync(openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o600));
  } catch (error) {
    throw new UserError(`--log-ring-path: ${path} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** How lines on our standard error are to look. */
function styleOf(program: string, format: "text" | "json"): Style {
  const isJournal = format === "text" && isJournalStream(process.env["JOURNAL_STREAM"]);
  const noColor = process.env["NO_COLOR"] ?? "";
  return { program, format, isJournal, hasColor: isatty(STANDARD_ERROR) && noColor === "" };
}

/** Whether standard error is the stream that systemd says leads to the journal (systemd.exec(5), $JOURNAL_STREAM). */
function isJournalStream(stream: string | undefined): boolean {
  if (stream === undefined) return false;
  try {
    const { dev, ino } = fstatSync(STANDARD_ERROR, { bigint: true });
    return stream === `${dev}:${ino}`;
  } catch {
    return false;
  }
}
