// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { SaxesParser } from "saxes";
import { UserError } from "../errors.ts";
import { type InterfaceTable, MAX_ARGS, type ProtocolTable } from "./table.ts";

/** The elements that may stand in each element. Prose (description, copyright) is skipped with all that is in it. */
const children: Readonly<Record<string, readonly string[]>> = {
  "": ["protocol"],
  protocol: ["interface"],
  interface: ["request", "event", "enum"],
  request: ["arg"],
  event: ["arg"],
  enum: ["entry"],
  arg: [],
  entry: [],
};
const prose = ["description", "copyright"];

const types = ["int", "uint", "fixed", "string", "object", "new_id", "array", "fd"];

/**
 * Reads a protocol in Wayland's XML grammar. Entities other than XML's own five are refused, not expanded.
 * @throws UserError naming file and line when the text is not well formed, or breaks a rule of the grammar.
 */
export function parse(xmlText: string, fileName: string): ProtocolTable {
  const parser = new SaxesParser<{ xmlns: false }>({ xmlns: false });
  const reader = new Reader((what) => new UserError(`${fileName}:${parser.line}: ${what}`));
  parser.on("error", (error) => {
    // saxes puts "line:column: " in front of its messages.
    reader.fail(error.message.replace(/^[\d:]+ */, "").replace(/\.$/, ""));
  });
  parser.on("opentag", (tag) => reader.open(tag.name, new Map(Object.entries(tag.attributes))));
  parser.on("closetag", () => reader.close());
  parser.write(xmlText).close();
  return reader.result();
}

/**
 * Reads a protocol file.
 * @throws UserError when it cannot be read, and as `parse` does.
 */
export function readProtocolFile(path: string): ProtocolTable {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`cannot read the protocol file ${path} (${code}): check its path`);
  }
  return parse(text, path);
}

type Attributes = ReadonlyMap<string, string>;

interface OpenInterface {
  name: string;
  version: number;
  requests: string[];
  events: string[];
  enums: string[];
  /** Kinds and names seen so far, to find duplicates. */
  seen: Set<string>;
}

/** Collects the tables while the parser walks over the elements. */
class Reader {
  readonly #error: (what: string) => UserError;
  readonly #path: string[] = [];
  /** How many elements of prose are open. */
  #prose = 0;
  #protocol: string | undefined;
  readonly #interfaces = new Map<string, InterfaceTable>();
  #interface: OpenInterface = { name: "", version: 1, requests: [], events: [], enums: [], seen: new Set() };
  /** The words of the message or enum that is open, its first word with name, mark and version. */
  #words: string[] = [];
  #seenWords = new Set<string>();
  #since = 1;

  constructor(error: (what: string) => UserError) {
    this.#error = error;
  }

  fail(what: string): never {
    throw this.#error(what);
  }

  open(element: string, attributes: Attributes): void {
    if (this.#prose > 0 || prose.includes(element)) {
      this.#prose += 1;
      return;
    }
    const parent = this.#path.at(-1) ?? "";
    if (!children[parent]?.includes(element)) {
      this.fail(parent === "" ? `not a protocol file: it starts with <${element}>` : `<${element}> in <${parent}>`);
    }
    this.#path.push(element);
    this.#begin(element, attributes);
  }

  close(): void {
    if (this.#prose > 0) {
      this.#prose -= 1;
      return;
    }
    const element = this.#path.pop();
    const line = this.#words.join(" ");
    if (element === "request") this.#interface.requests.push(line);
    else if (element === "event") this.#interface.events.push(line);
    else if (element === "enum") this.#interface.enums.push(line);
    else if (element === "interface") this.#endInterface();
  }

  result(): ProtocolTable {
    if (this.#protocol === undefined) this.fail("the file holds no <protocol>");
    return { protocol: this.#protocol, interfaces: [...this.#interfaces.values()] };
  }

  #begin(element: string, attributes: Attributes): void {
    if (element === "protocol") this.#protocol = this.#name(attributes);
    else if (element === "interface") this.#beginInterface(attributes);
    else if (element === "arg") this.#argument(attributes);
    else if (element === "entry") this.#entry(attributes);
    else this.#beginMember(element, attributes);
  }

  #beginInterface(attributes: Attributes): void {
    const name = this.#name(attributes);
    if (this.#interfaces.has(name)) this.fail(`the interface ${name} is there twice`);
    const version = this.#count(attributes, "version", undefined);
    this.#interface = { name, version, requests: [], events: [], enums: [], seen: new Set() };
  }

  #endInterface(): void {
    const { name, version, requests, events, enums } = this.#interface;
    this.#interfaces.set(name, { name, version, requests, events, enums });
  }

