// SPDX-License-Identifier: Apache-2.0
/** Runs wayland-proxy-ctl. */

import { CONTROL_VERSION } from "../../control/protocol.ts";
import { UserError } from "../../errors.ts";
import { requireRuntimeDir } from "../../listen/socket-path.ts";
import { counted } from "../../log/counted.ts";
import { printable, printableJson } from "../../log/printable.ts";
import type { Environment } from "../common/environment.ts";
import { type ControlClient, connectTo } from "./connection.ts";
import type { ControlSettings } from "./options.ts";

/** A client, as `list` has it. */
interface ListedClient {
  readonly id: string;
  readonly name: string;
  readonly windows: readonly { readonly title: string; readonly appId: string }[];
}

/** Resolves to the exit code. Throws a UserError. */
export async function control(settings: ControlSettings, { runtimeDir }: Environment): Promise<number> {
  const { command, name } = settings;
  const programs = await connectTo(requireRuntimeDir(runtimeDir), name);
  try {
    const isForAll = command === "list" || command === "watch" || command === "log";
    if (!isForAll && programs.length > 1) {
      const names = programs.map((one) => one.name).join(", ");
      throw new UserError(`which one? There are ${names}: wayland-proxy-ctl ${command} NAME`);
    }
    await Promise.all(programs.map((program) => obey(program, settings)));
    return 0;
  } finally {
    for (const program of programs) program.close();
  }
}

async function obey(program: ControlClient, settings: ControlSettings): Promise<void> {
  const { command, client, action, primary, json } = settings;
  const result = await program.ask(command, {
    ...(client === undefined ? {} : { client }),
    ...(action === undefined ? {} : { action }),
    ...(primary ? { selection: "primary" } : {}),
  });
  if (json && command !== "watch" && command !== "log") {
    print(printableJson({ name: program.name, command, result }));
  } else if (command === "watch" || command === "log") {
    const tell = (event: Readonly<Record<string, unknown>>): void =>
      print(json ? printableJson({ name: program.name, ...event }) : eventText(program.name, event));
    // From here on nothing is missed.
    tell({ event: "watching", version: CONTROL_VERSION });
    for await (const event of program.events()) tell(event);
  } else {
    for (const line of texts[command](program, result, settings)) print(line);
  }
}

type Texts = Readonly<
  Record<
    Exclude<ControlSettings["command"], "watch" | "log">,
    (program: ControlClient, result: object, settings: ControlSettings) => string[]
  >
>;

/** The lines that people read. */
const texts: Texts = {
  list(program, result) {
    const { clients } = result as { clients: readonly ListedClient[] };
    const { greeting } = program;
    return [
      `${program.name}: ${greeting.program}, pid ${greeting.pid}, ${counted(clients.length, "client")}`,
      ...clients.flatMap(({ id, name, windows }) => [
        `  ${id}  ${printable(name)}`,
        ...windows.map(({ title, appId }) => `       ${printable(JSON.stringify(title))}  ${printable(appId)}`),
      ]),
    ];
  },
  stats: (_program, result) => [JSON.stringify(result, null, 2)],
  policy: (_program, result) => [...(result as { sentences: readonly string[] }).sentences],
  reload(program, result) {
    const { changed, later } = result as { changed: readonly string[]; later: readonly string[] };
    return [
      `${program.name}: ${changed.length === 0 ? "nothing has changed that counts now" : `changed: ${changed.join(", ")}`}`,
      ...(later.length === 0 ? [] : [`${program.name}: only after the next start: ${later.join(", ")}`]),
    ];
  },
  dump: (program) => [`${program.name} writes its latest messages to its log`],
  close: (program, result) => [
    `${program.name}: ${counted((result as { windows: number }).windows, "window is", "windows are")} asked to close`,
  ],
  clipboard(program, result, { action, primary }) {
    const { size, seconds } = result as { size: number | null; seconds: number };
    const noun = primary ? "primary selection" : "clipboard";
    if (action === "clear") return [`${program.name}: the ${noun} is empty`];
    const to = action === "out" ? `the host's ${noun}` : `its ${noun}`;
    return [
      size === null
        ? `${program.name}: it gets to ${to} when one of its windows is used next, if that is within ${seconds} s`
        : `${program.name}: ${counted(size, "byte is", "bytes are")} in ${to}, for ${seconds} s`,
    ];
  },
  kill: (program) => [`${program.name}: the client is disconnected`],
};

function eventText(name: string, { event, ...fields }: Readonly<Record<string, unknown>>): string {
  if (event === "log") return `${name}: ${fields["level"]}: ${printable(String(fields["text"]))}`;
  const details = Object.entries(fields).map(([field, value]) => `${field}=${printable(JSON.stringify(value))}`);
  return [`${name}:`, String(event), ...details].join(" ");
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
