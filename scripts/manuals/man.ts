// SPDX-License-Identifier: Apache-2.0
import type { CommandLine } from "../../src/cli/common/command-line.ts";
import { allRows, optionParts } from "./option.ts";
import type { Section, Topics } from "./topics.ts";

/** A text for roff: hyphens that can be copied, and nothing that looks like a macro or an escape. */
function roff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/gm, "\\&$&");
}

function optionHead({ short, long, value }: ReturnType<typeof optionParts>): string {
  const names = [...(short === null ? [] : [short]), long].map((name) => `\\fB${roff(name)}\\fR`).join(", ");
  if (value === null) return names;
  const name = `\\fI${roff(value.name)}\\fR`;
  return value.optional ? `${names}[=${name}]` : `${names} ${name}`;
}

/** A section, unless there is nothing to say. */
function section({ title, text, terms, end }: Section): string[] {
  if (terms.length === 0) return [];
  return [
    `.SH "${title}"`,
    ...(text === undefined ? [] : [roff(text)]),
    ...terms.flatMap(([name, meaning]) => [".TP", `\\fB${roff(name)}\\fR`, roff(meaning)]),
    ...(end === undefined ? [] : [".PP", roff(end)]),
  ];
}

/**
 * @param date of the page, YYYY-MM-DD
 * @param programs the names of all that have pages
 */
export function manualPage(
  line: CommandLine,
  { sections, signals, environment, files }: Topics,
  version: string,
  date: string,
  programs: readonly string[],
): string {
  const { name, usage, description, about, examples, exitStatus } = line;
  const groups = [...new Set(allRows(line).map((row) => row.group))];
  const others = programs.filter((program) => program !== name);
  const parts = [
    `.TH "${name.toUpperCase()}" "1" "${date}" "wayland\\-proxy ${version}" "User Commands"`,
    ".SH NAME",
    `${roff(name)} \\- ${roff(description.replace(/\.$/, "").replace(/^[A-Z]/, (first) => first.toLowerCase()))}`,
    ".SH SYNOPSIS",
    `\\fB${roff(name)}\\fR ${roff(usage)}`,
    ".SH DESCRIPTION",
    roff(description),
    ...about.flatMap((text) => [".PP", roff(text)]),
    ".SH OPTIONS",
    ...groups.flatMap((group) => [
      `.SS "${roff(group.replace(/:$/, ""))}"`,
      ...allRows(line)
        .filter((row) => row.group === group)
        .flatMap((row) => [".TP", optionHead(optionParts(row)), roff(row.help)]),
    ]),
    ...sections.flatMap(section),
    ...section({ title: "SIGNALS", terms: signals }),
    ".SH EXIT STATUS",
    roff(exitStatus),
    ...section({ title: "ENVIRONMENT", terms: environment }),
    ...section({ title: "FILES", terms: files }),
    ...section({ title: "EXAMPLES", terms: examples.map(({ command, meaning }) => [command, meaning]) }),
    ".SH SEE ALSO",
    others.map((program) => `\\fB${roff(program)}\\fR(1)`).join(",\n"),
  ];
  return `${parts.join("\n")}\n`;
}
