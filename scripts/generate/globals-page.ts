// SPDX-License-Identifier: Apache-2.0
import { gpuBuffers, notOverVirtio } from "../../src/protocol/not-over-virtio.ts";
import { hiddenFromVms } from "../../src/protocol/vm-policy.ts";

const INTRODUCTION = `<!-- Made by \`npm run generate\` from src/protocol/global-policy-table.ts; do not edit. -->
# Which globals programs see

A global is what a compositor offers to its clients: a protocol that they may use. This is the whole list; a global that is
not here is hidden. The version is the highest that is offered.

* **core** and **standard** globals are offered by default. \`--hide NAME\` hides one.
* **privileged** globals let a program see or control others, or the session. \`--expose NAME\` offers one.

Some cannot cross the border of a virtual machine, whatever is exposed, since their descriptors cannot: these say "not to a
VM". Those with "GPU" pass only where the guest and its host share a GPU.
`;

/**
 * Makes docs/globals.md.
 *
 * @param source the text of src/protocol/global-policy-table.ts: a comment behind an empty line is the heading of the rows
 *   below it, and any other comment tells of the row that follows
 */
export function globalsPage(source: string): string {
  const lines = source.slice(source.indexOf("= [\n") + 4, source.lastIndexOf("];")).split("\n");
  let page = INTRODUCTION;
  let note: string[] = [];
  let isHeading = true;
  for (const line of lines) {
    const [, comment] = /^ {2}\/\/ (.*)$/.exec(line) ?? [];
    const [, name = "", version, policy] = /^ {2}\["(\w+)", (\d+), "(\w+)"\],$/.exec(line) ?? [];
    if (line === "") {
      isHeading = true;
    } else if (comment !== undefined) {
      note.push(comment);
    } else if (version !== undefined) {
      if (isHeading) {
        const [heading = "", ...rest] = note.join(" ").split(". ");
        page += `\n## ${heading.replace(/^wayland\.xml$/, "The core protocol")}\n\n`;
        if (rest.length > 0) page += `${rest.join(". ")}\n\n`;
        page += "| global | version | class | |\n|---|---|---|---|\n";
        note = [];
      }
      const remarks = [...note];
      if (notOverVirtio.includes(name)) remarks.push("Not to a VM.");
      if (gpuBuffers.includes(name)) remarks.push("GPU.");
      if (hiddenFromVms.includes(name)) remarks.push("To a VM only by name.");
      page += `| \`${name}\` | ${version} | ${policy} | ${remarks.join(" ")} |\n`;
      note = [];
      isHeading = false;
    } else {
      throw new Error(`global-policy-table.ts: not understood: ${line}`);
    }
  }
  return page;
}
