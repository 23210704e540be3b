// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { extname, join } from "node:path";
import { promisify } from "node:util";

/** A font: a file, and which of the fonts in it. */
export interface FontFile {
  readonly path: string;
  readonly index: number;
}

const FC_MATCH_TIMEOUT_MS = 5_000;
/** Of the fonts that fontconfig orders by how well they fit, or that lie in the folders, so many are tried. */
const MAX_FONTS = 8;
/** So many files and folders are looked at where there is no fontconfig. */
const MAX_ENTRIES = 20_000;

/** The formats of the fonts that we can read. */
const extensions: readonly string[] = [".ttf", ".otf", ".ttc", ".otc"];

/** Sans-serif fonts which have been in most distributions for long, the ones to prefer first. */
const familiarNames: readonly RegExp[] = [
  /^AdwaitaSans-Regular/,
  /^Cantarell-(VF|Regular)/,
  /^NotoSans(-Regular|\[|-VF)/,
  /^Ubuntu(Sans|-R\b)/,
  /^DejaVuSans\./,
  /^LiberationSans-Regular/,
  /^FreeSans\./,
];

/** The fonts to show text of the desktop with, the best one first; none if there are none. */
export async function findFonts(): Promise<readonly FontFile[]> {
  const fonts = await askFontconfig();
  return fonts.length > 0 ? fonts : await searchFolders(usualFolders());
}

/** What fontconfig says, which knows the user's choice and language. */
async function askFontconfig(): Promise<readonly FontFile[]> {
  const args = ["--sort", "--format", "%{index}\\t%{file}\\n", "sans-serif"];
  try {
    const { stdout } = await promisify(execFile)("fc-match", args, { timeout: FC_MATCH_TIMEOUT_MS });
    return stdout
      .split("\n")
      .map((line) => line.split("\t"))
      .map(([index = "", path = ""]) => ({ path, index: Number(index) & 0xffff }))
      .filter(({ path }) => extensions.includes(extname(path).toLowerCase()))
      .slice(0, MAX_FONTS);
  } catch {
    // It is not installed, or says nothing in time.
    return [];
  }
}

function usualFolders(): readonly string[] {
  const home = homedir();
  return [
    join(home, ".local/share/fonts"),
    join(home, ".fonts"),
    "/usr/local/share/fonts",
    "/usr/share/fonts",
    "/run/current-system/sw/share/X11/fonts",
  ];
}

/** The fonts in these folders and all that are in them; those with familiar names first. */
export async function searchFolders(folders: readonly string[]): Promise<readonly FontFile[]> {
  const found: string[] = [];
  const waiting = [...folders];
  let entries = 0;
  for (let folder = waiting.shift(); folder !== undefined && entries < MAX_ENTRIES; folder = waiting.shift()) {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      entries++;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else if (extensions.includes(extname(entry.name).toLowerCase())) found.push(path);
    }
  }
  const rank = (path: string): number => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const index = familiarNames.findIndex((familiar) => familiar.test(name));
    return index < 0 ? familiarNames.length : index;
  };
  return found
    .map((path) => ({ path, index: 0, rank: rank(path) }))
    .sort((one, other) => one.rank - other.rank || (one.path < other.path ? -1 : 1))
    .map(({ path, index }) => ({ path, index }))
    .slice(0, MAX_FONTS);
}
