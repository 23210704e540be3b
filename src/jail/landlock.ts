// SPDX-License-Identifier: Apache-2.0

/** What is given up by Landlock: bits of linux/landlock.h, as far as the kernel knows them. */
export interface Landlock {
  readonly version: number;
  /** LANDLOCK_ACCESS_FS_*: everything that can be done with a path. */
  readonly files: number;
  /** LANDLOCK_ACCESS_NET_*: TCP. */
  readonly network: number;
  /** LANDLOCK_SCOPE_*: sockets without a file, and signals to others. */
  readonly scopes: number;
}

/** The number of rights to files by the version that brought the last of them. */
const fileRights: readonly (readonly [version: number, rights: number])[] = [
  [5, 16],
  [3, 15],
  [2, 14],
  [1, 13],
];

const BIND_TCP = 1;
const CONNECT_TCP = 2;
const ABSTRACT_SOCKETS = 1;
const SIGNALS = 2;

/**
 * All that a version can take away; null where there is none (a negative number).
 *
 * @param hasChildren whether signals have to get to children that we have already
 */
export function landlock(version: number, hasChildren: boolean): Landlock | null {
  const [, rights] = fileRights.find(([first]) => version >= first) ?? [];
  if (rights === undefined) return null;
  return {
    version,
    files: 2 ** rights - 1,
    network: version >= 4 ? BIND_TCP | CONNECT_TCP : 0,
    scopes: version >= 6 ? ABSTRACT_SOCKETS | (hasChildren ? 0 : SIGNALS) : 0,
  };
}
