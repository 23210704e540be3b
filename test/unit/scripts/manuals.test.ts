// SPDX-License-Identifier: Apache-2.0
/** The manual pages tell what the sources do. How they look is tested where man is. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { manualPage } from "../../../scripts/manuals/man.ts";
import { type Topics, topics } from "../../../scripts/manuals/topics.ts";
import type { CommandLine } from "../../../src/cli/common/command-line.ts";
import { commandLine as host } from "../../../src/cli/host-device/options.ts";
import { commandLine as proxy } from "../../../src/cli/proxy/options.ts";
import { commandLine as replay } from "../../../src/cli/replay/options.ts";
import { commandLine as vm } from "../../../src/cli/vm/options.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { MessageFilter } from "../../../src/trace/message-filter.ts";

const sourceFolder = resolve(fileURLToPath(import.meta.url), "../../../../../src");
const sources = readdirSync(sourceFolder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.includes("generated"))
  .map((file) => readFileSync(join(sourceFolder, file), "utf8"));

const lines: readonly CommandLine[] = [proxy, host, replay];

function topicsOf({ name }: CommandLine): Topics {
  const found = topics[name];
  assert.ok(found, name);
  return found;
}

function pageOf(line: CommandLine): string {
  return manualPage(line, topicsOf(line), "1.2.3", "2026-01-02", []).replaceAll("\\-", "-");
}

/** The names in a list of terms, of which one can be several. */
function names(terms: Topics["environment"]): string[] {
  return terms.flatMap(([name]) => name.split(", "));
}

/** The variables that the sources read, from an object or by taking one apart. */
function variablesRead(): Set<string> {
  const found = new Set<string>();
  for (const text of sources) {
    for (const [, name = ""] of text.matchAll(/\b(?:environment|inheritable)\["([A-Z_]+)"\]/g)) found.add(name);
    const takenApart = /\{([^{}]*)\}(?:: Readonly<NodeJS\.ProcessEnv>| = (?:environment|service)\b)/g;
    for (const [, clause = ""] of text.matchAll(takenApart)) {
      // What is called _ is left out of a copy, not read.
      for (const [, name = ""] of clause.matchAll(/\b([A-Z_]{3,}): (?!_)/g)) found.add(name);
    }
  }
  return found;
}

describe("the manual pages", () => {
  it("of programs that serve have all the sections that one looks for", () => {
    for (const line of [proxy, host]) {
      const titles = [...pageOf(line).matchAll(/^\.SH "?([A-Z ]+)"?$/gm)].map(([, title]) => title);
      for (const title of ["MESSAGE FILTERS", "SOCKET ACTIVATION", "SIGNALS", "ENVIRONMENT", "FILES", "EXIT STATUS"]) {
        assert.ok(titles.includes(title), `${line.name}: ${title}`);
      }
    }
    assert.doesNotMatch(pageOf(replay), /^\.SH "SIGNALS"/m, "a section about nothing is left out");
  });

  it("name every variable that is read", () => {
    const read = variablesRead();
    for (const known of ["XDG_RUNTIME_DIR", "LISTEN_FDS", "XDG_DATA_DIRS", "SYSTEMD_EXEC_PID"])
      assert.ok(read.has(known));
    const told = [proxy, vm].flatMap((line) => names(topicsOf(line).environment));
    assert.deepEqual(
      [...read].filter((name) => !told.includes(name)),
      [],
    );
    for (const line of lines) {
      const more = names(topicsOf(line).environment).filter((name) => !read.has(name));
      // Read in a list, in other ways, or by Node itself.
      const otherwise = ["WAYLAND_DEBUG", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "PATH", "XCURSOR_PATH"];
      assert.deepEqual(
        more.filter((name) => !otherwise.includes(name)),
        [],
      );
    }
  });

  it("name every socket that is taken over", () => {
    const taken = sources.flatMap((text) =>
      [...text.matchAll(/takeInheritedSockets\(\w+\.service, process\.pid, \[([^\]]+)\]/g)].flatMap(([, list = ""]) =>
        list.split(", ").map((name) => name.replaceAll('"', "")),
      ),
    );
    const told = [proxy, host].flatMap((line) =>
      topicsOf(line).sections.flatMap(({ title, terms }) => (title === "SOCKET ACTIVATION" ? names(terms) : [])),
    );
    assert.deepEqual(told.sort(), ["qemu", "wayland", "x11"]);
    assert.deepEqual(taken.sort(), told);
  });

  it("show filters that are filters", () => {
    const filters = topicsOf(proxy).sections.find(({ title }) => title === "MESSAGE FILTERS");
    assert.ok(filters && filters.terms.length > 3);
    const protocol = new ProtocolRegistry();
    for (const [expression] of filters.terms) new MessageFilter(protocol, expression, []);
    const classes = topicsOf(proxy).sections.find(({ title }) => title === "MESSAGE CLASSES");
    new MessageFilter(protocol, undefined, names(classes?.terms ?? []));
  });

  it("name no option that does not exist", () => {
    for (const line of lines) {
      const known = Object.values(line.options).flatMap(({ flags }) => flags.match(/--[a-z-]+/g) ?? []);
      const { sections, signals, environment, files } = topicsOf(line);
      const all = [...sections.flatMap(({ text = "", terms, end = "" }) => [[text, end], ...terms]), ...signals];
      for (const [option] of [...all, ...environment, ...files]
        .flat()
        .join(" ")
        .matchAll(/--[a-z-]+/g)) {
        assert.ok(known.includes(option), `${line.name}: ${option}`);
      }
    }
  });
});
