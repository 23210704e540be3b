// SPDX-License-Identifier: Apache-2.0
/**
 * Shows the proxy's main job. In a Wayland session a real program opens its window there through the proxy. Without a
 * session the same happens on a headless compositor, and a screenshot is written. Run by `npm run demo`.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { hostSocketPath } from "../src/cli/upstream/host-address.ts";
import { connectUnix } from "../src/native/socket.ts";
import { Desktop } from "../test/desktop/support/desktop.ts";

const TAG = "[demo] ";
const proxy = fileURLToPath(new URL("../bin/wayland-proxy.cjs", import.meta.url));
const evidence = fileURLToPath(new URL("../../test-results/demo", import.meta.url));
const screenshot = fileURLToPath(new URL("../demo.png", import.meta.url));

function say(text: string): void {
  console.error(`==> ${text}`);
}

/** A terminal that tells what one sees, and stays until `last` ends. */
function terminal(last: string): [string, ...string[]] {
  const text = [
    "Hello from a program that does not know of the proxy.",
    "",
    "All its messages to the compositor, and back, are relayed.",
    "Only its title is changed on the way: it gets a tag.",
    "",
  ];
  const script = `printf '%s\\n' "$@"; ${last}`;
  return [
    "foot",
    "--font=monospace:size=14",
    "--window-size-chars=60x10",
    "--title=a terminal",
    "sh",
    "-c",
    script,
    "sh",
    ...text,
  ];
}

function hasSession(): boolean {
  try {
    connectUnix(hostSocketPath(process.env)).close();
    return true;
  } catch {
    return false;
  }
}

/** Returns the exit code. */
function showInSession(): number {
  say("starting a terminal on your desktop, through the proxy; close it to end the demo");
  const command = terminal("echo 'Press Return to end the demo.'; read line");
  return spawnSync(process.execPath, [proxy, "--tag", TAG, ...command], { stdio: "inherit" }).status ?? 1;
}

async function showHeadless(): Promise<void> {
  say("there is no Wayland session here, so a headless compositor (sway) is started");
  const desktop = new Desktop({ on: "sway" });
  try {
    await desktop.startCompositor();
    await desktop.sway.message("output * mode --custom 800x400@60Hz");
    say("starting a terminal (foot) on it, through the proxy");
    const [program, ...args] = terminal("read line");
    const foot = desktop.start(await desktop.proxied("--tag", TAG), program, args);
    // The terminal's text is the only bright thing on the screen until the window gets its title bar.
    const bare = await desktop.still("text", ({ pixels }) => {
      if (!foot.running) throw new Error(`${program} ended: ${foot.output}`);
      return pixels.some((value) => value > 150);
    });
    await desktop.sway.message('[app_id="foot"] border normal');
    const complete = await desktop.still("the title bar", (picture) => picture.difference(bare) > 0);
    writeFileSync(screenshot, complete.toPng());
    const [window] = await desktop.sway.windows();
    say(`sway shows a window with the title "${window?.title}"`);
    say(`screenshot: ${screenshot}`);
  } catch (error) {
    desktop.keepLogs(evidence);
    say(`that failed; logs: ${evidence}`);
    throw error;
  } finally {
    await desktop.close();
    desktop.remove();
  }
}

if (hasSession()) process.exitCode = showInSession();
else await showHeadless();
