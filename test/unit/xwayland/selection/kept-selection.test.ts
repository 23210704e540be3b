// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { silent } from "../../../../src/log/logger.ts";
import type { X11Connection } from "../../../../src/x11/client/connection.ts";
import { SelectionClaim } from "../../../../src/xwayland/selection/claim.ts";
import { KeptSelection } from "../../../../src/xwayland/selection/kept-selection.ts";
import { MAX_KEPT } from "../../../../src/xwayland/selection/limits.ts";
import type { Wanted } from "../../../../src/xwayland/selection/request.ts";
import type { TransferEvents } from "../../../../src/xwayland/selection/transfer-events.ts";
import type { OpenSink } from "../../../../src/xwayland/selection/transfer-from-x.ts";
import { TransfersFromX } from "../../../../src/xwayland/selection/transfers-from-x.ts";
import { openDescriptors } from "../../../support/descriptors.ts";
import { eventually } from "../../../support/eventually.ts";
import { scaled } from "../../../support/patience.ts";

/** An X client that has values of such sizes, under the names of their types. */
function claimOf(sizes: Readonly<Record<string, number>>): SelectionClaim {
  const names = Object.keys(sizes);
  const targets = new Map(names.map((name, i) => [name, i + 1]));
  const transfers = {
    begin({ target }: Wanted, open: OpenSink): void {
      const sink = open(() => {});
      const size = sizes[names[target - 1] as string] as number;
      if (size > 0) sink.add(Buffer.alloc(size, target));
      sink.hangUp();
    },
  };
  return new SelectionClaim(transfers as unknown as TransfersFromX, 1, 0, targets);
}

const connect = (): Promise<X11Connection> => Promise.resolve({ close() {} } as unknown as X11Connection);

test("what there is no room for is not kept, and the rest is", async () => {
  const claim = claimOf({ "image/large": MAX_KEPT - 1, "image/larger": 2, "image/small": 1, "image/empty": 0 });
  const kept = await KeptSelection.of(claim, null, connect);
  assert.deepEqual(kept?.mimeTypes, ["image/large", "image/small"]);
});

test("what is kept is given as often as it is wanted, and no descriptor stays open", async () => {
  const before = openDescriptors();
  const kept = await KeptSelection.of(claimOf({ "image/x": 100_000 }), null, connect);
  for (let i = 0; i < 2; i++) {
    const fd = kept?.receive("image/x");
    assert.ok(fd);
    const bytes = await buffer(createReadStream("", { fd: fd.take() }));
    assert.ok(bytes.equals(Buffer.alloc(100_000, 1)));
  }
  assert.equal(kept?.receive("image/y"), null);
  await eventually("descriptors to be closed", () => openDescriptors().length === before.length);
});

test("what cannot be asked for is not kept, and not waited for", { timeout: scaled(10_000) }, async () => {
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
