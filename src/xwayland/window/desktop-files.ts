// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** More files than any system has; the rest are not read. */
const MAX_FILES = 4096;

/** Files that are read at once. */
const READERS = 16;

const SUFFIX = ".desktop";

/** Milliseconds after which nobody waits for a slow disk any longer. */
const READ_TIMEOUT_MS = 1000;

/**
 * The installed applications, by their .desktop files (freedesktop.org, Desktop Entry Specification). A host that takes
 * no icons from windows looks for the file that has the app id's name. X programs rarely name themselves so: the class
 * of geany.desktop's windows is "Geany".
 */
export class DesktopFiles {
  readonly #ids = new Set<string>();
  /** The ids by what their files name as the class or instance of their windows. */
  readonly #byWindowClass = new Map<string, string>();

  /** Reads the files in the folders that an environment names, as far as that takes no longer than a second. */
  static async read(environment: Readonly<NodeJS.ProcessEnv>): Promise<DesktopFiles> {
    const files = new DesktopFiles();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, READ_TIMEOUT_MS);
    });
    await Promise.race([files.#readFolders(dataFolders(environment)), late]);
    clearTimeout(timer);
    return files;
  }

  /** The app id of the application that a window of that class and instance (WM_CLASS) belongs to; null for an unknown one. */
  idOf(instance: string, className: string): string | null {
    for (const name of [instance, className]) {
      const id = this.#byWindowClass.get(name);
      if (id !== undefined) return id;
    }
    const names = [className, instance, className.toLowerCase(), instance.toLowerCase()];
    return names.find((name) => this.#ids.has(name)) ?? null;
  }

  /** Reads one folder after the other, since the first one that has a file is meant. */
  async #readFolders(folders: readonly string[]): Promise<void> {
    for (const folder of folders) {
      // Folders may be missing.
      const paths = await readdir(folder, { recursive: true }).catch(() => []);
      const wanted = paths.filter((path) => path.endsWith(SUFFIX)).slice(0, MAX_FILES - this.#ids.size);
      const read = async (): Promise<void> => {
        for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) await this.#readOne(folder, path);
      };
      await Promise.all(Array.from({ length: READERS }, read));
    }
  }

  async #readOne(folder: string, path: string): Promise<void> {
    const id = path.slice(0, -SUFFIX.length).replaceAll("/", "-");
    if (this.#ids.has(id)) return;
    this.#ids.add(id);
    const text = await readFile(join(folder, path), "utf8").catch(() => "");
    const windowClass = windowClassIn(text);
    if (windowClass !== null && !this.#byWindowClass.has(windowClass)) this.#byWindowClass.set(windowClass, id);
  }
}

/** The value of StartupWMClass in the group that describes the application; null for none. */
function windowClassIn(text: string): string | null {
  const [, group = ""] = text.split(/^\[Desktop Entry\]\s*$/m);
  const [entries = ""] = group.split(/^\[/m);
  const [, value = ""] = /^StartupWMClass\s*=\s*(.*?)\s*$/m.exec(entries) ?? [];
  return value === "" ? null : value;
}

function dataFolders({
  HOME: home = "/",
  XDG_DATA_HOME: own = "",
  XDG_DATA_DIRS: shared = "",
}: Readonly<NodeJS.ProcessEnv>): string[] {
  const folders = [own || join(home, ".local/share"), ...(shared || "/usr/local/share:/usr/share").split(":")];
  return folders.filter((folder) => folder.startsWith("/")).map((folder) => join(folder, "applications"));
}
