// SPDX-License-Identifier: Apache-2.0
/** The messages of the generated tables by their names: `MapWindow`, or `XFixes.QueryVersion` in an extension. */
import { structs, tables } from "../generated/tables.ts";
import type { Events, Replies, Requests } from "../generated/types.ts";
import { type Field, readLayout } from "./layout.ts";

export type RequestName = keyof Requests;
/** Requests with a reply, and those without. */
export type QueryName = keyof Replies;
export type CommandName = Exclude<RequestName, QueryName>;
export type EventName = keyof Events;

export interface RequestLayout {
  /** The extension's name; "" for the core protocol. */
  readonly extension: string;
  /** The opcode; in an extension the minor one. */
  readonly opcode: number;
  readonly fields: readonly Field[];
  readonly reply: readonly Field[];
}

export interface EventLayout {
  readonly name: EventName;
  readonly extension: string;
  /** Relative to the extension's first event. */
  readonly number: number;
  readonly fields: readonly Field[];
}

export interface ErrorName {
  readonly name: string;
  readonly extension: string;
  /** Relative to the extension's first error. */
  readonly number: number;
}

/** Every extension that the tables know, with the server's own name for it. */
export const extensionNames: ReadonlyMap<string, string> = new Map(
  tables.filter(({ name }) => name !== "").map(({ name, xname }) => [name, xname]),
);

export const events: readonly EventLayout[] = tables.flatMap(({ name: extension, events }) =>
  events.map((line) => {
    const [name = "", number, ...words] = line.split(" ");
    const key = keyOf(extension, name) as EventName;
    return { name: key, extension, number: Number(number), fields: readLayout(words, structs) };
  }),
);

export const errors: readonly ErrorName[] = tables.flatMap(({ name: extension, errors }) =>
  errors.map((line) => {
    const [name = "", number] = line.split(" ");
    return { name, extension, number: Number(number) };
  }),
);

const requests: ReadonlyMap<string, RequestLayout> = new Map(
  tables.flatMap(({ name: extension, requests }) =>
    requests.map((line) => {
      const [request = "", reply = ""] = line.split(" -> ");
      const [name = "", opcode, ...words] = request.split(" ");
      const replyWords = reply === "" ? [] : reply.split(" ");
      const layout = {
        extension,
        opcode: Number(opcode),
        fields: readLayout(words, structs),
        reply: readLayout(replyWords, structs),
      };
      return [keyOf(extension, name), layout] as const;
    }),
  ),
);

export function requestLayout(name: RequestName): RequestLayout {
  // The generated types know no others than the tables.
  return requests.get(name) as RequestLayout;
}

/** The request with these numbers; `opcode` is the minor one in an extension. For what no table knows, the numbers. */
export function requestName(extension: string, opcode: number): string {
  for (const [name, layout] of requests) if (layout.extension === extension && layout.opcode === opcode) return name;
  return `request ${keyOf(extension, String(opcode))}`;
}

function keyOf(extension: string, name: string): string {
  return extension === "" ? name : `${extension}.${name}`;
}
