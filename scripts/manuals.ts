// SPDX-License-Identifier: Apache-2.0
/**
 * Writes manual pages and completions of all programs, from the tables of their options: `node dist/scripts/manuals.js
 * FOLDER` makes FOLDER/man and FOLDER/completions. SOURCE_DATE_EPOCH dates the pages, else they are from today.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageVersion } from "../src/cli/common/command-line.ts";
import { commandLine as control } from "../src/cli/control/options.ts";
import { commandLine as host } from "../src/cli/host-device/options.ts";
import { commandLine as proxy } from "../src/cli/proxy/options.ts";
import { commandLine as replay } from "../src/cli/replay/options.ts";
import { commandLine as vm } from "../src/cli/vm/options.ts";
import { bashCompletion } from "./manuals/bash.ts";
import { fishCompletion } from "./manuals/fish.ts";
import { manualPage } from "./manuals/man.ts";
import { topics } from "./manuals/topics.ts";
import { zshCompletion } from "./manuals/zsh.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: node dist/scripts/manuals.js FOLDER");
const { SOURCE_DATE_EPOCH: epoch } = process.env;
const date = new Date(epoch === undefined ? Date.now() : Number(epoch) * 1000).toISOString().slice(0, 10);

function write(place: string, name: string, text: string): void {
  const directory = join(folder as string, place);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, name), text);
}

const lines = [proxy, host, vm, control, replay];
const names = lines.map(({ name }) => name);
for (const line of lines) {
  const { name } = line;
  const about = topics[name];
  if (about === undefined) throw new Error(`there are no topics of ${name}`);
  write("man", `${name}.1`, manualPage(line, about, packageVersion(), date, names));
  write("completions/bash", name, bashCompletion(line));
  write("completions/zsh", `_${name}`, zshCompletion(line));
  write("completions/fish", `${name}.fish`, fishCompletion(line));
}
