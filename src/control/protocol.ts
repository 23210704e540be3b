// SPDX-License-Identifier: Apache-2.0
/**
 * The commands and events of a control socket: docs/control.md and docs/control.schema.json are made of these tables.
 */

import type { SelectionField } from "../clipboard/clipboard.ts";

/** Raised when something that was there means something else, or is gone; not when something is added. */
export const CONTROL_VERSION = 1;

/** Characters of the longest request. */
export const MAX_REQUEST_LINE = 4096;

/** JSON Schemas of what occurs in several places. */
const text = { type: "string" };
const count = { type: "integer", minimum: 0 };
const texts = { type: "array", items: text };

function object(properties: Readonly<Record<string, object>>): object {
  return { type: "object", required: Object.keys(properties), properties };
}

const windowSchema: object = object({ title: text, appId: text });
const clientSchema: object = object({
  id: text,
  name: text,
  windows: { type: "array", items: windowSchema },
  requests: count,
  events: count,
  objects: count,
});

interface CommandRow {
  readonly help: string;
  /** Whether the command is about one client, whose id is in the field `client`. */
  readonly client?: true;
  /** What the command can do, one of which is in the field `action`. */
  readonly actions?: readonly string[];
  /** What the command can be about, one of which may be in the field `selection`; the first one by default. */
  readonly selections?: readonly string[];
  /** A JSON Schema of the result. */
  readonly result: object;
}

export type ControlCommand =
  | "list"
  | "stats"
  | "policy"
  | "reload"
  | "dump"
  | "close"
  | "kill"
  | "clipboard"
  | "watch"
  | "log";

/** What the command `clipboard` does. */
export type ClipboardAction = "in" | "out" | "clear";

export const clipboardActions: readonly ClipboardAction[] = ["in", "out", "clear"];

/** What it does that to: what was copied, or what was marked. */
export const clipboardSelections: readonly SelectionField[] = ["clipboard", "primary"];

export const commandTable: Readonly<Record<ControlCommand, CommandRow>> = {
  list: {
    help: "Lists the clients with their windows, as programs describe these: without the marks that the host shows.",
    result: object({ clients: { type: "array", items: clientSchema } }),
  },
  stats: {
    help: "Says what all clients have done so far, and each client that is connected. docs/logging.md describes the fields.",
    result: object({ totals: { type: "object" }, clients: { type: "array", items: { type: "object" } } }),
  },
  policy: {
    help: "Says in sentences what programs may see and do.",
    result: object({ sentences: texts }),
  },
  reload: {
    help: "Reads the policy file again, as SIGHUP does. A file with a mistake changes nothing, and is an error.",
    result: object({ changed: texts, later: texts }),
  },
  dump: {
    help: "Writes the latest messages to the log, as SIGUSR1 does.",
    result: object({}),
  },
  close: {
    help: "Asks a client to close all its windows, as their buttons do.",
    client: true,
    result: object({ windows: count }),
  },
  kill: {
    help: "Disconnects a client.",
    client: true,
    result: object({}),
  },
  clipboard: {
    help:
      "Moves what was copied over the border of an isolated clipboard: `out` makes what programs have copied the host's, `in` makes what the host " +
      "has theirs, `clear` empties theirs and takes back what was moved. Plain text passes, or the `types` of the policy. `size` is the number of " +
      "bytes; null if it is moved only when a window is used next, since the host has no data control. After `seconds` it is taken back. With " +
      "`primary` as `selection` it does that to what was marked.",
    actions: clipboardActions,
    selections: clipboardSelections,
    result: object({ size: { type: ["integer", "null"], minimum: 0 }, seconds: count }),
  },
  watch: {
    help: "Has events sent from now on: all but lines of the log.",
    result: object({}),
  },
  log: {
    help: "Has each line of the log sent from now on.",
    result: object({}),
  },
};

export const commandNames = Object.keys(commandTable) as readonly ControlCommand[];

/** The events that are reported. */
export type ControlEvent =
  | { readonly event: "client-connected"; readonly client: string; readonly name: string }
  | { readonly event: "client-gone"; readonly client: string; readonly name: string }
  | { readonly event: "window-opened"; readonly client: string }
  | { readonly event: "window-changed"; readonly client: string; readonly title: string; readonly appId: string }
  | { readonly event: "window-closed"; readonly client: string; readonly title: string; readonly appId: string }
  | { readonly event: "refused"; readonly name: string; readonly key: string; readonly what: string }
  | { readonly event: "policy-reloaded"; readonly changed: readonly string[]; readonly later: readonly string[] }
  | { readonly event: "log"; readonly level: string; readonly text: string };

interface EventRow {
  readonly help: string;
  readonly fields: Readonly<Record<string, object>>;
}

export const eventTable: { readonly [Name in ControlEvent["event"]]: EventRow } = {
  "client-connected": { help: "A client has connected.", fields: { client: text, name: text } },
  "client-gone": { help: "A client has gone, or was disconnected.", fields: { client: text, name: text } },
  "window-opened": { help: "A client has made a window, which has no title yet.", fields: { client: text } },
  "window-changed": {
    help: "A window has another title or application id.",
    fields: { client: text, title: text, appId: text },
  },
  "window-closed": {
    help: "A window is gone. Those of X11 programs go without it.",
    fields: { client: text, title: text, appId: text },
  },
  refused: {
    help: "The policy has refused something to a client, for the first time; `key` would change that.",
    fields: { name: text, key: text, what: text },
  },
  "policy-reloaded": {
    help: "The policy was read again. Keys in `changed` count from now on, those in `later` from the next start on.",
    fields: { changed: texts, later: texts },
  },
  log: {
    help: "A line of the log; `level` is error, warning, info or debug. Only `log` asks for these.",
    fields: { level: text, text },
  },
};
