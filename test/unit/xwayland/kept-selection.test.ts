// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { silent } from "../../../src/log/logger.ts";
import type { X11Connection } from "../../../src/x11/connection.ts";
import { KeptSelection } from "../../../src/xwayland/kept-selection.ts";
import { SelectionClaim } from "../../../src/xwayland/selection-claim.ts";
import type { TransferEvents } from "../../../src/xwayland/transfer-events.ts";
import { TransfersFromX } from "../../../src/xwayland/transfers-from-x.ts";

test("what cannot be asked for is not kept, and not waited for", { timeout: 10_000 }, async () => {
  const exhausted = {
    allocateId() {
      throw new Error("all X11 resource ids are in use");
    },
  };
  const transfers = new TransfersFromX(exhausted as unknown as X11Connection, {} as TransferEvents, silent);
  const claim = new SelectionClaim(transfers, 1, 0, new Map([["UTF8_STRING", 5]]));
  const kept = await KeptSelection.of(claim, null, () => Promise.reject(new Error("nobody is to connect")));
  assert.equal(kept, null);
  assert.equal(transfers.busy, false);
});
