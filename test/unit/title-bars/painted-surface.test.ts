// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Picture } from "../../../src/frame/picture.ts";
import { PaintedSurface, type PaintingContext, type PaintingTools } from "../../../src/title-bars/painted-surface.ts";
import { eventually } from "../../support/eventually.ts";

describe("a surface that we paint", () => {
  it("keeps no image that the host cannot be given for want of descriptors", async () => {
    const requests: string[] = [];
    const log: string[] = [];
    let closed = 0;
    const image = {
      size: 4096,
      fd: {
        duplicate(): never {
          throw new Error("too many open files");
        },
      },
      close: () => closed++,
    };
    const context = {
      client: { createObject: () => ({}), sendRequest: (_: unknown, name: string) => void requests.push(name) },
      images: { allocate: async () => image },
      log: { debug: (line: string) => void log.push(line) },
    } as unknown as PaintingContext;
    const object = { version: 4 };
    const tools = { compositor: object, subcompositor: object, viewporter: object, shm: object };
    const surface = new PaintedSurface(context, tools as unknown as PaintingTools);
    for (let times = 1; times <= 3; times++) {
      surface.show({ width: 8, height: 8, paint: () => new Picture(8, 8) });
      await eventually("the end of the attempt", () => log.length === times);
    }
    assert.match(log[0] ?? "", /too many open files/);
    assert.equal(closed, 3);
    assert.deepEqual(requests, ["create_surface", "get_viewport"]);
  });
});
