// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { BufferSizes } from "../src/frame/buffer-sizes.ts";
import { OwnSurfaces } from "../src/frame/own-surfaces.ts";
import { GlobalMapper } from "../src/globals/global-mapper.ts";
import { GlobalPolicy } from "../src/protocol/global-policy.ts";
import { ProtocolRegistry } from "../src/protocol/protocol-registry.ts";
import type { Hooks } from "../src/relay/hooks.ts";
import { type HookedPlace, hasHooks, hookedPlaces, hookMakers, hooksPage } from "./generate/hooks-page.ts";

const repository = resolve(fileURLToPath(import.meta.url), "../../..");
const page = join(repository, "docs/hooks.md");

const help = `Usage: node dist/scripts/generate-hooks.js [--check]

Writes docs/hooks.md from the functions below src that return hooks.

  --check   write nothing. Say whether the page is what would be written
  --help    this text
`;

/** Stands for whatever hooks are made with, since their names alone count here: each use of it gives itself again. */
const anything: unknown = new Proxy(() => "", {
  get: (_, key) => (key === Symbol.toPrimitive ? () => 1 : anything),
  apply: () => anything,
  construct: () => anything as object,
});

type HookMaker = (...needs: unknown[]) => Hooks;

// It looks at get_registry only where there is a global of ours.
const mapper = new GlobalMapper(new ProtocolRegistry(), new GlobalPolicy(), [
  { kind: "own", interface: "xwayland_shell_v1", version: 1, serve: () => {} },
]);
/** The hooks that no function returns, by their file. */
const others: Readonly<Record<string, readonly Hooks[]>> = {
  "src/globals/global-mapper.ts": [mapper.hooks],
  // Around X windows in the one stage, around all in the other.
  "src/frame/buffer-sizes.ts": [new BufferSizes().hooks("offers", () => true)],
  "src/frame/own-surfaces.ts": [...new OwnSurfaces().hooks("offers"), ...new OwnSurfaces().hooks("policy")],
};

async function allHooks(): Promise<HookedPlace[]> {
  const places: HookedPlace[] = [];
  const files = readdirSync(join(repository, "src"), { recursive: true, encoding: "utf8" });
  for (const path of files.filter((name) => name.endsWith(".ts"))) {
    const file = `src/${path}`;
    const source = readFileSync(join(repository, file), "utf8");
    for (const hooks of others[file] ?? []) places.push(...hookedPlaces(file, hooks));
    const makers = hookMakers(source);
    if (others[file] === undefined && makers.length === 0 && hasHooks(source))
      throw new Error(`${file}: no function that returns its hooks`);
    if (makers.length === 0) continue;
    const compiled = join(repository, "dist", file.replace(/\.ts$/, ".js"));
    const module: Record<string, HookMaker> = await import(pathToFileURL(compiled).href);
    for (const name of makers) {
      places.push(...hookedPlaces(file, (module[name] as HookMaker)(anything, anything, anything, anything)));
    }
  }
  return places;
}

const { values } = parseArgs({
  options: { check: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
});
if (values.help) {
  process.stdout.write(help);
} else {
  const text = hooksPage(await allHooks());
  if (!values.check) {
    writeFileSync(page, text);
  } else if (readFileSync(page, "utf8") !== text) {
    process.stderr.write("docs/hooks.md: not what the sources say; run `npm run generate`\n");
    process.exitCode = 1;
  }
}
