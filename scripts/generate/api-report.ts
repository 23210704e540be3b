// SPDX-License-Identifier: Apache-2.0

const header = (module: string): string => `# The API of ${module}

All that users of the library can name. \`npm run docs:api\` makes it from the sources, and CI says when it is not up to
date. The messages of protocols are left out: tables.ts has them.
`;

/**
 * Makes our report of API Extractor's.
 *
 * @param module the name that it is imported by
 * @param generated interfaces with a member for each message of each protocol, which are left out
 * @throws Error when something that users meet has no name for them
 */
export function apiReport(extracted: string, module: string, generated: readonly string[]): string {
  const nameless = [...extracted.matchAll(/ae-forgotten-export\) The symbol "(\w+)"/g)].map(([, name]) => name);
  if (nameless.length > 0) throw new Error(`${module} does not export ${nameless.join(", ")}, which its exports use`);
  const start = extracted.indexOf("```ts");
  if (start < 0) throw new Error("API Extractor's report has no declarations");
  let text = extracted.slice(start);
  for (const name of generated) {
    const body = new RegExp(`(export interface ${name} \\{\\n)[\\s\\S]*?\\n\\}`);
    if (!body.test(text)) throw new Error(`API Extractor's report has no ${name}`);
    text = text.replace(body, "$1    // One member for each interface.\n}");
  }
  return `${header(module)}\n${text}`;
}
