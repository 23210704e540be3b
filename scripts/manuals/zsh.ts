// SPDX-License-Identifier: Apache-2.0
import type { CommandLine } from "../../src/cli/common/command-line.ts";
import { clipboardActions, commandNames } from "../../src/control/protocol.ts";
import { allRows, interfaceNames, type OptionParts, optionParts } from "./option.ts";

/** The action of _arguments that offers values. */
function action({ completes, repeatable }: OptionParts): string {
  if (completes === null) return " ";
  if (completes === "file") return "_files";
  if (completes === "program") return "_command_names -e";
  if (completes === "node") return "_files -W /dev/dri -P /dev/dri/";
  const words = (completes === "interfaces" ? interfaceNames : completes).join(" ");
  return repeatable ? `_values -s , value ${words}` : `(${words})`;
}

/** A text inside single quotes and a description's brackets. */
function quote(text: string): string {
  return text.replaceAll("'", "'\\''").replace(/[[\]:]/g, "\\$&");
}

function specification(option: OptionParts): string {
  const { short, long, value, help, repeatable } = option;
  const names = short === null ? [long] : [short, long];
  const text = `[${quote(help)}]`;
  const argument = value === null ? "" : `:${value.optional ? ":" : ""}${quote(value.name)}:${action(option)}`;
  // A value that may be missing is told from the command by its =, any other may stand by itself.
  const suffix = value === null ? "" : value.optional ? "=-" : "=";
  const star = repeatable ? "*" : "";
  if (names.length === 1) return `'${star}${long}${suffix}${text}${argument}'`;
  return `'(${names.join(" ")})'{${names.map((name) => name + suffix).join(",")}}'${text}${argument}'`;
}

/** Completes the names of what runs. */
const zshNames = "compadd -- $XDG_RUNTIME_DIR/wayland-proxy-*.control(N:t:r:s/wayland-proxy-//)";

const argumentsOf: Readonly<Record<CommandLine["arguments"], readonly string[]>> = {
  command: ["'(-)1:command:_command_names -e'", "'*::arguments:_normal'"],
  file: ["'1:recording:_files'"],
  control: [
    `'1:command:(${commandNames.join(" ")})'`,
    `'2:: :{ if [[ $words[CURRENT-1] == clipboard ]] { compadd ${clipboardActions.join(" ")} } else { ${zshNames} } }'`,
    `'3:: :{ [[ $words[CURRENT-2] == clipboard ]] && { ${zshNames} } }'`,
  ],
  none: [],
};

export function zshCompletion(line: CommandLine): string {
  const specifications = [
    ...allRows(line).map((row) => specification(optionParts(row))),
    ...argumentsOf[line.arguments],
  ];
  return `#compdef ${line.name}
# zsh completion for ${line.name}, made from its options

_arguments -s -S \\
  ${specifications.join(" \\\n  ")}
`;
}
