// SPDX-License-Identifier: Apache-2.0
/** The examples that are modules of hooks, loaded by the programs' own option. */
import assert from "node:assert/strict";
import { fstatSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Fd } from "../../../src/native/fd.ts";
import { memfd } from "../../../src/native/memory.ts";
import { pipe } from "../../../src/native/pipe.ts";
import { ExampleStage, exampleFile } from "../../support/example.ts";
import { openWindow, windowGlobals } from "../../support/window.ts";
import { Place, program } from "../cli/support.ts";

describe("the option --hooks", () => {
  it("loads a module that lets only plain text pass the clipboard, both ways", async (t) => {
    const stage = new ExampleStage(t, ["wl_data_device_manager 3", "wl_seat 5"]);
    await stage.startProxy(program, "--wayland-display", "guest", "--hooks", exampleFile("block-mime-types"));
    const { client, host } = await stage.connect("guest");
    const manager = await client.bind("wl_data_device_manager");
    const source = manager.create("create_data_source");
    for (const type of ["text/html", "image/png", "text/plain"]) source.send("offer", type);
    const seat = await client.bind("wl_seat");
    manager.create("get_data_device", seat);
    const told = await host.expect("wl_data_source.offer");
    assert.equal(told.arg("mime_type"), "text/plain", "what the program copies");

    const device = (await host.expect("wl_data_device_manager.get_data_device")).objectArg("id");
    const offer = device.create("data_offer");
    for (const type of ["image/png", "text/plain"]) offer.send("offer", type);
    const seen = await client.expect("wl_data_offer.offer");
    assert.equal(seen.arg("mime_type"), "text/plain", "what others copy");
    // Asked for all the same, it is refused without a word: the pipe ends.
    const [read, write] = pipe();
    seen.object.send("receive", "image/png", write);
    seen.object.send("accept", 1, "text/plain");
    await host.expect("wl_data_offer.accept");
    assert.equal(host.inbox.count("wl_data_offer.receive"), 0);
    read.close();
  });

  it("loads a module that counts the frames of each window", async (t) => {
    const stage = new ExampleStage(t, windowGlobals);
    await stage.startProxy(program, "--wayland-display", "guest", "--hooks", exampleFile("count-frames"));
    const { client, host } = await stage.connect("guest");
    const { toplevel, surface } = await openWindow({ client, host });
    toplevel.ours.send("set_title", "frames");
    for (let i = 0; i < 3; i++) surface.ours.send("commit");
    toplevel.ours.send("destroy");
    await stage.says(/"frames" has drawn 3 frames/);
  });

  it("loads a module that uses the library, of which there are two copies in the process then", async (t) => {
    const stage = new ExampleStage(t, [...windowGlobals, "wl_shm 1"]);
    const place = new Place(t);
    const file = join(place.directory, "hooks.mjs");
    const library = fileURLToPath(new URL("../../../src/index.js", import.meta.url));
    writeFileSync(
      file,
      `import { memfd, ProtocolError } from ${JSON.stringify(library)};
      export default { requests: {
        wl_shm: { create_pool(message) { message.change({ fd: memfd("ours", 4096) }); } },
        xdg_toplevel: { set_title() { throw new ProtocolError("no titles here", 3); } },
      } };`,
    );
    await stage.startProxy(program, "--wayland-display", "guest", "--hooks", file);
    const { client, host } = await stage.connect("guest");
    const { toplevel } = await openWindow({ client, host });
    const theirs = memfd("theirs", 8);
    (await client.bind("wl_shm")).create("create_pool", theirs, 4096);
    const pool = await host.expect("wl_shm.create_pool");
    const ours = pool.arg("fd") as Fd;
    assert.equal(fstatSync(ours.raw).size, 4096);
    ours.close();
    toplevel.ours.send("set_title", "a title");
    const error = await client.expect("wl_display.error");
    assert.match(String(error.arg("message")), /no titles here$/);
    assert.equal(error.arg("code"), 3);
  });

  it("loads a module in JavaScript that sees clients come, and learns of its own mistakes by a code", async (t) => {
    const stage = new ExampleStage(t, windowGlobals);
    const file = join(new Place(t).directory, "hooks.mjs");
    const library = fileURLToPath(new URL("../../../src/index.js", import.meta.url));
    writeFileSync(
      file,
      `import { HookError } from ${JSON.stringify(library)};
      export default {
        onClient: (client) => console.log(client.name + " is here"),
        requests: {
          xdg_toplevel: {
            set_title({ client, object }) {
              try {
                client.sendRequest(object, "set_parent", { parent: client.display });
              } catch (error) {
                console.log(error instanceof HookError, error.code);
              }
            },
          },
        },
      };`,
    );
    await stage.startProxy(program, "--wayland-display", "guest", "--hooks", file);
    const { client, host } = await stage.connect("guest");
    await stage.says(/client 1 \(node, pid \d+\) is here/);
    const { toplevel } = await openWindow({ client, host });
    toplevel.ours.send("set_title", "still here");
    await stage.says(/true bad-value/);
    await host.expect("xdg_toplevel.set_title");
    assert.equal(host.inbox.count("xdg_toplevel.set_parent"), 0);
  });

  const mistakes: [what: string, text: string, message: RegExp][] = [
    ["nothing at all", "", /hooks\.mjs exports no hooks: its default export must be/],
    ["something else", "export default { hooks: [] };", /hooks\.mjs exports no hooks/],
    ["a mistake", "throw new Error('no luck');", /cannot load the hooks in .*hooks\.mjs: no luck/],
    [
      "a message that no protocol has",
      "export default { requests: { xdg_toplevel: { set_titel() {} } } };",
      /hooks\.mjs: a hook names xdg_toplevel\.set_titel, which is not among the requests/,
    ],
  ];
  for (const [what, text, message] of mistakes) {
    it(`refuses in one line a module with ${what}`, async (t) => {
      const place = new Place(t);
      const file = join(place.directory, "hooks.mjs");
      writeFileSync(file, text);
      for (const run of [
        place.proxy(["--hooks", file]),
        place.deviceHost(["--hooks", file, "--socket", join(place.directory, "vm.sock")]),
      ]) {
        assert.equal(await run.ended, 1);
        assert.match(run.stderr, message);
        assert.match(run.stderr, /^wayland-proxy(-host)?: error: [^\n]*\n$/);
      }
    });
  }
});
