// SPDX-License-Identifier: Apache-2.0
/** Reports what happens in a running program, and what happened. */
import { fstatSync } from "node:fs";
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
import { FlightRecorder } from "../../recorder/flight-recorder.ts";
import { Kind } from "../../recorder/record.ts";
import type { SessionStatistics } from "../../relay/statistics.ts";
import type { SessionsOptions, Statistics } from "../../sessions.ts";
import { type Level, levelName, type Style, textLine } from "../../trace/line.ts";
import { chosenSources } from "../../trace/sources.ts";
import { ControlPipe } from "./control-pipe.ts";
import { Dumps } from "./dumps.ts";
import type { Environment } from "./environment.ts";
import type { LogSettings } from "./log-options.ts";
import { useErrorQueue, writeError } from "./standard-error.ts";
import { onUserSignal } from "./user-signal.ts";

const STANDARD_ERROR = 2;

/** The time for which our end waits for a dump that nobody reads. */
const DUMP_TIMEOUT_MS = 1000;

export class Diagnostics implements AsyncDisposable {
  readonly log: Logger;
  readonly recorder: FlightRecorder;
  readonly #style: Style;
  readonly #settings: LogSettings;
  readonly #environment: Environment;
  readonly #dumps: Dumps;
  /** The path for all lines that are no warnings, and for all dumps; undefined for standard error. */
  readonly #ringPath: string | undefined;
  /** Writes lines about X11; null when they are not logged. */
  #xwayland: ((text: string) => void) | null = null;
  #pipe: ControlPipe | null = null;
  /** Gets each line of the log. */
  onLine: ((level: string, text: string) => void) | null = null;
  #monitor: IntervalHistogram | null = null;
  #tellStatistics: () => Promise<void> = async () => {};

  constructor(program: string, settings: LogSettings, environment: Environment) {
    this.#environment = environment;
    this.#settings = settings;
    this.#style = styleOf(program, settings.logFormat, environment);
    useErrorQueue(new LineQueue(STANDARD_ERROR, (number) => leftOutText(this.#style, number)));
    this.#ringPath = settings.logRingPath;
    this.recorder = new FlightRecorder(settings.logRingSize, settings.logKeys === true);
    this.#dumps = new Dumps(this.recorder, this.#style);
    process.once("exit", () => this.#pipe?.close());
    const isQuiet = this.#ringPath !== undefined;
    this.log = {
      error: this.#logLine(Kind.error, true),
      warn: this.#logLine(Kind.warning, true),
      info: this.#logLine(Kind.info, !isQuiet),
      debug: this.#logLine(Kind.debug, !isQuiet && settings.verbose === true),
    };
  }

  /** Gets lines about X11 from the window manager; null when nobody wants to know, so that no text need be made. */
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
    const { logFilter, logSuppress, verbose = false, record } = this.#settings;
    const ringPath = this.#ringPath;
    if (ringPath !== undefined) forOption("--log-ring-path", () => this.#dumps.open(ringPath));
    if (record !== undefined) {
      const { Recording } = await import("../../recorder/recording.ts");
      const recording = forOption("--record", () => new Recording(record, added, this.log));
      this.recorder.observers.push(recording);
      process.once("exit", () => recording.close());
    }
    const sources = chosenSources(this.#environment.inheritable, verbose, this.log.warn);
    if (logFilter === undefined && logSuppress.length === 0 && sources.size === 0) return;
    const { MessageFilter } = await import("../../trace/message-filter.ts");
    const filter = new MessageFilter(protocol, logFilter, logSuppress);
    this.#dumps.filter = filter;
    if (sources.size === 0) return;
    const { MessageLog } = await import("../../trace/message-log.ts");
    const write = this.#ringPath === undefined ? writeError : null;
    if (write === null) {
      // The ring has all messages as they are, so that only lines about X11 are left to be put into it.
      if (sources.has("xwayland"))
        this.#xwayland = (text) => this.recorder.line(Kind.debug, `[xwayland] ${printable(text)}`);
      return;
    }
    const messages = new MessageLog(write, this.#style, sources, filter);
    if (sources.has("client") || sources.has("server")) this.recorder.observers.push(messages);
    this.#xwayland = messages.xwayland;
  }

  /**
   * Makes the control pipe beside a socket that is about to be there. Whoever sees the socket is to find the pipe, or
   * would make a file of its name. What is written to the pipe waits until we listen.
   *
   * @param path the path of the socket
   */
  openPipe(path: string): void {
    this.#pipe?.close();
    this.#pipe = ControlPipe.open(`${path}-ctl`, this.log);
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
    onUserSignal(() => {
      this.#dumps.dump("SIGUSR1");
      void this.#tellStatistics();
    });
    // Its listeners run before those that end the process. What formats is here by then, unless we have just begun.
    process.on("uncaughtExceptionMonitor", (error) => this.#dumps.crashed(error));
    this.#pipe?.listen({
      "dump-log": () => this.#dumps.dump(`"dump-log" was written to ${path}-ctl`),
      stats: () => void tell(),
    });
    // This comes only now, since programs need not wait for it.
    void this.#dumps.prepare();
  }

  /** Writes what the flight recorder has. @param reason who asked for it */
  dump(reason: string): void {
    this.#dumps.dump(reason);
  }

  /** The listener for `SessionsOptions.failed`. */
  readonly failed: NonNullable<SessionsOptions["failed"]> = (reason, isDefect, sessionTrace) =>
    this.#dumps.failed(reason, isDefect, sessionTrace);

  /** The listener for `SessionsOptions.ended`. */
  readonly ended: NonNullable<SessionsOptions["ended"]> = (statistics: SessionStatistics): void => {
    if (!this.#settings.stats) return;
    void import("./statistics-text.ts").then(({ clientStatisticsText }) => {
      writeError(clientStatisticsText(statistics, this.#style));
    });
  };

  /** Says the last things, and ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    // A dump that has a reader comes out whole, and one to a terminal that has stopped holds nothing up.
    await Promise.race([this.#dumps.settled(), sleep(DUMP_TIMEOUT_MS, undefined, { ref: false })]);
    this.#pipe?.close();
    await this.#tellStatistics();
  }

  /** Measures delays of the event loop, for which it is woken up all the time. */
  async #watchLoop(): Promise<void> {
    const { monitorEventLoopDelay } = await import("node:perf_hooks");
    this.#monitor = monitorEventLoopDelay({ resolution: 20 });
    this.#monitor.enable();
  }

  #logLine(level: Level, isShown: boolean): (text: string) => void {
    return (text) => {
      this.onLine?.(levelName(level), text);
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

/** Does something for an option, and names the option in the error when that fails. */
function forOption<T>(option: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${option}: ${error.fact}`, error.details) : error;
  }
}

/** The style of lines on our standard error. */
function styleOf(program: string, format: "text" | "json", environment: Environment): Style {
  const isJournal = format === "text" && isJournalStream(environment.journalStream);
  return { program, format, isJournal, hasColor: environment.allowsColor && isTerminal() };
}

/** Whether standard error is a terminal. Node's test is slow to load, and seldom needed. */
function isTerminal(): boolean {
  try {
    return fstatSync(STANDARD_ERROR).isCharacterDevice() && isatty(STANDARD_ERROR);
  } catch {
    return false;
  }
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
