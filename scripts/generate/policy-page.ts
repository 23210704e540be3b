// SPDX-License-Identifier: Apache-2.0
import type { Change } from "../../src/policy/policy.ts";
import { type PolicyRow, policyRows } from "../../src/policy/table.ts";

const changes: Readonly<Record<Change, string>> = {
  "at once": "at once",
  "new clients": "for clients that come after it",
  restart: "at the next start",
};

const head = `<!-- Made by \`npm run generate\` from src/policy/table.ts; do not edit. -->
# The keys of a policy file

\`--policy FILE\` gives \`wayland-proxy\`, \`wayland-proxy-host\` and \`wayland-proxy-vm\` a file in [TOML](https://toml.io) that says what programs
may see and do.
[security.md](security.md#policies) says what each level means, and who enforces it.

    [defaults]                      # for every VM and every local proxy with this file
    primary = "deny"

    [vm.bank]                       # wayland-proxy-host or wayland-proxy-vm, with --policy FILE --name bank
    tag = "[bank] "
    app-id-prefix = "vm.bank."
    clipboard = { in = "deny", out = "allow", max-size = "64K", types = ["text/*"] }
    fullscreen = "deny"
    limits = { clients = 64, memory = "1G" }

    [client.sandbox]                # wayland-proxy --policy FILE --name sandbox
    globals.only = ["xdg_wm_base", "wp_viewporter"]

What a table does not say, \`[defaults]\` says; what that does not say has the value below. Options of the command line come before
the file; \`--hide\` and \`--expose\` add to it. The whole file is checked at the start, with the line of each mistake.
\`--check --policy FILE --name NAME\` explains in sentences what it means.

\`wayland-proxy-ctl reload NAME\` has the file read again. So has SIGHUP, but not in \`wayland-proxy-vm\`, which passes it on to its program. A
file with a mistake changes nothing. When a change counts is said below. Each refusal is logged once for each client and key, with the key.

Editors complete and check the file with [policy.schema.json](policy.schema.json), for instance by a first line
\`#:schema ./policy.schema.json\`.
`;

export function policyPage(): string {
  const sections = policyRows.map(([, row]) => section(row));
  return `${head}\n${sections.join("\n")}`;
}

function section(row: PolicyRow<unknown>): string {
  const { key, kind, help } = row;
  const value = shown(row, row.default);
  const local = row.isLocal ? "For local proxies alone. " : "";
  const forVm = "vmDefault" in row ? `; for a VM ${shown(row, row.vmDefault)}` : "";
  return `## \`${key}\`\n\n${help}\n\n${local}Value: ${kind.text}. Without it: ${value}${forVm}. A change counts ${changes[row.changes]}.\n`;
}

function shown({ kind }: PolicyRow<unknown>, value: unknown): string {
  const text = kind.write(value);
  if (text !== "") return `\`${text}\``;
  return value === null ? "nothing is done" : "no limit of its own";
}
