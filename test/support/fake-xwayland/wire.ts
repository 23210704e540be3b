// SPDX-License-Identifier: Apache-2.0
/** The server's side of the X11 wire format: requests are read, and replies, events and errors written, by the tables. */
import { type Field, readLayout } from "../../../src/x11/codec/layout.ts";
import { type EventName, events } from "../../../src/x11/codec/protocol.ts";
import { type Value, type Values, Writer } from "../../../src/x11/codec/writer.ts";
import { structs, tables } from "../../../src/x11/generated/tables.ts";

/** An extension's numbers, as this server gives them. */
interface ExtensionNumbers {
  readonly major: number;
  readonly firstEvent: number;
  readonly firstError: number;
}

/** The extensions that the server has, by the names of QueryExtension. */
export const extensions: Readonly<Record<string, ExtensionNumbers>> = {
  "BIG-REQUESTS": { major: 133, firstEvent: 0, firstError: 0 },
  SYNC: { major: 134, firstEvent: 83, firstError: 134 },
  RANDR: { major: 140, firstEvent: 89, firstError: 147 },
  RENDER: { major: 139, firstEvent: 0, firstError: 142 },
  XFIXES: { major: 138, firstEvent: 87, firstError: 140 },
  Composite: { major: 142, firstEvent: 0, firstError: 0 },
  "X-Resource": { major: 150, firstEvent: 0, firstError: 0 },
};

interface RequestLayout {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly reply: readonly Field[];
  readonly isCore: boolean;
}

/** The layouts, by major and minor opcode; the latter is 0 in the core protocol. */
const layouts = new Map<string, RequestLayout>();
for (const { name: extension, xname, requests } of tables) {
  const major = extensions[xname]?.major;
  for (const line of requests) {
    const [request = "", reply = ""] = line.split(" -> ");
    const [name = "", opcode = "", ...words] = request.split(" ");
    const isCore = extension === "";
    if (!isCore && major === undefined) continue;
    layouts.set(isCore ? `${opcode} 0` : `${major} ${opcode}`, {
      name: isCore ? name : `${extension}.${name}`,
      fields: readLayout(words, structs),
      reply: readLayout(reply === "" ? [] : reply.split(" "), structs),
      isCore,
    });
  }
}

/** A request as it came. */
export interface XRequest {
  readonly name: string;
  readonly args: Readonly<Record<string, Value>>;
  readonly reply: readonly Field[];
  readonly major: number;
}

/** How many bytes the request has that begins there; 0 while that cannot be said. */
export function requestLength(bytes: Buffer): number {
  if (bytes.length < 4) return 0;
  const words = bytes.readUInt16LE(2);
  if (words > 0) return 4 * words;
  return bytes.length < 8 ? 0 : 4 * bytes.readUInt32LE(4);
}

/** Throws an Error for one that this server does not know: the window manager must not send any such. */
export function readRequest(bytes: Buffer): XRequest {
  const major = bytes.readUInt8(0);
  const minor = major < 128 ? 0 : bytes.readUInt8(1);
  const layout = layouts.get(`${major} ${minor}`);
  if (layout === undefined) throw new Error(`this X server knows no request ${major} ${minor}`);
  const body = bytes.readUInt16LE(2) > 0 ? 4 : 8;
  const args: Record<string, Value> = {};
  // A request of the core protocol has its first field before the length.
  const [first, ...rest] = layout.fields;
  if (layout.isCore && first !== undefined) {
    readFields([first], bytes, 1, args);
    readFields(rest, bytes, body, args);
  } else {
    readFields(layout.fields, bytes, body, args);
  }
  return { name: layout.name, args, reply: layout.reply, major };
}

