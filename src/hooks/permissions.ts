// SPDX-License-Identifier: Apache-2.0
import type { PolicyGuard } from "../policy/guard.ts";
import type { Hooks } from "../relay/hooks.ts";

/**
 * Refuses what the policy denies. For a refused program the compositor seems not to do it: what the program has made
 * exists for it alone, and never becomes active.
 */
export function permissions(guard: PolicyGuard): Hooks {
  return {
    stage: "policy",
    requests: {
      xdg_activation_v1: {
        activate(message) {
          if (guard.denies(message.client, "activation", "taking the focus")) message.drop();
        },
      },
      // A token that names an input of the user's, or a window that has the focus, would let others take it in its place.
      xdg_activation_token_v1: {
        set_surface(message) {
          if (guard.denies(message.client, "activation", "passing on the focus")) message.drop();
        },
        set_serial(message) {
          if (guard.denies(message.client, "activation", "passing on the focus")) message.drop();
        },
      },
      gtk_surface1: {
        present(message) {
          if (guard.denies(message.client, "activation", "taking the focus")) message.drop();
        },
        request_focus(message) {
          if (guard.denies(message.client, "activation", "taking the focus")) message.drop();
        },
      },
      // Of a refused one the host has to say how the window is, as it would have done otherwise: programs wait for that.
      xdg_toplevel: {
        set_fullscreen(message) {
          const { client, object } = message;
          if (!guard.denies(client, "fullscreen", "a fullscreen window")) return;
          message.drop();
          client.sendRequest(object, "unset_fullscreen", {});
        },
      },
      zxdg_toplevel_v6: {
        set_fullscreen(message) {
          const { client, object } = message;
          if (!guard.denies(client, "fullscreen", "a fullscreen window")) return;
          message.drop();
          client.sendRequest(object, "unset_fullscreen", {});
        },
      },
      wl_shell_surface: {
        set_fullscreen(message) {
          const { client, object } = message;
          if (!guard.denies(client, "fullscreen", "a fullscreen window")) return;
          message.drop();
          client.sendRequest(object, "set_toplevel", {});
        },
      },
      zwp_pointer_constraints_v1: {
        lock_pointer(message) {
          if (guard.denies(message.client, "pointerLock", "locking the pointer")) message.drop();
        },
        confine_pointer(message) {
          if (guard.denies(message.client, "pointerLock", "confining the pointer")) message.drop();
        },
      },
      // Again and again, it would hold the pointer as well.
      wp_pointer_warp_v1: {
        warp_pointer(message) {
          if (guard.denies(message.client, "pointerLock", "moving the pointer")) message.drop();
        },
      },
      zwp_keyboard_shortcuts_inhibit_manager_v1: {
        inhibit_shortcuts(message) {
          if (guard.denies(message.client, "shortcutInhibition", "taking the compositor's shortcuts")) message.drop();
        },
      },
      zwp_idle_inhibit_manager_v1: {
        create_inhibitor(message) {
          if (guard.denies(message.client, "idleInhibition", "keeping the screen on")) message.drop();
        },
      },
    },
  };
}
