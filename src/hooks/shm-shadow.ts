// SPDX-License-Identifier: Apache-2.0

import type { Client } from "../relay/client.ts";
import type { HookedMessage } from "../relay/hooked-message.ts";
import type { Hook, Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { captures } from "./shm/captures.ts";
import { MAX_POOLS, ShmClient } from "./shm/client.ts";
import { CopyTurns } from "./shm/copy-turns.ts";
import type { SharedImages } from "./shm/host-buffers.ts";
import { Shares } from "./shm/shares.ts";

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const rectOf = ({ x, y, width, height }: Box) => ({ left: x, top: y, right: x + width, bottom: y + height });

/**
 * Serves wl_shm without shared memory, for a host in another machine. Pools and their buffers exist for the client
 * only. What a surface shows is copied, as far as it has changed, into images that the host can see.
 *
 * @param imagesFor returns the source of a client's images. Clients may share the memory: see `Shares`
 * @param maxPools the most pools that all clients together may have
 */
export function shmShadow(imagesFor: (client: Client) => SharedImages, maxPools: number = MAX_POOLS): Hooks {
  const clients = new WeakMap<Client, ShmClient>();
  const common = { shares: new Shares(), turns: new CopyTurns(), maxPools };

  function shmOf(client: Client): ShmClient {
    let shm = clients.get(client);
    if (shm === undefined) {
      shm = new ShmClient(client, imagesFor(client), common);
      clients.set(client, shm);
    }
    return shm;
  }

  /** Replaces a buffer by a copy that the host keeps, for a use in which the client does not change it any more. */
  async function copyForGood(message: HookedMessage<{ buffer: WlObject<"wl_buffer"> }>): Promise<void> {
    const { client, object } = message;
    const shm = shmOf(client);
    const buffer = shm.bufferOf(message.args.buffer);
    if (buffer === undefined) return;
    const copy = await shm.fixedCopy(buffer, object);
    if (copy === null) message.drop();
    else message.change({ buffer: copy });
  }

  const freeCopies: Hook<unknown> = (message) =>
    message.after(() => shmOf(message.client).freeFixedCopies(message.object));

  const pictures = captures(shmOf);

  return {
    stage: "translation",
    events: {
      wl_shm: {
        format: ({ client, args }) => shmOf(client).addFormat(args.format),
      },
      ...pictures.events,
    },
    requests: {
      wl_registry: {
        bind(message) {
          const { client, object } = message;
          const { name, id } = message.args;
          if (id.is("wl_shm")) message.after(() => shmOf(client).hostBuffers.reach(object, name));
        },
      },
      wl_shm: {
        create_pool(message) {
          message.drop();
          shmOf(message.client).createPool(message);
        },
      },
      wl_surface: {
        attach(message) {
          const { client, object } = message;
          const { buffer, x, y } = message.args;
          const shm = shmOf(client);
          const own = shm.bufferOf(buffer);
          if (own === undefined) return shm.knownSurface(object)?.attachOther();
          // The host gets a copy instead, once it is known what has changed.
          message.drop();
          shm.surfaceOf(object).attach(own, x, y);
        },
        get_release(message) {
          const { client, object, args } = message;
          // Whose buffer the next commit shows, and so who knows of its release, is not known yet.
          message.drop();
          shmOf(client).surfaceOf(object).addReleaseCallback(args.callback);
        },
        damage: ({ client, object, args }) => shmOf(client).knownSurface(object)?.damage(rectOf(args)),
        damage_buffer: ({ client, object, args }) => shmOf(client).knownSurface(object)?.damageBuffer(rectOf(args)),
        set_buffer_scale({ client, object, args }) {
          // Anything else is an error that the host reports.
          if (args.scale > 0) shmOf(client).surfaceOf(object).setView({ scale: args.scale });
        },
        set_buffer_transform({ client, object, args }) {
          shmOf(client).surfaceOf(object).setView({ transform: args.transform });
        },
        commit: (message) => shmOf(message.client).knownSurface(message.object)?.commit(message),
        destroy: (message) => message.after(() => shmOf(message.client).knownSurface(message.object)?.close()),
      },
      wp_viewporter: {
        get_viewport: ({ client, args }) => shmOf(client).addViewport(args.id, args.surface),
      },
      wp_viewport: {
        set_source({ client, object, args }) {
          const source = args.width > 0 && args.height > 0 ? args : null;
          shmOf(client).viewedBy(object)?.setView({ source });
        },
        set_destination({ client, object, args }) {
          const destination = args.width > 0 && args.height > 0 ? args : null;
          shmOf(client).viewedBy(object)?.setView({ destination });
        },
        destroy: ({ client, object }) => shmOf(client).viewedBy(object)?.setView({ source: null, destination: null }),
      },
      // Buffers that the host keeps.
      xdg_toplevel_icon_v1: { add_buffer: copyForGood, destroy: freeCopies },
      org_kde_kwin_shadow: {
        attach_left: copyForGood,
        attach_top_left: copyForGood,
        attach_top: copyForGood,
        attach_top_right: copyForGood,
        attach_right: copyForGood,
        attach_bottom_right: copyForGood,
        attach_bottom: copyForGood,
        attach_bottom_left: copyForGood,
        destroy: freeCopies,
      },
      ...pictures.requests,
    },
  };
}
