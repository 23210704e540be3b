// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import type { InterfaceTable, ProtocolTable } from "../../../src/protocol/table.ts";
import { parse, readProtocolFile } from "../../../src/protocol/xml.ts";
import fc from "../../support/random.ts";

test("a file with all that the grammar has becomes one line for each message and enum", () => {
  const text = `<?xml version="1.0" encoding="UTF-8"?>
    <protocol name="everything">
      <copyright>Nobody &amp; Co <b>are not read</b></copyright>
      <interface name="t_thing" version="3">
        <description summary="skipped">with <request name="inside"/></description>
        <request name="destroy" type="destructor"/>
        <request name="put" since="2">
          <arg name="a" type="int" enum="wl_output.transform"/><arg name="b" type="uint" enum="mode"/>
          <arg name="c" type="fixed"/><arg name="d" type="string" allow-null="true"/>
          <arg name="e" type="object"/><arg name="f" type="object" interface="wl_surface" allow-null="true"/>
          <arg name="g" type="new_id" interface="t_thing"/><arg name="h" type="array"/><arg name="i" type="fd"/>
        </request>
        <request name="bind"><arg name="id" type="new_id"/></request>
        <event name="gone" type="destructor" since="3"/>
        <enum name="mode" bitfield="true">
          <entry name="one" value="0x1"/><entry name="90" value="2" since="2"/>
        </enum>
        <enum name="late" since="2"><entry name="minus" value="-1"/><entry name="later" value="1" since="3"/></enum>
      </interface>
    </protocol>`;
  assert.deepEqual(parse(text, "everything.xml"), {
    protocol: "everything",
    interfaces: [
      {
        name: "t_thing",
        version: 3,
        requests: [
          "destroy!",
          "put@2 a:int:wl_output.transform b:uint:mode c:fixed d:string? e:object f:object?:wl_surface g:new_id:t_thing h:array i:fd",
          "bind id:new_id",
        ],
        events: ["gone!@3"],
        enums: ["mode| one=1 90=2@2", "late@2 minus=-1 later=1@3"],
      },
    ],
  });
});

/** Wraps lines in an interface; the first of them is line 3 of the file. */
const inInterface = (...lines: string[]): string =>
  ['<protocol name="p">', '<interface name="t_one" version="2">', ...lines, "</interface>", "</protocol>"].join("\n");
const inRequest = (...lines: string[]): string => inInterface('<request name="go">', ...lines, "</request>");
const inEnum = (...lines: string[]): string => inInterface('<enum name="kind">', ...lines, "</enum>");

const mistakes: [what: string, text: string, line: number, message: RegExp][] = [
  ["an empty file", "", 1, /root element/],
  ["a file that is no XML", "#!/bin/sh", 1, /text data outside of root node/],
  ["another kind of XML", "<svg></svg>", 1, /not a protocol file: it starts with <svg>/],
  ["a file cut off in the middle", '<protocol name="p">\n<interface name="a" version="1">', 2, /unclosed tag/],
  [
    "an entity of the file's own",
    '<!DOCTYPE protocol [<!ENTITY e "x">]>\n<protocol name="&e;"></protocol>',
    2,
    /entity/,
  ],
  ["a protocol without a name", "<protocol></protocol>", 1, /<protocol> lacks the attribute "name"/],
  [
    "an interface without a version",
    '<protocol name="p">\n<interface name="a"/>\n</protocol>',
    2,
    /lacks .* "version"/,
  ],
  ["version 0", '<protocol name="p">\n<interface name="a" version="0"/>\n</protocol>', 2, /version is "0"/],
  [
    "two interfaces of one name",
    inInterface('</interface><interface name="t_one" version="1">'),
    3,
    /t_one is there twice/,
  ],
  ["an unknown element", inInterface("", "<signal/>"), 4, /<signal> in <interface>/],
  ["an argument outside a message", inInterface('<arg name="a" type="int"/>'), 3, /<arg> in <interface>/],
  ["a request without a name", inInterface("<request/>"), 3, /<request> lacks the attribute "name"/],
  ["a name with a space", inInterface('<request name="a b"/>'), 3, /"a b" is no name/],
  [
    "two requests of one name",
    inInterface('<request name="a"/>', '<request name="a"/>'),
    4,
    /the request a is there twice/,
  ],
  ["a message of unknown type", inInterface('<event name="a" type="last"/>'), 3, /unknown type of event a: last/],
  [
    "a message newer than its interface",
    inInterface('<event name="a" since="3"/>'),
    3,
    /since 3, but t_one has version 2/,
  ],
  [
    "an argument of unknown type",
    inRequest('<arg name="a" type="double"/>'),
    4,
    /argument a has the unknown type double/,
  ],
  ["an argument without a type", inRequest('<arg name="a"/>'), 4, /<arg> lacks the attribute "type"/],
  [
    "two arguments of one name",
    inRequest('<arg name="a" type="int"/>', '<arg name="a" type="fd"/>'),
    5,
    /a is there twice/,
  ],
  ["a wrong allow-null", inRequest('<arg name="a" type="string" allow-null="yes"/>'), 4, /allow-null is "yes"/],
  ["an interface that is no name", inRequest('<arg name="a" type="object" interface="b c"/>'), 4, /names "b c"/],
  [
    "more than 20 arguments",
    inRequest(...Array.from({ length: 21 }, (_, index) => `<arg name="a${index}" type="int"/>`)),
    24,
    /more than 20 arguments/,
  ],
  [
    "an event that makes an object of any interface",
    inInterface('<event name="a">', '<arg name="id" type="new_id"/>', "</event>"),
    4,
    /creates an object of no fixed interface/,
  ],
  ["an entry without a value", inEnum('<entry name="a"/>'), 4, /<entry> lacks the attribute "value"/],
  ["an entry with a word for a value", inEnum('<entry name="a" value="one"/>'), 4, /the entry a has the value "one"/],
  ["an entry too large for 32 bits", inEnum('<entry name="a" value="0x100000000"/>'), 4, /has the value "0x100000000"/],
  [
    "two entries of one name",
    inEnum('<entry name="a" value="1"/>', '<entry name="a" value="2"/>'),
    5,
    /a is there twice/,
  ],
];

