// SPDX-License-Identifier: Apache-2.0
/** What the documentation quotes has to be what the programs say and take. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { OptionRow } from "../../../src/cli/common/command-line.ts";
import { commandLine as controlCommandLine } from "../../../src/cli/control/options.ts";
import { commandLine as hostCommandLine } from "../../../src/cli/host-device/options.ts";
import { commandLine } from "../../../src/cli/proxy/options.ts";
import { commandLine as replayCommandLine } from "../../../src/cli/replay/options.ts";
import { commandLine as vmCommandLine } from "../../../src/cli/vm/options.ts";

const repository = resolve(fileURLToPath(import.meta.url), "../../../../..");
const docs = join(repository, "docs");

/** All documents. */
function pages(): string[] {
  const inDocs = readdirSync(docs, { recursive: true, encoding: "utf8" }).map((file) => join("docs", file));
  const all = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", ...inDocs];
  return all.filter((file) => file.endsWith(".md")).map((file) => join(repository, file));
}

/** The anchors that forges make of the headings of a document. */
function headings(page: string): string[] {
  return [...readFileSync(page, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("the documentation", () => {
  it("names no option that does not exist", () => {
    const known = [commandLine, controlCommandLine, hostCommandLine, replayCommandLine, vmCommandLine].flatMap(
      ({ options }) => Object.values<OptionRow>(options).flatMap(({ flags }) => flags.match(/--[a-z-]+/g) ?? []),
    );
    // performance.md tells of the benchmarks', too.
    for (const name of readdirSync(docs).filter((file) => file.endsWith(".md") && file !== "performance.md")) {
      const text = readFileSync(join(docs, name), "utf8");
      for (const [, option = ""] of text.matchAll(/`(--[a-z-]+)/g)) {
        assert.ok([...known, "--help", "--version"].includes(option), `${name}: ${option}`);
      }
    }
  });

  it("names no source file that does not exist", () => {
    const sources = ["src", "test", "scripts", "bench", "examples"].flatMap((folder) =>
      readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" }).map((file) => `/${folder}/${file}`),
    );
    for (const page of pages()) {
      for (const [, file = ""] of readFileSync(page, "utf8").matchAll(/`([\w/-]+\.ts)`/g)) {
        assert.ok(
          sources.some((source) => source.endsWith(`/${file}`)),
          `${page}: ${file}`,
        );
      }
    }
  });

  it("leads to files and headings that exist", () => {
    for (const page of pages()) {
      for (const [, file = "", heading] of readFileSync(page, "utf8").matchAll(
        /\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g,
      )) {
        const target = file === "" ? page : resolve(dirname(page), file);
        assert.ok(existsSync(target), `${page}: ${file}`);
        if (heading !== undefined) assert.ok(headings(target).includes(heading), `${page}: ${file}#${heading}`);
      }
    }
  });

  it("quotes what the programs say", () => {
    const sources = readdirSync(join(repository, "src"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.includes("generated"))
      .map((file) => readFileSync(join(repository, "src", file), "utf8"))
      .join("\n");
    const text = readFileSync(join(docs, "troubleshooting.md"), "utf8");
    const [, table = ""] = text.split("| what is said | what to do |");
    const quotes = [...(table.split("\n\n")[0] ?? "").matchAll(/^\| `([^`]+)`/gm)].map(([, quote = ""]) => quote);
    assert.ok(quotes.length > 5);
    for (const quote of quotes) {
      // Names and numbers differ, and stand for themselves as "…" or N.
      for (const part of quote.split(/…|:N|"/).filter((one) => one.trim().length > 5)) {
        assert.ok(sources.includes(part.trim()), `"${part.trim()}" is not said any more`);
      }
    }
  });
});
