// SPDX-License-Identifier: Apache-2.0
/** The kinds of values that describe frames. */
import { nearest } from "../protocol/nearest.ts";
import { found, type Kind, line, number, type ReadContext, type Report, word } from "./kinds.ts";
import type { FramePolicy, FullscreenPolicy } from "./policy.ts";
import type { TomlEntry } from "./toml.ts";

/** The values of the keys of a small table; undefined for what is not there. */
type Parts<Keys> = { readonly [Name in keyof Keys]?: Keys[Name] extends Kind<infer Value> ? Value : never };

/** Reads a small table that has no other keys than these; undefined after it has reported what is wrong. */
function readParts<Keys extends Readonly<Record<string, Pick<Kind<unknown>, "read">>>>(
  table: ReadonlyMap<string, TomlEntry>,
  keys: Keys,
  context: ReadContext,
): Parts<Keys> | undefined {
  const parts: Record<string, unknown> = {};
  let isGood = true;
  for (const [name, item] of table) {
    const kind = keys[name];
    if (kind === undefined) {
      const hint = nearest(name, Object.keys(keys)) ?? Object.keys(keys).join(", ");
      context.report(item.line, `has no key "${name}": did you mean ${hint}?`);
    } else {
      const report: Report = (at, text) => context.report(at, `${name} ${text}`);
      parts[name] = kind.read(item, { ...context, report });
    }
    isGood &&= parts[name] !== undefined;
  }
  return isGood ? (parts as Parts<Keys>) : undefined;
}

const color: Kind<string> = {
  text: 'a color such as `"#c33"` or `"#cc3333"`',
  schema: { type: "string", pattern: "^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$" },
  read(entry, { report }) {
    const [, digits] = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(`${entry.value}`) ?? [];
    if (digits !== undefined) return `#${digits.length === 3 ? digits.replace(/./g, "$&$&") : digits}`.toLowerCase();
    report(entry.line, `is ${found(entry)}: write a color such as "#c33" or "#cc3333"`);
    return undefined;
  },
  write: (value) => JSON.stringify(value),
};

/** The widest frame: a wider one would leave no room for windows. */
const MAX_FRAME = 64;
const DEFAULT_FRAME = 4;

const frameKeys = { color, label: line, width: number(1, MAX_FRAME, "pixels") } as const;

/** The frame around windows. */
export const frame: Kind<FramePolicy> = {
  text:
    `a table with \`color\` (such as \`"#c33"\`), \`label\` (a text on one line, or none) and ` +
    `\`width\` (pixels from 1 to ${MAX_FRAME}, or else ${DEFAULT_FRAME})`,
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["color"],
    properties: Object.fromEntries(Object.entries(frameKeys).map(([name, { schema }]) => [name, schema])),
  },
  read(entry, context) {
    if (!(entry.value instanceof Map)) {
      context.report(
        entry.line,
        `is ${found(entry)}: write a table such as { color = "#c33", label = "bank", width = 4 }`,
      );
      return undefined;
    }
    const parts = readParts(entry.value as ReadonlyMap<string, TomlEntry>, frameKeys, context);
    if (parts === undefined) return undefined;
    const { label = "", width = DEFAULT_FRAME } = parts;
    if (parts.color !== undefined) return { color: parts.color, label, width };
    context.report(entry.line, 'has no color: write { color = "#c33" }');
    return undefined;
  },
  write: ({ color: value, label, width }) => {
    const text = label === "" ? "" : `, label = ${JSON.stringify(label)}`;
    return `{ color = ${JSON.stringify(value)}${text}, width = ${width} }`;
  },
};

const fullscreenWord = word("allow", "inside-frame", "without-frame", "deny");

/** What becomes of fullscreen windows. Where nothing takes a frame away it stays. */
export const fullscreen: Kind<FullscreenPolicy> = {
  ...fullscreenWord,
  read(entry, context) {
    const said = fullscreenWord.read(entry, context);
    return said === "inside-frame" ? "allow" : said;
  },
};
