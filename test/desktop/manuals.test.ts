// SPDX-License-Identifier: Apache-2.0
/** Manual pages and completions, as their readers see them: man and the shells themselves. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { need } from "./support/packages.ts";

const script = fileURLToPath(new URL("../../scripts/manuals.js", import.meta.url));
const programs = [
  "wayland-proxy",
  "wayland-proxy-host",
  "wayland-proxy-replay",
  "wayland-proxy-vm",
  "wayland-proxy-ctl",
];
let folder = "";

function run(command: string, args: readonly string[], input = ""): string {
  const env = {
    PATH: `${join(folder, "bin")}:${process.env["PATH"]}`,
    HOME: folder,
    LC_ALL: "C.UTF-8",
    TERM: "dumb",
    XDG_RUNTIME_DIR: folder,
  };
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", env, cwd: folder, input });
  assert.equal(error, undefined);
  assert.equal(stderr, "", command);
  assert.equal(status, 0, `${command}: ${stdout}`);
  return stdout;
}

before(() => {
  folder = mkdtempSync(join(tmpdir(), "manuals-"));
  run(process.execPath, [script, folder]);
  writeFileSync(join(folder, "own.xml"), "");
  // Two that run.
  for (const name of ["bank", "mail"]) writeFileSync(join(folder, `wayland-proxy-${name}.control`), "");
});
after(() => rmSync(folder, { recursive: true }));

describe("the manual pages", () => {
  for (const program of programs) {
    it(`${program}(1) has no fault that mandoc or groff would find`, () => {
      need("mandoc", "groff");
      const page = join(folder, "man", `${program}.1`);
      assert.equal(run("mandoc", ["-T", "lint", "-W", "warning", page]), "");
      run("groff", ["-man", "-T", "utf8", "-ww", "-z", page]);
    });
  }

  it("say all that the help says", () => {
    need("mandoc");
    for (const program of programs) {
      const page = run("mandoc", ["-T", "utf8", "-O", "width=1000", join(folder, "man", `${program}.1`)]);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: bold print is written over itself
      const text = page.replaceAll(/.\x08/g, "").replaceAll(/\s+/g, " ");
      const help = run(process.execPath, [
        fileURLToPath(new URL(`../../bin/${program}.cjs`, import.meta.url)),
        "--help",
      ]);
      for (const option of help.matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)) assert.ok(text.includes(option[1] as string));
      for (const heading of help.matchAll(/^(\w[^\n]*):$/gm)) {
        assert.ok(text.toLowerCase().includes((heading[1] as string).toLowerCase()), heading[1]);
      }
    }
  });
});

/** What is completed, in each shell: the last word of each line, with what must and what must not be offered. */
const cases: [line: string, offered: string[], notOffered: string[]][] = [
  ["wayland-proxy --", ["--tag", "--virtio-gpu", "--x-display", "--log-format", "--help"], ["--scanout"]],
  ["wayland-proxy --wayland-", ["--wayland-display"], ["--tag"]],
  ["wayland-proxy --log-format ", ["json", "text"], ["--tag"]],
  ["wayland-proxy --hide wl_s", ["wl_shm", "wl_seat"], ["wl_output"]],
  ["wayland-proxy --protocol o", ["own.xml"], []],
  ["wayland-proxy --tag x print", ["printf"], ["--json"]],
  ["wayland-proxy-host --so", ["--socket"], ["--virtio-gpu"]],
  ["wayland-proxy-host --expose zwlr_layer", ["zwlr_layer_shell_v1"], ["wl_shm"]],
  ["wayland-proxy-replay --pl", ["--play"], []],
  ["wayland-proxy-ctl ", ["list", "reload", "watch"], ["bank"]],
  ["wayland-proxy-ctl re", ["reload"], ["list"]],
  ["wayland-proxy-ctl reload ", ["bank", "mail"], ["watch", "control"]],
  ["wayland-proxy-ctl clipboard ", ["in", "out", "clear"], ["bank"]],
  ["wayland-proxy-ctl clipboard out ", ["bank", "mail"], ["in", "clear"]],
  ["wayland-proxy-ctl kill ba", ["bank"], ["mail"]],
  ["wayland-proxy-replay --play o", ["own.xml"], []],
];

/** Asks each shell in its own way; each answers with a line for each candidate. */
const shells: Readonly<Record<string, (line: string) => string>> = {
  bash(line) {
    const program = line.split(" ")[0] as string;
    const words = line.split(" ").map((word) => `'${word}'`);
    const code = [
      `source ${join(folder, "completions/bash", program)}`,
      // Outside of completion there is nothing to set options for.
      "compopt() { :; }",
      `COMP_WORDS=(${words.join(" ")}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))`,
      `$(complete -p ${program} | sed 's/.*-F \\([^ ]*\\) .*/\\1/')`,
      `printf "%s\\n" "\${COMPREPLY[@]}"`,
    ];
    return run("bash", ["--norc", "-c", code.join("\n")]);
  },
  zsh(line) {
    // Completion works on a terminal only, so there is one, on which all candidates are listed.
    const code = `
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell "PROMPT= PS2= LISTMAX=10000; fpath=(${join(folder, "completions/zsh")} \\$fpath)"
      zpty -w shell "autoload -Uz compinit; compinit -u -D; cd ${folder}; stty columns 30000; print rea''dy"
      zpty -r shell out '*ready*'
      zpty -w shell "ask() { zle list-choices; zle -R; print -rn '<as''ked>' }; zle -N ask; bindkey '^I' ask; print bo''und"
      zpty -r shell out '*bound*'
      zpty -w -n shell ${JSON.stringify(line)}$'\\t'
      zpty -r shell out '*<asked>*'
      print -r -- $out
      zpty -d shell`;
    return run("zsh", ["-f", "-c", code]);
  },
  fish(line) {
    const program = line.split(" ")[0] as string;
    const file = join(folder, "completions/fish", `${program}.fish`);
    return run("fish", ["--no-config", "-c", `source ${file}; complete -C ${JSON.stringify(line)}`]);
  },
};

for (const [shell, complete] of Object.entries(shells)) {
  describe(`${shell} completes`, () => {
    for (const [line, offered, notOffered] of cases) {
      it(line, () => {
        need(shell);
        const answer = complete(line);
        for (const word of offered) assert.ok(answer.includes(word), `${word} is not in: ${answer}`);
        for (const word of notOffered) assert.ok(!answer.includes(word), `${word} is in: ${answer}`);
      });
    }
  });
}
