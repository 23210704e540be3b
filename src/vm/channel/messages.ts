// SPDX-License-Identifier: Apache-2.0
/** The content of the frames with JSON. */

/** The settings of its guest that the agent gets. */
export interface GuestSetup {
  readonly user: GuestUser;
  readonly hostname: string;
  /** A folder that only the user can enter, for sockets: $XDG_RUNTIME_DIR. */
  readonly runtimeDir: string;
  /** Whether what it writes stays for the next VM. */
  readonly isKept: boolean;
  /** The address of a server for names, if it has a network. */
  readonly nameserver: string | null;
  readonly services: readonly Service[];
}

/** Whose programs run. */
export interface GuestUser {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly home: string;
  /** Whether the home is a folder of the host. */
  readonly homeIsShared: boolean;
  /** Variables that each program has, unless it brings others of these names. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A program of the guest that is started when a client connects to one of its sockets. */
export interface Service {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The service's sockets: a path, and the name by which the program knows it. */
  readonly sockets: readonly { readonly name: string; readonly path: string }[];
}

/** A program to be started, as the user of the guest. */
export interface ProgramStart {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The folder in which the program is to be started, if that is there. */
  readonly folder: string;
  /** The size of the terminal that it gets; null for pipes. */
  readonly terminal: TerminalSize | null;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}
