// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { answerOf } from "../../../../src/cli/vm/answer.ts";
import { scaled } from "../../../support/patience.ts";
import { temporaryDirectory } from "../../native/support.ts";

function fakeQemu(context: TestContext, script: string): string {
  const path = join(temporaryDirectory(context), "qemu");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("what QEMU is asked", () => {
  it("is answered by what it writes, and by nothing where it does not start", async (context) => {
    assert.equal(await answerOf(fakeQemu(context, 'echo "$@"'), ["-device", "help"]), "-device help\n");
    assert.equal(await answerOf(fakeQemu(context, "exit 1"), ["-device", "help"]), "");
    assert.equal(await answerOf("/no/such/qemu", ["-device", "help"]), "");
  });

  it("is not waited for without end, also where it ignores that it is to end", async (context) => {
    const qemu = fakeQemu(context, "trap '' TERM; exec sleep 1000");
    await assert.rejects(answerOf(qemu, ["-device", "help"], scaled(200)), {
      message: new RegExp(
        `^"${qemu} -device help" has not ended within .* s: end what holds it up, or install it anew$`,
      ),
    });
  });
});
