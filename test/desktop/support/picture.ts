// SPDX-License-Identifier: Apache-2.0
import { deflateSync, inflateSync } from "node:zlib";

/** A rectangle in pixels from the upper left corner. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The guess for a byte from its left, upper and upper left neighbours (PNG specification, 9.4). */
function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const toLeft = Math.abs(guess - left);
  const toUp = Math.abs(guess - up);
  const toCorner = Math.abs(guess - corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** Undoes the filter of one PNG line in place; `above` is the finished line before it, zeros for the first. */
function unfilter(filter: number, line: Uint8Array, above: Uint8Array, size: number): void {
  const guess = (left: number, up: number, corner: number): number => {
    if (filter === 1) return left;
    if (filter === 2) return up;
    return filter === 3 ? (left + up) >> 1 : paeth(left, up, corner);
  };
  if (filter === 0) return;
  for (let i = 0; i < line.length; i++) {
    const [left, corner] = i < size ? [0, 0] : [line[i - size] as number, above[i - size] as number];
    line[i] = (line[i] as number) + guess(left, above[i] as number, corner);
  }
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
}

/** The CRC-32 of PNG chunks (Node has zlib.crc32 only since 20.15 and 22.2). */
function crc(bytes: Uint8Array): number {
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return ~value >>> 0;
}

/** Decoded pixels, so that two screenshots are compared by what they show and not by how they were packed. */
export class Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each pixel, line by line. */
  readonly pixels: Uint8Array;

  constructor(width: number, height: number, pixels: Uint8Array) {
    this.width = width;
    this.height = height;
    this.pixels = pixels;
  }

  /** Reads a binary PPM as grim writes it: "P6", width, height and 255, then the pixels. */
  static fromPpm(bytes: Buffer): Picture {
    const header = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString("latin1", 0, 64));
    if (header === null) throw new Error("not a PPM picture with 8 bits a channel");
    const [head, width, height] = [header[0], Number(header[1]), Number(header[2])];
    const pixels = bytes.subarray(head.length, head.length + width * height * 3);
    if (pixels.length !== width * height * 3) throw new Error("the PPM picture ends too early");
    return new Picture(width, height, pixels);
  }

  /** Reads an X window dump of 32 bits a pixel, blue first: what Xvfb keeps in its -fbdir (X11/XWDFile.h). */
  static fromXwd(bytes: Buffer): Picture {
    const word = (index: number): number => bytes.readUInt32BE(index * 4);
    const [width, height, depth, stride] = [word(4), word(5), word(11), word(12)];
    if (word(1) !== 7 || depth !== 32) throw new Error("not an X window dump of 32 bits a pixel");
    const start = word(0) + word(19) * 12;
    const pixels = new Uint8Array(width * height * 3);
    for (let y = 0, to = 0; y < height; y++) {
      for (let from = start + y * stride, x = 0; x < width; x++, from += 4, to += 3) {
        pixels[to] = bytes[from + 2] as number;
        pixels[to + 1] = bytes[from + 1] as number;
        pixels[to + 2] = bytes[from] as number;
      }
    }
    return new Picture(width, height, pixels);
  }

  /** Reads a PNG of 8 bits a channel, RGB or RGBA, not interlaced: what weston-screenshooter writes. */
  static fromPng(bytes: Buffer): Picture {
    if (!bytes.subarray(0, 8).equals(signature)) throw new Error("not a PNG picture");
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    const channels = ({ 2: 3, 6: 4 } as Record<number, number>)[bytes[25] as number];
    if (bytes[24] !== 8 || channels === undefined || bytes[28] !== 0) throw new Error("an unusual PNG picture");
    const parts: Buffer[] = [];
    for (let at = 8; at < bytes.length; at += bytes.readUInt32BE(at) + 12) {
      const end = at + 8 + bytes.readUInt32BE(at);
      if (bytes.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(bytes.subarray(at + 8, end));
    }
    const raw = inflateSync(Buffer.concat(parts));
    const stride = width * channels;
    const pixels = new Uint8Array(width * height * 3);
    let above: Uint8Array = new Uint8Array(stride);
    for (let y = 0; y < height; y++) {
      const start = y * (stride + 1);
      const line = raw.subarray(start + 1, start + 1 + stride);
      unfilter(raw[start] as number, line, above, channels);
      for (let x = 0; x < width; x++) {
        pixels.set(line.subarray(x * channels, x * channels + 3), (y * width + x) * 3);
      }
      above = line;
    }
    return new Picture(width, height, pixels);
  }

  /** This picture as a PNG file's bytes. */
  toPng(): Buffer {
    const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
    header.writeUInt32BE(this.width, 0);
    header.writeUInt32BE(this.height, 4);
    const raw = Buffer.alloc((this.width * 3 + 1) * this.height);
    for (let y = 0; y < this.height; y++) {
      raw.set(this.pixels.subarray(y * this.width * 3, (y + 1) * this.width * 3), y * (this.width * 3 + 1) + 1);
    }
    const data = deflateSync(raw, { level: 1 });
    return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", new Uint8Array(0))]);
  }

  /** How many pixels of `area` (default: all) differ from `other`; pictures of unlike size differ everywhere. */
  difference(other: Picture, area: Area = { x: 0, y: 0, width: this.width, height: this.height }): number {
    if (this.width !== other.width || this.height !== other.height) return this.width * this.height;
    if (Buffer.compare(this.pixels, other.pixels) === 0) return 0;
    return this.#count(area, (at) => {
      const [a, b] = [this.pixels, other.pixels];
      return a[at] !== b[at] || a[at + 1] !== b[at + 1] || a[at + 2] !== b[at + 2];
    });
  }

  /** The part of it that is in `area`; black is what lies outside. */
  crop(area: Area): Picture {
    const pixels = new Uint8Array(area.width * area.height * 3);
    const [left, right] = [Math.max(area.x, 0), Math.min(area.x + area.width, this.width)];
    for (let y = 0; y < area.height; y++) {
      const line = area.y + y;
      if (line < 0 || line >= this.height || left >= right) continue;
      const part = this.pixels.subarray((line * this.width + left) * 3, (line * this.width + right) * 3);
      pixels.set(part, (y * area.width + left - area.x) * 3);
    }
    return new Picture(area.width, area.height, pixels);
  }

  /** How many pixels of `area` (default: all) have exactly the colour 0xRRGGBB. */
  countOf(colour: number, area: Area = { x: 0, y: 0, width: this.width, height: this.height }): number {
    const [red, green, blue] = [colour >> 16, (colour >> 8) & 255, colour & 255];
    return this.#count(area, (at) => {
      return this.pixels[at] === red && this.pixels[at + 1] === green && this.pixels[at + 2] === blue;
    });
  }

  /** The least rectangle with all pixels that differ from `other`, which is of the same size; undefined if none do. */
  changesFrom(other: Picture): Area | undefined {
    let [left, top, right, bottom] = [this.width, this.height, 0, 0];
    for (let at = 0; at < this.pixels.length; at++) {
      if (this.pixels[at] === other.pixels[at]) continue;
      const pixel = Math.floor(at / 3);
      const [x, y] = [pixel % this.width, Math.floor(pixel / this.width)];
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x + 1), Math.max(bottom, y + 1)];
    }
    return right === 0 ? undefined : { x: left, y: top, width: right - left, height: bottom - top };
  }

  /** The colour of a pixel, 0xRRGGBB; undefined outside. */
  colourAt(x: number, y: number): number | undefined {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return undefined;
    const at = (y * this.width + x) * 3;
    const [red = 0, green = 0, blue = 0] = this.pixels.subarray(at, at + 3);
    return (red << 16) | (green << 8) | blue;
  }

  #count(area: Area, test: (at: number) => boolean): number {
    let count = 0;
    for (let y = Math.max(area.y, 0); y < Math.min(area.y + area.height, this.height); y++) {
      for (let x = Math.max(area.x, 0); x < Math.min(area.x + area.width, this.width); x++) {
        if (test((y * this.width + x) * 3)) count++;
      }
    }
    return count;
  }
}
