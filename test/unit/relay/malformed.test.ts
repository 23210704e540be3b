// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { array, type Packet, packet, string, word } from "../../support/codec.ts";
import { fileWith } from "../../support/descriptors.ts";
import { type EchoStage, echoed } from "../../support/echo.ts";
import { type Scope, type Setting, scoped } from "../../support/proxied.ts";

/** Opcodes of the echo protocol's requests. */
const op = { numbers: 0, strings: 1, bytes: 2, objects: 3, fds: 4, spawn: 6, twins: 7, destroy: 11 };
const NUMBERS = Buffer.concat([word(1), word(2), word(3)]);

interface Row {
  readonly input: string;
  /** What the client sends; the echo's id and the manager's are given, and the next one that is free. */
  readonly send: (echo: number, manager: number, free: number) => Packet[];
  /** The object that the error is about; wl_display by default. */
  readonly about?: number;
  readonly code: "invalid_object" | "invalid_method";
  readonly says: RegExp;
}

const codes = { invalid_object: 0, invalid_method: 1 };

/** A header that says another size than the message has. */
function sized(size: number, id: number, opcode: number, body = NUMBERS): Packet {
  return { bytes: Buffer.concat([word(id), word((size << 16) | opcode), body]), fds: [] };
}

const rows: readonly Row[] = [
  { input: "size 0", send: (id) => [sized(0, id, 0)], code: "invalid_method", says: /message of 0 bytes/ },
  { input: "size < 8", send: (id) => [sized(4, id, 0)], code: "invalid_method", says: /message of 4 bytes/ },
  { input: "size % 4 != 0", send: (id) => [sized(21, id, 0)], code: "invalid_method", says: /message of 21 bytes/ },
  {
    input: "size > 4096",
    send: (id) => [packet(id, op.bytes, array(Buffer.alloc(4088)))],
    code: "invalid_method",
    says: /message of 4100 bytes/,
  },
  { input: "the largest size", send: (id) => [sized(65532, id, 0)], code: "invalid_method", says: /65532/ },
  { input: "unknown object", send: () => [packet(4711, 0)], code: "invalid_object", says: /object 4711/ },
  { input: "object 0", send: () => [packet(0, 0)], code: "invalid_object", says: /object 0/ },
  { input: "unknown server's object", send: () => [packet(0xff000000, 0)], code: "invalid_object", says: /4278190080/ },
  { input: "unknown opcode", send: (id) => [packet(id, 99)], code: "invalid_method", says: /99.*echo#/ },
  {
    input: "a destroyed object",
    send: (id) => [packet(id, op.destroy), packet(id, op.numbers, NUMBERS)],
    code: "invalid_object",
    says: /invalid object/,
  },
  { input: "missing fd", send: (id) => [packet(id, op.fds, word(1))], code: "invalid_method", says: /descriptor/ },
  {
    input: "one fd of two missing",
    send: (id) => [packet(id, op.fds, word(1), [fileWith("")])],
    code: "invalid_method",
    says: /descriptor/,
  },
  {
    input: "too short",
    send: (id) => [packet(id, op.numbers, NUMBERS.subarray(4))],
    code: "invalid_method",
    says: /echo#.*numbers.*too short/,
  },
  {
    input: "string without NUL",
    send: (id) => [packet(id, op.strings, Buffer.concat([array(Buffer.from("abcd")), word(0)]))],
    code: "invalid_method",
    says: /strings.*NUL/,
  },
  {
    input: "string longer than its message",
    send: (id) => [packet(id, op.strings, Buffer.concat([word(100), word(0)]))],
    code: "invalid_method",
    says: /longer/,
  },
  {
    input: "null string that may not be",
    send: (id) => [packet(id, op.strings, Buffer.concat([word(0), word(0)]))],
    code: "invalid_method",
    says: /null/,
  },
  {
    input: "array longer than its message",
    send: (id) => [packet(id, op.bytes, Buffer.concat([word(0xfffffff0), word(0)]))],
    code: "invalid_method",
    says: /longer/,
  },
  {
    input: "null object that may not be",
    send: (id) => [packet(id, op.objects, Buffer.concat([word(0), word(0), word(0)]))],
    code: "invalid_method",
    says: /null/,
  },
  {
    input: "unknown object as an argument",
    send: (id) => [packet(id, op.objects, Buffer.concat([word(id), word(4711), word(0)]))],
    code: "invalid_method",
    says: /4711/,
  },
  {
    input: "object of another interface as an argument",
    send: (id, manager) => [packet(id, op.objects, Buffer.concat([word(manager), word(0), word(0)]))],
    code: "invalid_method",
    says: /echo_manager#.*not a echo/,
  },
  { input: "new id 0", send: (id) => [packet(id, op.spawn, word(0))], code: "invalid_method", says: /0 is no id/ },
  { input: "duplicate new id", send: (id) => [packet(id, op.spawn, word(id))], code: "invalid_method", says: /in use/ },
  {
    input: "the same new id twice in one message",
    send: (id, _, free) => [packet(id, op.twins, Buffer.concat([word(id), word(free), word(free)]))],
    code: "invalid_method",
    says: /in use/,
  },
  {
    input: "new id that leaves a gap of one",
    send: (id, _, free) => [packet(id, op.spawn, word(free + 1))],
    code: "invalid_method",
    says: /echo#\d+\.spawn: the id \d+ of a new echo leaves a gap/,
  },
  {
    input: "new id that leaves a gap behind another one of its message",
    send: (id, _, free) => [packet(id, op.twins, Buffer.concat([word(id), word(free), word(free + 2)]))],
    code: "invalid_method",
    says: /leaves a gap/,
  },
  {
    input: "new id that leaves a gap as large as can be",
    send: (id) => [packet(id, op.spawn, word(0x00f00000))],
    code: "invalid_method",
    says: /15728640.*leaves a gap/,
  },
  {
    input: "new id that leaves a gap in a bind",
    send: (_id, _manager, free) => [
      packet(2, 0, Buffer.concat([word(3), string("echo_manager"), word(1), word(free + 1)])),
    ],
    code: "invalid_method",
    says: /wl_registry#2\.bind.*leaves a gap/,
  },
  {
    input: "new id of the display",
    send: (id) => [packet(id, op.spawn, word(1))],
    code: "invalid_method",
    says: /in use/,
  },
  {
    input: "new id in the server's range",
    send: (id) => [packet(id, op.spawn, word(0xff000000))],
    code: "invalid_method",
    says: /4278190080 is no id/,
  },
  {
    input: "new id above libwayland's limit",
    send: (id) => [packet(id, op.spawn, word(0x00f00001))],
    code: "invalid_method",
    says: /15728641 is no id/,
  },
  {
    input: "bind of a name that was not announced",
    send: (_id, _manager, free) => [
      packet(2, 0, Buffer.concat([word(4711), string("echo_manager"), word(1), word(free)])),
    ],
    about: 2,
    code: "invalid_object",
    says: /echo_manager \(4711\)/,
  },
  {
    input: "bind of an unknown interface",
    send: (_id, _manager, free) => [
      packet(2, 0, Buffer.concat([word(3), string("no_such_thing"), word(1), word(free)])),
    ],
    about: 2,
    code: "invalid_object",
    says: /no_such_thing/,
  },
  {
    input: "bind of another interface than announced",
    send: (_id, _manager, free) => [
      packet(2, 0, Buffer.concat([word(3), string("wl_compositor"), word(1), word(free)])),
    ],
    about: 2,
    code: "invalid_object",
    says: /wl_compositor/,
  },
  {
    input: "bind at version 0",
    send: (_id, _manager, free) => [
      packet(2, 0, Buffer.concat([word(3), string("echo_manager"), word(0), word(free)])),
    ],
    about: 2,
    code: "invalid_object",
    says: /version/,
  },
  {
    input: "bind at a version that was not announced",
    send: (_id, _manager, free) => [
      packet(2, 0, Buffer.concat([word(3), string("echo_manager"), word(4), word(free)])),
    ],
    about: 2,
    code: "invalid_object",
    says: /have 3, wanted 4/,
  },
];

/** A stage with a second client, which should notice nothing. */
async function witnessed(t: Scope, setting: Setting = {}): Promise<EchoStage & { checkWitness: () => Promise<void> }> {
  const stage = await echoed(t, setting);
  const witness = await stage.connect();
  await witness.client.roundtrip();
  const checkWitness = async (): Promise<void> => {
    await witness.client.roundtrip();
    assert.ok(witness.host.open);
  };
  return Object.assign(stage, { checkWitness });
}

describe("a client that sends", () => {
  for (const { input, send, about = 1, code, says } of rows) {
    it(`${input} gets ${code} and is disconnected, and nobody else notices`, async (t) => {
      const stage = await witnessed(t);
      const { client, host, echo, manager, checkWitness } = stage;
      const sent = send(echo.ours.id, manager.ours.id, echo.ours.id + 1);
      echo.ours.send("strings", "just before", null);
      client.sendRaw(...sent, packet(echo.ours.id, op.strings, Buffer.concat([string("after it"), word(0)])));

      const error = await client.disconnected();
      assert.deepEqual([error.objectId, error.code], [about, codes[code]], error.text);
      assert.match(error.text, says);
      assert.ok(
        stage.log.some((text) => text.startsWith("warn: client 1 (") && says.test(text)),
        stage.log.join("\n"),
      );

      assert.deepEqual((await host.expect("echo.strings")).args, { text: "just before", maybe: null });
      await host.closed;
      // The good ones among those that the row sends may arrive, too.
      const after = host.inbox.all
        .slice(host.inbox.all.findIndex(({ name }) => name === "echo.strings") + 1)
        // Asked by the proxy, whether more globals are under way.
        .filter(({ name }) => name !== "wl_display.sync");
      assert.ok(after.length < sent.length, after.map(({ name }) => name).join());
      assert.ok(!after.some(({ name }) => name === "echo.strings"));
      await checkWitness();
      assert.deepEqual(stage.openFiles, []);
    });
  }

  it("a request of a later version than it has bound gets invalid_method", async (t) => {
    const { client, host, echo } = await echoed(t, {}, 2);
    echo.ours.send("second_version");
    echo.ours.send("third_version", fileWith(""));
    const { code, text } = await client.disconnected();
    assert.equal(code, codes.invalid_method);
    assert.match(text, /third_version.*v2/);
    await host.expect("echo.second_version");
    await host.closed;
    assert.equal(host.inbox.count("echo.third_version"), 0);
  });

  it("more descriptors than any of its messages takes gets invalid_method", async (t) => {
    const { client, host, echo, checkWitness } = await witnessed(t);
    for (let i = 0; i < 26; i++) {
      const fds = Array.from({ length: 10 }, () => fileWith(""));
      client.sendRaw(packet(echo.ours.id, op.numbers, NUMBERS, fds));
    }
    const { code, text } = await client.disconnected();
    assert.equal(code, codes.invalid_method);
    assert.match(text, /more than 253 file descriptors/);
    await host.closed;
    await checkWitness();
  });

  it("any of this gets the same error when every message is logged, and nobody else's bytes are in the log", async () => {
    for (const { send, says } of rows) {
      await scoped(async (scope) => {
        const stage = await witnessed(scope, { verbose: true });
        const { client, echo, manager } = stage;
        echo.ours.send("strings", "a secret".repeat(400), null);
        await client.roundtrip();
        stage.log.length = 0;
        // One more id was in use meanwhile, for the round trip.
        client.sendRaw(...send(echo.ours.id, manager.ours.id, echo.ours.id + 2));
        assert.match((await client.disconnected()).text, says);
        assert.ok(!stage.log.some((text) => text.includes("secret")), stage.log.join("\n"));
        await stage.checkWitness();
      });
    }
  });

  it("control characters has them in no log line, where they could pass for lines of others", async (t) => {
    const stage = await witnessed(t);
    const name = "nice\nwayland-proxy: all is well\u001b[2J";
    stage.client.sendRaw(packet(2, 0, Buffer.concat([word(3), string(name), word(1), word(50)])));
    await stage.client.disconnected();
    for (const line of stage.log) assert.doesNotMatch(line, /\p{Cc}/u, JSON.stringify(line));
  });

  it("on and on after its mistake gets the error all the same, and all that follows is consumed", async (t) => {
    const stage = await witnessed(t);
    const { client, host, echo } = stage;
    client.reading = false;
    client.sendRaw(packet(4711, 0));
    for (let i = 0; i < 500; i++) {
      client.sendRaw(packet(echo.ours.id, op.bytes, array(Buffer.alloc(4000)), i % 50 === 0 ? [fileWith("")] : []));
    }
    await host.closed;
    await client.drained();
    client.reading = true;
    assert.equal((await client.disconnected()).code, codes.invalid_object);
    assert.ok(!client.wasReset);
    assert.equal(host.inbox.count("echo.bytes"), 0);
    await stage.checkWitness();
  });

  it("anything at all is answered or relayed, but never harms another client", async (t) => {
    const stage = await witnessed(t);
    for (let i = 0; i < 40; i++) {
      const { client } = await stage.connect();
      const noise = Buffer.from(Array.from({ length: 16 + i * 8 }, (_, k) => (k * 131 + i * 17 + (k >> 2) * i) & 0xff));
      // A header that is at least plausible gets further.
      noise.writeUInt32LE(1 + (i % 3), 0);
      noise.writeUInt32LE((Math.min(noise.length, 8 + 4 * (i % 9)) << 16) | (i % 2), 4);
      client.sendRaw({ bytes: noise, fds: i % 5 === 0 ? [fileWith("")] : [] });
      client.shutdown();
      await client.closed;
    }
    await stage.checkWitness();
    assert.ok(!stage.log.some((text) => text.includes("internal error")), stage.log.join("\n"));
  });
});

describe("a host that sends", () => {
  const events: readonly { input: string; send: (id: number) => Packet[]; says: RegExp }[] = [
    { input: "size 4", send: (id) => [sized(4, id, 0)], says: /message of 4 bytes/ },
    { input: "size % 4 != 0", send: (id) => [sized(22, id, 0)], says: /message of 22 bytes/ },
    { input: "an unknown opcode", send: (id) => [packet(id, 99)], says: /99/ },
    { input: "a short message", send: (id) => [packet(id, 0, word(1))], says: /numbers.*too short/ },
    { input: "a bad string", send: (id) => [packet(id, 1, Buffer.concat([word(7), word(0)]))], says: /strings/ },
    { input: "no descriptor where one is due", send: (id) => [packet(id, 4, word(1))], says: /descriptor/ },
    { input: "a new id of the client's range", send: (id) => [packet(id, 6, word(50))], says: /50 is no free id/ },
    {
      input: "a new id that is in use",
      send: (id) => [packet(id, 6, word(0xff000000)), packet(id, 6, word(0xff000000))],
      says: /4278190080 is no free id/,
    },
    { input: "a short delete_id", send: () => [packet(1, 1)], says: /too short/ },
    { input: "a short error", send: () => [packet(1, 0, word(1))], says: /too short/ },
  ];
  for (const { input, send, says } of events) {
    it(`${input} ends the session with an implementation error, and nobody else notices`, async (t) => {
      const { client, host, echo, checkWitness, ...stage } = await witnessed(t);
      echo.theirs.send("strings", "just before", null);
      host.sendRaw(...send(echo.theirs.id));
      const error = await client.disconnected();
      assert.deepEqual([error.objectId, error.code], [1, 3], error.text);
      assert.match(error.text, says);
      assert.ok(
        stage.log.some((text) => text.startsWith("error: client 1 (") && says.test(text)),
        stage.log.join("\n"),
      );
      assert.equal(client.inbox.count("echo.strings"), 1);
      await host.closed;
      await checkWitness();
    });
  }

  it("an event to what does not exist is ignored, as libwayland's clients do", async (t) => {
    const { client, host, echo } = await echoed(t);
    host.sendRaw(packet(4711, 0, NUMBERS), packet(0xff000123, 3), packet(0, 0));
    echo.theirs.send("numbers", 1, 2, 3);
    await client.expect("echo.numbers");
  });

  it("delete_id of what does not exist, or of the display, changes nothing", async (t) => {
    const { client, host, echo } = await echoed(t);
    for (const id of [0, 1, 4711, 0xff000000]) host.display.send("delete_id", id);
    await client.roundtrip();
    echo.ours.send("numbers", 1, 2, 3);
    await host.expect("echo.numbers");
  });

  it("a message of more than 4096 bytes is relayed: only this client can be hurt by it", async (t) => {
    const { client, echo } = await echoed(t);
    const bytes = Buffer.alloc(65_000, 7);
    echo.theirs.send("bytes", bytes);
    assert.deepEqual((await client.expect("echo.bytes")).args, { bytes });
  });
});