  /** A request, event or enum: they share name, since and a mark. */
  #beginMember(element: string, attributes: Attributes): void {
    const name = this.#name(attributes);
    // A request, an event and an enum may share one name.
    if (this.#interface.seen.has(`${element} ${name}`)) this.fail(`the ${element} ${name} is there twice`);
    this.#interface.seen.add(`${element} ${name}`);
    this.#since = this.#sinceOf(attributes, 1);
    const type = attributes.get("type");
    if (element !== "enum" && type !== undefined && type !== "destructor") {
      this.fail(`unknown type of ${element} ${name}: ${type}`);
    }
    const mark = type === "destructor" ? "!" : element === "enum" && this.#flag(attributes, "bitfield") ? "|" : "";
    this.#words = [`${name}${mark}${this.#since > 1 ? `@${this.#since}` : ""}`];
    this.#seenWords = new Set();
  }

  #argument(attributes: Attributes): void {
    const name = this.#newWord(attributes);
    const type = this.#attribute(attributes, "type");
    if (!types.includes(type)) this.fail(`the argument ${name} has the unknown type ${type}`);
    if (this.#words.length > MAX_ARGS) this.fail(`more than ${MAX_ARGS} arguments`);
    const isId = type === "object" || type === "new_id";
    const isNumber = type === "int" || type === "uint";
    const what = isId ? attributes.get("interface") : isNumber ? attributes.get("enum") : undefined;
    if (what !== undefined && !/^\w+(\.\w+)?$/.test(what)) this.fail(`the argument ${name} names "${what}"`);
    if (type === "new_id" && what === undefined && this.#path.includes("event")) {
      this.fail(`the event creates an object of no fixed interface: ${name}`);
    }
    // allow-null on an array (an empty one is as good) changes nothing on the wire.
    const nullable = this.#flag(attributes, "allow-null") && (type === "string" || type === "object");
    this.#words.push(`${name}:${type}${nullable ? "?" : ""}${what === undefined ? "" : `:${what}`}`);
  }

  #entry(attributes: Attributes): void {
    const name = this.#newWord(attributes);
    const text = this.#attribute(attributes, "value");
    const value = /^-?(0x[\da-f]+|\d+)$/i.test(text) ? number(text) : Number.NaN;
    if (!(value >= -0x80000000 && value <= 0xffffffff)) this.fail(`the entry ${name} has the value "${text}"`);
    const since = this.#sinceOf(attributes, this.#since);
    this.#words.push(`${name}=${value}${since > this.#since ? `@${since}` : ""}`);
  }

  #newWord(attributes: Attributes): string {
    const name = this.#name(attributes);
    if (this.#seenWords.has(name)) this.fail(`${name} is there twice`);
    this.#seenWords.add(name);
    return name;
  }

  #name(attributes: Attributes): string {
    const name = this.#attribute(attributes, "name");
    // Digits in front are good for entries only (wl_output.transform has 90), but harmless elsewhere.
    if (!/^\w+$/.test(name)) this.fail(`"${name}" is no name: letters, digits and _ are allowed`);
    return name;
  }

  #attribute(attributes: Attributes, name: string): string {
    const value = attributes.get(name);
    if (value === undefined) this.fail(`<${this.#path.at(-1)}> lacks the attribute "${name}"`);
    return value;
  }

  #flag(attributes: Attributes, name: string): boolean {
    const value = attributes.get(name) ?? "false";
    if (value !== "true" && value !== "false") this.fail(`${name} is "${value}": true and false are allowed`);
    return value === "true";
  }

  #count(attributes: Attributes, name: string, missing: number | undefined): number {
    const text = missing === undefined ? this.#attribute(attributes, name) : (attributes.get(name) ?? String(missing));
    if (!/^[1-9]\d{0,8}$/.test(text)) this.fail(`${name} is "${text}": a number from 1 is needed`);
    return Number(text);
  }

  #sinceOf(attributes: Attributes, missing: number): number {
    const since = this.#count(attributes, "since", missing);
    const { name, version } = this.#interface;
    if (since > version) this.fail(`since ${since}, but ${name} has version ${version}`);
    return since;
  }
}

function number(text: string): number {
  return text.startsWith("-") ? -Number(text.slice(1)) : Number(text);
}
