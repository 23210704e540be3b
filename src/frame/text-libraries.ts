// SPDX-License-Identifier: Apache-2.0
import bidiFactory, { type EmbeddingLevels } from "bidi-js";
import { Blob, Buffer, Direction, Face, Font, shape } from "harfbuzzjs";
import type { TextLibraries } from "./load-libraries.ts";

// Its types say that it is a module with a default export, while it is the function itself.
const bidi = (bidiFactory as unknown as typeof bidiFactory.default)();

export const libraries: TextLibraries = {
  readFont: (bytes, index) => new Font(new Face(new Blob(bytes), index)),
  createBuffer: () => new Buffer(),
  shape: (font, buffer) => shape(font as Font, buffer as Buffer),
  leftToRight: Direction.LTR,
  rightToLeft: Direction.RTL,
  getEmbeddingLevels: (text, direction) => bidi.getEmbeddingLevels(text, direction),
  getReorderSegments: (text, levels) => bidi.getReorderSegments(text, levels as EmbeddingLevels),
};
