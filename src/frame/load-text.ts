// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import type { Logger } from "../log/logger.ts";
import { Font } from "./font.ts";
import { type FontFile, findFonts } from "./font-files.ts";
import { loadTextLibraries, type TextLibraries } from "./load-libraries.ts";
import { TextPainter } from "./text-painter.ts";

/** Loads what paints text, once it is needed. Never rejects. */
export type LoadTextPainter = (logger: Logger) => Promise<TextPainter | null>;

let loading: Promise<TextPainter | null> | null = null;

/**
 * Loads what paints text, once for the process: the library and a font, which takes some 50 ms. Null if there is no
 * font, which the log says.
 */
export function loadTextPainter(logger: Logger): Promise<TextPainter | null> {
  loading ??= load(logger);
  return loading;
}

async function load(logger: Logger): Promise<TextPainter | null> {
  try {
    const [libraries, files] = await Promise.all([loadTextLibraries(), findFonts()]);
    const font = await firstReadable(libraries, files);
    if (font !== null) return new TextPainter(font);
    logger.warn("found no font: frames and title bars show no text");
  } catch (error) {
    logger.warn(`cannot show text in frames and title bars: ${(error as Error).message}`);
  }
  return null;
}

/** The first of these files that has a font. */
export async function firstReadable(libraries: TextLibraries, files: readonly FontFile[]): Promise<Font | null> {
  for (const { path, index } of files) {
    const bytes = await readFile(path).catch(() => null);
    const font = bytes === null ? null : Font.read(libraries, bytes, index);
    if (font !== null) return font;
  }
  return null;
}
