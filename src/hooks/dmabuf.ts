// SPDX-License-Identifier: Apache-2.0
import { WlDrmError, ZwpLinuxBufferParamsV1Error } from "../protocol/generated/enums.ts";
import type { Client } from "../relay/client.ts";
import type { HookedRequest } from "../relay/hooked-message.ts";
import type { Hooks } from "../relay/hooks.ts";
import { ProtocolError } from "../wire/errors.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { DmabufClient } from "./dmabuf/client.ts";
import type { GuestGpu } from "./dmabuf/gpu.ts";

/**
 * Lets programs in a guest show what they draw with the guest's GPU. The host gets these buffers by the channel, which
 * knows them. Two things have to change: which device programs learn to use, and what becomes of buffers of another
 * one. The host's kernel does not see the guest's fences, so a commit waits here until its buffer is drawn.
 */
export function dmabuf(gpu: GuestGpu): Hooks {
  const clients = new WeakMap<Client, DmabufClient>();

  function buffersOf(client: Client): DmabufClient {
    let buffers = clients.get(client);
    if (buffers === undefined) {
      buffers = new DmabufClient(gpu, client.log);
      clients.set(client, buffers);
      client.onEnded(() => buffers?.end());
    }
    return buffers;
  }

  /** Buffers by name are shared with whoever guesses the name, and the host's names are others anyway. */
  function refuseName({ object }: { object: WlObject }): never {
    throw new ProtocolError("buffers by name are not supported", WlDrmError.invalid_name, object.clientId);
  }

  return {
    stage: "translation",
    events: {
      zwp_linux_dmabuf_feedback_v1: {
        main_device(message) {
          buffersOf(message.client).hostDevice = message.args.device;
          message.change({ device: gpu.device });
        },
        tranche_target_device: (message) => message.change({ device: gpu.device }),
      },
      zwp_linux_buffer_params_v1: {
        created: ({ client, object, args }) => buffersOf(client).made(args.buffer, object),
      },
      wl_drm: {
        device: (message) => message.change({ name: gpu.path }),
      },
    },
    requests: {
      zwp_linux_buffer_params_v1: {
        add(message) {
          const { client, object } = message;
          if (!buffersOf(client).add(object, message.args.fd)) message.drop();
        },
        create(message) {
          const { client, object } = message;
          if (!buffersOf(client).isForeign(object)) return;
          message.drop();
          message.after(() => client.sendEvent(object, "failed", {}));
        },
        create_immed({ client, object, args }) {
          if (buffersOf(client).isForeign(object))
            throw foreignBuffer(gpu, object, ZwpLinuxBufferParamsV1Error.invalid_wl_buffer);
          buffersOf(client).made(args.buffer_id, object);
        },
        set_sampling_device(message) {
          const { hostDevice } = buffersOf(message.client);
          // Whichever it is: here is one device, which stands for all of the host's.
          if (hostDevice === null) message.drop();
          else message.change({ device: hostDevice });
        },
        destroy: ({ client, object }) => buffersOf(client).forgetParams(object),
      },
      wl_drm: {
        authenticate(message) {
          // Only nodes with a display want that, and the host's kernel could not grant anything in the guest.
          message.drop();
          message.after(() => message.client.sendEvent(message.object, "authenticated", {}));
        },
        create_buffer: refuseName,
        create_planar_buffer: refuseName,
        create_prime_buffer({ client, object, args }) {
          if (!buffersOf(client).madeOf(args.id, args.name)) throw foreignBuffer(gpu, object, WlDrmError.invalid_name);
        },
      },
      wl_surface: {
        attach: ({ client, object, args }) => clients.get(client)?.attach(object, args.buffer),
        commit: ({ client, object }: HookedRequest<"wl_surface", "commit">) => clients.get(client)?.drawn(object),
      },
      wl_buffer: {
        destroy: ({ client, object }) => clients.get(client)?.forgetBuffer(object),
      },
    },
  };
}

function foreignBuffer({ path }: GuestGpu, object: WlObject, code: number): ProtocolError {
  return new ProtocolError(`the host cannot get this buffer: it is not one of ${path}`, code, object.clientId);
}
