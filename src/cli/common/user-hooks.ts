// SPDX-License-Identifier: Apache-2.0
/** Hooks from files that the user names. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { attempt, type Finding, ok } from "../../check/finding.ts";
import { UserError } from "../../errors.ts";
import { printable } from "../../log/printable.ts";
import type { ProtocolRegistry } from "../../protocol/protocol-registry.ts";
import { compileHooks, type Hooks } from "../../relay/hooks.ts";
import { addItem, type ListRow } from "./command-line.ts";
import { importModule } from "./import-module.ts";
import { errorStream } from "./standard-error.ts";

/** The option, which stands in a part of the program's help. */
export function hooksOption(group: string): ListRow {
  return {
    group,
    flags: "--hooks <FILE>",
    help: "also run the hooks of this module, JavaScript or, with Node 22.18 and newer, TypeScript (repeatable)",
    default: [],
    add: addItem,
    completes: "file",
  };
}

/**
 * Loads modules whose default export is hooks, a list of hooks, or a function that returns either, perhaps later.
 *
 * @throws UserError when one cannot be loaded, exports nothing of the kind, or names a message that no protocol has
 */
export async function loadHooks(files: readonly string[], protocol: ProtocolRegistry): Promise<Hooks[]> {
  const all: Hooks[] = [];
  // They may write to it.
  if (files.length > 0) errorStream();
  for (const file of files) {
    const hooks = await loadOne(file);
    try {
      compileHooks(protocol, hooks);
    } catch (error) {
      throw new UserError(`${printable(file)}: ${printable((error as Error).message)}`);
    }
    all.push(...hooks);
  }
  return all;
}

/** Whether they could be loaded, which runs them, as far as a module runs when it is loaded. */
export async function checkHooks(files: readonly string[], protocol: ProtocolRegistry): Promise<readonly Finding[]> {
  if (files.length === 0) return [];
  return attempt("hooks", async () => {
    await loadHooks(files, protocol);
    return [ok("hooks", `those of ${files.map(printable).join(", ")} load`)];
  });
}

async function loadOne(file: string): Promise<Hooks[]> {
  let exported: unknown;
  try {
    const module = (await importModule(pathToFileURL(resolve(file)).href)) as { readonly default?: unknown };
    exported = typeof module.default === "function" ? await module.default() : module.default;
  } catch (error) {
    throw new UserError(`cannot load the hooks in ${printable(file)}: ${reasonOf(error)}`);
  }
  const list = Array.isArray(exported) ? exported : [exported];
  if (!list.every(isHooks)) {
    throw new UserError(
      `${printable(file)} exports no hooks: its default export must be { requests: …, events: … }, a list of such, or a ` +
        "function that returns them",
    );
  }
  return list;
}

function reasonOf(error: unknown): string {
  const { code, message = String(error) } = error as { code?: string; message?: string };
  if (code === "ERR_UNKNOWN_FILE_EXTENSION") {
    return `Node ${process.versions.node} runs no TypeScript: use Node 22.18 or newer, or compile it first`;
  }
  return printable(message.split("\n")[0] ?? "");
}

const known: Readonly<Record<keyof Hooks, true>> = {
  stage: true,
  when: true,
  requests: true,
  events: true,
  onClient: true,
  globals: true,
};

function isHooks(value: unknown): value is Hooks {
  if (typeof value !== "object" || value === null) return false;
  return Object.keys(value).length > 0 && Object.keys(value).every((key) => Object.hasOwn(known, key));
}
