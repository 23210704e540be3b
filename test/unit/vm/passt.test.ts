// SPDX-License-Identifier: Apache-2.0
/** The real passt, with a VM that is played here: its root writes whatever packets he likes. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../../src/native/package-root.ts";
import { Helper } from "../../../src/vm/host/helper.ts";
import { userNetwork } from "../../../src/vm/host/network.ts";
import { passtCommand, passtProblem } from "../../../src/vm/host/passt.ts";
import { sandboxProblem } from "../../../src/vm/host/sandbox.ts";
import { launcherPath } from "../../../src/vm/launcher.ts";
import { eventually } from "../../support/eventually.ts";
import { temporaryDirectory } from "../native/support.ts";
import { datagramPacket, type Endpoint, Packets, SYN, SYN_ACK, synPacket } from "./ethernet.ts";

const tree = fileURLToPath(packageRoot);
const launcher = launcherPath(tree);
const guest = "10.0.2.15";
const gateway = "10.0.2.2";

/** A passt that will do: the one that the tests of VMs have fetched, else the machine's own. */
function findPasst(): string | null {
  const candidates = [join(tree, ".cache/vm/passt"), "/usr/bin/passt"].filter((path) => existsSync(path));
  return candidates.find((path) => passtProblem(`${execFileSync(path, ["--version"])}`) === null) ?? null;
}

/** An address of this machine by which others reach it. */
function outerAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
}

/** Listens at an address, and notes the ports from which somebody connects. */
async function serve(context: TestContext, address: string): Promise<{ server: Server; port: number; from: number[] }> {
  const from: number[] = [];
  const server = createServer((socket) => {
    from.push(socket.remotePort ?? 0);
    socket.destroy();
  });
  await once(server.listen(0, address), "listening");
  context.after(() => server.close());
  return { server, port: (server.address() as AddressInfo).port, from };
}

