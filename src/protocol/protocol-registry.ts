// SPDX-License-Identifier: Apache-2.0
import { UserError } from "../errors.ts";
import { ArgKind, type Argument, type Interface, type Message } from "../wire/signature.ts";
import { tables } from "./generated/tables.ts";
import { destroyedArgument } from "./quirks.ts";
import type { InterfaceTable, ProtocolTable } from "./table.ts";
import { wordsBeforeTyped } from "./typed-text.ts";

/** The values of an enum, for logs and for hooks. */
export interface EnumTable {
  /** `interface.enum`. */
  readonly name: string;
  readonly bitfield: boolean;
  readonly since: number;
  readonly entries: readonly EnumEntry[];
}

export interface EnumEntry {
  readonly name: string;
  readonly value: number;
  readonly since: number;
}

/**
 * All interfaces that a proxy knows: those of the generated tables, and added ones. A registry never changes, so any
 * number of proxies can share it. An interface is compiled when it is first asked for, together with those that its
 * messages name. From then on it is the same object.
 */
export class ProtocolRegistry {
  readonly #tables = new Map<string, InterfaceTable>();
  readonly #compiled = new Map<string, Interface>();
  /** The compiled interfaces by their index. */
  readonly #interfaces: Interface[] = [];
  readonly #enums = new Map<string, EnumTable>();

  /** The number of the first message of each interface: its requests, and behind them its events. */
  readonly #firstNumbers = new Map<string, number>();
  #messageCount = 0;

  /**
   * @param added protocols that were read from files. Of an interface that is known already, the higher version is kept.
   * @throws UserError when a message names an interface that no table has, or when the messages of a known interface
   * would change. Further messages are no change
   */
  constructor(...added: readonly ProtocolTable[]) {
    for (const table of tables) this.#register(table);
    this.#check(added);
    for (const table of added) this.#register(table);
    for (const { name, requests, events } of this.#tables.values()) {
      this.#firstNumbers.set(name, this.#messageCount);
      this.#messageCount += requests.length + events.length;
    }
  }

  /** How many messages all interfaces have together. */
  get messageCount(): number {
    return this.#messageCount;
  }

  /** The interface of that name; undefined when no table has it. */
  get(name: string): Interface | undefined {
    const done = this.#compiled.get(name);
    if (done !== undefined) return done;
    const table = this.#tables.get(name);
    return table && this.#compile(table);
  }

  /** The interface with that index; undefined when none has it. */
  at(index: number): Interface | undefined {
    return this.#interfaces[index];
  }

  /** The enum of that name (`interface.enum`); undefined when no table has it. */
  enumOf(name: string): EnumTable | undefined {
    const done = this.#enums.get(name);
    if (done !== undefined) return done;
    const [owner = "", own = ""] = name.split(".");
    const line = this.#tables.get(owner)?.enums.find((text) => headOf(text).name === own);
    if (line === undefined) return undefined;
    const compiled = compileEnum(owner, line);
    this.#enums.set(name, compiled);
    return compiled;
  }

  /** The names of all interfaces, those added last at the end. */
  names(): IterableIterator<string> {
    return this.#tables.keys();
  }

  #check(added: readonly ProtocolTable[]): void {
    const known = new Map(this.#tables);
    for (const { interfaces } of added) {
      for (const table of interfaces) if (!known.has(table.name)) known.set(table.name, table);
    }
    for (const { protocol, interfaces } of added) {
      for (const table of interfaces) {
        for (const [message, named] of referencesOf(table)) {
          if (!known.has(named)) {
            throw new UserError(
              `protocol ${protocol}: ${table.name}.${message} names the interface ${named}, which no known protocol has: ` +
                "add the file that describes it, too",
            );
          }
        }
        const before = known.get(table.name) as InterfaceTable;
        if (table.version > before.version) {
          checkSuccessor(protocol, table, before);
          known.set(table.name, table);
        }
      }
    }
  }

  #register({ interfaces }: ProtocolTable): void {
    for (const table of interfaces) {
      const known = this.#tables.get(table.name);
      if (known === undefined || table.version > known.version) this.#tables.set(table.name, table);
    }
  }

  #compile(table: InterfaceTable): Interface {
    const requests: Message[] = [];
    const events: Message[] = [];
    const index = this.#interfaces.length;
    const compiled: Interface = { name: table.name, index, version: table.version, requests, events };
    this.#interfaces.push(compiled);
    // Known before its messages are: interfaces name each other in circles (wl_surface, wl_output).
    this.#compiled.set(table.name, compiled);
    let number = this.#firstNumbers.get(table.name) as number;
    for (const [opcode, line] of table.requests.entries())
      requests.push(this.#message(table.name, opcode, number++, line));
    for (const [opcode, line] of table.events.entries()) events.push(this.#message(table.name, opcode, number++, line));
    return compiled;
  }

  #message(owner: string, opcode: number, number: number, line: string): Message {
    const { name, mark, since, rest } = headOf(line);
    const args = rest.length === 0 ? noArguments : rest.map((text) => this.#argument(owner, text));
    const destroyed = destroyedArgument[`${owner}.${name}`];
    return {
      name,
      opcode,
      since,
      destructor: mark === "!",
      args,
      fds: args.filter((arg) => arg.kind === ArgKind.fd).length,
      fdsAreSinks: asksForData(owner, name, args),
      destroysArg: destroyed === undefined ? -1 : args.findIndex((arg) => arg.name === destroyed),
      wordsBeforeTyped: wordsBeforeTyped(name, args),
      number,
    };
  }

  #argument(owner: string, text: string): Argument {
    const { name, type, nullable, what } = argumentOf(text);
    const kind = type === "new_id" && what === undefined ? ArgKind.genericNewId : kinds[type];
    if (kind === undefined) throw new Error(`unknown type in the table of ${owner}: ${text}`);
    const isNumber = kind === ArgKind.int || kind === ArgKind.uint;
    return {
      name,
      kind,
      nullable,
      interface: what === undefined || isNumber ? null : this.#known(what),
      enum: what === undefined || !isNumber ? null : what.includes(".") ? what : `${owner}.${what}`,
    };
  }

  #known(name: string): Interface {
    const found = this.get(name);
    if (found === undefined) throw new Error(`no table has the interface ${name}`);
    return found;
  }
}

