// SPDX-License-Identifier: Apache-2.0
/** The kinds of values that a policy file has: how each is read and checked, and how a schema describes it. */
import { isDeepStrictEqual } from "node:util";
import { counted } from "../log/counted.ts";
import { nearest } from "../protocol/nearest.ts";
import type { Passage, Permission, TransferPolicy } from "./policy.ts";
import type { TomlEntry } from "./toml.ts";

/** Collects what is wrong in a file. */
export type Report = (line: number, text: string) => void;

/** The facts that are known to whoever reads a file. */
export interface ReadContext {
  readonly report: Report;
  /** All interfaces that there are. */
  readonly interfaces: readonly string[];
}

/** One kind of value. */
export interface Kind<Value> {
  /** The name of the kind in the documentation. */
  readonly text: string;
  /** A JSON Schema of what may stand in the file. */
  readonly schema: object;
  /** The value of an entry; undefined after it has reported what is wrong with it. */
  read(entry: TomlEntry, context: ReadContext): Value | undefined;
  /** Writes the value as it stands in a file; an empty text for a value that only the absence of the key means. */
  write(value: Value): string;
}

/** Describes an entry, for a complaint. */
export function found({ value }: TomlEntry): string {
  if (value instanceof Map) return "a table";
  if (Array.isArray(value)) return "a list";
  return JSON.stringify(value);
}

/** Anything that stands in front of other text, on one line. */
export const line: Kind<string> = {
  text: "a text on one line",
  schema: { type: "string", pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$" },
  read(entry, { report }) {
    const { value } = entry;
    if (typeof value === "string" && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value)) return value;
    report(entry.line, `is ${found(entry)}: write a text on one line, in quotes`);
    return undefined;
  },
  write: (value) => JSON.stringify(value),
};

/** A kind with one of several words. */
export function word<Word extends string>(...words: readonly [Word, Word, ...Word[]]): Kind<Word> {
  const list = words.map((one) => `"${one}"`).join(", ");
  return {
    text: words.map((one) => `\`"${one}"\``).join(", "),
    schema: { enum: words },
    read(entry, { report }) {
      const known = words.find((one) => one === entry.value);
      if (known !== undefined) return known;
      const hint = typeof entry.value === "string" ? nearest(entry.value, words) : undefined;
      report(
        entry.line,
        `is ${found(entry)}: ${hint === undefined ? `write one of ${list}` : `did you mean "${hint}"?`}`,
      );
      return undefined;
    },
    write: (value) => JSON.stringify(value),
  };
}

export const permission: Kind<Permission> = word("allow", "deny");

/** A kind with yes or no. */
export const flag: Kind<boolean> = {
  text: "`true`, `false`",
  schema: { type: "boolean" },
  read(entry, { report }) {
    if (typeof entry.value === "boolean") return entry.value;
    report(entry.line, `is ${found(entry)}: write true or false, without quotes`);
    return undefined;
  },
  write: (value) => `${value}`,
};

/** A whole number; infinity means no limit but our own. */
export function number(least: number, most: number, unit: string): Kind<number> {
  return {
    text: `${unit}, from ${least} to ${most}`,
    schema: { type: "integer", minimum: least, maximum: most },
    read(entry, { report }) {
      const { value } = entry;
      if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
      report(entry.line, `is ${found(entry)}: write a whole number from ${least} to ${most} (${unit})`);
      return undefined;
    },
    write: (value) => (Number.isFinite(value) ? `${value}` : ""),
  };
}

const units: readonly (readonly [string, number])[] = [
  ["G", 2 ** 30],
  ["M", 2 ** 20],
  ["K", 2 ** 10],
];

/** Bytes, as a number or with a unit. */
export const size: Kind<number> = {
  text: 'bytes: a number, or a text such as `"64K"`, `"512M"`, `"4G"`',
  schema: {
    anyOf: [
      { type: "integer", minimum: 1 },
      { type: "string", pattern: "^[1-9][0-9]*[KMG]?$" },
    ],
  },
  read(entry, { report }) {
    const [, digits, unit = ""] = /^([1-9]\d*)([KMG]?)$/.exec(`${entry.value}`) ?? [];
    const bytes = Number(digits) * (units.find(([name]) => name === unit)?.[1] ?? 1);
    if (Number.isSafeInteger(bytes)) return bytes;
    report(entry.line, `is ${found(entry)}: write a size in bytes, such as 65536, "64K" or "1G"`);
    return undefined;
  },
  write: (value) => (Number.isFinite(value) ? `"${inUnits(value).join("")}"` : ""),
};

function inUnits(bytes: number): readonly [count: number, unit: string] {
  const [unit, factor] = units.find(([, one]) => bytes >= one && bytes % one === 0) ?? ["", 1];
  return [bytes / factor, unit];
}

/** A number of bytes for people: `64 KiB`. */
export function bytesText(bytes: number): string {
  const [count, unit] = inUnits(bytes);
  return unit === "" ? counted(count, "byte") : `${count} ${unit}iB`;
}

