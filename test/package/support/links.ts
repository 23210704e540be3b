// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The links of all documents below a folder that lead to no file, as `document: link`. */
export function brokenLinks(folder: string): string[] {
  const documents = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".md") && !file.includes("node_modules"),
  );
  return documents.flatMap((document) =>
    [...readFileSync(join(folder, document), "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map(([, link = ""]) => link)
      .filter((link) => !existsSync(join(folder, dirname(document), link)))
      .map((link) => `${document}: ${link}`),
  );
}
