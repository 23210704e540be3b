// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { it } from "node:test";
import type { X11Connection } from "../../../src/x11/client/connection.ts";
import { hasOtherClients } from "../../../src/xwayland/other-clients.ts";

const OWN = 0x20_0000;

/** A connection to a server with these clients, by the ids of theirs. */
function serverWith(clients: readonly number[], isAsked = true): X11Connection {
  const x = {
    setup: { root: 1, idBase: OWN, idMask: 0x1f_ffff },
    supports: () => isAsked,
    sync: () => Promise.resolve(),
    call: async () => ({ ids: clients.map((client) => ({ spec: { client, mask: 1 }, length: 0, value: [] })) }),
  };
  return x as unknown as X11Connection;
}

it("an X server has clients besides its window manager, or only itself and that", async () => {
  assert.equal(await hasOtherClients(serverWith([0, OWN])), false);
  assert.equal(await hasOtherClients(serverWith([0, OWN, 0x40_0000])), true);
});

it("an X server that does not report its clients may have some", async () => {
  assert.equal(await hasOtherClients(serverWith([], false)), true);
});
