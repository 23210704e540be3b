// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { chownSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hostProgram, Place, program } from "../support.ts";

/** Nobody, who is what a program becomes here that root has started: of root's own all files belong to root anyway. */
const NOBODY = 65534;

test("wayland-proxy-host leaves no core dump, since a guest's memory is in it, and nobody can look into it", async (context) => {
  const place = new Place(context);
  await place.host();
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) chownSync(place.directory, NOBODY, NOBODY);
  const socket = join(place.directory, "vm");
  // It need not be allowed to read where this test is.
  const caps = "+dac_override,+dac_read_search";
  const become = [
    "--reuid",
    `${NOBODY}`,
    "--regid",
    `${NOBODY}`,
    "--clear-groups",
    "--inh-caps",
    caps,
    "--ambient-caps",
    caps,
  ];
  const drop = isRoot ? become : [];
  const started = (program: string, args: readonly string[]) =>
    place.run("setpriv", [...drop, process.execPath, program, ...args]);
  const device = started(hostProgram, ["--socket", socket]);
  await device.says("listening on");
  const proxy = started(program, ["--wayland-display", "wayland-7"]);
  await proxy.says("listening on");
  // The kernel gives the files in /proc of a process that can be dumped to its user, and of others to root.
  assert.notEqual(statSync(`/proc/${proxy.child.pid}/environ`).uid, 0);
  assert.equal(statSync(`/proc/${device.child.pid}/environ`).uid, 0);
  // What it opens of itself in /proc it may open all the same.
  writeFileSync(`${socket}-ctl`, "nonsense");
  await device.says('"nonsense" is no command');
  writeFileSync(`${socket}-ctl`, "stats");
  await device.says("0 clients so far");
});
