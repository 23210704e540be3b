// SPDX-License-Identifier: Apache-2.0
import type { HookStage, Hooks } from "../../src/relay/hooks.ts";

const INTRODUCTION = `<!-- Made by \`npm run generate\` from the sources; do not edit. -->
# Which messages are hooked

A hook is a function that sees one message of one interface. All other messages are forwarded without being decoded. This
is the whole list of the hooks that are built in, with the file below \`src\` that has each of them. A program has only those
that it needs: \`xwayland\` is for X11 programs, \`shm-shadow\`, \`dmabuf\` and \`keymap-copy\` are for the guest of a virtual
machine, and \`host-secrets\`, \`overlay-sizes\` and \`kept-pools\` for its host.

The hooks of a message run in the order of their stages, which
[ARCHITECTURE.md](../ARCHITECTURE.md#when-hooks-run) explains. In a stage, they run in the order in which they were given.
`;

/** One message that a file hooks. */
export interface HookedPlace {
  readonly interface: string;
  /** Such as "→ commit" for a request. */
  readonly message: string;
  readonly stage: HookStage;
  /** Relative to the root of the repository. */
  readonly file: string;
}

/** The names of the functions that make hooks, in the text of a source file. */
export function hookMakers(source: string): string[] {
  return [...source.matchAll(/^export function (\w+)\([^{}]*(?:\{[^{}]*\}[^{}]*)*\): Hooks \{$/gm)].map(
    ([, name = ""]) => name,
  );
}

/** Whether a source file has hooks of a stage. */
export function hasHooks(source: string): boolean {
  return /^ +(?:readonly )?stage(?: =|:) "(?:offers|policy|translation|user|seal)"/m.test(source);
}

/** The messages that the hooks of a file want to see. Hooks without a stage are part of others, which have one. */
export function hookedPlaces(file: string, { stage, requests = {}, events = {} }: Hooks): HookedPlace[] {
  if (stage === undefined) return [];
  const places: HookedPlace[] = [];
  for (const [arrow, interfaces] of [
    ["→", requests],
    ["←", events],
  ] as const) {
    for (const [type, messages] of Object.entries(interfaces)) {
      for (const name of Object.keys(messages as object))
        places.push({ interface: type, message: `${arrow} ${name}`, stage, file });
    }
  }
  return places;
}

/** Makes docs/hooks.md. */
export function hooksPage(places: readonly HookedPlace[]): string {
  const order: readonly HookStage[] = ["offers", "policy", "translation", "user", "seal"];
  let page = `${INTRODUCTION}
→ is a request, from the client to the host. ← is an event, from the host to the client.

| interface | message | hooks, by stage |
|---|---|---|
`;
  const rows = new Map<string, HookedPlace[]>();
  for (const place of places) {
    const row = `| \`${place.interface}\` | ${place.message} |`;
    rows.set(row, [...(rows.get(row) ?? []), place]);
  }
  for (const [row, hooks] of [...rows].sort(([a], [b]) => compare(a, b))) {
    const list = order.flatMap((stage) => {
      const files = new Set(hooks.filter((hook) => hook.stage === stage).map(({ file }) => file));
      return files.size === 0 ? [] : `${stage}: ${[...files].sort(compare).map(short).join(", ")}`;
    });
    page += `${row} ${list.join("; ")} |\n`;
  }
  return page;
}

/** The same on all machines, whatever their language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function short(file: string): string {
  return `\`${file.replace(/^src\//, "").replace(/\.ts$/, "")}\``;
}
