// SPDX-License-Identifier: Apache-2.0
import type { Mask } from "./picture.ts";

/** The longest distance between a curve and the lines that stand for it, in pixels. */
const TOLERANCE = 0.05;
/** More lines than this show nothing more of a curve, however large it is. */
const MAX_LINES = 32;

/**
 * How much of each pixel is inside of shapes. A shape is given by its outline; what two outlines that run the same way
 * both cover is inside, and a hole is an outline that runs the other way.
 *
 * Each line adds to the pixels that it crosses the area to its right, signed by its direction. The sums along a row are
 * the coverage. So the costs are those of the outline's length, and edges are exact.
 */
export class Coverage {
  readonly width: number;
  readonly height: number;
  readonly #stride: number;
  readonly #areas: Float32Array;
  #startX = 0;
  #startY = 0;
  #x = 0;
  #y = 0;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    // What touches the right side adds to the two pixels behind it.
    this.#stride = width + 2;
    this.#areas = new Float32Array(this.#stride * height);
  }

  moveTo(x: number, y: number): void {
    this.close();
    this.#startX = this.#x = x;
    this.#startY = this.#y = y;
  }

  lineTo(x: number, y: number): void {
    this.#addLine(this.#x, this.#y, x, y);
    this.#x = x;
    this.#y = y;
  }

  quadraticTo(x1: number, y1: number, x: number, y: number): void {
    this.cubicTo(
      this.#x + ((x1 - this.#x) * 2) / 3,
      this.#y + ((y1 - this.#y) * 2) / 3,
      x + ((x1 - x) * 2) / 3,
      y + ((y1 - y) * 2) / 3,
      x,
      y,
    );
  }

  cubicTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    const fromX = this.#x;
    const fromY = this.#y;
    // A cubic curve's second derivative is at most six times these, and a line is off by an eighth of it.
    const bend = Math.max(
      Math.hypot(fromX - 2 * x1 + x2, fromY - 2 * y1 + y2),
      Math.hypot(x1 - 2 * x2 + x, y1 - 2 * y2 + y),
    );
    const lines = Math.min(Math.max(Math.ceil(Math.sqrt((0.75 * bend) / TOLERANCE)), 1), MAX_LINES);
    for (let line = 1; line <= lines; line++) {
      const t = line / lines;
      const u = 1 - t;
      const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
      this.lineTo(a * fromX + b * x1 + c * x2 + d * x, a * fromY + b * y1 + c * y2 + d * y);
    }
  }

  close(): void {
    this.lineTo(this.#startX, this.#startY);
  }

  addPolygon(points: readonly (readonly [x: number, y: number])[]): void {
    for (const [index, [x, y]] of points.entries()) {
      if (index === 0) this.moveTo(x, y);
      else this.lineTo(x, y);
    }
    this.close();
  }

  addRectangle(x: number, y: number, width: number, height: number): void {
    this.addPolygon([
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
    ]);
  }

  addCircle(x: number, y: number, radius: number): void {
    const steps = 64;
    this.addPolygon(
      Array.from({ length: steps }, (_, step) => {
        const angle = (2 * Math.PI * step) / steps;
        return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)] as const;
      }),
    );
  }

  toMask(): Mask {
    const { width, height } = this;
    const alphas = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      let sum = 0;
      for (let x = 0; x < width; x++) {
        sum += this.#areas[y * this.#stride + x] as number;
        alphas[y * width + x] = Math.min(Math.round(Math.abs(sum) * 255), 255);
      }
    }
    return { width, height, alphas };
  }

  #addLine(fromX: number, fromY: number, toX: number, toY: number): void {
    if (fromY === toY) return;
    const isDown = fromY < toY;
    const [topX, topY, bottomX, bottomY] = isDown ? [fromX, fromY, toX, toY] : [toX, toY, fromX, fromY];
    const slope = (bottomX - topX) / (bottomY - topY);
    const end = Math.min(bottomY, this.height);
    for (let row = Math.max(Math.floor(topY), 0); row < end; row++) {
      const above = Math.max(row, topY);
      const below = Math.min(row + 1, end);
      const x0 = this.#clamp(topX + (above - topY) * slope);
      const x1 = this.#clamp(topX + (below - topY) * slope);
      this.#addPart(row, Math.min(x0, x1), Math.max(x0, x1), isDown ? below - above : above - below);
    }
  }

  #clamp(x: number): number {
    return Math.min(Math.max(x, 0), this.width);
  }

  /** Adds the part of a line that is in one row, from `left` to `right`. @param height signed, of that part */
  #addPart(row: number, left: number, right: number, height: number): void {
    const areas = this.#areas;
    const width = right - left;
    let x = Math.floor(left);
    let offset = row * this.#stride + x;
    do {
      const from = Math.max(left, x);
      const to = Math.min(right, x + 1);
      const share = width === 0 ? height : (height * (to - from)) / width;
      // Of the pixel itself, only what is to the right of the line.
      const inside = share * (x + 1 - (from + to) / 2);
      areas[offset] = (areas[offset] as number) + inside;
      areas[offset + 1] = (areas[offset + 1] as number) + share - inside;
      x++;
      offset++;
    } while (x < right);
  }
}
