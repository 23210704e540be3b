// SPDX-License-Identifier: Apache-2.0

import { ClientMemory } from "../native/client-memory.ts";
import { SystemError } from "../native/errors.ts";
import type { Fd } from "../native/fd.ts";
import { F_SEAL_GROW, F_SEAL_SEAL, F_SEAL_SHRINK, fileInfo, Mapping, memfd, seal } from "../native/memory.ts";
import type { Client } from "../relay/client.ts";
import type { Hook, Hooks } from "../relay/hooks.ts";

/** Bytes in the largest file that is copied: ICC profiles may have this much (wp_image_description_creator_icc_v1). */
const MAX_SIZE: number = 32 * 1024 * 1024;

/**
 * F_SEAL_WRITE is missing on purpose: before version 7 of wl_keyboard a client may map its keymap shared. Linux
 * before 6.7 refuses that for a file with this seal. The copy is that client's alone.
 */
const SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW;

/**
 * Gives clients in a guest copies of the files that they read: keymaps, tables of formats, ICC profiles. Such a file
 * from the host is a dma-buf of its memory there. Kernels before 2025 map such a buffer as a whole or not at all, while
 * clients map as many bytes as the message says. A write to one that the host has mapped for reading can end the VM.
 * And each takes from the window for host memory for as long as a client keeps it.
 */
export function keymapCopy(): Hooks {
  const copy: Hook<{ fd: Fd; size: number }> = (message) => {
    const { fd, size } = message.args;
    const local = localCopy(message.client, message.signature.name, fd, size);
    if (local !== null) message.change({ fd: local });
  };
  return {
    stage: "translation",
    events: {
      wl_keyboard: { keymap: copy },
      zwp_input_method_keyboard_grab_v2: { keymap: copy },
      zwp_linux_dmabuf_feedback_v1: { format_table: copy },
      wp_image_description_info_v1: {
        icc_file(message) {
          const { icc, icc_size } = message.args;
          const local = localCopy(message.client, message.signature.name, icc, icc_size);
          if (local !== null) message.change({ icc: local });
        },
      },
    },
  };
}

/** A file of our own with the first `size` bytes of another one; null when that is better passed on as it is. */
function localCopy(client: Client, what: string, source: Fd, size: number): Fd | null {
  // Without a keymap hosts send an empty file, which the guest's end of the channel replaces by something that is open.
  if (size === 0) return null;
  try {
    const { kind, size: available } = fileInfo(source.raw);
    if (kind === "character") return null;
    if (available === 0 || available > MAX_SIZE || size > MAX_SIZE) {
      client.log.warn(`${what}: ${size} bytes of a file (${kind}) with ${available} bytes are not copied`);
      return null;
    }
    return copyOf(source, available, size);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    client.log.warn(`${what}: ${size} bytes of the host's memory cannot be copied: ${error.message}`);
    return null;
  }
}

function copyOf(source: Fd, available: number, size: number): Fd {
  const copy = memfd("wayland-proxy-copy", size);
  try {
    using from = ClientMemory.map(source.raw, available);
    using to = Mapping.map(copy.raw, size, { writable: true });
    from.copyTo(to, 0, 0, Math.min(size, available), 1, available, size);
    seal(copy.raw, SEALS);
    return copy;
  } catch (error) {
    copy.close();
    throw error;
  }
}