/** The first loopback address from this one on at which a name server can be, as systemd-resolved has one at 127.0.0.53. */
async function serveNames(context: TestContext, first: number): Promise<{ address: string; heard: number[] }> {
  const address = `127.0.0.${first}`;
  const heard: number[] = [];
  const datagrams = createSocket("udp4");
  const server = createServer((socket) => socket.destroy());
  context.after(() => datagrams.close());
  context.after(() => server.close());
  datagrams.on("message", (_, { port, address: from }) => {
    heard.push(port);
    datagrams.send("an answer", port, from);
  });
  try {
    await once(datagrams.bind(53, address), "listening");
    await once(server.listen(53, address), "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return serveNames(context, first + 1);
  }
  return { address, heard };
}

describe("passt", () => {
  it("leads a VM to others, and never to this machine's loopback address, whatever its root writes", async (context) => {
    const program = findPasst();
    const outer = outerAddress();
    if (program === null || outer === undefined) return context.skip("there is no passt that will do, or no network");
    if (sandboxProblem(launcher, temporaryDirectory(context)) !== null) return context.skip("there are no namespaces");
    const open = await serve(context, outer);
    const secret = await serve(context, "127.0.0.1");
    const datagrams = createSocket("udp4");
    context.after(() => datagrams.close());
    const heard: number[] = [];
    datagrams.on("message", (_, { port }) => heard.push(port));
    datagrams.bind(0, "127.0.0.1");
    await once(datagrams, "listening");
    const published = await serve(context, "127.0.0.1");
    published.server.close();

    const network = userNetwork([{ host: published.port, guest: 80 }], program);
    const path = join(temporaryDirectory(context), "network");
    const failures: string[] = [];
    const helper = new Helper(launcher, passtCommand(program, network, path, process.pid), (why) => failures.push(why));
    context.after(() => helper.close());
    const qemu = connect(path).on("error", () => {});
    context.after(() => qemu.destroy());
    const packets = new Packets();
    qemu.on("data", (bytes: Buffer) => packets.add(bytes));

    let port = 40_000;
    const own = (): Endpoint => ({ address: guest, port: ++port });
    for (const address of [gateway, "127.0.0.1", "127.1.2.3", "0.0.0.0", network.nameserver, guest]) {
      qemu.write(synPacket(own(), { address, port: secret.port }));
      qemu.write(datagramPacket(own(), { address, port: datagrams.address().port }));
    }
    qemu.write(synPacket({ ...own(), address: "127.0.0.1" }, { address: "127.0.0.1", port: secret.port }));
    qemu.write(synPacket(own(), { address: outer, port: open.port }));
    const says = (): string => `${failures} ${JSON.stringify(packets.all)}`;
    await eventually(
      () => `the VM to be connected with others; there came ${says()}`,
      () => packets.all.some(({ from, flags }) => from.address === outer && flags === SYN_ACK),
    );
    // What had come before would have been heard before.
    const client = connect(secret.port, "127.0.0.1").on("error", () => {});
    await once(client, "connect");
    const { localPort } = client;
    await eventually("the server here to be reached from here", () => secret.from.length > 0);
    assert.deepEqual(secret.from, [localPort]);
    const ours = createSocket("udp4");
    context.after(() => ours.close());
    ours.send("!", datagrams.address().port, "127.0.0.1");
    await eventually("the datagram from here", () => heard.length > 0);
    assert.deepEqual(heard, [ours.address().port]);

    connect(published.port, "127.0.0.1").on("error", () => {});
    await eventually(
      () => `programs here to reach the VM by the port that is published; there came ${says()}`,
      () => packets.all.some(({ from, to, flags }) => from.address === gateway && to.port === 80 && flags === SYN),
    );
    assert.deepEqual(failures, []);
    return undefined;
  });

  it("leads a VM's questions for names to a resolver that listens on this machine's loopback address alone", async (context) => {
    const program = findPasst();
    if (program === null || outerAddress() === undefined) {
      return context.skip("there is no passt that will do, or no network");
    }
    if (process.geteuid?.() !== 0) return context.skip("to replace resolv.conf, and to serve port 53, takes root");
    const folder = temporaryDirectory(context);
    if (sandboxProblem(launcher, folder) !== null) return context.skip("there are no namespaces");
    const names = await serveNames(context, 53);
    const secret = await serve(context, names.address);
    const [list, replaced] = [join(folder, "resolv.conf"), join(folder, "passt")];
    writeFileSync(list, `nameserver ${names.address}\noptions edns0 trust-ad\nsearch .\n`, { mode: 0o644 });
    const mount = `mount --bind "$0" /etc/resolv.conf && exec "$@"`;
    writeFileSync(replaced, `#!/bin/sh\nexec unshare --mount sh -c '${mount}' ${list} ${program} "$@"\n`, {
      mode: 0o755,
    });

    const network = userNetwork([], replaced);
    const path = join(folder, "network");
    const failures: string[] = [];
    const helper = new Helper(launcher, passtCommand(replaced, network, path, process.pid), (why) =>
      failures.push(why),
    );
    context.after(() => helper.close());
    const qemu = connect(path).on("error", () => {});
    context.after(() => qemu.destroy());
    const packets = new Packets();
    qemu.on("data", (bytes: Buffer) => packets.add(bytes));
    const nameserver = { address: network.nameserver, port: 53 };
    const own = (port: number): Endpoint => ({ address: guest, port });
    // Its other ports stay closed.
    qemu.write(synPacket(own(40_000), { ...nameserver, port: secret.port }));
    qemu.write(synPacket(own(40_001), { address: names.address, port: 53 }));
    qemu.write(datagramPacket(own(40_002), nameserver));
    qemu.write(synPacket(own(40_003), nameserver));
    const answers = (): string[] =>
      packets.all.map(({ from, to, flags }) => `${from.address}:${from.port} ${to.port} ${flags ?? "datagram"}`);
    await eventually(
      () => `answers by UDP and TCP; there came ${failures} ${answers()}`,
      () => answers().includes("10.0.2.3:53 40002 datagram") && answers().includes(`10.0.2.3:53 40003 ${SYN_ACK}`),
    );
    assert.equal(names.heard.length, 1);
    assert.ok(!answers().some((answer) => answer.includes(` ${SYN_ACK}`) && !answer.includes("40003")), `${answers()}`);
    assert.deepEqual(secret.from, []);
    assert.deepEqual(failures, []);
    return undefined;
  });

  it("that ends with an error is reported with its last line", async (context) => {
    const network = userNetwork([], "/bin/sh");
    const path = join(temporaryDirectory(context), "network");
    const failures: string[] = [];
    // A shell knows none of its options.
    new Helper(launcher, passtCommand("/bin/sh", network, path, process.pid), (why) => failures.push(why));
    context.after(() => connection.destroy());
    const connection = connect(path).on("error", () => {});
    await eventually("the failure", () => failures.length > 0);
    assert.match(failures[0] ?? "", /^passt ended with status 2: .*Illegal option/);
  });

  it("is not used when it is so old that it would lead to the loopback address", () => {
    assert.equal(passtProblem("passt 2025_05_03.587980c\nCopyright Red Hat"), null);
    assert.equal(passtProblem("passt 0.0~git20250503.587980c-2+deb13u1"), null);
    assert.equal(passtProblem("passt 0^20261002.gcba3570-1.fc45.x86_64"), null);
    assert.match(passtProblem("passt 0.0~git20230309.7c7625d-1") ?? "", /^it is of 20230309, and would let a VM reach/);
    assert.match(passtProblem("") ?? "", /^it is of an unknown version, and would/);
  });
});