for (const [what, text, line, message] of mistakes) {
  test(`${what} is refused with file, line and reason`, () => {
    assert.throws(
      () => parse(text, "dir/bad.xml"),
      (error: Error) => {
        assert.equal(error.name, "UserError");
        assert.match(error.message, message);
        assert.ok(error.message.startsWith(`dir/bad.xml:${line}: `), error.message);
        assert.ok(!error.message.includes("\n"));
        return true;
      },
    );
  });
}

test("20 arguments are still allowed", () => {
  const text = inRequest(...Array.from({ length: 20 }, (_, index) => `<arg name="a${index}" type="int"/>`));
  assert.equal(parse(text, "f.xml").interfaces[0]?.requests[0]?.split(" ").length, 21);
});

test("a file that cannot be read is a user's mistake", () => {
  assert.throws(() => readProtocolFile("/nonexistent/protocol.xml"), { name: "UserError", message: /nonexistent/ });
});

test("any protocol, written as XML and read back, is the same table, and the tables compile", () => {
  fc.assert(
    fc.property(protocols, (table) => {
      assert.deepEqual(parse(toXml(table), "any.xml"), table);
      const protocol = new ProtocolRegistry(table);
      for (const { name, requests } of table.interfaces) {
        assert.equal(protocol.get(name)?.requests.length, requests.length);
      }
    }),
    { numRuns: 50 },
  );
});

const version = 4;
const names = fc.uniqueArray(fc.stringMatching(/^t_[a-z0-9_]{1,8}$/), { minLength: 1, maxLength: 4 });
const mark = (since: number): string => (since > 1 ? `@${since}` : "");
const sinces = fc.integer({ min: 1, max: version });
const types = [
  "int",
  "uint:t.kind",
  "fixed",
  "string",
  "string?",
  "object",
  "object?:wl_surface",
  "new_id:wl_buffer",
  "array",
  "fd",
];
const message = fc
  .tuple(fc.boolean(), sinces, fc.array(fc.constantFrom(...types), { maxLength: 20 }))
  .map(([destructor, since, args]) => [
    `${destructor ? "!" : ""}${mark(since)}`,
    ...args.map((type, index) => `a${index}:${type}`),
  ]);
const entries = fc.array(fc.integer({ min: -0x80000000, max: 0xffffffff }), { maxLength: 5 });
const enumeration = fc
  .tuple(fc.boolean(), sinces, entries)
  .map(([bits, since, values]) => [
    `${bits ? "|" : ""}${mark(since)}`,
    ...values.map((value, index) => `e${index}=${value}`),
  ]);

function named(words: fc.Arbitrary<string[]>): fc.Arbitrary<string[]> {
  return names.chain((all) =>
    fc.tuple(...all.map((name) => words.map(([head, ...rest]) => [`${name}${head}`, ...rest].join(" ")))),
  );
}

const protocols: fc.Arbitrary<ProtocolTable> = names.chain((all) =>
  fc
    .tuple(...all.map(() => fc.record({ requests: named(message), events: named(message), enums: named(enumeration) })))
    .map((tables) => ({
      protocol: "any",
      interfaces: tables.map((table, index) => ({ name: all[index] ?? "", version, ...table })),
    })),
);

function toXml(table: ProtocolTable): string {
  return `<protocol name="${table.protocol}">${table.interfaces.map(interfaceToXml).join("\n")}</protocol>`;
}

function interfaceToXml(one: InterfaceTable): string {
  const requests = one.requests.map((line) => memberToXml("request", line));
  const events = one.events.map((line) => memberToXml("event", line));
  const enums = one.enums.map((line) => memberToXml("enum", line));
  // Requests and events are numbered apart, so they may be mixed.
  return `<interface name="${one.name}" version="${one.version}">${[...enums, ...events, ...requests].join("\n")}</interface>`;
}

function memberToXml(element: string, line: string): string {
  const [head = "", ...words] = line.split(" ");
  const [, name, flag, since] = /^(\w+)([!|]?)(?:@(\d+))?$/.exec(head) ?? [];
  const type = flag === "!" ? ' type="destructor"' : flag === "|" ? ' bitfield="true"' : "";
  const inner = words.map(element === "enum" ? entryToXml : argumentToXml).join("");
  return `<${element} name="${name}"${type} since="${since ?? 1}">${inner}</${element}>`;
}

function entryToXml(text: string): string {
  const [name, value] = text.split("=");
  return `<entry name="${name}" value="${value}"/>`;
}

function argumentToXml(text: string): string {
  const [name, type = "", what] = text.split(":");
  const kind = type.replace("?", "");
  const named = what === undefined ? "" : ` ${kind === "uint" ? "enum" : "interface"}="${what}"`;
  return `<arg name="${name}" type="${kind}" allow-null="${type.endsWith("?")}"${named}/>`;
}