/** A list of texts, each of which is checked: `check` returns what is wrong with it. */
function list(
  what: string,
  pattern: string,
  check: (text: string, context: ReadContext) => string | null,
): Kind<readonly string[]> {
  return {
    text: `a list of ${what}`,
    schema: { type: "array", items: { type: "string", pattern } },
    read(entry, context) {
      const { value } = entry;
      if (!Array.isArray(value)) {
        context.report(entry.line, `is ${found(entry)}: write a list of ${what}, in brackets`);
        return undefined;
      }
      const good = value.filter((item) => {
        const problem = typeof item.value === "string" ? check(item.value, context) : `is no text`;
        if (problem !== null) context.report(item.line, `has ${found(item)}, which ${problem}`);
        return problem === null;
      });
      return good.length === value.length ? good.map((item) => item.value as string) : undefined;
    },
    write: (value) => JSON.stringify(value),
  };
}

function unknownInterface(name: string, { interfaces }: ReadContext): string | null {
  if (interfaces.includes(name)) return null;
  const hint = nearest(name, interfaces);
  return `is no interface${hint === undefined ? "" : `: did you mean ${hint}?`}`;
}

export const interfaceList: Kind<readonly string[]> = list("interfaces", "^\\w+$", unknownInterface);

/** A list that is there or not. */
export function optional<Value>(kind: Kind<Value>): Kind<Value | null> {
  return { ...kind, write: (value) => (value === null ? "" : kind.write(value)) };
}

/** A kind with versions by interfaces. */
export const versions: Kind<Readonly<Record<string, number>>> = {
  text: "a table of versions by interfaces: `{ xdg_wm_base = 5 }`",
  schema: {
    type: "object",
    propertyNames: { pattern: "^\\w+$" },
    additionalProperties: { type: "integer", minimum: 1 },
  },
  read(entry, context) {
    const { value } = entry;
    if (!(value instanceof Map)) {
      context.report(entry.line, `is ${found(entry)}: write a table such as { xdg_wm_base = 5 }`);
      return undefined;
    }
    const result: Record<string, number> = {};
    let isGood = true;
    for (const [name, item] of value) {
      const problem =
        unknownInterface(name, context) ??
        (typeof item.value === "number" && Number.isInteger(item.value) && item.value >= 1
          ? null
          : "needs a version: a whole number from 1");
      if (problem === null) result[name] = item.value as number;
      else context.report(item.line, `has ${name}, which ${problem}`);
      isGood &&= problem === null;
    }
    return isGood ? result : undefined;
  },
  write: (value) =>
    `{ ${Object.entries(value)
      .map(([name, version]) => `${name} = ${version}`)
      .join(", ")} }`,
};

/** The largest scale: more enlarged, a screen would soon be larger than X's coordinates reach. */
const LARGEST_FACTOR = 8;

/** A kind with the relation of X pixels to the host's. */
export const factor: Kind<number | "auto"> = {
  text: `\`"auto"\`, or a number from 1 to ${LARGEST_FACTOR}`,
  schema: { anyOf: [{ const: "auto" }, { type: "number", minimum: 1, maximum: LARGEST_FACTOR }] },
  read(entry, { report }) {
    const { value } = entry;
    if (value === "auto" || (typeof value === "number" && value >= 1 && value <= LARGEST_FACTOR)) return value;
    report(entry.line, `is ${found(entry)}: write "auto", or a number from 1 to ${LARGEST_FACTOR} such as 1.5`);
    return undefined;
  },
  write: (value) => JSON.stringify(value),
};

/** X resources by their names. */
export const resources: Kind<Readonly<Record<string, string>>> = {
  text: 'a table of texts by names: `{ "Xft.dpi" = "150" }`',
  schema: { type: "object", propertyNames: { pattern: "^[\\w.*?-]+$" }, additionalProperties: line.schema },
  read(entry, { report }) {
    const { value } = entry;
    if (!(value instanceof Map)) {
      report(entry.line, `is ${found(entry)}: write a table such as { "Xft.dpi" = "150" }`);
      return undefined;
    }
    const good = [...value].filter(([name, item]) => {
      const isGood = /^[\w.*?-]+$/.test(name) && typeof item.value === "string" && !/\p{Cc}/u.test(item.value);
      if (!isGood) report(item.line, `has ${JSON.stringify(name)}, which is no X resource: write "Xft.dpi" = "150"`);
      return isGood;
    });
    return good.length === value.size
      ? Object.fromEntries(good.map(([name, item]) => [name, item.value as string]))
      : undefined;
  },
  write: (value) =>
    `{ ${Object.entries(value)
      .map(([name, text]) => `${JSON.stringify(name)} = ${JSON.stringify(text)}`)
      .join(", ")} }`,
};

