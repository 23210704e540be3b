// SPDX-License-Identifier: Apache-2.0
/** A program as the agent of a guest runs it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../../src/native/package-root.ts";
import { FrameKind } from "../../../src/vm/channel/frame.ts";
import { Program } from "../../../src/vm/guest/program.ts";
import { launcherPath } from "../../../src/vm/launcher.ts";

const launcher = launcherPath(fileURLToPath(packageRoot));
const user = {
  uid: 0,
  gid: 0,
  groups: [],
  home: "/",
  homeIsShared: false,
  environment: { DISPLAY: ":0", PATH: "/none" },
};

interface Run {
  readonly program: Program;
  readonly ended: Promise<{ code: number | undefined; output: string; errors: string }>;
}

/** Runs a script; `output` is told of what it writes. */
function run(script: string, output: (program: Program) => void = () => {}): Run {
  const texts = new Map<number, string>();
  let code: number | undefined;
  let end: () => void = () => {};
  const hasEnded = new Promise<void>((resolve) => {
    end = resolve;
  });
  const start = { command: ["sh", "-c", script], environment: { PATH: "/usr/bin:/bin" }, folder: "/", terminal: null };
  const send = (kind: FrameKind, body: Uint8Array): void => {
    if (kind === FrameKind.exit) code = body[0];
    else texts.set(kind, (texts.get(kind) ?? "") + Buffer.from(body).toString());
    if (kind === FrameKind.output) output(program);
  };
  const program = new Program(start, user, launcher, send, () => end());
  const text = (kind: FrameKind): string => texts.get(kind) ?? "";
  const ended = hasEnded.then(() => ({ code, output: text(FrameKind.output), errors: text(FrameKind.errors) }));
  return { program, ended };
}

// The agent is root, and gives that up.
const options = { skip: process.geteuid?.() !== 0 && "only root can become a user" };

describe("a program that the agent runs", options, () => {
  it("has pipes, which it can open by their names as in any shell", async () => {
    const { program, ended } = run('read line < /dev/stdin; echo "$line" > /dev/stdout; echo no > /dev/stderr; cat');
    program.input(Buffer.from("a line\n"));
    program.input(Buffer.from("the rest"));
    program.input(Buffer.alloc(0));
    assert.deepEqual(await ended, { code: 0, output: "a line\nthe rest", errors: "no\n" });
  });

  it("has the variables of its VM, which whoever brings it into the VM does not know, beside its own", async () => {
    const { ended } = run('echo "$DISPLAY $PATH"');
    assert.deepEqual(await ended, { code: 0, output: ":0 /usr/bin:/bin\n", errors: "" });
  });

  it("ends by SIGPIPE when nobody reads its output any more", async () => {
    const { ended } = run("exec yes", (program) => program.endOutput(FrameKind.output));
    assert.equal((await ended).code, 128 + 13);
  });
});
