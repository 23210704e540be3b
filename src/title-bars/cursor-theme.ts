// SPDX-License-Identifier: Apache-2.0
/** Reads cursors of themes, in the format of Xcursor(3). */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A picture of 32 bits a pixel, premultiplied: blue, green, red and alpha. */
export interface CursorImage {
  readonly width: number;
  readonly height: number;
  readonly hotX: number;
  readonly hotY: number;
  readonly pixels: Uint8Array;
}

const MAGIC = 0x72756358;
const IMAGE = 0xfffd0002;
/** Bytes of the file's header, of an entry of its table, and of an image's header. */
const FILE_HEAD = 16;
const ENTRY = 12;
const IMAGE_HEAD = 36;

/** No cursor is larger (Xcursor allows 0x7fff), or has a larger file. */
const MAX_SIDE = 1024;
const MAX_FILE = 16 * 1024 * 1024;

/** Themes that one inherits from, one after the other; they may form a ring. */
const MAX_THEMES = 16;

/** The image of a cursor file that is nearest to a size in pixels; null when there is none that can be read. */
function cursorImage(file: Buffer, size: number): CursorImage | null {
  if (file.length < FILE_HEAD || file.readUInt32LE(0) !== MAGIC) return null;
  const table = file.readUInt32LE(4);
  let best = -1;
  let bestSize = 0;
  for (let i = 0, at = table; i < file.readUInt32LE(12) && at + ENTRY <= file.length; i++, at += ENTRY) {
    const nominal = file.readUInt32LE(at + 4);
    if (file.readUInt32LE(at) !== IMAGE) continue;
    // The first of a size is the first frame of an animation.
    if (best >= 0 && Math.abs(nominal - size) >= Math.abs(bestSize - size)) continue;
    best = file.readUInt32LE(at + 8);
    bestSize = nominal;
  }
  if (best < 0 || best + IMAGE_HEAD > file.length) return null;
  const [width, height, hotX, hotY] = [16, 20, 24, 28].map((at) => file.readUInt32LE(best + at)) as [
    number,
    number,
    number,
    number,
  ];
  const start = best + IMAGE_HEAD;
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE || hotX > width || hotY > height) return null;
  if (start + 4 * width * height > file.length) return null;
  return { width, height, hotX, hotY, pixels: file.subarray(start, start + 4 * width * height) };
}

/**
 * A cursor of a theme, or of one from which that inherits; null when none has it.
 *
 * @param theme empty for the default one
 * @param size in pixels
 */
export function themeCursor(
  name: string,
  theme: string,
  size: number,
  environment: Readonly<NodeJS.ProcessEnv>,
): CursorImage | null {
  const folders = iconFolders(environment);
  const themes = [theme === "" ? "default" : theme];
  for (let i = 0; i < themes.length && i < MAX_THEMES; i++) {
    for (const folder of folders) {
      const image = read(join(folder, themes[i] as string, "cursors", name), (file) => cursorImage(file, size));
      if (image !== null) return image;
      const inherited = read(join(folder, themes[i] as string, "index.theme"), (file) =>
        /^\s*Inherits\s*=\s*(.*)$/m.exec(file.toString()),
      );
      themes.push(...(inherited?.[1] ?? "").split(/[,;\s]+/).filter((one) => one !== ""));
    }
  }
  return null;
}

function iconFolders({
  XCURSOR_PATH: path,
  HOME: home = "/",
  XDG_DATA_HOME: data = "",
}: Readonly<NodeJS.ProcessEnv>): string[] {
  if (path !== undefined) return path.split(":").map((folder) => folder.replace(/^~(?=\/|$)/, home));
  return [
    join(data === "" ? join(home, ".local/share") : data, "icons"),
    join(home, ".icons"),
    "/usr/share/icons",
    "/usr/share/pixmaps",
  ];
}

function read<T>(path: string, use: (file: Buffer) => T): T | null {
  try {
    const status = statSync(path);
    return status.isFile() && status.size <= MAX_FILE ? use(readFileSync(path)) : null;
  } catch {
    // It is not there, or not for us.
    return null;
  }
}
