// SPDX-License-Identifier: Apache-2.0

import type { Client } from "../../relay/client.ts";
import type { HookedMessage } from "../../relay/hooked-message.ts";
import type { Hook, Hooks } from "../../relay/hooks.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { ShmBuffer } from "./buffer.ts";
import type { ShmClient } from "./client.ts";
import type { HostBuffer } from "./host-buffer.ts";

/** A client's buffer that the host draws into, and what it got in its place. */
interface Capture {
  readonly buffer: ShmBuffer;
  readonly hostBuffer: HostBuffer;
  readonly shm: ShmClient;
}

/**
 * Buffers that the host draws into, for pictures of the screen. The host gets a host buffer that looks like the
 * client's, since it may draw a part alone, and draws into that. When it reports that it is done, the pixels are copied
 * back, and only then does the client learn of it.
 */
export function captures(shmOf: (client: Client) => ShmClient): Hooks {
  /** The captures underway, by their frames, or whatever the protocol calls one picture. */
  const underway = new WeakMap<WlObject, Capture>();

  async function lend(message: HookedMessage<{ buffer: WlObject<"wl_buffer"> }>): Promise<void> {
    const { client, object: frame, args } = message;
    const shm = shmOf(client);
    const buffer = shm.bufferOf(args.buffer);
    if (buffer === undefined) return;
    end(frame);
    // Its owner may destroy it meanwhile.
    buffer.use();
    const hostBuffer = await shm.hostBufferFor(buffer.shape).catch((error) => {
      buffer.unuse();
      throw error;
    });
    if (hostBuffer === null) {
      buffer.unuse();
      return message.drop();
    }
    const lent = await hostBuffer.fill(buffer);
    if (lent === null) return message.drop();
    underway.set(frame, { buffer, hostBuffer, shm });
    message.change({ buffer: lent });
  }

  /** Nothing more comes back for that frame. The memory is used again only if the host is known to be done with it. */
  function end(frame: WlObject): void {
    const capture = underway.get(frame);
    if (capture === undefined) return;
    underway.delete(frame);
    capture.buffer.unuse();
    capture.shm.hostBuffers.release(capture.hostBuffer);
  }

  async function done({ client, object: frame }: HookedMessage<unknown>): Promise<void> {
    const capture = underway.get(frame);
    if (capture === undefined) return;
    const isCopied = await capture.hostBuffer.copyBack(capture.buffer);
    // Its owner may have destroyed it meanwhile.
    if (underway.get(frame) !== capture) return;
    if (!isCopied) client.log.warn("a picture of the screen is lost: the client's buffer cannot be written to");
    end(frame);
  }
  const failed: Hook<unknown> = ({ object: frame }) => {
    underway.get(frame)?.hostBuffer.markIdle();
    end(frame);
  };
  const destroy: Hook<unknown> = (message) => message.after(() => end(message.object));

  return {
    requests: {
      zwlr_screencopy_frame_v1: { copy: lend, copy_with_damage: lend, destroy },
      ext_image_copy_capture_frame_v1: { attach_buffer: lend, destroy },
      hyprland_toplevel_export_frame_v1: { copy: lend, destroy },
      weston_capture_source_v1: { capture: lend, destroy },
    },
    events: {
      zwlr_screencopy_frame_v1: { ready: done, failed },
      ext_image_copy_capture_frame_v1: { ready: done, failed },
      hyprland_toplevel_export_frame_v1: { ready: done, failed },
      weston_capture_source_v1: { complete: done, retry: failed, failed },
    },
  };
}
