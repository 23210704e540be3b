// SPDX-License-Identifier: Apache-2.0
/** The environment that a program was started with. Nothing else in src/cli reads process.env. */

/** Set in a process that has been begun anew (jail.ts), which is to happen once. */
const BEGUN_ANEW = "WAYLAND_PROXY_BEGUN_ANEW";

/** Variables for this process alone: they would be wrong for programs that it starts. */
const ownVariables = [
  "NOTIFY_SOCKET",
  "WATCHDOG_USEC",
  "WATCHDOG_PID",
  "LISTEN_PID",
  "LISTEN_PIDFDID",
  "LISTEN_FDS",
  "LISTEN_FDNAMES",
  BEGUN_ANEW,
];

/** Variables of an environment, by their names. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The variables of the environment that programs read. */
export interface Environment {
  /** The folder of sockets: $XDG_RUNTIME_DIR. */
  readonly runtimeDir: string | undefined;
  /** The number of a connection that we are not able to use: $WAYLAND_SOCKET. */
  readonly waylandSocket: string | undefined;
  /** The folders in which programs are searched, with colons between them: $PATH. */
  readonly searchPath: string;
  /** Whether a terminal may get colors: not with $NO_COLOR. */
  readonly allowsColor: boolean;
  /** Device and inode of the stream that leads to the journal: $JOURNAL_STREAM. */
  readonly journalStream: string | undefined;
  /**
   * The variables by which the service manager that started us describes sockets, and how to talk to it. Code that
   * takes over the sockets removes them.
   */
  readonly service: NodeJS.ProcessEnv;
  /** Whether this process has been another one of the same kind before. */
  readonly isBegunAnew: boolean;
  /** Everything but that: what programs that we start inherit. */
  readonly inheritable: Variables;
}

/** Reads the environment once. What is for this process alone is removed, also for modules that the user has us load. */
export function takeEnvironment(): Environment {
  const service: NodeJS.ProcessEnv = {};
  for (const name of ownVariables) {
    if (process.env[name] !== undefined) service[name] = process.env[name];
    delete process.env[name];
  }
  const inheritable: Variables = { ...process.env };
  return {
    runtimeDir: inheritable["XDG_RUNTIME_DIR"],
    waylandSocket: inheritable["WAYLAND_SOCKET"],
    searchPath: inheritable["PATH"] ?? "",
    allowsColor: (inheritable["NO_COLOR"] ?? "") === "",
    journalStream: inheritable["JOURNAL_STREAM"],
    service,
    isBegunAnew: service[BEGUN_ANEW] !== undefined,
    inheritable,
  };
}

/** Undoes what `takeEnvironment` has removed: this process is about to become another one of the same kind. */
export function giveBackEnvironment({ service }: Environment): void {
  Object.assign(process.env, service, { [BEGUN_ANEW]: "1" });
}

/** The options of Node that the environment adds to those of its command line, before anything else is read. */
export function nodeOptions(): string[] {
  return (process.env["NODE_OPTIONS"] ?? "").split(" ");
}
