// SPDX-License-Identifier: Apache-2.0
/**
 * How a message is laid out. The generated tables describe each in one line, whose words are its fields in order:
 *
 *     +3                 bytes of padding
 *     %4                 padding up to a multiple
 *     name:KIND          a value
 *     name?:KIND         the mask that says which optional values follow
 *     name?BIT:KIND      such a value
 *     name[COUNT]:KIND   a list; COUNT is a number, a field, a term such as value_len*format/8, or nothing for the rest
 *
 * KIND is one of `Kind`, or the name of a struct.
 */

const kinds = ["u8", "i8", "u16", "i16", "u32", "i32", "i64", "bool", "bool32", "char", "byte"] as const;

/**
 * Whole numbers of so many bits (`i64` is SYNC's INT64), truth values of 8 and 32 bits. A list of `char` is a string, one
 * of `byte` is bytes.
 */
export type Kind = (typeof kinds)[number];

/** A list's length: the operands, each with what is done with it and what was there before. */
export type Count = readonly { readonly operator: "*" | "/"; readonly operand: string | number }[];

export type Field =
  | { readonly what: "pad" | "align"; readonly size: number }
  | { readonly what: "value" | "mask"; readonly name: string; readonly kind: Kind }
  /** How long the list of that name is: no argument of its own. */
  | { readonly what: "length"; readonly name: string; readonly kind: Kind; readonly list: string }
  | { readonly what: "optional"; readonly name: string; readonly kind: Kind; readonly bit: number }
  /** `count` is null for a list that takes all the rest. */
  | { readonly what: "list"; readonly name: string; readonly kind: Kind; readonly count: Count | null }
  | { readonly what: "struct"; readonly name: string; readonly fields: readonly Field[] }
  | { readonly what: "structs"; readonly name: string; readonly fields: readonly Field[]; readonly count: Count };

/** The fields that `words` describe. Throws an Error for a word that is none of the above. */
export function readLayout(words: readonly string[], structs: Readonly<Record<string, string>>): readonly Field[] {
  const fields = words.map((word) => readField(word, structs));
  const lists = new Map<string, string>();
  for (const field of fields) {
    if (field.what !== "list" && field.what !== "structs") continue;
    const only = field.count?.length === 1 ? field.count[0]?.operand : undefined;
    if (typeof only === "string") lists.set(only, field.name);
  }
  return fields.map((field) => {
    const list = field.what === "value" ? lists.get(field.name) : undefined;
    return field.what === "value" && list !== undefined ? { ...field, what: "length", list } : field;
  });
}

const form = /^(?<name>\w+)(?:(?<mask>\?)(?<bit>\d*)|\[(?<count>[^\]]*)\])?:(?<kind>\w+)$/;

function readField(word: string, structs: Readonly<Record<string, string>>): Field {
  if (/^[+%]\d+$/.test(word)) return { what: word.startsWith("+") ? "pad" : "align", size: Number(word.slice(1)) };
  const { name, mask, bit, count, kind } = form.exec(word)?.groups ?? {};
  if (name === undefined || kind === undefined) throw new Error(`not a field: ${word}`);
  const struct = structs[kind];
  if (struct !== undefined) {
    const fields = readLayout(struct.split(" "), structs);
    return count === undefined
      ? { what: "struct", name, fields }
      : { what: "structs", name, fields, count: readCount(count) };
  }
  if (!isKind(kind)) throw new Error(`unknown kind: ${word}`);
  if (count !== undefined) return { what: "list", name, kind, count: count === "" ? null : readCount(count) };
  if (mask === undefined) return { what: "value", name, kind };
  return bit === "" ? { what: "mask", name, kind } : { what: "optional", name, kind, bit: Number(bit) };
}

function isKind(text: string): text is Kind {
  return (kinds as readonly string[]).includes(text);
}

function readCount(text: string): Count {
  return [...`*${text}`.matchAll(/([*/])(\w+)/g)].map(([, operator = "", operand = ""]) => ({
    operator: operator === "/" ? "/" : "*",
    operand: /^\d/.test(operand) ? Number(operand) : operand,
  }));
}
