// SPDX-License-Identifier: Apache-2.0
/** Reads the X11 protocol as xcb-proto describes it: XML, of which names, types and numbers are taken. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SaxesParser } from "saxes";
import type { ExtensionTable } from "../../src/x11/codec/table.ts";
import { type Selection, selection } from "./xcb-selection.ts";

/** An enum: the name, with that of its extension in front, and its entries. */
export interface XcbEnum {
  readonly name: string;
  readonly entries: readonly (readonly [name: string, value: number])[];
}

export interface XcbProtocol {
  readonly tables: readonly ExtensionTable[];
  /** The structs that the tables' lines name: their fields. */
  readonly structs: Readonly<Record<string, string>>;
  readonly enums: readonly XcbEnum[];
  /** What the numbers in each message's fields stand for, as `meanings` of generated/meanings.ts has it. */
  readonly meanings: Readonly<Record<string, string>>;
}

/** Reads the selected part of the protocol from xcb-proto's `folder`. Throws an Error for what it cannot express. */
export function readXcb(folder: string): XcbProtocol {
  const files = selection.map((one) => ({ ...one, root: readXml(join(folder, `${one.file}.xml`)) }));
  const reader = new XcbReader(files.map(({ root }) => root));
  const tables = files.map((file) => reader.table(file.root, file));
  const enums = files.flatMap((file) => reader.enums(file.root, file));
  const known = new Set(enums.map(({ name }) => name));
  const meanings = Object.fromEntries(files.flatMap((file) => reader.meanings(file.root, file, known)));
  return { tables, structs: Object.fromEntries(reader.structs), enums, meanings };
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

function readXml(path: string): Element {
  const parser = new SaxesParser<{ xmlns: false }>({ xmlns: false });
  const open: Element[] = [{ name: "", attributes: {}, children: [], text: "" }];
  parser.on("error", (error) => {
    throw new Error(`${path}:${error.message}`);
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element = { name, attributes, children: [], text: "" };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("text", (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text.trim();
  });
  parser.on("closetag", () => open.pop());
  parser.write(readFileSync(path, "utf8")).close();
  const root = open[0]?.children[0];
  if (root === undefined) throw new Error(`${path} is empty`);
  return root;
}

/** The simple types, as layout.ts calls them. */
const simple: Readonly<Record<string, string>> = {
  CARD8: "u8",
  INT8: "i8",
  CARD16: "u16",
  INT16: "i16",
  CARD32: "u32",
  INT32: "i32",
  BYTE: "u8",
  BOOL: "bool",
  BOOL32: "bool32",
  char: "char",
  void: "byte",
  INT64: "i64",
};

class XcbReader {
  readonly #kinds = new Map(Object.entries(simple));
  readonly #declared = new Map<string, Element>();
  /** Types of things on the server that have ids. */
  readonly #resources = new Set<string>();
  readonly structs = new Map<string, string>();

  constructor(roots: readonly Element[]) {
    for (const element of roots.flatMap((root) => root.children)) {
      const { name = "", newname = "", oldname = "" } = element.attributes;
      if (element.name === "xidtype" || element.name === "xidunion") {
        this.#kinds.set(name, "u32");
        this.#resources.add(name);
      } else if (element.name === "typedef" && !(newname in simple)) this.#kinds.set(newname, this.#kind(oldname));
      else if (["struct", "union", "enum"].includes(element.name))
        this.#declared.set(`${element.name} ${name}`, element);
    }
  }

  table(root: Element, { requests, events }: Selection): ExtensionTable {
    const find = (kinds: readonly string[], name: string): Element => {
      const found = root.children.find((one) => kinds.includes(one.name) && one.attributes["name"] === name);
      if (found === undefined) throw new Error(`${root.attributes["header"]} has no ${kinds[0]} ${name}`);
      return found;
    };
    return {
      name: root.attributes["extension-name"] ?? "",
      xname: root.attributes["extension-xname"] ?? "",
      requests: words(requests).map((name) => this.#request(find(["request"], name))),
      events: words(events).map((name) => {
        const event = find(["event", "eventcopy"], name);
        const { number, ref = name } = event.attributes;
        return [name, number, ...this.#fields(find(["event"], ref))].join(" ");
      }),
      errors: root.children
        .filter((one) => one.name === "error" || one.name === "errorcopy")
        .map(({ attributes: { name = "", number } }) => `${name.startsWith("Bad") ? name : `Bad${name}`} ${number}`),
    };
  }

  enums(root: Element, { enums }: Selection): XcbEnum[] {
    const prefix = root.attributes["extension-name"] ?? "";
    return words(enums).map((name) => {
      const found = root.children.find((one) => one.name === "enum" && one.attributes["name"] === name);
      if (found === undefined) throw new Error(`${root.attributes["header"]} has no enum ${name}`);
      return { name: prefix + name, entries: this.#entries(found) };
    });
  }

  /** Each message's name, and what its fields mean; `known` are the enums that there are names for. */
  meanings(root: Element, { requests, events }: Selection, known: ReadonlySet<string>): [string, string][] {
    const prefix = root.attributes["extension-name"] ?? "";
    const selected = new Set([...words(requests), ...words(events)]);
    const messages = root.children.filter(
      ({ name, attributes }) =>
        ["request", "event", "eventcopy"].includes(name) && selected.has(attributes["name"] ?? ""),
    );
    return messages.flatMap((message) => {
      const { name = "", ref = name } = message.attributes;
      const described = root.children.find((one) => one.name === "event" && one.attributes["name"] === ref);
      // A field of the reply may be called as one of the request's.
      const list = new Set(
        this.#meaningsOf(message.name === "eventcopy" && described ? described : message, prefix, known),
      );
      return list.size === 0 ? [] : [[prefix === "" ? name : `${prefix}.${name}`, [...list].join(" ")]];
    });
  }

  #meaningsOf(message: Element, prefix: string, known: ReadonlySet<string>): string[] {
    return message.children.flatMap((element) => {
      const { name = "", type = "" } = element.attributes;
      if (["switch", "bitcase", "reply"].includes(element.name)) return this.#meaningsOf(element, prefix, known);
      if (element.name !== "field" && element.name !== "list") return [];
      const meaning = [this.#enumOf(element, prefix, known), this.#resource(type)].filter((part) => part !== "");
      return meaning.length === 0 ? [] : [`${name}=${meaning.join(",")}`];
    });
  }

  #enumOf({ attributes }: Element, prefix: string, known: ReadonlySet<string>): string {
    const mask = attributes["mask"] ?? attributes["altmask"];
    const name = plain(mask ?? attributes["enum"] ?? attributes["altenum"] ?? "");
    const found = [prefix + name, name].find((one) => known.has(one));
    return found === undefined ? "" : `${mask === undefined ? "" : "|"}${found}`;
  }

  #resource(type: string): string {
    if (plain(type) === "ATOM") return "atom";
    return this.#resources.has(plain(type)) ? "id" : "";
  }

  #request(request: Element): string {
    const { name, opcode } = request.attributes;
    const reply = request.children.find((one) => one.name === "reply");
    const line = [name, opcode, ...this.#fields(request)];
    return [...line, ...(reply === undefined ? [] : ["->", ...this.#fields(reply)])].join(" ");
  }

  #fields(message: Element): string[] {
    return message.children.flatMap((element) => this.#field(element, message));
  }

  #field(element: Element, message: Element): string[] {
    const { name = "", type = "", bytes, align } = element.attributes;
    switch (element.name) {
      case "pad":
        return [bytes === undefined ? `%${align}` : `+${bytes}`];
      case "field": {
        const union = this.#declared.get(`union ${plain(type)}`);
        if (union !== undefined) return this.#union(name, union);
        const isMask = message.children.some((one) => one.name === "switch" && one.children[0]?.text === name);
        return [`${name}${isMask ? "?" : ""}:${this.#kind(type)}`];
      }
      case "list":
        return [`${name}[${this.#count(element)}]:${this.#listKind(element)}`];
      case "switch":
        return element.children.filter((one) => one.name === "bitcase").map((one) => this.#bitcase(one));
      case "reply":
      case "doc":
        return [];
      default:
        throw new Error(`<${element.name}> in ${message.attributes["name"]}`);
    }
  }

  /** A union is read as numbers of 32 bits; one that has no such form, and stands at the end, is left out. */
  #union(name: string, union: Element): string[] {
    const list = union.children.find((one) => one.name === "list" && one.attributes["type"] === "CARD32");
    return list === undefined ? [] : [`${name}[${this.#count(list)}]:u32`];
  }

  #bitcase(bitcase: Element): string {
    const [reference, field] = bitcase.children;
    if (reference === undefined || field === undefined) throw new Error("an incomplete <bitcase>");
    const values = this.#declared.get(`enum ${reference.attributes["ref"]}`);
    const item = values?.children.find((one) => one.attributes["name"] === reference.text);
    const bit = item?.children.find((one) => one.name === "bit")?.text;
    if (bit === undefined) throw new Error(`no bit for ${reference.text}`);
    return `${field.attributes["name"]}?${bit}:${this.#kind(field.attributes["type"] ?? "")}`;
  }

  #count(list: Element): string {
    const [expression] = list.children;
    return expression === undefined ? "" : this.#expression(expression);
  }

  /** Products and quotients alone, from left to right: a*(b/8) is a*b/8, since 8 divides whatever b can be. */
  #expression(element: Element): string {
    if (element.name === "fieldref" || element.name === "value") return element.text;
    const operator = element.attributes["op"] ?? "";
    if (element.name !== "op" || !["*", "/"].includes(operator)) throw new Error(`a length is a <${element.name}>`);
    return element.children.map((one) => this.#expression(one)).join(operator);
  }

  /** Of text or bytes: a list of `char` with a fixed length is a block, such as the event in SendEvent. */
  #listKind(list: Element): string {
    const type = plain(list.attributes["type"] ?? "");
    const isBlock = type === "char" && list.children[0]?.name === "value";
    return type === "BYTE" || type === "CARD8" || isBlock ? "byte" : this.#kind(type);
  }

  #kind(type: string): string {
    const name = plain(type);
    const kind = this.#kinds.get(name);
    if (kind !== undefined) return kind;
    const struct = this.#declared.get(`struct ${name}`);
    if (struct === undefined) throw new Error(`unknown type ${type}`);
    if (!this.structs.has(name)) this.structs.set(name, this.#fields(struct).join(" "));
    return name;
  }

  #entries(element: Element): [string, number][] {
    return element.children
      .filter((one) => one.name === "item")
      .map(({ attributes: { name = "" }, children: [value] }) => {
        if (value === undefined) throw new Error(`no value for ${name}`);
        const number = Number(value.text);
        return [name, value.name === "bit" ? 2 ** number : number];
      });
  }
}

/** The name without the module that it comes from. */
function plain(type: string): string {
  return type.replace(/^\w+:/, "");
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
