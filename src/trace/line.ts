// SPDX-License-Identifier: Apache-2.0
/** The form of lines of the log. docs/logging.md describes them. */

import { printable, printableJson, printableLines } from "../log/printable.ts";
import { Kind } from "../recorder/record.ts";
import { TracePoint } from "../recorder/trace.ts";
import { messageText, type ReadMessage } from "./message-text.ts";

/** The kinds of records that are lines of text, by what they are called. */
export type Level = typeof Kind.error | typeof Kind.warning | typeof Kind.info | typeof Kind.debug;
const levels: Readonly<Record<Level, { name: string; mark: string; priority: string; color: string }>> = {
  [Kind.error]: { name: "error", mark: "error: ", priority: "<3>", color: "\x1b[31m" },
  [Kind.warning]: { name: "warning", mark: "warning: ", priority: "<4>", color: "\x1b[33m" },
  [Kind.info]: { name: "info", mark: "", priority: "<6>", color: "" },
  [Kind.debug]: { name: "debug", mark: "", priority: "<7>", color: "" },
};

/** Whether a kind of record is a line of text. */
export function isLevel(kind: number): kind is Level {
  return kind in levels;
}

/** The style in which lines are written. */
export interface Style {
  /** The program's name. */
  readonly program: string;
  readonly format: "text" | "json";
  /** Whether the journal reads the lines, which takes priorities from their beginning (sd-daemon(3)). */
  readonly isJournal: boolean;
  /** Whether a terminal shows the lines. */
  readonly hasColor: boolean;
}

/** A message with its surroundings. */
export interface LoggedMessage {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly client: string;
  readonly point: TracePoint;
  readonly message: ReadMessage;
}

const RESET = "\x1b[0m";
/** The name of a level in JSON lines. */
export function levelName(level: Level): string {
  return levels[level].name;
}

const FAINT = "\x1b[2m";

/**
 * A line that says something.
 *
 * @param time milliseconds since 1970; undefined for now, which text leaves out
 */
export function textLine(style: Style, level: Level, text: string, time?: number): string {
  const { name, mark, priority, color } = levels[level];
  if (style.format === "json") {
    return `${printableJson({ time: isoTime(time ?? Date.now()), level: name, text })}\n`;
  }
  const colored = style.hasColor && color !== "" ? `${color}${mark}${RESET}` : mark;
  const line = `${time === undefined ? "" : `${clockTime(time)} `}${style.program}: ${colored}${printableLines(text)}`;
  return style.isJournal ? `${priority}${line.replaceAll("\n", `\n${priority}`)}\n` : `${line}\n`;
}

/** A line that shows a message. */
export function messageLine(style: Style, { time, client, point, message }: LoggedMessage): string {
  const isRequest = point === TracePoint.fromClient || point === TracePoint.toHost;
  const source = point === TracePoint.fromClient || point === TracePoint.toClient ? "client" : "server";
  if (style.format === "json") {
    const { interface: type, id, name, args, isCut } = message;
    return `${printableJson({
      time: isoTime(time),
      level: "debug",
      source,
      client,
      type: isRequest ? "request" : "event",
      interface: type,
      id,
      message: name,
      args: Object.fromEntries(args.map((arg) => [arg.name, arg.value])),
      ...(isCut ? { cut: true } : {}),
    })}\n`;
  }
  return markedLine(style, source, time, `${client} ${isRequest ? "->" : "<-"} ${messageText(message)}`);
}

/** A line about X11, between us and Xwayland. */
export function xwaylandLine(style: Style, time: number, text: string): string {
  if (style.format === "json") {
    return `${printableJson({ time: isoTime(time), level: "debug", source: "xwayland", text })}\n`;
  }
  return markedLine(style, "xwayland", time, printable(text));
}

function markedLine({ isJournal, hasColor }: Style, source: string, time: number, text: string): string {
  const head = `${clockTime(time)} [${source}]`;
  return `${isJournal ? "<7>" : ""}${hasColor ? `${FAINT}${head}${RESET}` : head} ${text}\n`;
}

function isoTime(time: number): string {
  return new Date(time).toISOString().replace("Z", `${microseconds(time)}Z`);
}

function clockTime(time: number): string {
  const date = new Date(time);
  const [hours, minutes, seconds, milliseconds] = [
    date.getHours(),
    date.getMinutes(),
    date.getSeconds(),
    date.getMilliseconds(),
  ].map(String) as [string, string, string, string];
  const clock = [hours, minutes, seconds].map((part) => part.padStart(2, "0")).join(":");
  return `${clock}.${milliseconds.padStart(3, "0")}${microseconds(time)}`;
}

/** The microseconds of a time, below its milliseconds. */
function microseconds(time: number): string {
  return String(Math.floor((time % 1) * 1000)).padStart(3, "0");
}
