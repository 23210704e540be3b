// SPDX-License-Identifier: Apache-2.0

/** A part of an outline: SVG's commands, with their coordinates upwards. */
export interface PathCommand {
  readonly type: string;
  readonly values: readonly number[];
}

/** A font of HarfBuzz's. */
export interface ShapingFont {
  readonly face: { readonly upem: number };
  hExtents(): { readonly ascender: number; readonly descender: number };
  nominalGlyph(character: number): number | undefined;
  glyphToJson(id: number): readonly PathCommand[];
}

/** A text of HarfBuzz's, and the glyphs that become of it. */
export interface ShapingBuffer {
  addText(text: string, start: number, length: number): void;
  guessSegmentProperties(): void;
  setDirection(direction: number): void;
  getGlyphInfos(): readonly { readonly codepoint: number }[];
  getGlyphPositions(): readonly { readonly xAdvance: number; readonly xOffset: number; readonly yOffset: number }[];
}

/** Which part of a text runs in which direction (bidi-js). */
export interface EmbeddingLevels {
  readonly levels: Uint8Array;
}

/** The libraries that text needs, as far as we use them. Who uses our own types needs none of theirs. */
export interface TextLibraries {
  /** Reads the font of that index in a file. */
  readFont(bytes: Uint8Array, index: number): ShapingFont;
  createBuffer(): ShapingBuffer;
  shape(font: ShapingFont, buffer: ShapingBuffer): void;
  readonly leftToRight: number;
  readonly rightToLeft: number;
  getEmbeddingLevels(text: string, direction: "auto"): EmbeddingLevels;
  getReorderSegments(text: string, levels: EmbeddingLevels): readonly (readonly number[])[];
}

/**
 * Loads the libraries that text needs, and few processes do. scripts/bundle.ts makes a file of them beside the programs:
 * HarfBuzz waits at its top level for its WebAssembly, which no module of CommonJS may.
 */
export async function loadTextLibraries(): Promise<TextLibraries> {
  const { href } = new URL("../../bin/text-libraries.mjs", import.meta.url);
  return ((await import(href)) as { readonly libraries: TextLibraries }).libraries;
}
