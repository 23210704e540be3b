// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { loadDbus } from "../dbus/load-dbus.ts";
import { type BusConnection, sessionBus } from "../dbus/session-bus.ts";
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

/** The desktop's font, and whether its user prefers dark windows. What that needs is loaded when somebody wants to know it. */
export function desktopBarStyle(environment: Readonly<NodeJS.ProcessEnv>): WatchBarStyle {
  return watchStyle({
    connect: async () => (await busOf(environment))(),
    prefersDark: () => prefersDark(environment),
  });
}

/** The same, for a process that cannot open files and start programs later: all that is loaded now. */
export async function preparedBarStyle(environment: Readonly<NodeJS.ProcessEnv>, log: Logger): Promise<WatchBarStyle> {
  const noBus = (error: Error) => (): never => {
    throw error;
  };
  const [connect, isDark] = await Promise.all([
    busOf(environment).catch(noBus),
    prefersDark(environment),
    loadTextPainter(log),
  ]);
  return watchStyle({ connect: async () => connect(), prefersDark: async () => isDark });
}

/** Where the style comes from. */
interface StyleSources {
  /** Connects with the bus of the user's session. Rejects where there is none. */
  readonly connect: () => Promise<BusConnection>;
  /** Whether the desktop's settings, of which a portal does not tell, say that. */
  readonly prefersDark: () => Promise<boolean>;
}

async function busOf({
  DBUS_SESSION_BUS_ADDRESS: address,
  XDG_RUNTIME_DIR: folder,
}: Readonly<NodeJS.ProcessEnv>): Promise<() => BusConnection> {
  return sessionBus(address ?? `unix:path=${folder}/bus`, await loadDbus());
}

function watchStyle({ connect, prefersDark }: StyleSources): WatchBarStyle {
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
    const bySettings = async (): Promise<void> => change({ isDark: await prefersDark() });
    const watchPortal = async (): Promise<void> => {
      const connection = await connect();
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
