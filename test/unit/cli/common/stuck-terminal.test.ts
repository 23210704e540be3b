// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { scaled } from "../../../support/patience.ts";
import { fileSays, Place, program } from "../support.ts";

/** The time for which the test waits for a condition, before it is scaled to the machine. */
const CONDITION_TIMEOUT_MS = 30_000;

/** The state of a process as in proc(5): Z when it has ended and its parent does not know yet. */
function stateOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
  } catch {
    return "Z";
  }
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + scaled(CONDITION_TIMEOUT_MS);
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const registry = Buffer.from(new Uint32Array([1, (12 << 16) | 1, 2]).buffer);

test("a terminal that has stopped holds up no client, and SIGTERM ends us all the same", async (context) => {
  const place = new Place(context);
  await place.host();
  const command = `echo $$ > "$XDG_RUNTIME_DIR/pid"; exec ${process.execPath} ${program} -v`;
  // script(1) is the terminal; what it does not read, nobody does.
  const terminal = place.run("script", ["-qec", command, "/dev/null"], { SHELL: "/bin/sh" });
  await terminal.says("listening");
  const pid = Number(await fileSays(`${place.directory}/pid`, "\n"));
  context.after(() => {
    if (stateOf(pid) !== "Z") process.kill(pid, "SIGKILL");
  });
  terminal.child.kill("SIGSTOP");
  await until(() => stateOf(terminal.child.pid as number) === "T", "the terminal to stop");
  // Each leaves some lines in the log, of which a terminal keeps less than a hundred.
  for (let i = 0; i < 200; i++) {
    const client = await place.client("wayland-1");
    client.socket.write(registry);
    let isAnswered = false;
    void client.fail().then(() => {
      isAnswered = true;
    });
    await until(() => isAnswered, "an answer");
  }
  process.kill(pid, "SIGTERM");
  await until(() => stateOf(pid) === "Z", "the program to end");
});
