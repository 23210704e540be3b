// SPDX-License-Identifier: Apache-2.0
import type { HookedMessage } from "../relay/hooked-message.ts";
import type { HookCondition, HookStage, Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { Size } from "./size.ts";

/** Knows the sizes of clients' buffers, of whatever kind. */
export class BufferSizes {
  readonly #sizes = new WeakMap<WlObject, Size>();
  /** The sizes of buffers that the host has still to make, by what makes them. */
  readonly #asked = new WeakMap<WlObject, Size>();

  /** The size of a buffer; undefined for one that nobody here has seen made. */
  get(buffer: WlObject): Size | undefined {
    return this.#sizes.get(buffer);
  }

  readonly requests: NonNullable<Hooks["requests"]> = {
    wl_shm_pool: { create_buffer: (message) => this.#made(message) },
    wl_drm: {
      create_buffer: (message) => this.#made(message),
      create_planar_buffer: (message) => this.#made(message),
      create_prime_buffer: (message) => this.#made(message),
    },
    zwp_linux_buffer_params_v1: {
      create: ({ object, args: { width, height } }) => void this.#asked.set(object, { width, height }),
      create_immed: ({ args: { buffer_id: id, width, height } }) => void this.#sizes.set(id, { width, height }),
    },
    wp_single_pixel_buffer_manager_v1: {
      create_u32_rgba_buffer: ({ args: { id } }) => void this.#sizes.set(id, { width: 1, height: 1 }),
    },
  };

  readonly events: NonNullable<Hooks["events"]> = {
    zwp_linux_buffer_params_v1: {
      created: ({ object, args: { buffer } }) => {
        const size = this.#asked.get(object);
        if (size !== undefined) this.#sizes.set(buffer, size);
      },
    },
  };

  /** The same as hooks of their own. */
  hooks(stage: HookStage, when: HookCondition): Hooks {
    return { stage, when, requests: this.requests, events: this.events };
  }

  #made({ args: { id, width, height } }: HookedMessage<{ id: WlObject } & Size>): void {
    this.#sizes.set(id, { width, height });
  }
}
