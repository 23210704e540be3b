// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { loadTextPainter } from "../../frame/load-text.ts";
import type { TextPainter } from "../../frame/text-painter.ts";
import type { Logger } from "../../log/logger.ts";

/** What all title bars of a desktop have in common. */
export interface BarStyle {
  /** Null where there is no font. */
  readonly painter: TextPainter | null;
  readonly isDark: boolean;
}

/** Loads what title bars need, once there is to be one. Never rejects. */
export type LoadBarStyle = (log: Logger) => Promise<BarStyle>;

const SETTINGS_TIMEOUT_MS = 5_000;

/** The desktop's font, and whether its user prefers dark windows. */
export const loadBarStyle: LoadBarStyle = async (log) => {
  const [painter, isDark] = await Promise.all([loadTextPainter(log), prefersDark()]);
  return { painter, isDark };
};

/** Whether GNOME's settings say so, as those of other desktops that have them. */
async function prefersDark(): Promise<boolean> {
  const args = ["get", "org.gnome.desktop.interface", "color-scheme"];
  try {
    const { stdout } = await promisify(execFile)("gsettings", args, { timeout: SETTINGS_TIMEOUT_MS });
    return stdout.includes("prefer-dark");
  } catch {
    // There are none.
    return false;
  }
}
