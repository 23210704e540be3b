// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Desktop } from "../../desktop/support/desktop.ts";
import { cache, run } from "./packed.ts";

/** A Debian of its own in a folder; all that is mounted for a command goes with it. */
export class Chroot {
  readonly folder: string;

  /** Unpacks one that scripts/setup-package.sh has made into an empty folder. */
  constructor(archive: "bookworm" | "bookworm-node", folder: string) {
    this.folder = folder;
    run("tar", ["-xf", join(cache, `${archive}.tar`), "-C", folder, "--exclude=./dev/*"]);
  }

  /** Runs a script of the shell in it to its end; what it prints. */
  run(script: string): string {
    return run("unshare", this.#command(script, this.folder));
  }

  /** A real program in it, which `script` runs through the proxy, lists the globals of a compositor outside. */
  async listGlobals(desktop: Desktop, script: string): Promise<string> {
    const { socket } = desktop.compositor;
    mkdirSync(join(this.folder, "tmp/run"), { mode: 0o700, recursive: true });
    const env = { XDG_RUNTIME_DIR: "/tmp/run", WAYLAND_DISPLAY: `/mnt/${basename(socket)}` };
    const command = this.#command(script, dirname(socket));
    const client = desktop.start(desktop.direct, "unshare", command, { env, capture: true });
    assert.equal((await client.end()).code, 0, client.output);
    return client.captured.toString();
  }

  /** What `unshare` is to be called with; `shared` is at /mnt. */
  #command(script: string, shared: string): string[] {
    const { folder } = this;
    const mounts = `mount --bind "${shared}" "${folder}/mnt" && mount -t proc proc "${folder}/proc" && mount --bind /dev "${folder}/dev"`;
    return [
      "--mount",
      "--pid",
      "--fork",
      "--mount-proc",
      "sh",
      "-c",
      `${mounts} && exec chroot "$1" sh -c "$2"`,
      "sh",
      folder,
      script,
    ];
  }
}
