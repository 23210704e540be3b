// SPDX-License-Identifier: Apache-2.0
/**
 * The beginning of each program. It runs the one file that all modules of the program are bundled into. It uses the
 * code that V8 has made of the file at an earlier start, if that was kept and is of this very V8.
 */
import "../common/node-version.ts";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as importModule from "../common/import-module.ts";
import * as userSignal from "../common/user-signal.ts";
import { setEngineFlags } from "./engine-flags.ts";
import * as keptCode from "./kept-code.ts";

const require = createRequire(import.meta.url);
const path = fileURLToPath(import.meta.url);
const program = basename(path, ".cjs");

// Before anything is compiled: V8 keeps no code that was made with other flags.
setEngineFlags(program);

/** Modules of which there is one in the process: those of the launcher. scripts/bundle.ts leaves them out of programs. */
const shared = new Map<string, unknown>([
  ["launcher/user-signal", userSignal],
  ["launcher/import-module", importModule],
  ["launcher/kept-code", keptCode],
]);

keptCode.runScript(join(dirname(path), `${program}.js`))((name) => shared.get(name) ?? require(name), import.meta.url);
