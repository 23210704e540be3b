// SPDX-License-Identifier: Apache-2.0
/** Protocol tables that come from others, as JSON, and are believed nothing. */
import { type InterfaceTable, MAX_ARGS, type ProtocolTable } from "./table.ts";

const MESSAGE = /^\w+!?(@[1-9]\d{0,8})?( \w+:(int|uint|fixed|(string|object)\??|new_id|array|fd)(:\w+(\.\w+)?)?)*$/;
const ENUM = /^\w+\|?(@[1-9]\d{0,8})?( \w+=-?\d{1,10}(@[1-9]\d{0,8})?)*$/;

/** A table out of a text; null for one that is none. */
export function tableFromJson(text: string): ProtocolTable | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  const { protocol, interfaces } = value;
  if (typeof protocol !== "string" || !isListOf(interfaces, isInterface)) return null;
  return { protocol, interfaces };
}

function isInterface(value: unknown): value is InterfaceTable {
  if (!isRecord(value)) return false;
  const { name, version, requests, events, enums } = value;
  return (
    typeof name === "string" &&
    /^\w+$/.test(name) &&
    typeof version === "number" &&
    Number.isInteger(version) &&
    version >= 1 &&
    isListOf(requests, isMessage) &&
    isListOf(events, isEvent) &&
    isListOf(enums, isEnum)
  );
}

function isMessage(line: unknown): line is string {
  return typeof line === "string" && MESSAGE.test(line) && line.split(" ").length <= 1 + MAX_ARGS;
}

/** Whether a line is one of a message of which nobody can choose the interface of an object that it makes. */
function isEvent(line: unknown): line is string {
  return isMessage(line) && !/:new_id( |$)/.test(line);
}

function isEnum(line: unknown): line is string {
  return typeof line === "string" && ENUM.test(line);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isItem);
}
