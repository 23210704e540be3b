// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { loadDbus } from "../dbus/load-dbus.ts";
import { sessionBus } from "../dbus/session-bus.ts";
import { loadTextPainter } from "../frame/load-text.ts";
import type { TextPainter } from "../frame/text-painter.ts";
import type { Logger } from "../log/logger.ts";
import { watchColorScheme } from "./color-scheme.ts";

/** What all title bars of a desktop have in common. */
export interface BarStyle {
  /** Null where there is no font, or while it is loaded. */
  readonly painter: TextPainter | null;
  readonly isDark: boolean;
}

/** Loads what title bars need, and calls back with it then and whenever it changes. @returns what ends that */
export type WatchBarStyle = (log: Logger, changed: (style: BarStyle) => void) => () => void;

const SETTINGS_TIMEOUT_MS = 5_000;

/** The desktop's font, and whether its user prefers dark windows. */
export function desktopBarStyle(environment: Readonly<NodeJS.ProcessEnv>): WatchBarStyle {
  return (log, changed) => {
    let style: BarStyle = { painter: null, isDark: false };
    let isEnded = false;
    let endBus = (): void => {};
    const change = (part: Partial<BarStyle>): void => {
      if (isEnded) return;
      style = { ...style, ...part };
      changed(style);
    };
    void loadTextPainter(log).then((painter) => change({ painter }));
    const bySettings = async (): Promise<void> => change({ isDark: await prefersDark(environment) });
    const watchPortal = async (): Promise<void> => {
      const { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: folder } = environment;
      const connection = sessionBus(address ?? `unix:path=${folder}/bus`, await loadDbus())();
      endBus = connection.close;
      if (isEnded) return endBus();
      watchColorScheme(connection, (isDark) => {
        if (isDark === null) void bySettings();
        else change({ isDark });
      });
    };
    watchPortal().catch((error: Error) => {
      log.debug(`the desktop does not say when its colors change: ${error.message}`);
      void bySettings();
    });
    return () => {
      isEnded = true;
      endBus();
    };
  };
}

/** Whether GNOME's settings say so, as those of other desktops that have them. */
async function prefersDark(environment: Readonly<NodeJS.ProcessEnv>): Promise<boolean> {
  const args = ["get", "org.gnome.desktop.interface", "color-scheme"];
  try {
    const { stdout } = await promisify(execFile)("gsettings", args, { env: environment, timeout: SETTINGS_TIMEOUT_MS });
    return stdout.includes("prefer-dark");
  } catch {
    // There are none.
    return false;
  }
}