const mimeTypes = list("MIME types", "^[^\\s*]+\\*?$", (text) =>
  /^[^\s*]+\*?$/.test(text) ? null : "is no MIME type: write one such as text/plain, or image/* for all images",
);

/** Seconds for which something stays that a command has moved over the border, unless a policy says otherwise. */
const TAKE_BACK = 60;
const LONGEST_TAKE_BACK = 24 * 60 * 60;

/** A transfer that passes without a limit. */
export const shared: TransferPolicy = {
  in: "allow",
  out: "allow",
  maxSize: Number.POSITIVE_INFINITY,
  types: null,
  takeBack: TAKE_BACK,
};
/** What does not pass by itself. */
export const isolated: TransferPolicy = { ...shared, in: "deny", out: "deny" };

const passage: Kind<Passage> = word("allow", "ask", "deny");

const transferKeys = {
  in: passage,
  out: passage,
  "max-size": size,
  types: mimeTypes,
  "take-back": number(1, LONGEST_TAKE_BACK, "seconds"),
} as const;

/** The words for all of it. The last one is what the first release called the second. */
const levels = { shared, isolated, deny: isolated } as const;
const level = word("shared", "isolated", "deny");

/** A word for all of it, or a table with the parts. */
export const transfer: Kind<TransferPolicy> = {
  text:
    '`"shared"`, `"isolated"`, or a table with `in` and `out` (`"allow"`, `"ask"`, `"deny"`), `max-size` (bytes), `types` (MIME types) ' +
    "and `take-back` (seconds)",
  schema: {
    anyOf: [
      level.schema,
      {
        type: "object",
        additionalProperties: false,
        properties: Object.fromEntries(Object.entries(transferKeys).map(([name, { schema }]) => [name, schema])),
      },
    ],
  },
  read(entry, context) {
    if (!(entry.value instanceof Map)) {
      const chosen = level.read(entry, context);
      return chosen && levels[chosen];
    }
    let isGood = true;
    const part = <Value>(name: keyof typeof transferKeys, kind: Kind<Value>, without: Value): Value => {
      const item = (entry.value as ReadonlyMap<string, TomlEntry>).get(name);
      if (item === undefined) return without;
      const report: Report = (at, text) => context.report(at, `${name} ${text}`);
      const value = kind.read(item, { ...context, report });
      isGood &&= value !== undefined;
      return value ?? without;
    };
    for (const [name, item] of entry.value) {
      if (name in transferKeys) continue;
      isGood = false;
      const hint = nearest(name, Object.keys(transferKeys)) ?? Object.keys(transferKeys).join(", ");
      context.report(item.line, `has no key "${name}": did you mean ${hint}?`);
    }
    const value: TransferPolicy = {
      in: part("in", passage, shared.in),
      out: part("out", passage, shared.out),
      maxSize: part("max-size", size, shared.maxSize),
      types: part<readonly string[] | null>("types", optional(mimeTypes), shared.types),
      takeBack: part("take-back", transferKeys["take-back"], shared.takeBack),
    };
    return isGood ? value : undefined;
  },
  write(value) {
    const known = (["shared", "isolated"] as const).find((name) => isDeepStrictEqual(levels[name], value));
    if (known !== undefined) return `"${known}"`;
    const parts = [`in = "${value.in}"`, `out = "${value.out}"`];
    if (Number.isFinite(value.maxSize)) parts.push(`max-size = ${size.write(value.maxSize)}`);
    if (value.types !== null) parts.push(`types = ${mimeTypes.write(value.types)}`);
    if (value.takeBack !== shared.takeBack) parts.push(`take-back = ${value.takeBack}`);
    return `{ ${parts.join(", ")} }`;
  },
};

const ways: Readonly<Record<Passage, Readonly<Record<"in" | "out", string>>>> = {
  allow: { in: "passes in", out: "passes out" },
  ask: { in: "passes in when the user says yes", out: "passes out when the user says yes" },
  deny: { in: "nothing passes in", out: "nothing passes out" },
};

/** Explains a policy for transfers, behind the name of what is transferred. */
export function transferText(what: string, { in: into, out, maxSize, types }: TransferPolicy): string {
  const limits = [
    ...(Number.isFinite(maxSize) ? [`at most ${bytesText(maxSize)} at a time`] : []),
    ...(types === null ? [] : [`only ${counted(types.length, "type")}: ${types.join(", ")}`]),
  ];
  const end = `${limits.map((limit) => `, ${limit}`).join("")}.`;
  if (into === "deny" && out === "deny")
    return `${what} is the programs' own: nothing passes by itself, in or out${end}`;
  if (into === "allow" && out === "allow") return `${what} passes both ways${end}`;
  const [first, second] =
    into === "deny" ? ([ways[out].out, ways[into].in] as const) : ([ways[into].in, ways[out].out] as const);
  return `${what} ${first}, and ${second === ways[out].out && out !== "deny" ? `it ${second}` : second}${end}`;
}
