// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root: string = fileURLToPath(new URL("../../../..", import.meta.url));

/** What scripts/setup-package.sh has fetched. */
export const cache: string = join(root, ".cache/package");

/** The programs of the package. */
export const programs: readonly string[] = [
  "wayland-proxy",
  "wayland-proxy-ctl",
  "wayland-proxy-host",
  "wayland-proxy-replay",
  "wayland-proxy-vm",
];

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export function attempt(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Outcome {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", ...options });
  if (error) throw error;
  return { status, stdout, stderr };
}

/** The same for one that must not fail; its standard output. */
export function run(...call: Parameters<typeof attempt>): string {
  const { status, stdout, stderr } = attempt(...call);
  if (status !== 0) throw new Error(`${call[0]} ${call[1].join(" ")} ended with ${status}: ${stdout}${stderr}`);
  return stdout;
}

/** A folder of its own, with what a release consists of. */
export class Packed {
  readonly folder: string = mkdtempSync(join(tmpdir(), "wp-package-"));
  /** What it was made from: the sources, as they are committed. */
  readonly sources: string;
  /** What `npm pack` has made. */
  readonly tarball: string;

  /** Packs from a copy of the sources: nothing that lies around gets in, and what others run here is left alone. */
  constructor() {
    if (!existsSync(join(cache, "done"))) throw new Error("first run: sh scripts/setup.sh package");
    const copy = join(this.folder, "sources");
    this.sources = copy;
    const kept = new Set([".git", ".cache", "dist", "prebuilds", "test-results"]);
    // With node_modules: were they a link, npm would not find what our libraries need themselves.
    cpSync(root, copy, { recursive: true, filter: (path) => !kept.has(path.slice(root.length)) });
    const name = run("npm", ["pack", "--silent", "--pack-destination", this.folder], { cwd: copy }).trim();
    this.tarball = join(this.folder, name.split("\n").at(-1) as string);
  }

  /** The libraries that come along, with their versions and licences. */
  libraries(): { name: string; version: string; license: string }[] {
    const files = run("tar", ["-tzf", this.tarball]).match(
      /^package\/node_modules\/((@[^/]+\/)?[^/]+)\/package\.json$/gm,
    );
    return (files ?? []).map((file) => JSON.parse(run("tar", ["-xzOf", this.tarball, file])));
  }

  /** A new folder inside. */
  place(prefix: string): string {
    return mkdtempSync(join(this.folder, prefix));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
