// SPDX-License-Identifier: Apache-2.0
import type { HookedRequest } from "../relay/hooked-message.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { Session } from "../relay/session.ts";
import { ProtocolError } from "../wire/errors.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { DmabufClient } from "./dmabuf/client.ts";
import type { GuestGpu } from "./dmabuf/gpu.ts";

/** zwp_linux_buffer_params_v1.error */
const INVALID_WL_BUFFER = 7;
/** wl_drm.error */
const INVALID_NAME = 2;

/**
 * Lets programs in a guest show what they draw with the guest's GPU. The host gets these buffers by the channel, which
 * knows them; what has to change is which device programs learn to use, and what becomes of buffers of another one.
 * The host's kernel does not see the guest's fences, so a commit waits here until its buffer is drawn.
 */
export function dmabuf(gpu: GuestGpu): Hooks {
  const clients = new WeakMap<Session, DmabufClient>();

  function clientOf(session: Session): DmabufClient {
    let client = clients.get(session);
    if (client === undefined) {
      client = new DmabufClient(gpu, session.log);
      clients.set(session, client);
      session.onEnded(() => client?.end());
    }
    return client;
  }

  /** Buffers by name are shared with whoever guesses the name, and the host's names are others anyway. */
  function refuseName({ object }: { object: WlObject }): never {
    throw new ProtocolError("buffers by name are not supported", INVALID_NAME, object.clientId);
  }

  return {
    stage: "translation",
    events: {
      zwp_linux_dmabuf_feedback_v1: {
        main_device(message) {
          clientOf(message.session).hostDevice = message.args.device;
          message.change({ device: gpu.device });
        },
        tranche_target_device: (message) => message.change({ device: gpu.device }),
      },
      zwp_linux_buffer_params_v1: {
        created: ({ session, object, args }) => clientOf(session).made(args.buffer, object),
      },
      wl_drm: {
        device: (message) => message.change({ name: gpu.path }),
      },
    },
    requests: {
      zwp_linux_buffer_params_v1: {
        add(message) {
          const { session, object } = message;
          if (!clientOf(session).add(object, message.args.fd)) message.drop();
        },
        create(message) {
          const { session, object } = message;
          if (!clientOf(session).isForeign(object)) return;
          message.drop();
          message.after(() => session.sendEvent(object, "failed", {}));
        },
        create_immed({ session, object, args }) {
          if (clientOf(session).isForeign(object)) throw foreignBuffer(gpu, object, INVALID_WL_BUFFER);
          clientOf(session).made(args.buffer_id, object);
        },
        set_sampling_device(message) {
          const { hostDevice } = clientOf(message.session);
          // Whichever it is: here is one device, which stands for all of the host's.
          if (hostDevice === null) message.drop();
          else message.change({ device: hostDevice });
        },
        destroy: ({ session, object }) => clientOf(session).forgetParams(object),
      },
      wl_drm: {
        authenticate(message) {
          // Only nodes with a display want that, and the host's kernel could not grant anything in the guest.
          message.drop();
          message.after(() => message.session.sendEvent(message.object, "authenticated", {}));
        },
        create_buffer: refuseName,
        create_planar_buffer: refuseName,
        create_prime_buffer({ session, object, args }) {
          if (!clientOf(session).madeOf(args.id, args.name)) throw foreignBuffer(gpu, object, INVALID_NAME);
        },
      },
      wl_surface: {
        attach: ({ session, object, args }) => clients.get(session)?.attach(object, args.buffer),
        commit: ({ session, object }: HookedRequest<"wl_surface", "commit">) => clients.get(session)?.drawn(object),
      },
      wl_buffer: {
        destroy: ({ session, object }) => clients.get(session)?.forgetBuffer(object),
      },
    },
  };
}

function foreignBuffer({ path }: GuestGpu, object: WlObject, code: number): ProtocolError {
  return new ProtocolError(`the host cannot get this buffer: it is not one of ${path}`, code, object.clientId);
}
