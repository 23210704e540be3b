// SPDX-License-Identifier: Apache-2.0
/** wayland-proxy-ctl, with real programs that it controls. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Fd } from "../../../src/native/fd.ts";
import { pipe, readFd, writeFd } from "../../../src/native/pipe.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { eventually } from "../../support/eventually.ts";
import { FakeClient } from "../../support/fake-client.ts";
import { FakeCompositor } from "../../support/fake-compositor.ts";
import { windowGlobals } from "../../support/window.ts";
import { Place, type Run } from "./support.ts";

const ctl = fileURLToPath(new URL("../../../bin/wayland-proxy-ctl.cjs", import.meta.url));

class ControlPlace extends Place {
  ctl(...args: string[]): Run {
    return this.run(process.execPath, [ctl, ...args]);
  }

  /** What it prints, once it has done its work. */
  async answer(...args: string[]): Promise<string> {
    const run = this.ctl(...args);
    assert.equal(await run.ended, 0, run.stderr);
    return run.stdout;
  }

  async complaint(...args: string[]): Promise<string> {
    const run = this.ctl(...args);
    assert.equal(await run.ended, 1, run.stdout);
    return run.stderr;
  }
}

describe("wayland-proxy-ctl", () => {
  it("lists, watches, explains, closes and disconnects the clients of a proxy", async (t) => {
    // Its socket lies in the place, which goes after it.
    const ends: (() => void)[] = [];
    t.after(() => {
      for (const end of ends) end();
    });
    const place = new ControlPlace(t);
    const protocol = new ProtocolRegistry();
    const compositor = new FakeCompositor(join(place.directory, "wayland-0"), protocol, windowGlobals);
    ends.push(() => compositor.close());
    const policy = join(place.directory, "policy.toml");
    writeFileSync(policy, '[client.box]\nfullscreen = "deny"\n');
    const proxy = place.proxy(["--wayland-display", "box-1", "--policy", policy, "--name", "box", "--tag", "[box] "]);
    await proxy.says("listening on");
    const socket = join(place.directory, "wayland-proxy-box.control");
    assert.equal(statSync(socket).mode & 0o777, 0o600);

    const watcher = place.ctl("--json", "watch", "box");
    await watcher.says("watching");
    // The proxy has looked whether there is a compositor.
    await compositor.nextConnection();
    const client = new FakeClient(join(place.directory, "box-1"), protocol);
    const host = await compositor.nextConnection();
    const surface = (await client.bind("wl_compositor")).create("create_surface");
    const toplevel = (await client.bind("xdg_wm_base")).create("get_xdg_surface", surface).create("get_toplevel");
    toplevel.send("set_title", "Inbox");
    toplevel.send("set_app_id", "mail");
    toplevel.send("set_fullscreen", null);
    await host.expect("xdg_toplevel.unset_fullscreen");

    const list = await place.answer("list", "box");
    assert.match(list, /^box: wayland-proxy, pid \d+, 1 client\n {2}1 {2}client 1 \(node.*\n +"Inbox" {2}mail\n$/);
    assert.match(await place.answer("policy"), /Programs may not make their windows fullscreen\./);
    const stats = JSON.parse(await place.answer("stats", "box")) as { clients: { name: string }[] };
    assert.match(stats.clients[0]?.name ?? "", /^client 1 /);

    writeFileSync(policy, '[client.box]\nactivation = "deny"\n');
    assert.equal(await place.answer("reload", "box"), "box: changed: activation, fullscreen\n");
    writeFileSync(policy, "[client.box]\nactivation = 1\n");
    assert.match(await place.complaint("reload", "box"), /policy\.toml:2: activation is 1/);

    assert.equal(await place.answer("close", "box", "1"), "box: 1 window is asked to close\n");
    await client.expect("xdg_toplevel.close");
    assert.match(await place.complaint("kill", "box", "2"), /no client "2"/);
    assert.equal(await place.answer("kill", "box", "1"), "box: the client is disconnected\n");
    assert.match((await client.disconnected()).text, /the user has asked for it/);
    await watcher.says("client-gone");
    const events = watcher.stdout
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { event: string }).event);
    assert.deepEqual(events, [
      "watching",
      "client-connected",
      "window-opened",
      "window-changed",
      "window-changed",
      "refused",
      "policy-reloaded",
      "client-gone",
    ]);

    proxy.child.kill("SIGTERM");
    assert.equal(await proxy.ended, 0);
    assert.equal(await watcher.ended, 0, "what watches ends with what it watches");
    assert.equal(existsSync(socket), false);
    assert.deepEqual(
      readdirSync(place.directory).filter((name) => name.includes("control")),
      [],
    );
  });

  it("moves what was copied to and from a VM, whose host is in its jail by then", async (t) => {
    const ends: (() => void)[] = [];
    t.after(() => {
      for (const end of ends) end();
    });
    const place = new ControlPlace(t);
    const globals = ["wl_seat", "ext_data_control_manager_v1"];
    const compositor = new FakeCompositor(join(place.directory, "wayland-0"), new ProtocolRegistry(), globals);
    ends.push(() => compositor.close());
    compositor.reactions.set("ext_data_control_manager_v1.get_data_device", (message) => {
      const device = message.objectArg("id");
      const offer = device.create("data_offer");
      offer.send("offer", "text/plain");
      device.send("selection", offer);
      const marked = device.create("data_offer");
      marked.send("offer", "text/plain");
      device.send("primary_selection", marked);
    });
    compositor.reactions.set("ext_data_control_offer_v1.receive", (message) => {
      const fd = message.fdArg("fd");
      writeFd(fd.raw, Buffer.from("outside"), 0, 7);
      fd.close();
    });
    let isMarked = false;
    compositor.reactions.set("ext_data_control_device_v1.set_primary_selection", () => {
      isMarked = true;
    });
    let pasted: Fd | undefined;
    compositor.reactions.set("ext_data_control_device_v1.set_selection", (message) => {
      const [read, write] = pipe();
      pasted = read;
      message.objectArg("source").send("send", "text/plain", write);
    });
    const policy = join(place.directory, "policy.toml");
    writeFileSync(policy, '[vm.work]\nclipboard = "isolated"\nprimary = "isolated"\n');
    const socket = join(place.directory, "work.sock");
    const device = place.deviceHost(["--socket", socket, "--policy", policy, "--name", "work"]);
    await device.says("listening on");
    assert.match(await place.complaint("clipboard", "out", "work"), /nothing has been copied there/);
    assert.equal(
      await place.answer("clipboard", "in", "work"),
      "work: 7 bytes are in its clipboard, for 60 s\n",
      device.stderr,
    );
    assert.equal(
      await place.answer("clipboard", "out", "work"),
      "work: 7 bytes are in the host's clipboard, for 60 s\n",
    );
    const bytes = Buffer.alloc(16);
    const count = await eventually("what was moved", () => {
      const got = pasted === undefined ? 0 : readFd(pasted.raw, bytes, 0, bytes.length);
      return got > 0 ? got : undefined;
    });
    pasted?.close();
    assert.equal(bytes.toString("latin1", 0, count), "outside");
    assert.equal(await place.answer("clipboard", "clear", "work"), "work: the clipboard is empty\n");
    assert.match(await place.complaint("clipboard", "out", "--primary", "work"), /nothing has been marked there/);
    assert.equal(
      await place.answer("--primary", "clipboard", "in", "work"),
      "work: 7 bytes are in its primary selection, for 60 s\n",
    );
    assert.match(await place.complaint("clipboard", "out", "work"), /nothing has been copied there/);
    assert.equal(
      await place.answer("clipboard", "out", "--primary", "work"),
      "work: 7 bytes are in the host's primary selection, for 60 s\n",
    );
    assert.ok(isMarked);
    assert.match(await place.complaint("list", "--primary"), /--primary belongs to clipboard, and not to list/);
    assert.doesNotMatch(device.stderr, /has refused/);
    assert.match(await place.complaint("clipboard", "off", "work"), /needs one of in, out, clear/);
    device.child.kill("SIGTERM");
    assert.equal(await device.ended, 0);
  });

  it("finds what runs by its name, and says what there is for another one", async (t) => {
    const place = new ControlPlace(t);
    await place.host();
    assert.match(await place.complaint("list"), /no wayland-proxy is running/);
    const proxy = place.proxy([]);
    await proxy.says("listening on wayland-1");
    const device = place.deviceHost(["--socket", join(place.directory, "work.sock")]);
    await device.says("listening on");
    const list = await place.answer("list");
    assert.match(list, /^wayland-1: wayland-proxy, pid/m);
    assert.match(list, /^work: wayland-proxy-host, pid/m);
    assert.match(await place.complaint("dump"), /which one\? There are wayland-1, work/);
    assert.match(await place.complaint("dump", "worx"), /no "worx" is running: did you mean work\?/);
    assert.match(await place.complaint("dumpp"), /no command "dumpp": did you mean dump\?/);
    assert.match(await place.complaint("kill", "work"), /needs a name and a client/);
    assert.match(await place.complaint("list", "work", "3"), /takes a name at most/);
    assert.match(await place.complaint("reload", "work"), /there is no policy file/);
    await place.answer("dump", "work");
    await device.says("wayland-proxy-ctl asked for it");
    // One that was killed has left its socket, which the next one takes over.
    device.child.kill("SIGKILL");
    await device.ended;
    assert.match(await place.complaint("list", "work"), /no "work" is running/);
    const next = place.deviceHost(["--socket", join(place.directory, "work.sock")]);
    await next.says("listening on");
    assert.match(await place.answer("list", "work"), /^work: /);
  });

  it("is not served as another user, whatever the mode of the socket", async (t) => {
    if (process.getuid?.() !== 0) return t.skip("only root can become another user");
    const place = new ControlPlace(t);
    await place.host();
    const proxy = place.proxy(["--name", "own"]);
    await proxy.says("listening on");
    // Nobody, with the privilege to pass all modes of files.
    const caps = "+dac_override,+dac_read_search";
    const become = ["--reuid=65534", "--regid=65534", "--clear-groups", `--inh-caps=${caps}`, `--ambient-caps=${caps}`];
    const script = `
      const socket = require("node:net").connect(process.argv[1], () => socket.write('{"id":1,"command":"clients"}\\n'));
      socket.on("data", (data) => console.log("answered " + data));
      socket.on("error", () => {});
      socket.on("close", () => console.log("over"));`;
    const path = join(place.directory, "wayland-proxy-own.control");
    const stranger = place.run("setpriv", [...become, process.execPath, "-e", script, path]);
    await proxy.says("a connection of user 65534 to the control socket is refused: it is for our own user");
    assert.equal(await stranger.ended, 0, stranger.stderr);
    assert.equal(stranger.stdout, "over\n");
    assert.match(await place.answer("list"), /own/);
  });

  it("is not served by a second program of the same name, which runs all the same", async (t) => {
    const place = new ControlPlace(t);
    await place.host();
    const first = place.proxy(["--name", "same"]);
    await first.says("listening on");
    const second = place.proxy(["--name", "same"]);
    await second.says("no control socket: ");
    await second.says("listening on");
  });
});
