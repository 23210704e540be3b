// SPDX-License-Identifier: Apache-2.0
/**
 * Draws many small rectangles one by one into a window of 1920×1080 pixels with two buffers, and damages no more than
 * each of them; then says "done" and keeps the window. Every run draws the same. With the word "scaled" the window has
 * half the size, so that all of it is on the screen, and damage is told in the surface's pixels.
 */
import { displayPath, type Rectangle, Window } from "./window.ts";

const width = 1920;
const height = 1080;
const scribbles = 60;
const whole: Rectangle = { x: 0, y: 0, width, height };

// Numerical Recipes' generator: not good, but the same everywhere.
let state = 1;
function random(limit: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state >>> 8) % limit;
}

/** What covers `area` in pixels that are twice as large. */
function halved({ x, y, width: w, height: h }: Rectangle): Rectangle {
  const [left, top] = [x >> 1, y >> 1];
  return { x: left, y: top, width: ((x + w + 1) >> 1) - left, height: ((y + h + 1) >> 1) - top };
}

const scaled = process.argv[2] === "scaled";
const window = await Window.open(displayPath(), { title: "scribbler", width, height, buffers: 2 });
if (scaled) window.scaleTo(width / 2, height / 2);

/** The damage that each buffer lacks. */
const missing = new Map(window.buffers.map((buffer) => [buffer, [{ area: whole, colour: 0x404040 }]]));
let damage = whole;
let damaged = 0;
for (let count = 0; count <= scribbles; count++) {
  const buffer = await window.freeBuffer();
  for (const { area, colour } of missing.get(buffer) ?? []) buffer.fill(area, colour);
  missing.set(buffer, []);
  if (scaled) await window.show(buffer, halved(damage), "surface");
  else await window.show(buffer, damage);
  const size = { width: 1 + random(60), height: 1 + random(40) };
  damage = { ...size, x: random(width - size.width), y: random(height - size.height) };
  if (count < scribbles) damaged += 4 * damage.width * damage.height;
  const colour = random(0x1000000);
  for (const list of missing.values()) list.push({ area: damage, colour });
}
console.log(`${damaged} bytes after the first picture`);
console.log("done");
