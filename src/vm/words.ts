// SPDX-License-Identifier: Apache-2.0
/** The words for the launcher (native/launcher), step by step: each method adds one. */

/** Flags of mount(2). */
export const MountFlag: {
  readonly readOnly: 1;
  readonly noSuid: 2;
  readonly noDevices: 4;
  readonly recursive: 16384;
  readonly private: 0x40000;
} = { readOnly: 1, noSuid: 2, noDevices: 4, recursive: 16384, private: 0x40000 };

/** Attributes of mount_setattr(2), for `bind`. */
export const Attribute = { readOnly: 1, noSuid: 2, noDevices: 4 } as const;

/** Flags of unshare(2). */
export const Namespace = {
  mounts: 0x20000,
  ipc: 0x8000000,
  user: 0x10000000,
  processes: 0x20000000,
  network: 0x40000000,
} as const;

/** The property of a VM's owner: the paths of a folder, a socket, and a file that is locked while both are in use. */
export interface Leftovers {
  readonly lock: string;
  readonly socket: string;
  readonly folder: string;
}

/** A list of steps, as the launcher reads it. */
export class Words {
  readonly list: string[] = [];

  /** `flags` are of MountFlag; `data` is for the file system. */
  mount(source: string, target: string, type: string, flags = 0, data = ""): this {
    return this.#add("mount", source, target, type, `${flags}`, data);
  }

  /** Mounts as `mount` does, and may fail. */
  tryMount(source: string, target: string, type: string, flags = 0, data = ""): this {
    return this.#add("-mount", source, target, type, `${flags}`, data);
  }

  /** Shows a folder or file with all that is mounted in it at a second place, which exists, there with these attributes. */
  bind(source: string, target: string, attributes = 0): this {
    return this.#add("bind", source, target, `${attributes}`);
  }

  /** Makes a folder, unless it is there. Its parent has to be. */
  mkdir(path: string, mode = 0o755): this {
    return this.#add("mkdir", path, `${mode}`);
  }

  /** Makes a folder as `mkdir` does, with all folders on the way from `base`, which exists. */
  mkdirs(base: string, path: string): this {
    let folder = base;
    for (const name of path.split("/").filter((part) => part !== "")) {
      folder += `/${name}`;
      this.mkdir(folder);
    }
    return this;
  }

  chmod(path: string, mode: number): this {
    return this.#add("chmod", path, `${mode}`);
  }

  /** Makes a symbolic link. */
  link(target: string, path: string): this {
    return this.#add("link", target, path);
  }

  /** Makes a file with this content. */
  create(path: string, text = ""): this {
    return this.#add("create", path, text);
  }

  /** Writes to a file that is there. */
  write(path: string, text: string): this {
    return this.#add("write", path, text);
  }

  /** Writes as `write` does, and may fail. */
  tryWrite(path: string, text: string): this {
    return this.#add("-write", path, text);
  }

  /** Loads a module of the kernel. */
  module(path: string): this {
    return this.#add("module", path);
  }

  /** Gives a network interface an IPv4 address, and switches it on. */
  interface(name: string, address: string, mask: string): this {
    return this.#add("interface", name, addressNumber(address), addressNumber(mask));
  }

  /** Sends what has no nearer way to this IPv4 address. */
  route(gateway: string): this {
    return this.#add("route", addressNumber(gateway));
  }

  /** Makes a folder, which is the root of a mount, the root directory, and lets the old one go. */
  pivot(path: string): this {
    return this.#add("pivot", path);
  }

  /** Changes the root where it is an initial file system. */
  moveRoot(path: string): this {
    return this.#add("move-root", path);
  }

  /** Leaves namespaces; flags are of Namespace. */
  unshare(flags: number): this {
    return this.#add("unshare", `${flags}`);
  }

  /** Goes on in a child. The parent passes on how that ends, and what has lost its own parent meanwhile is reaped. */
  fork(): this {
    return this.#add("fork");
  }

  /**
   * Goes on in a child, which is killed when the process `parent` ends, which has started the launcher. From then on nobody
   * else ends them by SIGTERM, SIGHUP or SIGINT.
   */
  guard(parent: number): this {
    return this.#add("guard", `${parent}`);
  }

  /** Waits for a connection at the listening socket that is this descriptor, which then becomes the connection. */
  accept(descriptor: number): this {
    return this.#add("accept", `${descriptor}`);
  }

  /**
   * Waits for the end of the process `parent`, which has started the launcher. Then it removes what that has left (the
   * folder, the socket, and the lock that it held), and ends.
   */
  watch(parent: number, { lock, socket, folder }: Leftovers): this {
    return this.#add("watch", `${parent}`, lock, socket, folder);
  }

  /** Gives up all privileges for good, and all open files but the first: by default standard input, output and error. */
  dropPrivileges(keptFiles = 3): this {
    return this.#add("drop-privileges", `${keptFiles}`);
  }

  /** From now on no program that is executed gets a privilege that this process has not. */
  noNewPrivileges(): this {
    return this.#add("no-new-privileges");
  }

  /** Has the kernel ask this program of its packet filter's language about all system calls from now on: seccomp(2). */
  filter(program: Buffer): this {
    return this.#add("filter", program.toString("hex"));
  }

  /** Has it asked as `filter` does, and may fail. */
  tryFilter(program: Buffer): this {
    return this.#add("-filter", program.toString("hex"));
  }

  /**
   * Runs errands for whoever has the other end of standard input, until that is closed: of each its kind, a path, another
   * path, and flags and mode of open(2). Reports on standard output. The last step; native/launcher/broker.c describes it.
   */
  serve(errands: readonly (readonly [kind: string, path: string, to: string, flags: number, mode: number])[]): this {
    this.#add("serve", `${errands.length}`);
    for (const [kind, path, to, flags, mode] of errands) this.#add(kind, path, to, `${flags}`, `${mode}`);
    return this;
  }

  /** Begins a session of its own. */
  session(): this {
    return this.#add("session");
  }

  /** Makes a terminal that of its session, and standard input, output and error. */
  terminal(path: string): this {
    return this.#add("terminal", path);
  }

  user(uid: number, gid: number, groups: readonly number[]): this {
    return this.#add("user", `${uid}`, `${gid}`, groups.join(","));
  }

  chdir(path: string): this {
    return this.#add("chdir", path);
  }

  /** Changes the folder as `chdir` does, and may fail. */
  tryChdir(path: string): this {
    return this.#add("-chdir", path);
  }

  /** Sets LISTEN_PID, which says for which process the descriptors from 3 on are. */
  listenPid(): this {
    return this.#add("listen-pid");
  }

  /** Goes on with the words in a file. */
  continueWith(path: string): this {
    return this.#add("continue", path);
  }

  /** Becomes a program, which is searched as shells do. The last step. */
  exec(command: readonly string[]): this {
    return this.#add("exec", ...command);
  }

  /** The words as the content of a file: a word a line. Throws for a word that would be two. */
  get text(): string {
    const odd = this.list.find((word) => word.includes("\n"));
    if (odd !== undefined) throw new Error(`${JSON.stringify(odd)} has a line feed`);
    return `${this.list.join("\n")}\n`;
  }

  #add(...words: readonly string[]): this {
    this.list.push(...words);
    return this;
  }
}

/** An IPv4 address as the launcher reads it: one number. */
function addressNumber(address: string): string {
  return `${address.split(".").reduce((number, part) => number * 256 + Number(part), 0)}`;
}
