// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { DISPLAY, xNumber, xwaylandIn } from "../desktop/support/x-programs.ts";
import { guestTests } from "./support/guest-test.ts";
import { looksTheSame, typesALine } from "./support/scenes.ts";

/** Of both proxies; the X server is a script in the home directory. */
const options = ["--x-display", String(xNumber), "--xwayland-binary", "./xwayland"];
const guestTest = guestTests("newest", ...options);

guestTest(
  "an xterm looks the same as on an X display of the host, and keys typed into it arrive exactly",
  { on: ["sway"] },
  async (guest, desktop) => {
    // Without -shm it would look for a GPU, and draw with an emulated processor as if that were one.
    const script = readFileSync(xwaylandIn(desktop.home, "Xwayland -shm"));
    await guest.run("sh", ["-c", "cat > xwayland; chmod +x xwayland"], { input: script });
    // A terminal without a keyboard would have another cursor.
    const input = await desktop.compositor.input();
    const shell = "stty -echo; printf 'user@host:~$ '; cat > typed";
    const xterm = { client: "xterm", args: ["-e", "sh", "-c", shell], env: { DISPLAY } };
    const display = await desktop.proxied(...options);
    await looksTheSame(guest, desktop, xterm, { display, afterwards: () => typesALine(guest, input) });
  },
);
