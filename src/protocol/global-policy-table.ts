// SPDX-License-Identifier: Apache-2.0
/**
 * Which globals of the host a client may see: the one place to review. A global that is not here is hidden.
 *
 * - core: the protocol's own interfaces.
 * - standard: what a program needs for its own windows, its own input while it has the focus, and the data that the
 *   user moves into and out of it. Offered by default.
 * - privileged: what lets a client see or control other clients, or the session (screens, input, locking, presence).
 *   Offered only when the user asks for it by name.
 *
 * The version is the highest that is offered; the host and the tables can lower it, not raise it. It is the highest
 * known unless a comment says why not. A newer protocol file thus never changes what is offered before somebody looked.
 */
export type GlobalClass = "core" | "standard" | "privileged";
export type GlobalPolicyRow = readonly [name: string, version: number, policy: GlobalClass];

export const globalPolicy: readonly GlobalPolicyRow[] = [
  // wayland.xml
  ["wl_compositor", 7, "core"],
  ["wl_subcompositor", 1, "core"],
  ["wl_shm", 3, "core"],
  ["wl_seat", 11, "core"],
  ["wl_output", 4, "core"],
  ["wl_data_device_manager", 4, "core"],
  ["wl_shell", 1, "core"],
  ["wl_fixes", 2, "core"],

  // Windows. What is asked for here concerns the client's own windows, within what the compositor grants.
  ["xdg_wm_base", 7, "standard"],
  ["zxdg_shell_v6", 1, "standard"],
  ["zxdg_decoration_manager_v1", 2, "standard"],
  ["xdg_wm_dialog_v1", 1, "standard"],
  ["xdg_toplevel_drag_manager_v1", 1, "standard"],
  ["xdg_toplevel_icon_manager_v1", 1, "standard"],
  ["xdg_toplevel_tag_manager_v1", 1, "standard"],
  ["xdg_session_manager_v1", 1, "standard"],
  ["xdg_system_bell_v1", 1, "standard"],
  // Takes the focus only with a token that names a recent input event of the user.
  ["xdg_activation_v1", 1, "standard"],
  // A window is shared with whoever its owner gave the handle to; handles cannot be guessed.
  ["zxdg_exporter_v1", 1, "standard"],
  ["zxdg_importer_v1", 1, "standard"],
  ["zxdg_exporter_v2", 1, "standard"],
  ["zxdg_importer_v2", 1, "standard"],
  // Keeps the screen on while the client's surface is visible.
  ["zwp_idle_inhibit_manager_v1", 1, "standard"],

  // Content of surfaces, and when it is shown
  ["wp_viewporter", 1, "standard"],
  ["wp_fractional_scale_manager_v1", 1, "standard"],
  ["wp_presentation", 2, "standard"],
  ["wp_single_pixel_buffer_manager_v1", 1, "standard"],
  ["wp_alpha_modifier_v1", 1, "standard"],
  ["wp_content_type_manager_v1", 1, "standard"],
  ["wp_tearing_control_manager_v1", 1, "standard"],
  ["wp_fifo_manager_v1", 1, "standard"],
  ["wp_commit_timing_manager_v1", 1, "standard"],
  ["wp_color_manager_v1", 3, "standard"],
  ["wp_color_representation_manager_v1", 1, "standard"],
  ["ext_background_effect_manager_v1", 1, "standard"],

  // Buffers of the GPU: they need the same machine, or a hook that stands in for it.
  ["zwp_linux_dmabuf_v1", 6, "standard"],
  ["wp_linux_drm_syncobj_manager_v1", 1, "standard"],
  ["zwp_linux_explicit_synchronization_v1", 2, "standard"],
  ["wl_drm", 2, "standard"],

  // Outputs, read only
  ["zxdg_output_manager_v1", 3, "standard"],
  ["kde_output_order_v1", 1, "standard"],
  ["kde_primary_output_v1", 2, "standard"],

  // Input that the client gets while it has the focus
  ["wp_cursor_shape_manager_v1", 2, "standard"],
  ["wp_pointer_warp_v1", 1, "standard"],
  ["zwp_relative_pointer_manager_v1", 1, "standard"],
  ["zwp_pointer_constraints_v1", 1, "standard"],
  ["zwp_pointer_gestures_v1", 3, "standard"],
  ["zwp_tablet_manager_v2", 2, "standard"],
  ["zwp_tablet_manager_v1", 1, "standard"],
  ["zwp_input_timestamps_manager_v1", 1, "standard"],
  // Takes the compositor's shortcuts while focused (viewers of remote desktops); compositors keep a way out of it.
  ["zwp_keyboard_shortcuts_inhibit_manager_v1", 1, "standard"],

  // Text that an input method types into the client
  ["zwp_text_input_manager_v1", 1, "standard"],
  ["zwp_text_input_manager_v2", 1, "standard"],
  ["zwp_text_input_manager_v3", 2, "standard"],
  ["wl_text_input_manager", 1, "standard"],

  // Selections, given to the client that has the focus
  ["zwp_primary_selection_device_manager_v1", 1, "standard"],
  ["gtk_primary_selection_device_manager", 1, "standard"],

  // Looks and hints of toolkits and desktops for a client's own windows
  ["gtk_shell1", 6, "standard"],
  ["org_kde_kwin_server_decoration_manager", 1, "standard"],
  ["org_kde_kwin_server_decoration_palette_manager", 1, "standard"],
  ["org_kde_kwin_appmenu_manager", 2, "standard"],
  ["org_kde_kwin_blur_manager", 1, "standard"],
  ["org_kde_kwin_contrast_manager", 2, "standard"],
  ["org_kde_kwin_shadow_manager", 2, "standard"],
  ["org_kde_kwin_slide_manager", 1, "standard"],
  ["qt_surface_extension", 1, "standard"],
  ["hyprland_surface_manager_v1", 2, "standard"],
  ["weston_content_protection", 1, "standard"],
  ["weston_direct_display_v1", 1, "standard"],

  // See what others show: the screen, windows, buffers
  ["zwlr_screencopy_manager_v1", 3, "privileged"],
  ["zwlr_export_dmabuf_manager_v1", 1, "privileged"],
  ["ext_image_copy_capture_manager_v1", 1, "privileged"],
  ["ext_output_image_capture_source_manager_v1", 1, "privileged"],
  ["ext_foreign_toplevel_image_capture_source_manager_v1", 1, "privileged"],
  ["hyprland_toplevel_export_manager_v1", 2, "privileged"],
  ["hyprland_workspace_image_capture_source_manager_v1", 1, "privileged"],
  ["zkde_screencast_unstable_v1", 6, "privileged"],
  ["org_kde_kwin_remote_access_manager", 1, "privileged"],
  ["weston_capture_v1", 2, "privileged"],
  ["weston_debug_v1", 1, "privileged"],

  // Read and replace the clipboard at any time, without focus
  ["ext_data_control_manager_v1", 1, "privileged"],
  ["zwlr_data_control_manager_v1", 2, "privileged"],

  // Know, move and close other clients' windows; know and switch workspaces
  ["ext_foreign_toplevel_list_v1", 1, "privileged"],
  ["zwlr_foreign_toplevel_manager_v1", 3, "privileged"],
  ["hyprland_toplevel_mapping_manager_v1", 1, "privileged"],
  ["org_kde_plasma_window_management", 21, "privileged"],
  ["org_kde_plasma_activation_feedback", 1, "privileged"],
  ["ext_workspace_manager_v1", 1, "privileged"],
  ["org_kde_plasma_virtual_desktop_management", 4, "privileged"],

  // Stand above or below all other clients, anywhere on the screen: a false lock screen or password dialog
  ["zwlr_layer_shell_v1", 5, "privileged"],
  ["org_kde_plasma_shell", 8, "privileged"],
  ["kde_screen_edge_manager_v1", 1, "privileged"],
  ["kde_lockscreen_overlay_v1", 1, "privileged"],
  ["zwp_fullscreen_shell_v1", 1, "privileged"],
  ["_wl_fullscreen_shell", 1, "privileged"],

  // Type and point into other clients, or take their input away
  ["zwp_virtual_keyboard_manager_v1", 1, "privileged"],
  ["zwlr_virtual_pointer_manager_v1", 2, "privileged"],
  ["org_kde_kwin_fake_input", 6, "privileged"],
  ["ext_transient_seat_manager_v1", 1, "privileged"],
  ["zwlr_input_inhibit_manager_v1", 1, "privileged"],
  ["hyprland_focus_grab_manager_v1", 1, "privileged"],

  // See what the user types or presses in other clients
  ["zwp_input_method_v1", 1, "privileged"],
  ["zwp_input_panel_v1", 1, "privileged"],
  ["zwp_input_method_manager_v2", 1, "privileged"],
  ["org_kde_kwin_keystate", 5, "privileged"],
  ["hyprland_global_shortcuts_manager_v1", 1, "privileged"],
  ["hyprland_input_capture_manager_v1", 2, "privileged"],

  // Lock the session, or know whether somebody sits before it
  ["ext_session_lock_manager_v1", 1, "privileged"],
  ["hyprland_lock_notifier_v1", 1, "privileged"],
  ["ext_idle_notifier_v1", 2, "privileged"],
  ["org_kde_kwin_idle", 1, "privileged"],

  // Set up, switch off, colour or take over screens; know their serial numbers
  ["zwlr_output_manager_v1", 4, "privileged"],
  ["zwlr_output_power_manager_v1", 1, "privileged"],
  ["zwlr_gamma_control_manager_v1", 1, "privileged"],
  ["hyprland_ctm_control_manager_v1", 2, "privileged"],
  ["wp_drm_lease_device_v1", 1, "privileged"],
  ["kde_output_management_v2", 22, "privileged"],
  ["kde_output_device_registry_v2", 26, "privileged"],
  // A global of its own up to this version; from the next on kde_output_device_registry_v2 makes them.
  ["kde_output_device_v2", 20, "privileged"],
  ["org_kde_kwin_outputmanagement", 4, "privileged"],
  ["org_kde_kwin_outputdevice", 4, "privileged"],
  ["org_kde_kwin_dpms_manager", 1, "privileged"],
  ["kde_external_brightness_v1", 3, "privileged"],

  // Give out connections to the compositor, marked as somebody else's
  ["wp_security_context_manager_v1", 1, "privileged"],

  // Made for the compositor's own Xwayland: compositors offer them to no one else. The second takes all keys.
  ["xwayland_shell_v1", 1, "privileged"],
  ["zwp_xwayland_keyboard_grab_manager_v1", 1, "privileged"],
];
