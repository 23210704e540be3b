// SPDX-License-Identifier: Apache-2.0
import type { CommandLine } from "../../src/cli/common/command-line.ts";
import { clipboardActions, commandNames } from "../../src/control/protocol.ts";
import { allRows, interfaceNames, type OptionParts, optionParts } from "./option.ts";

/** What to do when a value is completed, whose beginning is in $cur. */
function candidates({ completes, repeatable }: OptionParts): string {
  if (completes === null) return ":";
  if (completes === "file") return 'compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))';
  if (completes === "program") return 'COMPREPLY=($(compgen -c -- "$cur"))';
  if (completes === "node") return 'COMPREPLY=($(compgen -G "/dev/dri/*" -- "$cur"))';
  const words = (completes === "interfaces" ? interfaceNames : completes).join(" ");
  // In a list, what stands before the last comma stays.
  if (repeatable) return `COMPREPLY=($(compgen -P "\${cur%"\${cur##*,}"}" -W "${words}" -- "\${cur##*,}"))`;
  return `COMPREPLY=($(compgen -W "${words}" -- "$cur"))`;
}

/** What completes the arguments behind the options; the first of them is at $i. */
const argumentsOf: Readonly<Record<CommandLine["arguments"], string>> = {
  command: `if ((i < COMP_CWORD)); then compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))
    else COMPREPLY=($(compgen -c -- "$cur")); fi`,
  file: 'compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))',
  control: `if ((COMP_CWORD == i)); then COMPREPLY=($(compgen -W "${commandNames.join(" ")}" -- "$cur"))
    elif ((COMP_CWORD == i + 1)) && [[ \${COMP_WORDS[i]} == clipboard ]]; then
      COMPREPLY=($(compgen -W "${clipboardActions.join(" ")}" -- "$cur"))
    elif ((COMP_CWORD == i + 1)) || [[ \${COMP_WORDS[i]} == clipboard ]]; then
      local file names=
      for file in "$XDG_RUNTIME_DIR"/wayland-proxy-*.control; do
        [[ -e $file ]] || continue
        file=\${file##*/wayland-proxy-}
        names+=" \${file%.control}"
      done
      COMPREPLY=($(compgen -W "$names" -- "$cur"))
    fi`,
  none: ":",
};

export function bashCompletion(line: CommandLine): string {
  const options = allRows(line).map(optionParts);
  const takers = options.filter(({ value }) => value !== null && !value.optional);
  const names = options.flatMap(({ short, long }) => (short === null ? [long] : [short, long]));
  const cases = options
    .filter(({ value }) => value !== null)
    .map((option) => `    ${option.long}) ${candidates(option)} ;;`);
  const name = `_${line.name.replaceAll("-", "_")}`;
  return `# bash completion for ${line.name}, made from its options

${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} i option=
  COMPREPLY=()
  # bash takes --option=value for three words.
  if [[ $cur == "=" ]]; then
    option=$prev cur=
  elif [[ $prev == "=" ]]; then
    option=\${COMP_WORDS[COMP_CWORD-2]}
  else
    ${takers.length === 0 ? ":" : `case $prev in ${takers.map(({ long }) => long).join("|")}) option=$prev ;; esac`}
  fi
  # The first word that belongs to no option, if it stands before the one to complete.
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
    --) ((i++)); break ;;
${takers.length === 0 ? "" : `    ${takers.map(({ long }) => long).join("|")}) ((i++)); [[ \${COMP_WORDS[i]} != "=" ]] || ((i++)) ;;\n`}    =) ((i++)) ;;
    -*) ;;
    *) break ;;
    esac
  done
  if ((i < COMP_CWORD)) || [[ i -eq COMP_CWORD && \${COMP_WORDS[i-1]} == "--" ]]; then
    ${argumentsOf[line.arguments]}
    return
  fi
  case $option in
${cases.join("\n")}
    *)
      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "${names.join(" ")}" -- "$cur"))
      else ${argumentsOf[line.arguments]}
      fi
      ;;
  esac
}
complete -F ${name} ${line.name}
`;
}
