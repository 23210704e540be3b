// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Coverage } from "../../../src/frame/coverage.ts";

/** The rows of what these shapes cover, from 0 to 255. */
function rows(width: number, height: number, draw: (coverage: Coverage) => void): readonly (readonly number[])[] {
  const coverage = new Coverage(width, height);
  draw(coverage);
  const { alphas } = coverage.toMask();
  return Array.from({ length: height }, (_, y) => [...alphas.subarray(y * width, (y + 1) * width)]);
}

function sum(all: readonly (readonly number[])[]): number {
  return all.flat().reduce((total, alpha) => total + alpha, 0) / 255;
}

describe("the coverage of shapes", () => {
  it("is exact where edges lie between pixels", () => {
    const covered = rows(4, 3, (coverage) => coverage.addRectangle(0.5, 0.25, 2.75, 1.75));
    assert.deepEqual(covered, [
      [96, 191, 191, 48],
      [128, 255, 255, 64],
      [0, 0, 0, 0],
    ]);
  });

  it("has the area of the shape, whatever its slopes are", () => {
    const triangle = rows(40, 40, (coverage) =>
      coverage.addPolygon([
        [3, 2],
        [37, 9],
        [11, 38],
      ]),
    );
    assert.ok(Math.abs(sum(triangle) - (34 * 36 - 8 * 7) / 2) < 2);
    const circle = rows(41, 41, (coverage) => coverage.addCircle(20.3, 20.6, 17));
    assert.ok(Math.abs(sum(circle) - Math.PI * 17 ** 2) < 4);
  });

  it("follows curves", () => {
    const quarter = rows(20, 20, (coverage) => {
      coverage.moveTo(0, 20);
      coverage.quadraticTo(0, 0, 20, 0);
      coverage.lineTo(20, 20);
      coverage.close();
    });
    // A parabola leaves a sixth of the square free.
    assert.ok(Math.abs(sum(quarter) - (400 * 5) / 6) < 1, `${sum(quarter)}`);
  });

  it("leaves holes out, and counts once what two shapes cover", () => {
    const covered = rows(6, 1, (coverage) => {
      coverage.addRectangle(0, 0, 5, 1);
      coverage.addRectangle(4, 0, 2, 1);
      coverage.addPolygon([
        [1, 0],
        [1, 1],
        [2, 1],
        [2, 0],
      ]);
    });
    assert.deepEqual(covered, [[255, 0, 255, 255, 255, 255]]);
  });

  it("is cut at the sides, and costs nothing for what is outside", () => {
    const covered = rows(3, 2, (coverage) => {
      coverage.addRectangle(-1e6, -1e6, 2e6, 1e6 + 1);
      coverage.addRectangle(-50, 1, 51, 1e9);
      coverage.addRectangle(1e9, 0, 1e9, 1e9);
    });
    assert.deepEqual(covered, [
      [255, 255, 255],
      [255, 0, 0],
    ]);
  });
});
