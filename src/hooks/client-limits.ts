// SPDX-License-Identifier: Apache-2.0
import type { PolicyGuard } from "../policy/guard.ts";
import { bytesText } from "../policy/kinds.ts";
import type { Client } from "../relay/client.ts";
import type { Hooks } from "../relay/hooks.ts";
import { DisplayError } from "../wire/errors.ts";
import type { WlObject } from "../wire/wl-object.ts";

/** Ends a client that makes more surfaces than the policy lets it have. */
export function surfaceLimit(guard: PolicyGuard): Hooks {
  const counts = new WeakMap<Client, number>();
  return {
    stage: "policy",
    requests: {
      wl_compositor: {
        create_surface(message) {
          const { client } = message;
          const count = (counts.get(client) ?? 0) + 1;
          counts.set(client, count);
          const { maxSurfaces } = guard.policy;
          if (count <= maxSurfaces) return;
          message.drop();
          guard.refuse(client, "maxSurfaces", `more than ${maxSurfaces} surfaces`);
          client.cutOff(`it has more than ${maxSurfaces} surfaces, which is its limit`, DisplayError.noMemory);
        },
      },
      wl_surface: {
        destroy: ({ client }) => void counts.set(client, (counts.get(client) ?? 1) - 1),
      },
    },
  };
}

/** A pool of pixels, which the compositor has mapped as long as the client has it or one of its buffers. */
interface Pool {
  size: number;
  users: number;
}

/** Ends a client whose pools of pixels take more than that many bytes together. */
export function poolLimit(guard: PolicyGuard): Hooks {
  const totals = new WeakMap<Client, number>();
  const pools = new WeakMap<WlObject, Pool>();
  /** The pool of each buffer. */
  const poolOf = new WeakMap<WlObject, Pool>();
  const resized = (client: Client, object: WlObject, size: number): boolean => {
    const pool = pools.get(object) ?? { size: 0, users: 1 };
    const before = pool.size;
    // A pool never shrinks; what is no size is for the host to refuse.
    const total = (totals.get(client) ?? 0) + Math.max(0, size - before);
    const { maxMemory } = guard.policy;
    if (total > maxMemory) {
      guard.refuse(client, "maxMemory", `more than ${bytesText(maxMemory)} of shared memory`);
      client.cutOff(`it shares more than ${bytesText(maxMemory)} of memory, which is its limit`, DisplayError.noMemory);
      return false;
    }
    totals.set(client, total);
    pool.size = Math.max(size, before);
    pools.set(object, pool);
    return true;
  };
  const release = (client: Client, pool: Pool | undefined): void => {
    if (pool === undefined || --pool.users > 0) return;
    totals.set(client, (totals.get(client) ?? 0) - pool.size);
  };
  return {
    stage: "policy",
    requests: {
      wl_shm: {
        create_pool(message) {
          const { id, size } = message.args;
          if (!resized(message.client, id, size)) message.drop();
        },
      },
      wl_shm_pool: {
        resize(message) {
          if (!resized(message.client, message.object, message.args.size)) message.drop();
        },
        create_buffer({ object, args }) {
          const pool = pools.get(object);
          if (pool === undefined) return;
          pool.users++;
          poolOf.set(args.id, pool);
        },
        destroy: ({ client, object }) => release(client, pools.get(object)),
      },
      wl_buffer: {
        destroy: ({ client, object }) => release(client, poolOf.get(object)),
      },
    },
  };
}
