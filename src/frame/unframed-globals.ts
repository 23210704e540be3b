// SPDX-License-Identifier: Apache-2.0
/**
 * The globals that clients with frames must do without.
 *
 * - What shows a surface without a window, or draws something outside of a window.
 * - What lets a window's new size wait for as long as a client likes, while its sub-surfaces are shown already.
 * - What lets one see through a window: KWin takes the opacity of a surface for that of its sub-surfaces, too.
 */
export const unframedGlobals: readonly string[] = [
  "wl_shell",
  "zxdg_shell_v6",
  "zwlr_layer_shell_v1",
  "ext_session_lock_manager_v1",
  "zwp_fullscreen_shell_v1",
  "_wl_fullscreen_shell",
  "zwp_input_method_v1",
  "zwp_input_method_manager_v2",
  "zwp_input_panel_v1",
  "org_kde_plasma_shell",
  "org_kde_kwin_shadow_manager",
  "wp_linux_drm_syncobj_manager_v1",
  "zwp_linux_explicit_synchronization_v1",
  "wp_fifo_manager_v1",
  "wp_commit_timing_manager_v1",
  "wp_alpha_modifier_v1",
  "hyprland_surface_manager_v1",
];
