// SPDX-License-Identifier: Apache-2.0

import type { Client } from "../../relay/client.ts";
import type { Hooks } from "../../relay/hooks.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { Size } from "./geometry.ts";

/** The sizes of the buffers of one Xwayland. */
export class BufferSizes {
  readonly #sizes = new WeakMap<WlObject, Size>();
  /** The sizes of buffers that the host is asked to make, by their zwp_linux_buffer_params_v1. */
  readonly #asked = new WeakMap<WlObject, Size>();

  /** Null for no buffer, and for one of which nothing is known. */
  of(buffer: WlObject<"wl_buffer"> | null): Size | null {
    return buffer === null ? null : (this.#sizes.get(buffer) ?? null);
  }

  add(buffer: WlObject<"wl_buffer">, { width, height }: Size): void {
    this.#sizes.set(buffer, { width, height });
  }

  ask(params: WlObject, { width, height }: Size): void {
    this.#asked.set(params, { width, height });
  }

  /** The host has made what was asked for. */
  created(params: WlObject, buffer: WlObject<"wl_buffer">): void {
    const size = this.#asked.get(params);
    if (size !== undefined) this.#sizes.set(buffer, size);
  }
}

/** Notes the sizes of buffers, whichever way they are made. */
export function bufferHooks(of: (client: Client) => BufferSizes): Hooks {
  const add = ({ client, args }: { client: Client; args: Size & { id: WlObject<"wl_buffer"> } }): void =>
    of(client).add(args.id, args);
  return {
    stage: "translation",
    events: {
      zwp_linux_buffer_params_v1: {
        created: ({ client, object, args }) => of(client).created(object, args.buffer),
      },
    },
    requests: {
      wl_shm_pool: { create_buffer: add },
      wl_drm: { create_buffer: add, create_planar_buffer: add, create_prime_buffer: add },
      zwp_linux_buffer_params_v1: {
        create: ({ client, object, args }) => of(client).ask(object, args),
        create_immed: ({ client, args }) => of(client).add(args.buffer_id, args),
      },
    },
  };
}
