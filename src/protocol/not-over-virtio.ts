// SPDX-License-Identifier: Apache-2.0
/**
 * Globals that no VM's client may bind, whatever the user exposes. The channel of virtio-gpu carries memory that the
 * host can share, and pipes that are written to. Any other descriptor that a client sends cannot go on. One that the
 * compositor sends ends its client, because the hosts' workers (crosvm, libkrun) stop at what they do not know.
 *
 * Both ends use this list: the guest's, since its host may be any, and our host device, since its guest may be any.
 */
export const notOverVirtio: readonly string[] = [
  // `fenced_release` brings a sync_file unasked; `set_acquire_fence` takes one.
  "zwp_linux_explicit_synchronization_v1",
  // `import_timeline` takes a DRM syncobj of the guest's kernel, of which the host's knows nothing.
  "wp_linux_drm_syncobj_manager_v1",
  // `drm_fd`, with which it begins, and `lease_fd` are open devices of the host.
  "wp_drm_lease_device_v1",
  // `create_listener` takes a socket, on which the compositor would have to accept the guest's programs.
  "wp_security_context_manager_v1",
  // `eis_fd`, with which a capture begins, is a socket.
  "hyprland_input_capture_manager_v1",
];

/** Globals whose descriptors are buffers of a GPU. They pass only between a guest and a host that share one. */
export const gpuBuffers: readonly string[] = [
  "zwp_linux_dmabuf_v1",
  "wl_drm",
  "zwlr_export_dmabuf_manager_v1",
  "org_kde_kwin_remote_access_manager",
];