/**
 * The arguments of a message that has none. For V8 an array that was always empty is of another kind than one of
 * objects. Code that has been compiled for one kind is thrown away when the other comes. This array was not always
 * empty.
 */
const noArguments: readonly Argument[] = emptied({
  name: "",
  kind: ArgKind.int,
  nullable: false,
  interface: null,
  enum: null,
});

function emptied<T>(item: T): readonly T[] {
  const items = [item];
  items.pop();
  return items;
}

const kinds: Readonly<Record<string, ArgKind>> = {
  int: ArgKind.int,
  uint: ArgKind.uint,
  fixed: ArgKind.fixed,
  string: ArgKind.string,
  object: ArgKind.object,
  new_id: ArgKind.newId,
  array: ArgKind.array,
  fd: ArgKind.fd,
};

/** Splits a table's line into its first word's parts and the other words. */
function headOf(line: string): { name: string; mark: string; since: number; rest: string[] } {
  const [head = "", ...rest] = line.split(" ");
  const [marked = "", since = "1"] = head.split("@");
  const mark = /[!|]$/.exec(marked)?.[0] ?? "";
  return { name: marked.slice(0, marked.length - mark.length), mark, since: Number(since), rest };
}

function argumentOf(text: string): { name: string; type: string; nullable: boolean; what: string | undefined } {
  const [name = "", marked = "", what] = text.split(":");
  const nullable = marked.endsWith("?");
  return { name, type: nullable ? marked.slice(0, -1) : marked, nullable, what };
}

/** The interfaces that the messages of a table name: [message, interface]. */
function* referencesOf(table: InterfaceTable): IterableIterator<[string, string]> {
  for (const line of [...table.requests, ...table.events]) {
    const { name, rest } = headOf(line);
    for (const { type, what } of rest.map(argumentOf)) {
      if (what !== undefined && (type === "object" || type === "new_id")) yield [name, what];
    }
  }
}

/**
 * Throws a UserError unless an interface begins with the messages of its earlier version. Whatever knows that, programs,
 * compositors and we ourselves, would misunderstand it else.
 */
function checkSuccessor(protocol: string, table: InterfaceTable, before: InterfaceTable): void {
  for (const direction of ["requests", "events"] as const) {
    for (const [opcode, line] of before[direction].entries()) {
      const found = table[direction][opcode];
      if (found !== undefined && shapeOf(found) === shapeOf(line)) continue;
      throw new UserError(
        `protocol ${protocol}: its ${table.name} is not the one that is known, whose version ${before.version} has ` +
          `${headOf(line).name} as number ${opcode} of its ${direction}, with the arguments that everybody expects: ` +
          "give it another name",
      );
    }
  }
}

/** The form of a message on the wire, and the names by which hooks know it. */
function shapeOf(line: string): string {
  const { name, rest } = headOf(line);
  const args = rest.map(argumentOf).map(({ name, type, what }) => {
    return `${name}:${type}:${type === "object" || type === "new_id" ? what : ""}`;
  });
  return [name, ...args].join(" ");
}

function compileEnum(owner: string, line: string): EnumTable {
  const { name, mark, since, rest } = headOf(line);
  const entries = rest.map((text) => {
    const [entry = "", value = ""] = text.split("=");
    const [number = "", entrySince] = value.split("@");
    return { name: entry, value: Number(number), since: entrySince === undefined ? since : Number(entrySince) };
  });
  return { name: `${owner}.${name}`, bitfield: mark === "|", since, entries };
}

/** Messages whose descriptor is to be written into, beside those that hand over a selection. */
const OTHER_SINKS: ReadonlySet<string> = new Set(["weston_debug_v1.subscribe", "org_kde_plasma_window.get_icon"]);

/**
 * Whether a message gives a descriptor for data to be written into. All protocols for selections and drags have the same
 * two, of a MIME type and a descriptor: the request `receive`, and the event `send`.
 */
function asksForData(owner: string, name: string, args: readonly Argument[]): boolean {
  if (OTHER_SINKS.has(`${owner}.${name}`)) return true;
  if (name !== "receive" && name !== "send") return false;
  return args.length === 2 && args[0]?.kind === ArgKind.string && args[1]?.kind === ArgKind.fd;
}
