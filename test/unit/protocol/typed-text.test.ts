// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import type { Message } from "../../../src/wire/signature.ts";

/** Names of messages that tell what somebody types, wherever they are. */
const TYPED = /^(key|keysym|keyboard_(key|keysym)|commit_string|(set_)?preedit_string|(set_)?surrounding_text)$/;

test("whatever protocol has a message for keys or typed text, none of that is kept", () => {
  const protocol = new ProtocolRegistry();
  const isCut = ({ wordsBeforeTyped, args }: Message): boolean => wordsBeforeTyped < 2 + args.length;
  const found: string[] = [];
  for (const name of protocol.names()) {
    const { requests = [], events = [] } = protocol.get(name) ?? {};
    for (const message of [...requests, ...events]) {
      if (isCut(message)) found.push(`${name}.${message.name}`);
      if (TYPED.test(message.name)) assert.ok(isCut(message), `${name}.${message.name} is kept`);
    }
  }
  assert.ok(found.includes("wl_keyboard.enter"));
  const others = found.filter((name) => !TYPED.test(name.split(".")[1] ?? ""));
  assert.deepEqual(
    others.sort(),
    ["org_kde_kwin_keystate.stateChanged", "wl_keyboard.enter"],
    "and nothing else is cut",
  );
});
