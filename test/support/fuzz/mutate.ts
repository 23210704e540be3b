// SPDX-License-Identifier: Apache-2.0
import type { Random } from "./random.ts";
import type { Part } from "./recordings.ts";

/** Words that programs get wrong, and those that look like others: ids, sizes, signs. */
const WORDS = [0, 1, 2, 3, 7, 0xff, 0x100, 0xfff, 0x1000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfeffffff];
const IDS = [0xff000000, 0xff000001, 0xff000100, 0xffffffff];

/** The mutations of a conversation; each is done as often as the dice say. */
const mutations: ((parts: Part[], random: Random, others: readonly Part[]) => void)[] = [
  (parts, random) => change(parts, random, (bytes) => bytes.writeUInt8(random.below(256), random.below(bytes.length))),
  (parts, random) =>
    change(parts, random, (bytes) => {
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
    }),
  (parts, random) => changeWord(parts, random, () => random.pick([...WORDS, ...IDS, random.word()])),
  // Mostly another one that exists: an id, a number that counts.
  (parts, random) => changeWord(parts, random, () => random.below(64)),
  (parts, random) => changeWord(parts, random, (word) => word + random.below(9) - 4),
  // The size and the number of the message.
  (parts, random) =>
    change(parts, random, (bytes) => bytes.writeUInt16LE(random.below(80), Math.min(6, bytes.length - 2))),
  (parts, random) =>
    change(parts, random, (bytes) => bytes.writeUInt16LE(random.below(12), Math.min(4, bytes.length - 2))),
  (parts, random) => void parts.splice(random.below(parts.length), 1 + random.below(3)),
  (parts, random) => parts.splice(random.below(parts.length), 0, random.pick(parts)),
  (parts, random, others) => parts.splice(random.below(parts.length), 0, random.pick(others)),
  (parts, random) => {
    const [moved] = parts.splice(random.below(parts.length), 1);
    parts.splice(random.below(parts.length + 1), 0, moved as Part);
  },
  (parts, random) =>
    replace(parts, random, (part) => ({ ...part, bytes: part.bytes.subarray(0, random.below(part.bytes.length)) })),
  (parts, random) =>
    replace(parts, random, (part) => ({
      ...part,
      bytes: Buffer.concat([part.bytes, random.bytes(1 + random.below(40))]),
    })),
  (parts, random) => replace(parts, random, (part) => ({ ...part, from: part.from === "client" ? "host" : "client" })),
  (parts, random) => replace(parts, random, (part) => ({ ...part, files: part.files.slice(1) })),
  (parts, random) => replace(parts, random, (part) => ({ ...part, files: [...part.files, random.pick([0, 1, 4096])] })),
  (parts, random) => {
    const part = random.pick(parts);
    const flood = Array.from({ length: random.below(400) }, () => part);
    parts.splice(random.below(parts.length), 0, ...flood);
  },
  (parts, random) => void parts.splice(random.below(parts.length)),
];

/** A conversation that went wrong; `others` are parts of more of them. */
export function mutate(original: readonly Part[], others: readonly Part[], random: Random): Part[] {
  const parts = [...original];
  const count = 1 + random.below(random.pick([1, 3, 10, 40]));
  for (let i = 0; i < count && parts.length > 0; i++) random.pick(mutations)(parts, random, others);
  return parts;
}

function replace(parts: Part[], random: Random, by: (part: Part) => Part): void {
  const index = random.below(parts.length);
  const part = parts[index] as Part;
  if (part.bytes.length > 0) parts[index] = by(part);
}

function change(parts: Part[], random: Random, how: (bytes: Buffer) => unknown): void {
  replace(parts, random, (part) => {
    const bytes = Buffer.from(part.bytes);
    if (bytes.length >= 2) how(bytes);
    return { ...part, bytes };
  });
}

function changeWord(parts: Part[], random: Random, to: (word: number) => number): void {
  change(parts, random, (bytes) => {
    if (bytes.length < 4) return;
    const at = 4 * random.below(bytes.length >> 2);
    bytes.writeUInt32LE(to(bytes.readUInt32LE(at)) >>> 0, at);
  });
}
