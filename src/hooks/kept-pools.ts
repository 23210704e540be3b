// SPDX-License-Identifier: Apache-2.0
import { type FileInfo, fileInfo } from "../native/memory.ts";
import type { Client } from "../relay/client.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";

/** A wl_shm_pool's memory, which a compositor keeps until the pool and all of its buffers are destroyed. */
interface Pool {
  readonly client: Client;
  /** The pool and its buffers, as far as they are not destroyed. */
  users: number;
  release(): void;
}

/**
 * Reports for how long a compositor keeps the memory of pools: a client may well have released it by then.
 *
 * @param hold called with a pool's file; returns the function to call when the compositor has released it, null when
 * nobody wants to know
 */
export function keptPools(hold: (file: FileInfo) => (() => void) | null): Hooks {
  const bySession = new WeakMap<Client, Set<Pool>>();
  /** The pools, by their objects and by each of their buffers. */
  const pools = new WeakMap<WlObject, Pool>();

  const poolsOf = (client: Client): Set<Pool> => {
    let all = bySession.get(client);
    if (all === undefined) {
      const kept = new Set<Pool>();
      all = kept;
      bySession.set(client, kept);
      client.onEnded(() => {
        for (const { release } of kept) release();
        kept.clear();
      });
    }
    return all;
  };
  const leave = ({ object }: { readonly object: WlObject }): void => {
    const pool = pools.get(object);
    if (pool === undefined) return;
    pools.delete(object);
    // A session that has ended has released all of its pools.
    if (--pool.users === 0 && poolsOf(pool.client).delete(pool)) pool.release();
  };

  return {
    stage: "policy",
    requests: {
      wl_shm: {
        create_pool({ client, args: { id, fd } }) {
          const release = hold(fileInfo(fd.raw));
          if (release === null) return;
          const pool: Pool = { client, users: 1, release };
          pools.set(id, pool);
          poolsOf(client).add(pool);
        },
      },
      wl_shm_pool: {
        create_buffer({ object, args: { id } }) {
          const pool = pools.get(object);
          if (pool === undefined) return;
          pool.users++;
          pools.set(id, pool);
        },
        destroy: leave,
      },
      wl_buffer: { destroy: leave },
    },
  };
}
