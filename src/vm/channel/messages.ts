// SPDX-License-Identifier: Apache-2.0
/** The content of the frames with JSON. */

/**
 * The settings of its guest that the agent gets. A guest with a system of its own, from a disk image, has its own user, name,
 * runtime directory and servers for names.
 */
export interface GuestSetup {
  readonly user: GuestUser;
  readonly hostname: string;
  /** A folder that only the user can enter, for sockets: $XDG_RUNTIME_DIR. */
  readonly runtimeDir: string;
  /** Whether what it writes stays for the next VM. */
  readonly isKept: boolean;
  /** The address of a server for names, if it has a network. */
  readonly nameserver: string | null;
  /** Variables that each program has, unless it brings others of these names. */
  readonly environment: Readonly<Record<string, string>>;
  readonly services: readonly Service[];
  /** The folders of the host that the agent mounts. A guest without a system of its own has them before. */
  readonly shares: readonly GuestShare[];
}

/** A folder of the host, for a guest. */
export interface GuestShare {
  readonly tag: string;
  /** The path in the guest; HOME_PLACE for the home directory of the user there. */
  readonly place: string;
  readonly writable: boolean;
}

/** The place of a share that is the home directory, wherever that is. */
export const HOME_PLACE = "~";

/** Whose programs run. */
export interface GuestUser {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly home: string;
  /** Whether the home is a folder of the host. */
  readonly homeIsShared: boolean;
  /** Variables of the user's own. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A program of ours in the guest, which is started when a client connects to one of its sockets. */
export interface Service {
  /** The program's name, and its arguments. */
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The service's sockets: a path, absolute or in the runtime directory, and the name by which the program knows it. */
  readonly sockets: readonly { readonly name: string; readonly path: string }[];
}

/** A program to be started, as the user of the guest. */
export interface ProgramStart {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The folder in which the program is to be started, if that is there; null: the home directory. */
  readonly folder: string | null;
  /** The size of the terminal that it gets; null for pipes. */
  readonly terminal: TerminalSize | null;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}
