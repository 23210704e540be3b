// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { XDisplay } from "../../src/listen/x-display.ts";
import { connectUnix, socketPair } from "../../src/native/socket.ts";
import { X11Connection } from "../../src/x11/client/connection.ts";
import { EventMask } from "../../src/x11/generated/enums.ts";
import { openDescriptors } from "../support/descriptors.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { need } from "./support/packages.ts";

/** Out of the way of real displays, and of another run of the tests. */
const number = 40_000 + (process.pid % 10_000);

desktopTest(
  "X clients wait in the sockets until Xwayland has a window manager",
  { on: ["weston"] },
  async (desktop) => {
    need("setpriv", "Xwayland");
    const before = openDescriptors();
    const display = XDisplay.open(number);
    const called = new Promise<void>((resolve) => display.wait(resolve));
    const path = `/tmp/.X11-unix/X${number}`;
    const clients = [X11Connection.open(connectUnix(path)), X11Connection.open(display.connect())];
    await called;

    const [ours, theirs] = socketPair();
    const listening = display.fds.flatMap((_, i) => ["-listenfd", String(4 + i)]);
    const server = spawn(
      "setpriv",
      ["--pdeathsig", "TERM", "Xwayland", display.name, "-rootless", "-shm", "-wm", "3", ...listening],
      {
        env: { ...process.env, WAYLAND_DISPLAY: desktop.direct.socket },
        stdio: ["ignore", "ignore", "ignore", theirs.raw, ...display.fds.map((fd) => fd.raw)],
      },
    );
    theirs.close();
    const ended = once(server, "exit");
    const manager = await X11Connection.open(ours);
    const { root } = manager.setup;
    const event_mask = EventMask.SubstructureRedirect | EventMask.SubstructureNotify;
    await manager.checked("ChangeWindowAttributes", { window: root, event_mask });
    const [selection = 0] = await manager.atoms.intern(["WM_S0"]);
    manager.send("SetSelectionOwner", { owner: root, selection, time: 0 });
    for (const client of await Promise.all(clients)) {
      assert.equal(client.setup.root, root);
      assert.notEqual(client.setup.idBase, manager.setup.idBase);
      client.close();
    }

    // The sockets outlive the server.
    manager.close();
    server.kill();
    await ended;
    const again = new Promise<void>((resolve) => display.wait(resolve));
    using late = connectUnix(path);
    await again;
    display.drain();
    late.close();
    display.close();
    assert.deepEqual(openDescriptors(), before);
  },
);