function readFields(fields: readonly Field[], bytes: Buffer, start: number, into: Record<string, Value>): number {
  let offset = start;
  let mask = 0;
  const lengths: Record<string, number> = {};
  const number = (kind: string): Value => {
    const [size, isSigned] = [
      kind === "i64" ? 8 : kind.endsWith("32") ? 4 : kind.endsWith("16") ? 2 : 1,
      kind.startsWith("i"),
    ];
    const offset_ = offset;
    offset += size;
    if (kind === "i64") return (BigInt(bytes.readInt32LE(offset_)) << 32n) | BigInt(bytes.readUInt32LE(offset_ + 4));
    const value = isSigned ? bytes.readIntLE(offset_, size) : bytes.readUIntLE(offset_, size);
    return kind.startsWith("bool") ? value !== 0 : value;
  };
  for (const field of fields) {
    switch (field.what) {
      case "pad":
        offset += field.size;
        break;
      case "align":
        while (offset % field.size > 0) offset++;
        break;
      case "value": {
        const value = number(field.kind);
        into[field.name] = value;
        if (typeof value === "number") lengths[field.name] = value;
        break;
      }
      case "mask":
        mask = Number(number(field.kind));
        break;
      case "optional":
        // A value is a word in the request, however wide its field is (ConfigureWindow, CreateWindow).
        if ((mask & (1 << field.bit)) !== 0) into[field.name] = number(field.kind);
        break;
      case "length":
        lengths[field.name] = Number(number(field.kind));
        break;
      case "list": {
        let count = bytes.length - offset;
        if (field.count !== null) {
          count = 1;
          for (const { operator, operand } of field.count) {
            const value = typeof operand === "number" ? operand : (lengths[operand] ?? 0);
            count = operator === "*" ? count * value : Math.floor(count / value);
          }
        }
        if (field.kind === "char") into[field.name] = bytes.toString("latin1", offset, offset + count);
        else if (field.kind === "byte") into[field.name] = new Uint8Array(bytes.subarray(offset, offset + count));
        if (field.kind === "char" || field.kind === "byte") offset += count;
        else into[field.name] = Array.from({ length: count }, () => number(field.kind));
        break;
      }
      case "struct": {
        const inner: Record<string, Value> = {};
        offset = readFields(field.fields, bytes, offset, inner);
        into[field.name] = inner as Values;
        break;
      }
      case "structs": {
        const list: Values[] = [];
        const [{ operand } = { operand: 0 }] = field.count;
        for (let left = typeof operand === "number" ? operand : (lengths[operand] ?? 0); left > 0; left--) {
          const inner: Record<string, Value> = {};
          offset = readFields(field.fields, bytes, offset, inner);
          list.push(inner as Values);
        }
        into[field.name] = list;
      }
    }
  }
  return offset;
}

/** A packet: its head, the field that stands there, and the others behind `body` bytes. */
function packet(type: number, sequence: number, fields: readonly Field[], values: Values, body: number): Buffer {
  const writer = new Writer();
  writer.uint8(type);
  if (fields.length > 0) writer.fields(fields.slice(0, 1), values);
  else writer.uint8(0);
  writer.uint16(sequence & 0xffff);
  if (body === 8) writer.uint32(0);
  writer.fields(fields.slice(1), values);
  writer.align(4);
  if (writer.length < 32) writer.zeros(32 - writer.length);
  const bytes = Buffer.from(writer.bytes.subarray(0, writer.length));
  if (body === 8) bytes.writeUInt32LE((bytes.length - 32) / 4, 4);
  return bytes;
}

export function replyPacket(request: XRequest, sequence: number, values: Values): Buffer {
  return packet(1, sequence, request.reply, values, 8);
}

const byName = new Map(events.map((layout) => [layout.name as string, layout]));

/** @param sent whether it is a client's (SendEvent) */
export function eventPacket(name: EventName, sequence: number, values: Values, sent = false): Buffer {
  const layout = byName.get(name);
  if (layout === undefined) throw new Error(`no event is called ${name}`);
  const xname = tables.find((table) => table.name === layout.extension)?.xname ?? "";
  const type = (extensions[xname]?.firstEvent ?? 0) + layout.number;
  return packet(type | (sent ? 0x80 : 0), sequence, layout.fields, values, 4);
}

/** @param code of the core protocol: 3 is BadWindow */
export function errorPacket(code: number, sequence: number, value: number, major: number): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.writeUInt8(code, 1);
  bytes.writeUInt16LE(sequence & 0xffff, 2);
  bytes.writeUInt32LE(value, 4);
  bytes.writeUInt8(major, 10);
  return bytes;
}

/** The answer to a client that connects: one screen of that size at depth 24, and where its ids begin. */
export function setupPacket(root: number, width: number, height: number, idBase: number): Buffer {
  const fixed = Buffer.alloc(40);
  fixed.writeUInt8(1, 0);
  fixed.writeUInt16LE(11, 2);
  fixed.writeUInt32LE(idBase, 12);
  fixed.writeUInt32LE(0x1f_ffff, 16);
  fixed.writeUInt16LE(4, 24);
  fixed.writeUInt16LE(0xffff, 26);
  fixed.writeUInt8(1, 28);
  fixed.writeUInt8(1, 29);
  const screen = Buffer.alloc(40);
  screen.writeUInt32LE(root, 0);
  screen.writeUInt16LE(width, 20);
  screen.writeUInt16LE(height, 22);
  screen.writeUInt32LE(0x21, 32);
  screen.writeUInt8(24, 38);
  const all = Buffer.concat([fixed, Buffer.from("fake"), Buffer.from([24, 32, 32, 0, 0, 0, 0, 0]), screen]);
  all.writeUInt16LE((all.length - 8) / 4, 6);
  return all;
}
