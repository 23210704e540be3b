// SPDX-License-Identifier: Apache-2.0
import type { CommandLine } from "../../src/cli/common/command-line.ts";
import { clipboardActions, commandNames } from "../../src/control/protocol.ts";
import { allRows, interfaceNames, type OptionParts, optionParts } from "./option.ts";

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** How values are offered. */
function values({ value, completes, repeatable }: OptionParts): string {
  if (value === null) return "";
  const required = value.optional ? "" : " -r";
  if (completes === null) return `${required} -f`;
  if (completes === "file") return `${required} -F`;
  if (completes === "program") return `${required} -f -a '(__fish_complete_command)'`;
  if (completes === "node") return `${required} -f -a '(path filter /dev/dri/*)'`;
  const words = completes === "interfaces" ? interfaceNames : completes;
  const list = repeatable ? `(__fish_append , ${words.join(" ")})` : words.join(" ");
  return `${required} -f -a ${quote(list)}`;
}

function optionLine(name: string, option: OptionParts): string {
  const short = option.short === null ? "" : ` -s ${option.short.slice(1)}`;
  return `complete -c ${name}${short} -l ${option.long.slice(2)}${values(option)} -d ${quote(option.help)}`;
}

/** The words behind the options. */
function argumentValues(line: CommandLine, options: readonly OptionParts[]): string {
  if (line.arguments === "control") {
    const names =
      "path basename $XDG_RUNTIME_DIR/wayland-proxy-*.control | string replace -r '^wayland-proxy-(.*)\\.control$' '$1'";
    const isFirst = "test (count (commandline -opc | string match -v -- '-*')) -eq 1";
    const isAction = `${isFirst.replace(/1$/, "2")}; and __fish_seen_subcommand_from clipboard`;
    return (
      ` -f -n ${quote(isFirst)} -a ${quote(commandNames.join(" "))}\n` +
      `complete -c ${line.name} -f -n ${quote(isAction)} -a ${quote(clipboardActions.join(" "))}\n` +
      `complete -c ${line.name} -f -n ${quote(`not ${isFirst}; and not begin; ${isAction}; end`)} -a ${quote(`(${names})`)}`
    );
  }
  if (line.arguments !== "command") return line.arguments === "file" ? " -F" : " -f";
  // It looks for the command behind these options and their values. Its own options would come first, which = ends.
  const takers = options.filter(({ value }) => value !== null && !value.optional).map(({ long }) => long);
  return ` -f -a '(__fish_complete_subcommand = ${takers.join(" ")})'`;
}

export function fishCompletion(line: CommandLine): string {
  const options = allRows(line).map(optionParts);
  const lines = [
    `# fish completion for ${line.name}, made from its options`,
    "",
    `complete -c ${line.name}${argumentValues(line, options)}`,
    ...options.map((option) => optionLine(line.name, option)),
  ];
  return `${lines.join("\n")}\n`;
}
