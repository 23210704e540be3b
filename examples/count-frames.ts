// SPDX-License-Identifier: Apache-2.0
// Hooks that count the frames of each window, and say how many there were when it goes:
//
//     wayland-proxy --hooks dist/examples/count-frames.js weston-simple-shm

import type { Hooks, WlObject } from "wayland-proxy";

interface Window {
  title: string;
  frames: number;
}

/** The windows by their surfaces. What belongs to an object is kept beside it, and goes with it. */
const windows = new WeakMap<WlObject<"wl_surface">, Window>();
const surfaces = new WeakMap<WlObject<"xdg_surface" | "xdg_toplevel">, WlObject<"wl_surface">>();

function windowOf(object: WlObject<"xdg_toplevel">): Window | undefined {
  const surface = surfaces.get(object);
  return surface && windows.get(surface);
}

const countFrames: Hooks = {
  requests: {
    xdg_wm_base: {
      get_xdg_surface({ args: { id, surface } }) {
        surfaces.set(id, surface);
      },
    },
    xdg_surface: {
      get_toplevel({ object, args: { id } }) {
        const surface = surfaces.get(object);
        if (surface === undefined) return;
        surfaces.set(id, surface);
        windows.set(surface, { title: "", frames: 0 });
      },
    },
    xdg_toplevel: {
      set_title({ object, args: { title } }) {
        const window = windowOf(object);
        if (window !== undefined) window.title = title;
      },
      destroy({ client, object }) {
        const window = windowOf(object);
        if (window !== undefined) console.log(`"${window.title}" has drawn ${window.frames} frames (${client.name})`);
      },
    },
    wl_surface: {
      commit({ object }) {
        const window = windows.get(object);
        if (window !== undefined) window.frames++;
      },
    },
  },
};

export default countFrames;
