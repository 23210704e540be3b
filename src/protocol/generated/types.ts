// sha256 of the rest: faa6ae723db01c4571092d386de077b60c1400d48ea2366358373c5855c53422
// SPDX-License-Identifier: Apache-2.0
// Made by `node dist/scripts/generate.js`; do not edit. Names, types and numbers of these protocols:
//   libwayland-dev 1.26.0-1
//   wayland-protocols 1.49-1
//   plasma-wayland-protocols 1.23.0-1
//   librust-wayland-protocols-wlr-dev 0.3.12-1
//   librust-wayland-protocols-misc-dev 0.3.12-1
//   hyprland-protocols 0.8.0-1
//   libweston-16-dev 16.0.0-1
//   protocols/ in this repository
import type { Fd } from "../../native/fd.ts";
import type { WlObject } from "../../wire/wl-object.ts";

/** The arguments of every request: `Requests[interface][request]`. */
export interface Requests {
  wl_display: {
    sync: { callback: WlObject<"wl_callback"> };
    get_registry: { registry: WlObject<"wl_registry"> };
  };
  wl_registry: {
    bind: { name: number; id: WlObject };
  };
  wl_callback: {
  };
  wl_compositor: {
    create_surface: { id: WlObject<"wl_surface"> };
    create_region: { id: WlObject<"wl_region"> };
    release: Record<never, never>;
  };
  wl_shm_pool: {
    create_buffer: { id: WlObject<"wl_buffer">; offset: number; width: number; height: number; stride: number; format: number };
    destroy: Record<never, never>;
    resize: { size: number };
  };
  wl_shm: {
    create_pool: { id: WlObject<"wl_shm_pool">; fd: Fd; size: number };
    release: Record<never, never>;
  };
  wl_buffer: {
    destroy: Record<never, never>;
  };
  wl_data_offer: {
    accept: { serial: number; mime_type: string | null };
    receive: { mime_type: string; fd: Fd };
    destroy: Record<never, never>;
    finish: Record<never, never>;
    set_actions: { dnd_actions: number; preferred_action: number };
  };
  wl_data_source: {
    offer: { mime_type: string };
    destroy: Record<never, never>;
    set_actions: { dnd_actions: number };
  };
  wl_data_device: {
    start_drag: { source: WlObject<"wl_data_source"> | null; origin: WlObject<"wl_surface">; icon: WlObject<"wl_surface"> | null; serial: number };
    set_selection: { source: WlObject<"wl_data_source"> | null; serial: number };
    release: Record<never, never>;
  };
  wl_data_device_manager: {
    create_data_source: { id: WlObject<"wl_data_source"> };
    get_data_device: { id: WlObject<"wl_data_device">; seat: WlObject<"wl_seat"> };
    release: Record<never, never>;
  };
  wl_shell: {
    get_shell_surface: { id: WlObject<"wl_shell_surface">; surface: WlObject<"wl_surface"> };
  };
  wl_shell_surface: {
    pong: { serial: number };
    move: { seat: WlObject<"wl_seat">; serial: number };
    resize: { seat: WlObject<"wl_seat">; serial: number; edges: number };
    set_toplevel: Record<never, never>;
    set_transient: { parent: WlObject<"wl_surface">; x: number; y: number; flags: number };
    set_fullscreen: { method: number; framerate: number; output: WlObject<"wl_output"> | null };
    set_popup: { seat: WlObject<"wl_seat">; serial: number; parent: WlObject<"wl_surface">; x: number; y: number; flags: number };
    set_maximized: { output: WlObject<"wl_output"> | null };
    set_title: { title: string };
    set_class: { class_: string };
  };
  wl_surface: {
    destroy: Record<never, never>;
    attach: { buffer: WlObject<"wl_buffer"> | null; x: number; y: number };
    damage: { x: number; y: number; width: number; height: number };
    frame: { callback: WlObject<"wl_callback"> };
    set_opaque_region: { region: WlObject<"wl_region"> | null };
    set_input_region: { region: WlObject<"wl_region"> | null };
    commit: Record<never, never>;
    set_buffer_transform: { transform: number };
    set_buffer_scale: { scale: number };
    damage_buffer: { x: number; y: number; width: number; height: number };
    offset: { x: number; y: number };
    get_release: { callback: WlObject<"wl_callback"> };
  };
  wl_seat: {
    get_pointer: { id: WlObject<"wl_pointer"> };
    get_keyboard: { id: WlObject<"wl_keyboard"> };
    get_touch: { id: WlObject<"wl_touch"> };
    release: Record<never, never>;
  };
  wl_pointer: {
    set_cursor: { serial: number; surface: WlObject<"wl_surface"> | null; hotspot_x: number; hotspot_y: number };
    release: Record<never, never>;
  };
  wl_keyboard: {
    release: Record<never, never>;
  };
  wl_touch: {
    release: Record<never, never>;
  };
  wl_output: {
    release: Record<never, never>;
  };
  wl_region: {
    destroy: Record<never, never>;
    add: { x: number; y: number; width: number; height: number };
    subtract: { x: number; y: number; width: number; height: number };
  };
  wl_subcompositor: {
    destroy: Record<never, never>;
    get_subsurface: { id: WlObject<"wl_subsurface">; surface: WlObject<"wl_surface">; parent: WlObject<"wl_surface"> };
  };
  wl_subsurface: {
    destroy: Record<never, never>;
    set_position: { x: number; y: number };
    place_above: { sibling: WlObject<"wl_surface"> };
    place_below: { sibling: WlObject<"wl_surface"> };
    set_sync: Record<never, never>;
    set_desync: Record<never, never>;
  };
  wl_fixes: {
    destroy: Record<never, never>;
    destroy_registry: { registry: WlObject<"wl_registry"> };
    ack_global_remove: { registry: WlObject<"wl_registry">; name: number };
  };
  zwp_linux_dmabuf_v1: {
    destroy: Record<never, never>;
    create_params: { params_id: WlObject<"zwp_linux_buffer_params_v1"> };
    get_default_feedback: { id: WlObject<"zwp_linux_dmabuf_feedback_v1"> };
    get_surface_feedback: { id: WlObject<"zwp_linux_dmabuf_feedback_v1">; surface: WlObject<"wl_surface"> };
  };
  zwp_linux_buffer_params_v1: {
    destroy: Record<never, never>;
    add: { fd: Fd; plane_idx: number; offset: number; stride: number; modifier_hi: number; modifier_lo: number };
    create: { width: number; height: number; format: number; flags: number };
    create_immed: { buffer_id: WlObject<"wl_buffer">; width: number; height: number; format: number; flags: number };
    set_sampling_device: { device: Uint8Array };
  };
  zwp_linux_dmabuf_feedback_v1: {
    destroy: Record<never, never>;
  };
  wp_presentation: {
    destroy: Record<never, never>;
    feedback: { surface: WlObject<"wl_surface">; callback: WlObject<"wp_presentation_feedback"> };
  };
  wp_presentation_feedback: {
  };
  zwp_tablet_manager_v2: {
    get_tablet_seat: { tablet_seat: WlObject<"zwp_tablet_seat_v2">; seat: WlObject<"wl_seat"> };
    destroy: Record<never, never>;
  };
  zwp_tablet_seat_v2: {
    destroy: Record<never, never>;
  };
  zwp_tablet_tool_v2: {
    set_cursor: { serial: number; surface: WlObject<"wl_surface"> | null; hotspot_x: number; hotspot_y: number };
    destroy: Record<never, never>;
  };
  zwp_tablet_v2: {
    destroy: Record<never, never>;
  };
  zwp_tablet_pad_ring_v2: {
    set_feedback: { description: string; serial: number };
    destroy: Record<never, never>;
  };
  zwp_tablet_pad_strip_v2: {
    set_feedback: { description: string; serial: number };
    destroy: Record<never, never>;
  };
  zwp_tablet_pad_group_v2: {
    destroy: Record<never, never>;
  };
  zwp_tablet_pad_v2: {
    set_feedback: { button: number; description: string; serial: number };
    destroy: Record<never, never>;
  };
  zwp_tablet_pad_dial_v2: {
    set_feedback: { description: string; serial: number };
    destroy: Record<never, never>;
  };
  wp_viewporter: {
    destroy: Record<never, never>;
    get_viewport: { id: WlObject<"wp_viewport">; surface: WlObject<"wl_surface"> };
  };
  wp_viewport: {
    destroy: Record<never, never>;
    set_source: { x: number; y: number; width: number; height: number };
    set_destination: { width: number; height: number };
  };
  xdg_wm_base: {
    destroy: Record<never, never>;
    create_positioner: { id: WlObject<"xdg_positioner"> };
    get_xdg_surface: { id: WlObject<"xdg_surface">; surface: WlObject<"wl_surface"> };
    pong: { serial: number };
  };
  xdg_positioner: {
    destroy: Record<never, never>;
    set_size: { width: number; height: number };
    set_anchor_rect: { x: number; y: number; width: number; height: number };
    set_anchor: { anchor: number };
    set_gravity: { gravity: number };
    set_constraint_adjustment: { constraint_adjustment: number };
    set_offset: { x: number; y: number };
    set_reactive: Record<never, never>;
    set_parent_size: { parent_width: number; parent_height: number };
    set_parent_configure: { serial: number };
  };
  xdg_surface: {
    destroy: Record<never, never>;
    get_toplevel: { id: WlObject<"xdg_toplevel"> };
    get_popup: { id: WlObject<"xdg_popup">; parent: WlObject<"xdg_surface"> | null; positioner: WlObject<"xdg_positioner"> };
    set_window_geometry: { x: number; y: number; width: number; height: number };
    ack_configure: { serial: number };
  };
  xdg_toplevel: {
    destroy: Record<never, never>;
    set_parent: { parent: WlObject<"xdg_toplevel"> | null };
    set_title: { title: string };
    set_app_id: { app_id: string };
    show_window_menu: { seat: WlObject<"wl_seat">; serial: number; x: number; y: number };
    move: { seat: WlObject<"wl_seat">; serial: number };
    resize: { seat: WlObject<"wl_seat">; serial: number; edges: number };
    set_max_size: { width: number; height: number };
    set_min_size: { width: number; height: number };
    set_maximized: Record<never, never>;
    unset_maximized: Record<never, never>;
    set_fullscreen: { output: WlObject<"wl_output"> | null };
    unset_fullscreen: Record<never, never>;
    set_minimized: Record<never, never>;
  };
  xdg_popup: {
    destroy: Record<never, never>;
    grab: { seat: WlObject<"wl_seat">; serial: number };
    reposition: { positioner: WlObject<"xdg_positioner">; token: number };
  };
  wp_alpha_modifier_v1: {
    destroy: Record<never, never>;
    get_surface: { id: WlObject<"wp_alpha_modifier_surface_v1">; surface: WlObject<"wl_surface"> };
  };
  wp_alpha_modifier_surface_v1: {
    destroy: Record<never, never>;
    set_multiplier: { factor: number };
  };
  wp_color_manager_v1: {
    destroy: Record<never, never>;
    get_output: { id: WlObject<"wp_color_management_output_v1">; output: WlObject<"wl_output"> };
    get_surface: { id: WlObject<"wp_color_management_surface_v1">; surface: WlObject<"wl_surface"> };
    get_surface_feedback: { id: WlObject<"wp_color_management_surface_feedback_v1">; surface: WlObject<"wl_surface"> };
    create_icc_creator: { obj: WlObject<"wp_image_description_creator_icc_v1"> };
    create_parametric_creator: { obj: WlObject<"wp_image_description_creator_params_v1"> };
    create_windows_scrgb: { image_description: WlObject<"wp_image_description_v1"> };
    get_image_description: { image_description: WlObject<"wp_image_description_v1">; reference: WlObject<"wp_image_description_reference_v1"> };
    create_windows_bt2100: { image_description: WlObject<"wp_image_description_v1"> };
  };
  wp_color_management_output_v1: {
    destroy: Record<never, never>;
    get_image_description: { image_description: WlObject<"wp_image_description_v1"> };
  };
  wp_color_management_surface_v1: {
    destroy: Record<never, never>;
    set_image_description: { image_description: WlObject<"wp_image_description_v1">; render_intent: number };
    unset_image_description: Record<never, never>;
  };
  wp_color_management_surface_feedback_v1: {
    destroy: Record<never, never>;
    get_preferred: { image_description: WlObject<"wp_image_description_v1"> };
    get_preferred_parametric: { image_description: WlObject<"wp_image_description_v1"> };
  };
  wp_image_description_creator_icc_v1: {
    create: { image_description: WlObject<"wp_image_description_v1"> };
    set_icc_file: { icc_profile: Fd; offset: number; length: number };
  };
  wp_image_description_creator_params_v1: {
    create: { image_description: WlObject<"wp_image_description_v1"> };
    set_tf_named: { tf: number };
    set_tf_power: { eexp: number };
    set_primaries_named: { primaries: number };
    set_primaries: { r_x: number; r_y: number; g_x: number; g_y: number; b_x: number; b_y: number; w_x: number; w_y: number };
    set_luminances: { min_lum: number; max_lum: number; reference_lum: number };
    set_mastering_display_primaries: { r_x: number; r_y: number; g_x: number; g_y: number; b_x: number; b_y: number; w_x: number; w_y: number };
    set_mastering_luminance: { min_lum: number; max_lum: number };
    set_max_cll: { max_cll: number };
    set_max_fall: { max_fall: number };
  };
  wp_image_description_v1: {
    destroy: Record<never, never>;
    get_information: { information: WlObject<"wp_image_description_info_v1"> };
  };
  wp_image_description_info_v1: {
  };
  wp_image_description_reference_v1: {
    destroy: Record<never, never>;
  };
  wp_color_representation_manager_v1: {
    destroy: Record<never, never>;
    get_surface: { id: WlObject<"wp_color_representation_surface_v1">; surface: WlObject<"wl_surface"> };
  };
  wp_color_representation_surface_v1: {
    destroy: Record<never, never>;
    set_alpha_mode: { alpha_mode: number };
    set_coefficients_and_range: { coefficients: number; range: number };
    set_chroma_location: { chroma_location: number };
  };
  wp_commit_timing_manager_v1: {
    destroy: Record<never, never>;
    get_timer: { id: WlObject<"wp_commit_timer_v1">; surface: WlObject<"wl_surface"> };
  };
  wp_commit_timer_v1: {
    set_timestamp: { tv_sec_hi: number; tv_sec_lo: number; tv_nsec: number };
    destroy: Record<never, never>;
  };
  wp_content_type_manager_v1: {
    destroy: Record<never, never>;
    get_surface_content_type: { id: WlObject<"wp_content_type_v1">; surface: WlObject<"wl_surface"> };
  };
  wp_content_type_v1: {
    destroy: Record<never, never>;
    set_content_type: { content_type: number };
  };
  wp_cursor_shape_manager_v1: {
    destroy: Record<never, never>;
    get_pointer: { cursor_shape_device: WlObject<"wp_cursor_shape_device_v1">; pointer: WlObject<"wl_pointer"> };
    get_tablet_tool_v2: { cursor_shape_device: WlObject<"wp_cursor_shape_device_v1">; tablet_tool: WlObject<"zwp_tablet_tool_v2"> };
  };
  wp_cursor_shape_device_v1: {
    destroy: Record<never, never>;
    set_shape: { serial: number; shape: number };
  };
  wp_drm_lease_device_v1: {
    create_lease_request: { id: WlObject<"wp_drm_lease_request_v1"> };
    release: Record<never, never>;
  };
  wp_drm_lease_connector_v1: {
    destroy: Record<never, never>;
  };
  wp_drm_lease_request_v1: {
    request_connector: { connector: WlObject<"wp_drm_lease_connector_v1"> };
    submit: { id: WlObject<"wp_drm_lease_v1"> };
  };
  wp_drm_lease_v1: {
    destroy: Record<never, never>;
  };
  ext_background_effect_manager_v1: {
    destroy: Record<never, never>;
    get_background_effect: { id: WlObject<"ext_background_effect_surface_v1">; surface: WlObject<"wl_surface"> };
  };
  ext_background_effect_surface_v1: {
    destroy: Record<never, never>;
    set_blur_region: { region: WlObject<"wl_region"> | null };
  };
  ext_data_control_manager_v1: {
    create_data_source: { id: WlObject<"ext_data_control_source_v1"> };
    get_data_device: { id: WlObject<"ext_data_control_device_v1">; seat: WlObject<"wl_seat"> };
    destroy: Record<never, never>;
  };
  ext_data_control_device_v1: {
    set_selection: { source: WlObject<"ext_data_control_source_v1"> | null };
    destroy: Record<never, never>;
    set_primary_selection: { source: WlObject<"ext_data_control_source_v1"> | null };
  };
  ext_data_control_source_v1: {
    offer: { mime_type: string };
    destroy: Record<never, never>;
  };
  ext_data_control_offer_v1: {
    receive: { mime_type: string; fd: Fd };
    destroy: Record<never, never>;
  };
  ext_foreign_toplevel_list_v1: {
    stop: Record<never, never>;
    destroy: Record<never, never>;
  };
  ext_foreign_toplevel_handle_v1: {
    destroy: Record<never, never>;
  };
  ext_idle_notifier_v1: {
    destroy: Record<never, never>;
    get_idle_notification: { id: WlObject<"ext_idle_notification_v1">; timeout: number; seat: WlObject<"wl_seat"> };
    get_input_idle_notification: { id: WlObject<"ext_idle_notification_v1">; timeout: number; seat: WlObject<"wl_seat"> };
  };
  ext_idle_notification_v1: {
    destroy: Record<never, never>;
  };
  ext_image_capture_source_v1: {
    destroy: Record<never, never>;
  };
  ext_output_image_capture_source_manager_v1: {
    create_source: { source: WlObject<"ext_image_capture_source_v1">; output: WlObject<"wl_output"> };
    destroy: Record<never, never>;
  };
  ext_foreign_toplevel_image_capture_source_manager_v1: {
    create_source: { source: WlObject<"ext_image_capture_source_v1">; toplevel_handle: WlObject<"ext_foreign_toplevel_handle_v1"> };
    destroy: Record<never, never>;
  };
  ext_image_copy_capture_manager_v1: {
    create_session: { session: WlObject<"ext_image_copy_capture_session_v1">; source: WlObject<"ext_image_capture_source_v1">; options: number };
    create_pointer_cursor_session: { session: WlObject<"ext_image_copy_capture_cursor_session_v1">; source: WlObject<"ext_image_capture_source_v1">; pointer: WlObject<"wl_pointer"> };
    destroy: Record<never, never>;
  };
  ext_image_copy_capture_session_v1: {
    create_frame: { frame: WlObject<"ext_image_copy_capture_frame_v1"> };
    destroy: Record<never, never>;
  };
  ext_image_copy_capture_frame_v1: {
    destroy: Record<never, never>;
    attach_buffer: { buffer: WlObject<"wl_buffer"> };
    damage_buffer: { x: number; y: number; width: number; height: number };
    capture: Record<never, never>;
  };
  ext_image_copy_capture_cursor_session_v1: {
    destroy: Record<never, never>;
    get_capture_session: { session: WlObject<"ext_image_copy_capture_session_v1"> };
  };
  ext_session_lock_manager_v1: {
    destroy: Record<never, never>;
    lock: { id: WlObject<"ext_session_lock_v1"> };
  };
  ext_session_lock_v1: {
    destroy: Record<never, never>;
    get_lock_surface: { id: WlObject<"ext_session_lock_surface_v1">; surface: WlObject<"wl_surface">; output: WlObject<"wl_output"> };
    unlock_and_destroy: Record<never, never>;
  };
  ext_session_lock_surface_v1: {
    destroy: Record<never, never>;
    ack_configure: { serial: number };
  };
  ext_transient_seat_manager_v1: {
    create: { seat: WlObject<"ext_transient_seat_v1"> };
    destroy: Record<never, never>;
  };
  ext_transient_seat_v1: {
    destroy: Record<never, never>;
  };
  ext_workspace_manager_v1: {
    commit: Record<never, never>;
    stop: Record<never, never>;
  };
  ext_workspace_group_handle_v1: {
    create_workspace: { workspace: string };
    destroy: Record<never, never>;
  };
  ext_workspace_handle_v1: {
    destroy: Record<never, never>;
    activate: Record<never, never>;
    deactivate: Record<never, never>;
    assign: { workspace_group: WlObject<"ext_workspace_group_handle_v1"> };
    remove: Record<never, never>;
  };
  wp_fifo_manager_v1: {
    destroy: Record<never, never>;
    get_fifo: { id: WlObject<"wp_fifo_v1">; surface: WlObject<"wl_surface"> };
  };
  wp_fifo_v1: {
    set_barrier: Record<never, never>;
    wait_barrier: Record<never, never>;
    destroy: Record<never, never>;
  };
  wp_fractional_scale_manager_v1: {
    destroy: Record<never, never>;
    get_fractional_scale: { id: WlObject<"wp_fractional_scale_v1">; surface: WlObject<"wl_surface"> };
  };
  wp_fractional_scale_v1: {
    destroy: Record<never, never>;
  };
  wp_linux_drm_syncobj_manager_v1: {
    destroy: Record<never, never>;
    get_surface: { id: WlObject<"wp_linux_drm_syncobj_surface_v1">; surface: WlObject<"wl_surface"> };
    import_timeline: { id: WlObject<"wp_linux_drm_syncobj_timeline_v1">; fd: Fd };
  };
  wp_linux_drm_syncobj_timeline_v1: {
    destroy: Record<never, never>;
  };
  wp_linux_drm_syncobj_surface_v1: {
    destroy: Record<never, never>;
    set_acquire_point: { timeline: WlObject<"wp_linux_drm_syncobj_timeline_v1">; point_hi: number; point_lo: number };
    set_release_point: { timeline: WlObject<"wp_linux_drm_syncobj_timeline_v1">; point_hi: number; point_lo: number };
  };
  wp_pointer_warp_v1: {
    destroy: Record<never, never>;
    warp_pointer: { surface: WlObject<"wl_surface">; pointer: WlObject<"wl_pointer">; x: number; y: number; serial: number };
  };
  wp_security_context_manager_v1: {
    destroy: Record<never, never>;
    create_listener: { id: WlObject<"wp_security_context_v1">; listen_fd: Fd; close_fd: Fd };
  };
  wp_security_context_v1: {
    destroy: Record<never, never>;
    set_sandbox_engine: { name: string };
    set_app_id: { app_id: string };
    set_instance_id: { instance_id: string };
    commit: Record<never, never>;
  };
  wp_single_pixel_buffer_manager_v1: {
    destroy: Record<never, never>;
    create_u32_rgba_buffer: { id: WlObject<"wl_buffer">; r: number; g: number; b: number; a: number };
  };
  wp_tearing_control_manager_v1: {
    destroy: Record<never, never>;
    get_tearing_control: { id: WlObject<"wp_tearing_control_v1">; surface: WlObject<"wl_surface"> };
  };
  wp_tearing_control_v1: {
    set_presentation_hint: { hint: number };
    destroy: Record<never, never>;
  };
  xdg_activation_v1: {
    destroy: Record<never, never>;
    get_activation_token: { id: WlObject<"xdg_activation_token_v1"> };
    activate: { token: string; surface: WlObject<"wl_surface"> };
  };
  xdg_activation_token_v1: {
    set_serial: { serial: number; seat: WlObject<"wl_seat"> };
    set_app_id: { app_id: string };
    set_surface: { surface: WlObject<"wl_surface"> };
    commit: Record<never, never>;
    destroy: Record<never, never>;
  };
  xdg_wm_dialog_v1: {
    destroy: Record<never, never>;
    get_xdg_dialog: { id: WlObject<"xdg_dialog_v1">; toplevel: WlObject<"xdg_toplevel"> };
  };
  xdg_dialog_v1: {
    destroy: Record<never, never>;
    set_modal: Record<never, never>;
    unset_modal: Record<never, never>;
  };
  xdg_session_manager_v1: {
    destroy: Record<never, never>;
    get_session: { id: WlObject<"xdg_session_v1">; reason: number; session_id: string | null };
  };
  xdg_session_v1: {
    destroy: Record<never, never>;
    remove: Record<never, never>;
    add_toplevel: { id: WlObject<"xdg_toplevel_session_v1">; toplevel: WlObject<"xdg_toplevel">; name: string };
    restore_toplevel: { id: WlObject<"xdg_toplevel_session_v1">; toplevel: WlObject<"xdg_toplevel">; name: string };
    remove_toplevel: { name: string };
  };
  xdg_toplevel_session_v1: {
    destroy: Record<never, never>;
    rename: { name: string };
  };
  xdg_system_bell_v1: {
    destroy: Record<never, never>;
    ring: { surface: WlObject<"wl_surface"> | null };
  };
  xdg_toplevel_drag_manager_v1: {
    destroy: Record<never, never>;
    get_xdg_toplevel_drag: { id: WlObject<"xdg_toplevel_drag_v1">; data_source: WlObject<"wl_data_source"> };
  };
  xdg_toplevel_drag_v1: {
    destroy: Record<never, never>;
    attach: { toplevel: WlObject<"xdg_toplevel">; x_offset: number; y_offset: number };
  };
  xdg_toplevel_icon_manager_v1: {
    destroy: Record<never, never>;
    create_icon: { id: WlObject<"xdg_toplevel_icon_v1"> };
    set_icon: { toplevel: WlObject<"xdg_toplevel">; icon: WlObject<"xdg_toplevel_icon_v1"> | null };
  };
  xdg_toplevel_icon_v1: {
    destroy: Record<never, never>;
    set_name: { icon_name: string };
    add_buffer: { buffer: WlObject<"wl_buffer">; scale: number };
  };
  xdg_toplevel_tag_manager_v1: {
    destroy: Record<never, never>;
    set_toplevel_tag: { toplevel: WlObject<"xdg_toplevel">; tag: string };
    set_toplevel_description: { toplevel: WlObject<"xdg_toplevel">; description: string };
  };
  xwayland_shell_v1: {
    destroy: Record<never, never>;
    get_xwayland_surface: { id: WlObject<"xwayland_surface_v1">; surface: WlObject<"wl_surface"> };
  };
  xwayland_surface_v1: {
    set_serial: { serial_lo: number; serial_hi: number };
    destroy: Record<never, never>;
  };
  zwp_fullscreen_shell_v1: {
    release: Record<never, never>;
    present_surface: { surface: WlObject<"wl_surface"> | null; method: number; output: WlObject<"wl_output"> | null };
    present_surface_for_mode: { surface: WlObject<"wl_surface">; output: WlObject<"wl_output">; framerate: number; feedback: WlObject<"zwp_fullscreen_shell_mode_feedback_v1"> };
  };
  zwp_fullscreen_shell_mode_feedback_v1: {
  };
  zwp_idle_inhibit_manager_v1: {
    destroy: Record<never, never>;
    create_inhibitor: { id: WlObject<"zwp_idle_inhibitor_v1">; surface: WlObject<"wl_surface"> };
  };
  zwp_idle_inhibitor_v1: {
    destroy: Record<never, never>;
  };
  zwp_input_method_context_v1: {
    destroy: Record<never, never>;
    commit_string: { serial: number; text: string };
    preedit_string: { serial: number; text: string; commit: string };
    preedit_styling: { index: number; length: number; style: number };
    preedit_cursor: { index: number };
    delete_surrounding_text: { index: number; length: number };
    cursor_position: { index: number; anchor: number };
    modifiers_map: { map: Uint8Array };
    keysym: { serial: number; time: number; sym: number; state: number; modifiers: number };
    grab_keyboard: { keyboard: WlObject<"wl_keyboard"> };
    key: { serial: number; time: number; key: number; state: number };
    modifiers: { serial: number; mods_depressed: number; mods_latched: number; mods_locked: number; group: number };
    language: { serial: number; language: string };
    text_direction: { serial: number; direction: number };
  };
  zwp_input_method_v1: {
  };
  zwp_input_panel_v1: {
    get_input_panel_surface: { id: WlObject<"zwp_input_panel_surface_v1">; surface: WlObject<"wl_surface"> };
  };
  zwp_input_panel_surface_v1: {
    set_toplevel: { output: WlObject<"wl_output">; position: number };
    set_overlay_panel: Record<never, never>;
  };
  zwp_input_timestamps_manager_v1: {
    destroy: Record<never, never>;
    get_keyboard_timestamps: { id: WlObject<"zwp_input_timestamps_v1">; keyboard: WlObject<"wl_keyboard"> };
    get_pointer_timestamps: { id: WlObject<"zwp_input_timestamps_v1">; pointer: WlObject<"wl_pointer"> };
    get_touch_timestamps: { id: WlObject<"zwp_input_timestamps_v1">; touch: WlObject<"wl_touch"> };
  };
  zwp_input_timestamps_v1: {
    destroy: Record<never, never>;
  };
  zwp_keyboard_shortcuts_inhibit_manager_v1: {
    destroy: Record<never, never>;
    inhibit_shortcuts: { id: WlObject<"zwp_keyboard_shortcuts_inhibitor_v1">; surface: WlObject<"wl_surface">; seat: WlObject<"wl_seat"> };
  };
  zwp_keyboard_shortcuts_inhibitor_v1: {
    destroy: Record<never, never>;
  };
  zwp_linux_explicit_synchronization_v1: {
    destroy: Record<never, never>;
    get_synchronization: { id: WlObject<"zwp_linux_surface_synchronization_v1">; surface: WlObject<"wl_surface"> };
  };
  zwp_linux_surface_synchronization_v1: {
    destroy: Record<never, never>;
    set_acquire_fence: { fd: Fd };
    get_release: { release: WlObject<"zwp_linux_buffer_release_v1"> };
  };
  zwp_linux_buffer_release_v1: {
  };
  zwp_pointer_constraints_v1: {
    destroy: Record<never, never>;
    lock_pointer: { id: WlObject<"zwp_locked_pointer_v1">; surface: WlObject<"wl_surface">; pointer: WlObject<"wl_pointer">; region: WlObject<"wl_region"> | null; lifetime: number };
    confine_pointer: { id: WlObject<"zwp_confined_pointer_v1">; surface: WlObject<"wl_surface">; pointer: WlObject<"wl_pointer">; region: WlObject<"wl_region"> | null; lifetime: number };
  };
  zwp_locked_pointer_v1: {
    destroy: Record<never, never>;
    set_cursor_position_hint: { surface_x: number; surface_y: number };
    set_region: { region: WlObject<"wl_region"> | null };
  };
  zwp_confined_pointer_v1: {
    destroy: Record<never, never>;
    set_region: { region: WlObject<"wl_region"> | null };
  };
  zwp_pointer_gestures_v1: {
    get_swipe_gesture: { id: WlObject<"zwp_pointer_gesture_swipe_v1">; pointer: WlObject<"wl_pointer"> };
    get_pinch_gesture: { id: WlObject<"zwp_pointer_gesture_pinch_v1">; pointer: WlObject<"wl_pointer"> };
    release: Record<never, never>;
    get_hold_gesture: { id: WlObject<"zwp_pointer_gesture_hold_v1">; pointer: WlObject<"wl_pointer"> };
  };
  zwp_pointer_gesture_swipe_v1: {
    destroy: Record<never, never>;
  };
  zwp_pointer_gesture_pinch_v1: {
    destroy: Record<never, never>;
  };
  zwp_pointer_gesture_hold_v1: {
    destroy: Record<never, never>;
  };
  zwp_primary_selection_device_manager_v1: {
    create_source: { id: WlObject<"zwp_primary_selection_source_v1"> };
    get_device: { id: WlObject<"zwp_primary_selection_device_v1">; seat: WlObject<"wl_seat"> };
    destroy: Record<never, never>;
  };
  zwp_primary_selection_device_v1: {
    set_selection: { source: WlObject<"zwp_primary_selection_source_v1"> | null; serial: number };
    destroy: Record<never, never>;
  };
  zwp_primary_selection_offer_v1: {
    receive: { mime_type: string; fd: Fd };
    destroy: Record<never, never>;
  };
  zwp_primary_selection_source_v1: {
    offer: { mime_type: string };
    destroy: Record<never, never>;
  };
  zwp_relative_pointer_manager_v1: {
    destroy: Record<never, never>;
    get_relative_pointer: { id: WlObject<"zwp_relative_pointer_v1">; pointer: WlObject<"wl_pointer"> };
  };
  zwp_relative_pointer_v1: {
    destroy: Record<never, never>;
  };
  zwp_tablet_manager_v1: {
    get_tablet_seat: { tablet_seat: WlObject<"zwp_tablet_seat_v1">; seat: WlObject<"wl_seat"> };
    destroy: Record<never, never>;
  };
  zwp_tablet_seat_v1: {
    destroy: Record<never, never>;
  };
  zwp_tablet_tool_v1: {
    set_cursor: { serial: number; surface: WlObject<"wl_surface"> | null; hotspot_x: number; hotspot_y: number };
    destroy: Record<never, never>;
  };
  zwp_tablet_v1: {
    destroy: Record<never, never>;
  };
  zwp_text_input_v1: {
    activate: { seat: WlObject<"wl_seat">; surface: WlObject<"wl_surface"> };
    deactivate: { seat: WlObject<"wl_seat"> };
    show_input_panel: Record<never, never>;
    hide_input_panel: Record<never, never>;
    reset: Record<never, never>;
    set_surrounding_text: { text: string; cursor: number; anchor: number };
    set_content_type: { hint: number; purpose: number };
    set_cursor_rectangle: { x: number; y: number; width: number; height: number };
    set_preferred_language: { language: string };
    commit_state: { serial: number };
    invoke_action: { button: number; index: number };
  };
  zwp_text_input_manager_v1: {
    create_text_input: { id: WlObject<"zwp_text_input_v1"> };
  };
  zwp_text_input_v3: {
    destroy: Record<never, never>;
    enable: Record<never, never>;
    disable: Record<never, never>;
    set_surrounding_text: { text: string; cursor: number; anchor: number };
    set_text_change_cause: { cause: number };
    set_content_type: { hint: number; purpose: number };
    set_cursor_rectangle: { x: number; y: number; width: number; height: number };
    commit: Record<never, never>;
    set_available_actions: { available_actions: Uint8Array };
    show_input_panel: Record<never, never>;
    hide_input_panel: Record<never, never>;
  };
  zwp_text_input_manager_v3: {
    destroy: Record<never, never>;
    get_text_input: { id: WlObject<"zwp_text_input_v3">; seat: WlObject<"wl_seat"> };
  };
  zxdg_decoration_manager_v1: {
    destroy: Record<never, never>;
    get_toplevel_decoration: { id: WlObject<"zxdg_toplevel_decoration_v1">; toplevel: WlObject<"xdg_toplevel"> };
  };
  zxdg_toplevel_decoration_v1: {
    destroy: Record<never, never>;
    set_mode: { mode: number };
    unset_mode: Record<never, never>;
  };
  zxdg_exporter_v1: {
    destroy: Record<never, never>;
    export: { id: WlObject<"zxdg_exported_v1">; surface: WlObject<"wl_surface"> };
  };
  zxdg_importer_v1: {
    destroy: Record<never, never>;
    import: { id: WlObject<"zxdg_imported_v1">; handle: string };
  };
  zxdg_exported_v1: {
    destroy: Record<never, never>;
  };
  zxdg_imported_v1: {
    destroy: Record<never, never>;
    set_parent_of: { surface: WlObject<"wl_surface"> };
  };
  zxdg_exporter_v2: {
    destroy: Record<never, never>;
    export_toplevel: { id: WlObject<"zxdg_exported_v2">; surface: WlObject<"wl_surface"> };
  };
  zxdg_importer_v2: {
    destroy: Record<never, never>;
    import_toplevel: { id: WlObject<"zxdg_imported_v2">; handle: string };
  };
  zxdg_exported_v2: {
    destroy: Record<never, never>;
  };
  zxdg_imported_v2: {
    destroy: Record<never, never>;
    set_parent_of: { surface: WlObject<"wl_surface"> };
  };
  zxdg_output_manager_v1: {
    destroy: Record<never, never>;
    get_xdg_output: { id: WlObject<"zxdg_output_v1">; output: WlObject<"wl_output"> };
  };
  zxdg_output_v1: {
    destroy: Record<never, never>;
  };
  zxdg_shell_v6: {
    destroy: Record<never, never>;
    create_positioner: { id: WlObject<"zxdg_positioner_v6"> };
    get_xdg_surface: { id: WlObject<"zxdg_surface_v6">; surface: WlObject<"wl_surface"> };
    pong: { serial: number };
  };
  zxdg_positioner_v6: {
    destroy: Record<never, never>;
    set_size: { width: number; height: number };
    set_anchor_rect: { x: number; y: number; width: number; height: number };
    set_anchor: { anchor: number };
    set_gravity: { gravity: number };
    set_constraint_adjustment: { constraint_adjustment: number };
    set_offset: { x: number; y: number };
  };
  zxdg_surface_v6: {
    destroy: Record<never, never>;
    get_toplevel: { id: WlObject<"zxdg_toplevel_v6"> };
    get_popup: { id: WlObject<"zxdg_popup_v6">; parent: WlObject<"zxdg_surface_v6">; positioner: WlObject<"zxdg_positioner_v6"> };
    set_window_geometry: { x: number; y: number; width: number; height: number };
    ack_configure: { serial: number };
  };
  zxdg_toplevel_v6: {
    destroy: Record<never, never>;
    set_parent: { parent: WlObject<"zxdg_toplevel_v6"> | null };
    set_title: { title: string };
    set_app_id: { app_id: string };
    show_window_menu: { seat: WlObject<"wl_seat">; serial: number; x: number; y: number };
    move: { seat: WlObject<"wl_seat">; serial: number };
    resize: { seat: WlObject<"wl_seat">; serial: number; edges: number };
    set_max_size: { width: number; height: number };
    set_min_size: { width: number; height: number };
    set_maximized: Record<never, never>;
    unset_maximized: Record<never, never>;
    set_fullscreen: { output: WlObject<"wl_output"> | null };
    unset_fullscreen: Record<never, never>;
    set_minimized: Record<never, never>;
  };
  zxdg_popup_v6: {
    destroy: Record<never, never>;
    grab: { seat: WlObject<"wl_seat">; serial: number };
  };
  zwp_xwayland_keyboard_grab_manager_v1: {
    destroy: Record<never, never>;
    grab_keyboard: { id: WlObject<"zwp_xwayland_keyboard_grab_v1">; surface: WlObject<"wl_surface">; seat: WlObject<"wl_seat"> };
  };
  zwp_xwayland_keyboard_grab_v1: {
    destroy: Record<never, never>;
  };
  org_kde_kwin_appmenu_manager: {
    create: { id: WlObject<"org_kde_kwin_appmenu">; surface: WlObject<"wl_surface"> };
    release: Record<never, never>;
  };
  org_kde_kwin_appmenu: {
    set_address: { service_name: string; object_path: string };
    release: Record<never, never>;
  };
  org_kde_kwin_blur_manager: {
    create: { id: WlObject<"org_kde_kwin_blur">; surface: WlObject<"wl_surface"> };
    unset: { surface: WlObject<"wl_surface"> };
  };
  org_kde_kwin_blur: {
    commit: Record<never, never>;
    set_region: { region: WlObject<"wl_region"> | null };
    release: Record<never, never>;
  };
  org_kde_kwin_contrast_manager: {
    create: { id: WlObject<"org_kde_kwin_contrast">; surface: WlObject<"wl_surface"> };
    unset: { surface: WlObject<"wl_surface"> };
  };
  org_kde_kwin_contrast: {
    commit: Record<never, never>;
    set_region: { region: WlObject<"wl_region"> | null };
    set_contrast: { contrast: number };
    set_intensity: { intensity: number };
    set_saturation: { saturation: number };
    release: Record<never, never>;
    set_frost: { red: number; green: number; blue: number; alpha: number };
    unset_frost: Record<never, never>;
  };
  org_kde_kwin_dpms_manager: {
    get: { id: WlObject<"org_kde_kwin_dpms">; output: WlObject<"wl_output"> };
  };
  org_kde_kwin_dpms: {
    set: { mode: number };
    release: Record<never, never>;
  };
  org_kde_kwin_fake_input: {
    authenticate: { application: string; reason: string };
    pointer_motion: { delta_x: number; delta_y: number };
    button: { button: number; state: number };
    axis: { axis: number; value: number };
    touch_down: { id: number; x: number; y: number };
    touch_motion: { id: number; x: number; y: number };
    touch_up: { id: number };
    touch_cancel: Record<never, never>;
    touch_frame: Record<never, never>;
    pointer_motion_absolute: { x: number; y: number };
    keyboard_key: { button: number; state: number };
    destroy: Record<never, never>;
    keyboard_keysym: { keysym: number; state: number };
  };
  _wl_fullscreen_shell: {
    release: Record<never, never>;
    present_surface: { surface: WlObject<"wl_surface"> | null; method: number; output: WlObject<"wl_output"> | null };
    present_surface_for_mode: { surface: WlObject<"wl_surface">; output: WlObject<"wl_output">; framerate: number; feedback: WlObject<"_wl_fullscreen_shell_mode_feedback"> };
  };
  _wl_fullscreen_shell_mode_feedback: {
  };
  org_kde_kwin_idle: {
    get_idle_timeout: { id: WlObject<"org_kde_kwin_idle_timeout">; seat: WlObject<"wl_seat">; timeout: number };
  };
  org_kde_kwin_idle_timeout: {
    release: Record<never, never>;
    simulate_user_activity: Record<never, never>;
  };
  kde_external_brightness_v1: {
    destroy: Record<never, never>;
    create_brightness_control: { id: WlObject<"kde_external_brightness_device_v1"> };
  };
  kde_external_brightness_device_v1: {
    destroy: Record<never, never>;
    set_internal: { internal: number };
    set_edid: { string: string };
    set_max_brightness: { value: number };
    commit: Record<never, never>;
    set_observed_brightness: { value: number };
    set_uses_ddc_ci: { value: number };
  };
  kde_lockscreen_overlay_v1: {
    allow: { surface: WlObject<"wl_surface"> };
    destroy: Record<never, never>;
  };
  kde_output_device_registry_v2: {
    stop: Record<never, never>;
  };
  kde_output_device_v2: {
    release: Record<never, never>;
  };
  kde_output_device_mode_v2: {
    release: Record<never, never>;
  };
  kde_output_management_v2: {
    create_configuration: { id: WlObject<"kde_output_configuration_v2"> };
    create_mode_list: { id: WlObject<"kde_mode_list_v2"> };
  };
  kde_output_configuration_v2: {
    enable: { outputdevice: WlObject<"kde_output_device_v2">; enable: number };
    mode: { outputdevice: WlObject<"kde_output_device_v2">; mode: WlObject<"kde_output_device_mode_v2"> };
    transform: { outputdevice: WlObject<"kde_output_device_v2">; transform: number };
    position: { outputdevice: WlObject<"kde_output_device_v2">; x: number; y: number };
    scale: { outputdevice: WlObject<"kde_output_device_v2">; scale: number };
    apply: Record<never, never>;
    destroy: Record<never, never>;
    overscan: { outputdevice: WlObject<"kde_output_device_v2">; overscan: number };
    set_vrr_policy: { outputdevice: WlObject<"kde_output_device_v2">; policy: number };
    set_rgb_range: { outputdevice: WlObject<"kde_output_device_v2">; rgb_range: number };
    set_primary_output: { output: WlObject<"kde_output_device_v2"> };
    set_priority: { outputdevice: WlObject<"kde_output_device_v2">; priority: number };
    set_high_dynamic_range: { outputdevice: WlObject<"kde_output_device_v2">; enable_hdr: number };
    set_sdr_brightness: { outputdevice: WlObject<"kde_output_device_v2">; sdr_brightness: number };
    set_wide_color_gamut: { outputdevice: WlObject<"kde_output_device_v2">; enable_wcg: number };
    set_auto_rotate_policy: { outputdevice: WlObject<"kde_output_device_v2">; policy: number };
    set_icc_profile_path: { outputdevice: WlObject<"kde_output_device_v2">; profile_path: string };
    set_brightness_overrides: { outputdevice: WlObject<"kde_output_device_v2">; max_peak_brightness: number; max_frame_average_brightness: number; min_brightness: number };
    set_sdr_gamut_wideness: { outputdevice: WlObject<"kde_output_device_v2">; gamut_wideness: number };
    set_color_profile_source: { outputdevice: WlObject<"kde_output_device_v2">; color_profile_source: number };
    set_brightness: { outputdevice: WlObject<"kde_output_device_v2">; brightness: number };
    set_color_power_tradeoff: { outputdevice: WlObject<"kde_output_device_v2">; preference: number };
    set_dimming: { outputdevice: WlObject<"kde_output_device_v2">; multiplier: number };
    set_replication_source: { outputdevice: WlObject<"kde_output_device_v2">; source: string };
    set_ddc_ci_allowed: { outputdevice: WlObject<"kde_output_device_v2">; allowed: number };
    set_max_bits_per_color: { outputdevice: WlObject<"kde_output_device_v2">; max_bpc: number };
    set_edr_policy: { outputdevice: WlObject<"kde_output_device_v2">; policy: number };
    set_sharpness: { outputdevice: WlObject<"kde_output_device_v2">; sharpness: number };
    set_custom_modes: { outputdevice: WlObject<"kde_output_device_v2">; modes: WlObject<"kde_mode_list_v2"> };
    set_auto_brightness: { outputdevice: WlObject<"kde_output_device_v2">; enabled: number };
    set_hdr_icc_profile_path: { outputdevice: WlObject<"kde_output_device_v2">; profile_path: string };
    set_hdr_color_profile_source: { outputdevice: WlObject<"kde_output_device_v2">; color_profile_source: number };
    set_abm_level: { outputdevice: WlObject<"kde_output_device_v2">; level: number };
  };
  kde_mode_list_v2: {
    destroy: Record<never, never>;
    add_mode: Record<never, never>;
    set_resolution: { width: number; height: number };
    set_refresh_rate: { rate: number };
    set_reduced_blanking: { reduced: number };
    add_cvt: { dot_clock: number; hdisplay: number; hsync_start: number; hsync_end: number; htotal: number; hskew: number; vdisplay: number; vsync_start: number; vsync_end: number; vtotal: number; vscan: number; flags: number };
  };
  kde_output_order_v1: {
    destroy: Record<never, never>;
  };
  kde_primary_output_v1: {
    destroy: Record<never, never>;
  };
  kde_screen_edge_manager_v1: {
    destroy: Record<never, never>;
    get_auto_hide_screen_edge: { id: WlObject<"kde_auto_hide_screen_edge_v1">; border: number; surface: WlObject<"wl_surface"> };
  };
  kde_auto_hide_screen_edge_v1: {
    destroy: Record<never, never>;
    deactivate: Record<never, never>;
    activate: Record<never, never>;
  };
  org_kde_kwin_keystate: {
    fetchStates: Record<never, never>;
    destroy: Record<never, never>;
  };
  org_kde_plasma_virtual_desktop_management: {
    get_virtual_desktop: { id: WlObject<"org_kde_plasma_virtual_desktop">; desktop_id: string };
    request_create_virtual_desktop: { name: string; position: number };
    request_remove_virtual_desktop: { desktop_id: string };
  };
  org_kde_plasma_virtual_desktop: {
    request_activate: Record<never, never>;
    request_enter_output: { output_name: string };
  };
  org_kde_kwin_outputmanagement: {
    create_configuration: { id: WlObject<"org_kde_kwin_outputconfiguration"> };
  };
  org_kde_kwin_outputconfiguration: {
    enable: { outputdevice: WlObject<"org_kde_kwin_outputdevice">; enable: number };
    mode: { outputdevice: WlObject<"org_kde_kwin_outputdevice">; mode_id: number };
    transform: { outputdevice: WlObject<"org_kde_kwin_outputdevice">; transform: number };
    position: { outputdevice: WlObject<"org_kde_kwin_outputdevice">; x: number; y: number };
    scale: { outputdevice: WlObject<"org_kde_kwin_outputdevice">; scale: number };
    apply: Record<never, never>;
    scalef: { outputdevice: WlObject<"org_kde_kwin_outputdevice">; scale: number };
    colorcurves: { outputdevice: WlObject<"org_kde_kwin_outputdevice">; red: Uint8Array; green: Uint8Array; blue: Uint8Array };
    destroy: Record<never, never>;
    overscan: { outputdevice: WlObject<"org_kde_kwin_outputdevice">; overscan: number };
    set_vrr_policy: { outputdevice: WlObject<"org_kde_kwin_outputdevice">; policy: number };
  };
  org_kde_kwin_outputdevice: {
  };
  org_kde_plasma_shell: {
    get_surface: { id: WlObject<"org_kde_plasma_surface">; surface: WlObject<"wl_surface"> };
  };
  org_kde_plasma_surface: {
    destroy: Record<never, never>;
    set_output: { output: WlObject<"wl_output"> };
    set_position: { x: number; y: number };
    set_role: { role: number };
    set_panel_behavior: { flag: number };
    set_skip_taskbar: { skip: number };
    panel_auto_hide_hide: Record<never, never>;
    panel_auto_hide_show: Record<never, never>;
    set_panel_takes_focus: { takes_focus: number };
    set_skip_switcher: { skip: number };
    open_under_cursor: Record<never, never>;
  };
  org_kde_plasma_window_management: {
    show_desktop: { state: number };
    get_window: { id: WlObject<"org_kde_plasma_window">; internal_window_id: number };
    get_window_by_uuid: { id: WlObject<"org_kde_plasma_window">; internal_window_uuid: string };
    get_stacking_order: { stacking_order: WlObject<"org_kde_plasma_stacking_order"> };
  };
  org_kde_plasma_window: {
    set_state: { flags: number; state: number };
    set_virtual_desktop: { number: number };
    set_minimized_geometry: { panel: WlObject<"wl_surface">; x: number; y: number; width: number; height: number };
    unset_minimized_geometry: { panel: WlObject<"wl_surface"> };
    close: Record<never, never>;
    request_move: Record<never, never>;
    request_resize: Record<never, never>;
    destroy: Record<never, never>;
    get_icon: { fd: Fd };
    request_enter_virtual_desktop: { id: string };
    request_enter_new_virtual_desktop: Record<never, never>;
    request_leave_virtual_desktop: { id: string };
    request_enter_activity: { id: string };
    request_leave_activity: { id: string };
    send_to_output: { output: WlObject<"wl_output"> };
  };
  org_kde_plasma_activation_feedback: {
    destroy: Record<never, never>;
  };
  org_kde_plasma_activation: {
    destroy: Record<never, never>;
  };
  org_kde_plasma_stacking_order: {
  };
  org_kde_kwin_remote_access_manager: {
    get_buffer: { buffer: WlObject<"org_kde_kwin_remote_buffer">; internal_buffer_id: number };
    release: Record<never, never>;
  };
  org_kde_kwin_remote_buffer: {
    release: Record<never, never>;
  };
  zkde_screencast_unstable_v1: {
    stream_output: { stream: WlObject<"zkde_screencast_stream_unstable_v1">; output: WlObject<"wl_output">; pointer: number };
    stream_window: { stream: WlObject<"zkde_screencast_stream_unstable_v1">; window_uuid: string; pointer: number };
    destroy: Record<never, never>;
    stream_virtual_output: { stream: WlObject<"zkde_screencast_stream_unstable_v1">; name: string; width: number; height: number; scale: number; pointer: number };
    stream_region: { stream: WlObject<"zkde_screencast_stream_unstable_v1">; x: number; y: number; width: number; height: number; scale: number; pointer: number };
    stream_virtual_output_with_description: { stream: WlObject<"zkde_screencast_stream_unstable_v1">; name: string; description: string; width: number; height: number; scale: number; pointer: number };
  };
  zkde_screencast_stream_unstable_v1: {
    close: Record<never, never>;
  };
  org_kde_kwin_server_decoration_palette_manager: {
    create: { id: WlObject<"org_kde_kwin_server_decoration_palette">; surface: WlObject<"wl_surface"> };
  };
  org_kde_kwin_server_decoration_palette: {
    set_palette: { palette: string };
    release: Record<never, never>;
  };
  org_kde_kwin_server_decoration_manager: {
    create: { id: WlObject<"org_kde_kwin_server_decoration">; surface: WlObject<"wl_surface"> };
  };
  org_kde_kwin_server_decoration: {
    release: Record<never, never>;
    request_mode: { mode: number };
  };
  org_kde_kwin_shadow_manager: {
    create: { id: WlObject<"org_kde_kwin_shadow">; surface: WlObject<"wl_surface"> };
    unset: { surface: WlObject<"wl_surface"> };
    destroy: Record<never, never>;
  };
  org_kde_kwin_shadow: {
    commit: Record<never, never>;
    attach_left: { buffer: WlObject<"wl_buffer"> };
    attach_top_left: { buffer: WlObject<"wl_buffer"> };
    attach_top: { buffer: WlObject<"wl_buffer"> };
    attach_top_right: { buffer: WlObject<"wl_buffer"> };
    attach_right: { buffer: WlObject<"wl_buffer"> };
    attach_bottom_right: { buffer: WlObject<"wl_buffer"> };
    attach_bottom: { buffer: WlObject<"wl_buffer"> };
    attach_bottom_left: { buffer: WlObject<"wl_buffer"> };
    set_left_offset: { offset: number };
    set_top_offset: { offset: number };
    set_right_offset: { offset: number };
    set_bottom_offset: { offset: number };
    destroy: Record<never, never>;
  };
  org_kde_kwin_slide_manager: {
    create: { id: WlObject<"org_kde_kwin_slide">; surface: WlObject<"wl_surface"> };
    unset: { surface: WlObject<"wl_surface"> };
  };
  org_kde_kwin_slide: {
    commit: Record<never, never>;
    set_location: { location: number };
    set_offset: { offset: number };
    release: Record<never, never>;
  };
  qt_surface_extension: {
    get_extended_surface: { id: WlObject<"qt_extended_surface">; surface: WlObject<"wl_surface"> };
  };
  qt_extended_surface: {
    update_generic_property: { name: string; value: Uint8Array };
    set_content_orientation_mask: { orientation: number };
    set_window_flags: { flags: number };
    raise: Record<never, never>;
    lower: Record<never, never>;
  };
  zwp_text_input_v2: {
    destroy: Record<never, never>;
    enable: { surface: WlObject<"wl_surface"> };
    disable: { surface: WlObject<"wl_surface"> };
    show_input_panel: Record<never, never>;
    hide_input_panel: Record<never, never>;
    set_surrounding_text: { text: string; cursor: number; anchor: number };
    set_content_type: { hint: number; purpose: number };
    set_cursor_rectangle: { x: number; y: number; width: number; height: number };
    set_preferred_language: { language: string };
    update_state: { serial: number; reason: number };
  };
  zwp_text_input_manager_v2: {
    destroy: Record<never, never>;
    get_text_input: { id: WlObject<"zwp_text_input_v2">; seat: WlObject<"wl_seat"> };
  };
  wl_text_input: {
    activate: { seat: WlObject<"wl_seat">; surface: WlObject<"wl_surface"> };
    deactivate: { seat: WlObject<"wl_seat"> };
    show_input_panel: Record<never, never>;
    hide_input_panel: Record<never, never>;
    reset: Record<never, never>;
    set_surrounding_text: { text: string; cursor: number; anchor: number };
    set_content_type: { hint: number; purpose: number };
    set_cursor_rectangle: { x: number; y: number; width: number; height: number };
    set_preferred_language: { language: string };
    commit_state: { serial: number };
    invoke_action: { button: number; index: number };
  };
  wl_text_input_manager: {
    create_text_input: { id: WlObject<"wl_text_input"> };
  };
  zwlr_data_control_manager_v1: {
    create_data_source: { id: WlObject<"zwlr_data_control_source_v1"> };
    get_data_device: { id: WlObject<"zwlr_data_control_device_v1">; seat: WlObject<"wl_seat"> };
    destroy: Record<never, never>;
  };
  zwlr_data_control_device_v1: {
    set_selection: { source: WlObject<"zwlr_data_control_source_v1"> | null };
    destroy: Record<never, never>;
    set_primary_selection: { source: WlObject<"zwlr_data_control_source_v1"> | null };
  };
  zwlr_data_control_source_v1: {
    offer: { mime_type: string };
    destroy: Record<never, never>;
  };
  zwlr_data_control_offer_v1: {
    receive: { mime_type: string; fd: Fd };
    destroy: Record<never, never>;
  };
  zwlr_export_dmabuf_manager_v1: {
    capture_output: { frame: WlObject<"zwlr_export_dmabuf_frame_v1">; overlay_cursor: number; output: WlObject<"wl_output"> };
    destroy: Record<never, never>;
  };
  zwlr_export_dmabuf_frame_v1: {
    destroy: Record<never, never>;
  };
  zwlr_foreign_toplevel_manager_v1: {
    stop: Record<never, never>;
  };
  zwlr_foreign_toplevel_handle_v1: {
    set_maximized: Record<never, never>;
    unset_maximized: Record<never, never>;
    set_minimized: Record<never, never>;
    unset_minimized: Record<never, never>;
    activate: { seat: WlObject<"wl_seat"> };
    close: Record<never, never>;
    set_rectangle: { surface: WlObject<"wl_surface">; x: number; y: number; width: number; height: number };
    destroy: Record<never, never>;
    set_fullscreen: { output: WlObject<"wl_output"> | null };
    unset_fullscreen: Record<never, never>;
  };
  zwlr_gamma_control_manager_v1: {
    get_gamma_control: { id: WlObject<"zwlr_gamma_control_v1">; output: WlObject<"wl_output"> };
    destroy: Record<never, never>;
  };
  zwlr_gamma_control_v1: {
    set_gamma: { fd: Fd };
    destroy: Record<never, never>;
  };
  zwlr_input_inhibit_manager_v1: {
    get_inhibitor: { id: WlObject<"zwlr_input_inhibitor_v1"> };
  };
  zwlr_input_inhibitor_v1: {
    destroy: Record<never, never>;
  };
  zwlr_layer_shell_v1: {
    get_layer_surface: { id: WlObject<"zwlr_layer_surface_v1">; surface: WlObject<"wl_surface">; output: WlObject<"wl_output"> | null; layer: number; namespace: string };
    destroy: Record<never, never>;
  };
  zwlr_layer_surface_v1: {
    set_size: { width: number; height: number };
    set_anchor: { anchor: number };
    set_exclusive_zone: { zone: number };
    set_margin: { top: number; right: number; bottom: number; left: number };
    set_keyboard_interactivity: { keyboard_interactivity: number };
    get_popup: { popup: WlObject<"xdg_popup"> };
    ack_configure: { serial: number };
    destroy: Record<never, never>;
    set_layer: { layer: number };
    set_exclusive_edge: { edge: number };
  };
  zwlr_output_manager_v1: {
    create_configuration: { id: WlObject<"zwlr_output_configuration_v1">; serial: number };
    stop: Record<never, never>;
  };
  zwlr_output_head_v1: {
    release: Record<never, never>;
  };
  zwlr_output_mode_v1: {
    release: Record<never, never>;
  };
  zwlr_output_configuration_v1: {
    enable_head: { id: WlObject<"zwlr_output_configuration_head_v1">; head: WlObject<"zwlr_output_head_v1"> };
    disable_head: { head: WlObject<"zwlr_output_head_v1"> };
    apply: Record<never, never>;
    test: Record<never, never>;
    destroy: Record<never, never>;
  };
  zwlr_output_configuration_head_v1: {
    set_mode: { mode: WlObject<"zwlr_output_mode_v1"> };
    set_custom_mode: { width: number; height: number; refresh: number };
    set_position: { x: number; y: number };
    set_transform: { transform: number };
    set_scale: { scale: number };
    set_adaptive_sync: { state: number };
  };
  zwlr_output_power_manager_v1: {
    get_output_power: { id: WlObject<"zwlr_output_power_v1">; output: WlObject<"wl_output"> };
    destroy: Record<never, never>;
  };
  zwlr_output_power_v1: {
    set_mode: { mode: number };
    destroy: Record<never, never>;
  };
  zwlr_screencopy_manager_v1: {
    capture_output: { frame: WlObject<"zwlr_screencopy_frame_v1">; overlay_cursor: number; output: WlObject<"wl_output"> };
    capture_output_region: { frame: WlObject<"zwlr_screencopy_frame_v1">; overlay_cursor: number; output: WlObject<"wl_output">; x: number; y: number; width: number; height: number };
    destroy: Record<never, never>;
  };
  zwlr_screencopy_frame_v1: {
    copy: { buffer: WlObject<"wl_buffer"> };
    destroy: Record<never, never>;
    copy_with_damage: { buffer: WlObject<"wl_buffer"> };
  };
  zwlr_virtual_pointer_v1: {
    motion: { time: number; dx: number; dy: number };
    motion_absolute: { time: number; x: number; y: number; x_extent: number; y_extent: number };
    button: { time: number; button: number; state: number };
    axis: { time: number; axis: number; value: number };
    frame: Record<never, never>;
    axis_source: { axis_source: number };
    axis_stop: { time: number; axis: number };
    axis_discrete: { time: number; axis: number; value: number; discrete: number };
    destroy: Record<never, never>;
  };
  zwlr_virtual_pointer_manager_v1: {
    create_virtual_pointer: { seat: WlObject<"wl_seat"> | null; id: WlObject<"zwlr_virtual_pointer_v1"> };
    destroy: Record<never, never>;
    create_virtual_pointer_with_output: { seat: WlObject<"wl_seat"> | null; output: WlObject<"wl_output"> | null; id: WlObject<"zwlr_virtual_pointer_v1"> };
  };
  gtk_primary_selection_device_manager: {
    create_source: { id: WlObject<"gtk_primary_selection_source"> };
    get_device: { id: WlObject<"gtk_primary_selection_device">; seat: WlObject<"wl_seat"> };
    destroy: Record<never, never>;
  };
  gtk_primary_selection_device: {
    set_selection: { source: WlObject<"gtk_primary_selection_source"> | null; serial: number };
    destroy: Record<never, never>;
  };
  gtk_primary_selection_offer: {
    receive: { mime_type: string; fd: Fd };
    destroy: Record<never, never>;
  };
  gtk_primary_selection_source: {
    offer: { mime_type: string };
    destroy: Record<never, never>;
  };
  zwp_input_method_v2: {
    commit_string: { text: string };
    set_preedit_string: { text: string; cursor_begin: number; cursor_end: number };
    delete_surrounding_text: { before_length: number; after_length: number };
    commit: { serial: number };
    get_input_popup_surface: { id: WlObject<"zwp_input_popup_surface_v2">; surface: WlObject<"wl_surface"> };
    grab_keyboard: { keyboard: WlObject<"zwp_input_method_keyboard_grab_v2"> };
    destroy: Record<never, never>;
  };
  zwp_input_popup_surface_v2: {
    destroy: Record<never, never>;
  };
  zwp_input_method_keyboard_grab_v2: {
    release: Record<never, never>;
  };
  zwp_input_method_manager_v2: {
    get_input_method: { seat: WlObject<"wl_seat">; input_method: WlObject<"zwp_input_method_v2"> };
    destroy: Record<never, never>;
  };
  zwp_virtual_keyboard_v1: {
    keymap: { format: number; fd: Fd; size: number };
    key: { time: number; key: number; state: number };
    modifiers: { mods_depressed: number; mods_latched: number; mods_locked: number; group: number };
    destroy: Record<never, never>;
  };
  zwp_virtual_keyboard_manager_v1: {
    create_virtual_keyboard: { seat: WlObject<"wl_seat">; id: WlObject<"zwp_virtual_keyboard_v1"> };
  };
  hyprland_ctm_control_manager_v1: {
    set_ctm_for_output: { output: WlObject<"wl_output">; mat0: number; mat1: number; mat2: number; mat3: number; mat4: number; mat5: number; mat6: number; mat7: number; mat8: number };
    commit: Record<never, never>;
    destroy: Record<never, never>;
  };
  hyprland_focus_grab_manager_v1: {
    create_grab: { grab: WlObject<"hyprland_focus_grab_v1"> };
    destroy: Record<never, never>;
  };
  hyprland_focus_grab_v1: {
    add_surface: { surface: WlObject<"wl_surface"> };
    remove_surface: { surface: WlObject<"wl_surface"> };
    commit: Record<never, never>;
    destroy: Record<never, never>;
  };
  hyprland_global_shortcuts_manager_v1: {
    register_shortcut: { shortcut: WlObject<"hyprland_global_shortcut_v1">; id: string; app_id: string; description: string; trigger_description: string };
    destroy: Record<never, never>;
  };
  hyprland_global_shortcut_v1: {
    destroy: Record<never, never>;
  };
  hyprland_input_capture_manager_v1: {
    create_session: { session: WlObject<"hyprland_input_capture_v1">; handle: string };
  };
  hyprland_input_capture_v1: {
    clear_barriers: Record<never, never>;
    add_barrier: { zone_set: number; id: number; x1: number; y1: number; x2: number; y2: number };
    enable: Record<never, never>;
    disable: Record<never, never>;
    release: { activation_id: number; x: number; y: number };
    destroy: Record<never, never>;
  };
  hyprland_lock_notifier_v1: {
    destroy: Record<never, never>;
    get_lock_notification: { id: WlObject<"hyprland_lock_notification_v1"> };
  };
  hyprland_lock_notification_v1: {
    destroy: Record<never, never>;
  };
  hyprland_surface_manager_v1: {
    get_hyprland_surface: { id: WlObject<"hyprland_surface_v1">; surface: WlObject<"wl_surface"> };
    destroy: Record<never, never>;
  };
  hyprland_surface_v1: {
    set_opacity: { opacity: number };
    destroy: Record<never, never>;
    set_visible_region: { region: WlObject<"wl_region"> | null };
  };
  hyprland_toplevel_export_manager_v1: {
    capture_toplevel: { frame: WlObject<"hyprland_toplevel_export_frame_v1">; overlay_cursor: number; handle: number };
    destroy: Record<never, never>;
    capture_toplevel_with_wlr_toplevel_handle: { frame: WlObject<"hyprland_toplevel_export_frame_v1">; overlay_cursor: number; handle: WlObject<"zwlr_foreign_toplevel_handle_v1"> };
  };
  hyprland_toplevel_export_frame_v1: {
    copy: { buffer: WlObject<"wl_buffer">; ignore_damage: number };
    destroy: Record<never, never>;
  };
  hyprland_toplevel_mapping_manager_v1: {
    get_window_for_toplevel: { handle: WlObject<"hyprland_toplevel_window_mapping_handle_v1">; toplevel: WlObject<"ext_foreign_toplevel_handle_v1"> };
    get_window_for_toplevel_wlr: { handle: WlObject<"hyprland_toplevel_window_mapping_handle_v1">; toplevel: WlObject<"zwlr_foreign_toplevel_handle_v1"> };
    destroy: Record<never, never>;
  };
  hyprland_toplevel_window_mapping_handle_v1: {
    destroy: Record<never, never>;
  };
  hyprland_workspace_image_capture_source_manager_v1: {
    create_source: { source: WlObject<"ext_image_capture_source_v1">; workspace: WlObject<"ext_workspace_handle_v1">; mode: number };
    destroy: Record<never, never>;
  };
  weston_content_protection: {
    destroy: Record<never, never>;
    get_protection: { id: WlObject<"weston_protected_surface">; surface: WlObject<"wl_surface"> };
  };
  weston_protected_surface: {
    destroy: Record<never, never>;
    set_type: { type: number };
    enforce: Record<never, never>;
    relax: Record<never, never>;
  };
  weston_debug_v1: {
    destroy: Record<never, never>;
    subscribe: { name: string; streamfd: Fd; stream: WlObject<"weston_debug_stream_v1"> };
  };
  weston_debug_stream_v1: {
    destroy: Record<never, never>;
  };
  weston_direct_display_v1: {
    enable: { dmabuf: WlObject<"zwp_linux_buffer_params_v1"> };
    destroy: Record<never, never>;
  };
  weston_capture_v1: {
    destroy: Record<never, never>;
    create: { output: WlObject<"wl_output">; source: number; capture_source_new_id: WlObject<"weston_capture_source_v1"> };
  };
  weston_capture_source_v1: {
    destroy: Record<never, never>;
    capture: { buffer: WlObject<"wl_buffer"> };
  };
  gtk_shell1: {
    get_gtk_surface: { gtk_surface: WlObject<"gtk_surface1">; surface: WlObject<"wl_surface"> };
    set_startup_id: { startup_id: string | null };
    system_bell: { surface: WlObject<"gtk_surface1"> | null };
    notify_launch: { startup_id: string };
  };
  gtk_surface1: {
    set_dbus_properties: { application_id: string | null; app_menu_path: string | null; menubar_path: string | null; window_object_path: string | null; application_object_path: string | null; unique_bus_name: string | null };
    set_modal: Record<never, never>;
    unset_modal: Record<never, never>;
    present: { time: number };
    request_focus: { startup_id: string | null };
    release: Record<never, never>;
    titlebar_gesture: { serial: number; seat: WlObject<"wl_seat">; gesture: number };
  };
  wl_drm: {
    authenticate: { id: number };
    create_buffer: { id: WlObject<"wl_buffer">; name: number; width: number; height: number; stride: number; format: number };
    create_planar_buffer: { id: WlObject<"wl_buffer">; name: number; width: number; height: number; format: number; offset0: number; stride0: number; offset1: number; stride1: number; offset2: number; stride2: number };
    create_prime_buffer: { id: WlObject<"wl_buffer">; name: Fd; width: number; height: number; format: number; offset0: number; stride0: number; offset1: number; stride1: number; offset2: number; stride2: number };
  };
}

/** The arguments of every event: `Events[interface][event]`. */
export interface Events {
  wl_display: {
    error: { object_id: WlObject; code: number; message: string };
    delete_id: { id: number };
  };
  wl_registry: {
    global: { name: number; interface: string; version: number };
    global_remove: { name: number };
  };
  wl_callback: {
    done: { callback_data: number };
  };
  wl_compositor: {
  };
  wl_shm_pool: {
  };
  wl_shm: {
    format: { format: number };
  };
  wl_buffer: {
    release: Record<never, never>;
  };
  wl_data_offer: {
    offer: { mime_type: string };
    source_actions: { source_actions: number };
    action: { dnd_action: number };
  };
  wl_data_source: {
    target: { mime_type: string | null };
    send: { mime_type: string; fd: Fd };
    cancelled: Record<never, never>;
    dnd_drop_performed: Record<never, never>;
    dnd_finished: Record<never, never>;
    action: { dnd_action: number };
  };
  wl_data_device: {
    data_offer: { id: WlObject<"wl_data_offer"> };
    enter: { serial: number; surface: WlObject<"wl_surface">; x: number; y: number; id: WlObject<"wl_data_offer"> | null };
    leave: Record<never, never>;
    motion: { time: number; x: number; y: number };
    drop: Record<never, never>;
    selection: { id: WlObject<"wl_data_offer"> | null };
  };
  wl_data_device_manager: {
  };
  wl_shell: {
  };
  wl_shell_surface: {
    ping: { serial: number };
    configure: { edges: number; width: number; height: number };
    popup_done: Record<never, never>;
  };
  wl_surface: {
    enter: { output: WlObject<"wl_output"> };
    leave: { output: WlObject<"wl_output"> };
    preferred_buffer_scale: { factor: number };
    preferred_buffer_transform: { transform: number };
  };
  wl_seat: {
    capabilities: { capabilities: number };
    name: { name: string };
  };
  wl_pointer: {
    enter: { serial: number; surface: WlObject<"wl_surface">; surface_x: number; surface_y: number };
    leave: { serial: number; surface: WlObject<"wl_surface"> };
    motion: { time: number; surface_x: number; surface_y: number };
    button: { serial: number; time: number; button: number; state: number };
    axis: { time: number; axis: number; value: number };
    frame: Record<never, never>;
    axis_source: { axis_source: number };
    axis_stop: { time: number; axis: number };
    axis_discrete: { axis: number; discrete: number };
    axis_value120: { axis: number; value120: number };
    axis_relative_direction: { axis: number; direction: number };
    warp: { surface_x: number; surface_y: number };
  };
  wl_keyboard: {
    keymap: { format: number; fd: Fd; size: number };
    enter: { serial: number; surface: WlObject<"wl_surface">; keys: Uint8Array };
    leave: { serial: number; surface: WlObject<"wl_surface"> };
    key: { serial: number; time: number; key: number; state: number };
    modifiers: { serial: number; mods_depressed: number; mods_latched: number; mods_locked: number; group: number };
    repeat_info: { rate: number; delay: number };
  };
  wl_touch: {
    down: { serial: number; time: number; surface: WlObject<"wl_surface">; id: number; x: number; y: number };
    up: { serial: number; time: number; id: number };
    motion: { time: number; id: number; x: number; y: number };
    frame: Record<never, never>;
    cancel: Record<never, never>;
    shape: { id: number; major: number; minor: number };
    orientation: { id: number; orientation: number };
  };
  wl_output: {
    geometry: { x: number; y: number; physical_width: number; physical_height: number; subpixel: number; make: string; model: string; transform: number };
    mode: { flags: number; width: number; height: number; refresh: number };
    done: Record<never, never>;
    scale: { factor: number };
    name: { name: string };
    description: { description: string };
  };
  wl_region: {
  };
  wl_subcompositor: {
  };
  wl_subsurface: {
  };
  wl_fixes: {
  };
  zwp_linux_dmabuf_v1: {
    format: { format: number };
    modifier: { format: number; modifier_hi: number; modifier_lo: number };
  };
  zwp_linux_buffer_params_v1: {
    created: { buffer: WlObject<"wl_buffer"> };
    failed: Record<never, never>;
  };
  zwp_linux_dmabuf_feedback_v1: {
    done: Record<never, never>;
    format_table: { fd: Fd; size: number };
    main_device: { device: Uint8Array };
    tranche_done: Record<never, never>;
    tranche_target_device: { device: Uint8Array };
    tranche_formats: { indices: Uint8Array };
    tranche_flags: { flags: number };
  };
  wp_presentation: {
    clock_id: { clk_id: number };
  };
  wp_presentation_feedback: {
    sync_output: { output: WlObject<"wl_output"> };
    presented: { tv_sec_hi: number; tv_sec_lo: number; tv_nsec: number; refresh: number; seq_hi: number; seq_lo: number; flags: number };
    discarded: Record<never, never>;
  };
  zwp_tablet_manager_v2: {
  };
  zwp_tablet_seat_v2: {
    tablet_added: { id: WlObject<"zwp_tablet_v2"> };
    tool_added: { id: WlObject<"zwp_tablet_tool_v2"> };
    pad_added: { id: WlObject<"zwp_tablet_pad_v2"> };
  };
  zwp_tablet_tool_v2: {
    type: { tool_type: number };
    hardware_serial: { hardware_serial_hi: number; hardware_serial_lo: number };
    hardware_id_wacom: { hardware_id_hi: number; hardware_id_lo: number };
    capability: { capability: number };
    done: Record<never, never>;
    removed: Record<never, never>;
    proximity_in: { serial: number; tablet: WlObject<"zwp_tablet_v2">; surface: WlObject<"wl_surface"> };
    proximity_out: Record<never, never>;
    down: { serial: number };
    up: Record<never, never>;
    motion: { x: number; y: number };
    pressure: { pressure: number };
    distance: { distance: number };
    tilt: { tilt_x: number; tilt_y: number };
    rotation: { degrees: number };
    slider: { position: number };
    wheel: { degrees: number; clicks: number };
    button: { serial: number; button: number; state: number };
    frame: { time: number };
  };
  zwp_tablet_v2: {
    name: { name: string };
    id: { vid: number; pid: number };
    path: { path: string };
    done: Record<never, never>;
    removed: Record<never, never>;
    bustype: { bustype: number };
  };
  zwp_tablet_pad_ring_v2: {
    source: { source: number };
    angle: { degrees: number };
    stop: Record<never, never>;
    frame: { time: number };
  };
  zwp_tablet_pad_strip_v2: {
    source: { source: number };
    position: { position: number };
    stop: Record<never, never>;
    frame: { time: number };
  };
  zwp_tablet_pad_group_v2: {
    buttons: { buttons: Uint8Array };
    ring: { ring: WlObject<"zwp_tablet_pad_ring_v2"> };
    strip: { strip: WlObject<"zwp_tablet_pad_strip_v2"> };
    modes: { modes: number };
    done: Record<never, never>;
    mode_switch: { time: number; serial: number; mode: number };
    dial: { dial: WlObject<"zwp_tablet_pad_dial_v2"> };
  };
  zwp_tablet_pad_v2: {
    group: { pad_group: WlObject<"zwp_tablet_pad_group_v2"> };
    path: { path: string };
    buttons: { buttons: number };
    done: Record<never, never>;
    button: { time: number; button: number; state: number };
    enter: { serial: number; tablet: WlObject<"zwp_tablet_v2">; surface: WlObject<"wl_surface"> };
    leave: { serial: number; surface: WlObject<"wl_surface"> };
    removed: Record<never, never>;
  };
  zwp_tablet_pad_dial_v2: {
    delta: { value120: number };
    frame: { time: number };
  };
  wp_viewporter: {
  };
  wp_viewport: {
  };
  xdg_wm_base: {
    ping: { serial: number };
  };
  xdg_positioner: {
  };
  xdg_surface: {
    configure: { serial: number };
  };
  xdg_toplevel: {
    configure: { width: number; height: number; states: Uint8Array };
    close: Record<never, never>;
    configure_bounds: { width: number; height: number };
    wm_capabilities: { capabilities: Uint8Array };
  };
  xdg_popup: {
    configure: { x: number; y: number; width: number; height: number };
    popup_done: Record<never, never>;
    repositioned: { token: number };
  };
  wp_alpha_modifier_v1: {
  };
  wp_alpha_modifier_surface_v1: {
  };
  wp_color_manager_v1: {
    supported_intent: { render_intent: number };
    supported_feature: { feature: number };
    supported_tf_named: { tf: number };
    supported_primaries_named: { primaries: number };
    done: Record<never, never>;
  };
  wp_color_management_output_v1: {
    image_description_changed: Record<never, never>;
  };
  wp_color_management_surface_v1: {
  };
  wp_color_management_surface_feedback_v1: {
    preferred_changed: { identity: number };
    preferred_changed2: { identity_hi: number; identity_lo: number };
  };
  wp_image_description_creator_icc_v1: {
  };
  wp_image_description_creator_params_v1: {
  };
  wp_image_description_v1: {
    failed: { cause: number; msg: string };
    ready: { identity: number };
    ready2: { identity_hi: number; identity_lo: number };
  };
  wp_image_description_info_v1: {
    done: Record<never, never>;
    icc_file: { icc: Fd; icc_size: number };
    primaries: { r_x: number; r_y: number; g_x: number; g_y: number; b_x: number; b_y: number; w_x: number; w_y: number };
    primaries_named: { primaries: number };
    tf_power: { eexp: number };
    tf_named: { tf: number };
    luminances: { min_lum: number; max_lum: number; reference_lum: number };
    target_primaries: { r_x: number; r_y: number; g_x: number; g_y: number; b_x: number; b_y: number; w_x: number; w_y: number };
    target_luminance: { min_lum: number; max_lum: number };
    target_max_cll: { max_cll: number };
    target_max_fall: { max_fall: number };
  };
  wp_image_description_reference_v1: {
  };
  wp_color_representation_manager_v1: {
    supported_alpha_mode: { alpha_mode: number };
    supported_coefficients_and_ranges: { coefficients: number; range: number };
    done: Record<never, never>;
  };
  wp_color_representation_surface_v1: {
  };
  wp_commit_timing_manager_v1: {
  };
  wp_commit_timer_v1: {
  };
  wp_content_type_manager_v1: {
  };
  wp_content_type_v1: {
  };
  wp_cursor_shape_manager_v1: {
  };
  wp_cursor_shape_device_v1: {
  };
  wp_drm_lease_device_v1: {
    drm_fd: { fd: Fd };
    connector: { id: WlObject<"wp_drm_lease_connector_v1"> };
    done: Record<never, never>;
    released: Record<never, never>;
  };
  wp_drm_lease_connector_v1: {
    name: { name: string };
    description: { description: string };
    connector_id: { connector_id: number };
    done: Record<never, never>;
    withdrawn: Record<never, never>;
  };
  wp_drm_lease_request_v1: {
  };
  wp_drm_lease_v1: {
    lease_fd: { leased_fd: Fd };
    finished: Record<never, never>;
  };
  ext_background_effect_manager_v1: {
    capabilities: { flags: number };
  };
  ext_background_effect_surface_v1: {
  };
  ext_data_control_manager_v1: {
  };
  ext_data_control_device_v1: {
    data_offer: { id: WlObject<"ext_data_control_offer_v1"> };
    selection: { id: WlObject<"ext_data_control_offer_v1"> | null };
    finished: Record<never, never>;
    primary_selection: { id: WlObject<"ext_data_control_offer_v1"> | null };
  };
  ext_data_control_source_v1: {
    send: { mime_type: string; fd: Fd };
    cancelled: Record<never, never>;
  };
  ext_data_control_offer_v1: {
    offer: { mime_type: string };
  };
  ext_foreign_toplevel_list_v1: {
    toplevel: { toplevel: WlObject<"ext_foreign_toplevel_handle_v1"> };
    finished: Record<never, never>;
  };
  ext_foreign_toplevel_handle_v1: {
    closed: Record<never, never>;
    done: Record<never, never>;
    title: { title: string };
    app_id: { app_id: string };
    identifier: { identifier: string };
  };
  ext_idle_notifier_v1: {
  };
  ext_idle_notification_v1: {
    idled: Record<never, never>;
    resumed: Record<never, never>;
  };
  ext_image_capture_source_v1: {
  };
  ext_output_image_capture_source_manager_v1: {
  };
  ext_foreign_toplevel_image_capture_source_manager_v1: {
  };
  ext_image_copy_capture_manager_v1: {
  };
  ext_image_copy_capture_session_v1: {
    buffer_size: { width: number; height: number };
    shm_format: { format: number };
    dmabuf_device: { device: Uint8Array };
    dmabuf_format: { format: number; modifiers: Uint8Array };
    done: Record<never, never>;
    stopped: Record<never, never>;
  };
  ext_image_copy_capture_frame_v1: {
    transform: { transform: number };
    damage: { x: number; y: number; width: number; height: number };
    presentation_time: { tv_sec_hi: number; tv_sec_lo: number; tv_nsec: number };
    ready: Record<never, never>;
    failed: { reason: number };
  };
  ext_image_copy_capture_cursor_session_v1: {
    enter: Record<never, never>;
    leave: Record<never, never>;
    position: { x: number; y: number };
    hotspot: { x: number; y: number };
  };
  ext_session_lock_manager_v1: {
  };
  ext_session_lock_v1: {
    locked: Record<never, never>;
    finished: Record<never, never>;
  };
  ext_session_lock_surface_v1: {
    configure: { serial: number; width: number; height: number };
  };
  ext_transient_seat_manager_v1: {
  };
  ext_transient_seat_v1: {
    ready: { global_name: number };
    denied: Record<never, never>;
  };
  ext_workspace_manager_v1: {
    workspace_group: { workspace_group: WlObject<"ext_workspace_group_handle_v1"> };
    workspace: { workspace: WlObject<"ext_workspace_handle_v1"> };
    done: Record<never, never>;
    finished: Record<never, never>;
  };
  ext_workspace_group_handle_v1: {
    capabilities: { capabilities: number };
    output_enter: { output: WlObject<"wl_output"> };
    output_leave: { output: WlObject<"wl_output"> };
    workspace_enter: { workspace: WlObject<"ext_workspace_handle_v1"> };
    workspace_leave: { workspace: WlObject<"ext_workspace_handle_v1"> };
    removed: Record<never, never>;
  };
  ext_workspace_handle_v1: {
    id: { id: string };
    name: { name: string };
    coordinates: { coordinates: Uint8Array };
    state: { state: number };
    capabilities: { capabilities: number };
    removed: Record<never, never>;
  };
  wp_fifo_manager_v1: {
  };
  wp_fifo_v1: {
  };
  wp_fractional_scale_manager_v1: {
  };
  wp_fractional_scale_v1: {
    preferred_scale: { scale: number };
  };
  wp_linux_drm_syncobj_manager_v1: {
  };
  wp_linux_drm_syncobj_timeline_v1: {
  };
  wp_linux_drm_syncobj_surface_v1: {
  };
  wp_pointer_warp_v1: {
  };
  wp_security_context_manager_v1: {
  };
  wp_security_context_v1: {
  };
  wp_single_pixel_buffer_manager_v1: {
  };
  wp_tearing_control_manager_v1: {
  };
  wp_tearing_control_v1: {
  };
  xdg_activation_v1: {
  };
  xdg_activation_token_v1: {
    done: { token: string };
  };
  xdg_wm_dialog_v1: {
  };
  xdg_dialog_v1: {
  };
  xdg_session_manager_v1: {
  };
  xdg_session_v1: {
    created: { session_id: string };
    restored: Record<never, never>;
    replaced: Record<never, never>;
  };
  xdg_toplevel_session_v1: {
    restored: Record<never, never>;
  };
  xdg_system_bell_v1: {
  };
  xdg_toplevel_drag_manager_v1: {
  };
  xdg_toplevel_drag_v1: {
  };
  xdg_toplevel_icon_manager_v1: {
    icon_size: { size: number };
    done: Record<never, never>;
  };
  xdg_toplevel_icon_v1: {
  };
  xdg_toplevel_tag_manager_v1: {
  };
  xwayland_shell_v1: {
  };
  xwayland_surface_v1: {
  };
  zwp_fullscreen_shell_v1: {
    capability: { capability: number };
  };
  zwp_fullscreen_shell_mode_feedback_v1: {
    mode_successful: Record<never, never>;
    mode_failed: Record<never, never>;
    present_cancelled: Record<never, never>;
  };
  zwp_idle_inhibit_manager_v1: {
  };
  zwp_idle_inhibitor_v1: {
  };
  zwp_input_method_context_v1: {
    surrounding_text: { text: string; cursor: number; anchor: number };
    reset: Record<never, never>;
    content_type: { hint: number; purpose: number };
    invoke_action: { button: number; index: number };
    commit_state: { serial: number };
    preferred_language: { language: string };
  };
  zwp_input_method_v1: {
    activate: { id: WlObject<"zwp_input_method_context_v1"> };
    deactivate: { context: WlObject<"zwp_input_method_context_v1"> };
  };
  zwp_input_panel_v1: {
  };
  zwp_input_panel_surface_v1: {
  };
  zwp_input_timestamps_manager_v1: {
  };
  zwp_input_timestamps_v1: {
    timestamp: { tv_sec_hi: number; tv_sec_lo: number; tv_nsec: number };
  };
  zwp_keyboard_shortcuts_inhibit_manager_v1: {
  };
  zwp_keyboard_shortcuts_inhibitor_v1: {
    active: Record<never, never>;
    inactive: Record<never, never>;
  };
  zwp_linux_explicit_synchronization_v1: {
  };
  zwp_linux_surface_synchronization_v1: {
  };
  zwp_linux_buffer_release_v1: {
    fenced_release: { fence: Fd };
    immediate_release: Record<never, never>;
  };
  zwp_pointer_constraints_v1: {
  };
  zwp_locked_pointer_v1: {
    locked: Record<never, never>;
    unlocked: Record<never, never>;
  };
  zwp_confined_pointer_v1: {
    confined: Record<never, never>;
    unconfined: Record<never, never>;
  };
  zwp_pointer_gestures_v1: {
  };
  zwp_pointer_gesture_swipe_v1: {
    begin: { serial: number; time: number; surface: WlObject<"wl_surface">; fingers: number };
    update: { time: number; dx: number; dy: number };
    end: { serial: number; time: number; cancelled: number };
  };
  zwp_pointer_gesture_pinch_v1: {
    begin: { serial: number; time: number; surface: WlObject<"wl_surface">; fingers: number };
    update: { time: number; dx: number; dy: number; scale: number; rotation: number };
    end: { serial: number; time: number; cancelled: number };
  };
  zwp_pointer_gesture_hold_v1: {
    begin: { serial: number; time: number; surface: WlObject<"wl_surface">; fingers: number };
    end: { serial: number; time: number; cancelled: number };
  };
  zwp_primary_selection_device_manager_v1: {
  };
  zwp_primary_selection_device_v1: {
    data_offer: { offer: WlObject<"zwp_primary_selection_offer_v1"> };
    selection: { id: WlObject<"zwp_primary_selection_offer_v1"> | null };
  };
  zwp_primary_selection_offer_v1: {
    offer: { mime_type: string };
  };
  zwp_primary_selection_source_v1: {
    send: { mime_type: string; fd: Fd };
    cancelled: Record<never, never>;
  };
  zwp_relative_pointer_manager_v1: {
  };
  zwp_relative_pointer_v1: {
    relative_motion: { utime_hi: number; utime_lo: number; dx: number; dy: number; dx_unaccel: number; dy_unaccel: number };
  };
  zwp_tablet_manager_v1: {
  };
  zwp_tablet_seat_v1: {
    tablet_added: { id: WlObject<"zwp_tablet_v1"> };
    tool_added: { id: WlObject<"zwp_tablet_tool_v1"> };
  };
  zwp_tablet_tool_v1: {
    type: { tool_type: number };
    hardware_serial: { hardware_serial_hi: number; hardware_serial_lo: number };
    hardware_id_wacom: { hardware_id_hi: number; hardware_id_lo: number };
    capability: { capability: number };
    done: Record<never, never>;
    removed: Record<never, never>;
    proximity_in: { serial: number; tablet: WlObject<"zwp_tablet_v1">; surface: WlObject<"wl_surface"> };
    proximity_out: Record<never, never>;
    down: { serial: number };
    up: Record<never, never>;
    motion: { x: number; y: number };
    pressure: { pressure: number };
    distance: { distance: number };
    tilt: { tilt_x: number; tilt_y: number };
    rotation: { degrees: number };
    slider: { position: number };
    wheel: { degrees: number; clicks: number };
    button: { serial: number; button: number; state: number };
    frame: { time: number };
  };
  zwp_tablet_v1: {
    name: { name: string };
    id: { vid: number; pid: number };
    path: { path: string };
    done: Record<never, never>;
    removed: Record<never, never>;
  };
  zwp_text_input_v1: {
    enter: { surface: WlObject<"wl_surface"> };
    leave: Record<never, never>;
    modifiers_map: { map: Uint8Array };
    input_panel_state: { state: number };
    preedit_string: { serial: number; text: string; commit: string };
    preedit_styling: { index: number; length: number; style: number };
    preedit_cursor: { index: number };
    commit_string: { serial: number; text: string };
    cursor_position: { index: number; anchor: number };
    delete_surrounding_text: { index: number; length: number };
    keysym: { serial: number; time: number; sym: number; state: number; modifiers: number };
    language: { serial: number; language: string };
    text_direction: { serial: number; direction: number };
  };
  zwp_text_input_manager_v1: {
  };
  zwp_text_input_v3: {
    enter: { surface: WlObject<"wl_surface"> };
    leave: { surface: WlObject<"wl_surface"> };
    preedit_string: { text: string | null; cursor_begin: number; cursor_end: number };
    commit_string: { text: string | null };
    delete_surrounding_text: { before_length: number; after_length: number };
    done: { serial: number };
    action: { action: number; serial: number };
    language: { language: string };
    preedit_hint: { start: number; end: number; hint: number };
  };
  zwp_text_input_manager_v3: {
  };
  zxdg_decoration_manager_v1: {
  };
  zxdg_toplevel_decoration_v1: {
    configure: { mode: number };
  };
  zxdg_exporter_v1: {
  };
  zxdg_importer_v1: {
  };
  zxdg_exported_v1: {
    handle: { handle: string };
  };
  zxdg_imported_v1: {
    destroyed: Record<never, never>;
  };
  zxdg_exporter_v2: {
  };
  zxdg_importer_v2: {
  };
  zxdg_exported_v2: {
    handle: { handle: string };
  };
  zxdg_imported_v2: {
    destroyed: Record<never, never>;
  };
  zxdg_output_manager_v1: {
  };
  zxdg_output_v1: {
    logical_position: { x: number; y: number };
    logical_size: { width: number; height: number };
    done: Record<never, never>;
    name: { name: string };
    description: { description: string };
  };
  zxdg_shell_v6: {
    ping: { serial: number };
  };
  zxdg_positioner_v6: {
  };
  zxdg_surface_v6: {
    configure: { serial: number };
  };
  zxdg_toplevel_v6: {
    configure: { width: number; height: number; states: Uint8Array };
    close: Record<never, never>;
  };
  zxdg_popup_v6: {
    configure: { x: number; y: number; width: number; height: number };
    popup_done: Record<never, never>;
  };
  zwp_xwayland_keyboard_grab_manager_v1: {
  };
  zwp_xwayland_keyboard_grab_v1: {
  };
  org_kde_kwin_appmenu_manager: {
  };
  org_kde_kwin_appmenu: {
  };
  org_kde_kwin_blur_manager: {
  };
  org_kde_kwin_blur: {
  };
  org_kde_kwin_contrast_manager: {
  };
  org_kde_kwin_contrast: {
  };
  org_kde_kwin_dpms_manager: {
  };
  org_kde_kwin_dpms: {
    supported: { supported: number };
    mode: { mode: number };
    done: Record<never, never>;
  };
  org_kde_kwin_fake_input: {
  };
  _wl_fullscreen_shell: {
    capability: { capability: number };
  };
  _wl_fullscreen_shell_mode_feedback: {
    mode_successful: Record<never, never>;
    mode_failed: Record<never, never>;
    present_cancelled: Record<never, never>;
  };
  org_kde_kwin_idle: {
  };
  org_kde_kwin_idle_timeout: {
    idle: Record<never, never>;
    resumed: Record<never, never>;
  };
  kde_external_brightness_v1: {
  };
  kde_external_brightness_device_v1: {
    requested_brightness: { value: number };
  };
  kde_lockscreen_overlay_v1: {
  };
  kde_output_device_registry_v2: {
    finished: Record<never, never>;
    output: { output: WlObject<"kde_output_device_v2"> };
  };
  kde_output_device_v2: {
    geometry: { x: number; y: number; physical_width: number; physical_height: number; subpixel: number; make: string; model: string; transform: number };
    current_mode: { mode: WlObject<"kde_output_device_mode_v2"> };
    mode: { mode: WlObject<"kde_output_device_mode_v2"> };
    done: Record<never, never>;
    scale: { factor: number };
    edid: { raw: string };
    enabled: { enabled: number };
    uuid: { uuid: string };
    serial_number: { serialNumber: string };
    eisa_id: { eisaId: string };
    capabilities: { flags: number };
    overscan: { overscan: number };
    vrr_policy: { vrr_policy: number };
    rgb_range: { rgb_range: number };
    name: { name: string };
    high_dynamic_range: { hdr_enabled: number };
    sdr_brightness: { sdr_brightness: number };
    wide_color_gamut: { wcg_enabled: number };
    auto_rotate_policy: { policy: number };
    icc_profile_path: { profile_path: string };
    brightness_metadata: { max_peak_brightness: number; max_frame_average_brightness: number; min_brightness: number };
    brightness_overrides: { max_peak_brightness: number; max_average_brightness: number; min_brightness: number };
    sdr_gamut_wideness: { gamut_wideness: number };
    color_profile_source: { source: number };
    brightness: { brightness: number };
    color_power_tradeoff: { preference: number };
    dimming: { multiplier: number };
    replication_source: { source: string };
    ddc_ci_allowed: { allowed: number };
    max_bits_per_color: { max_bpc: number };
    max_bits_per_color_range: { min_value: number; max_value: number };
    automatic_max_bits_per_color_limit: { max_bpc_limit: number };
    edr_policy: { policy: number };
    sharpness: { sharpness: number };
    priority: { priority: number };
    auto_brightness: { enabled: number };
    removed: Record<never, never>;
    hdr_icc_profile_path: { profile_path: string };
    hdr_color_profile_source: { source: number };
    abm_level: { level: number };
  };
  kde_output_device_mode_v2: {
    size: { width: number; height: number };
    refresh: { refresh: number };
    preferred: Record<never, never>;
    removed: Record<never, never>;
    flags: { flags: number };
    cvt: { dot_clock: number; hdisplay: number; hsync_start: number; hsync_end: number; htotal: number; hskew: number; vdisplay: number; vsync_start: number; vsync_end: number; vtotal: number; vscan: number; flags: number };
  };
  kde_output_management_v2: {
  };
  kde_output_configuration_v2: {
    applied: Record<never, never>;
    failed: Record<never, never>;
    failure_reason: { reason: string };
  };
  kde_mode_list_v2: {
  };
  kde_output_order_v1: {
    output: { output_name: string };
    done: Record<never, never>;
  };
  kde_primary_output_v1: {
    primary_output: { output_name: string };
  };
  kde_screen_edge_manager_v1: {
  };
  kde_auto_hide_screen_edge_v1: {
  };
  org_kde_kwin_keystate: {
    stateChanged: { key: number; state: number };
  };
  org_kde_plasma_virtual_desktop_management: {
    desktop_created: { desktop_id: string; position: number };
    desktop_removed: { desktop_id: string };
    done: Record<never, never>;
    rows: { rows: number };
  };
  org_kde_plasma_virtual_desktop: {
    desktop_id: { desktop_id: string };
    name: { name: string };
    activated: Record<never, never>;
    deactivated: Record<never, never>;
    done: Record<never, never>;
    removed: Record<never, never>;
    position: { index: number };
    output_entered: { output_name: string };
  };
  org_kde_kwin_outputmanagement: {
  };
  org_kde_kwin_outputconfiguration: {
    applied: Record<never, never>;
    failed: Record<never, never>;
  };
  org_kde_kwin_outputdevice: {
    geometry: { x: number; y: number; physical_width: number; physical_height: number; subpixel: number; make: string; model: string; transform: number };
    mode: { flags: number; width: number; height: number; refresh: number; mode_id: number };
    done: Record<never, never>;
    scale: { factor: number };
    edid: { raw: string };
    enabled: { enabled: number };
    uuid: { uuid: string };
    scalef: { factor: number };
    colorcurves: { red: Uint8Array; green: Uint8Array; blue: Uint8Array };
    serial_number: { serialNumber: string };
    eisa_id: { eisaId: string };
    capabilities: { flags: number };
    overscan: { overscan: number };
    vrr_policy: { vrr_policy: number };
  };
  org_kde_plasma_shell: {
  };
  org_kde_plasma_surface: {
    auto_hidden_panel_hidden: Record<never, never>;
    auto_hidden_panel_shown: Record<never, never>;
  };
  org_kde_plasma_window_management: {
    show_desktop_changed: { state: number };
    window: { id: number };
    stacking_order_changed: { ids: Uint8Array };
    stacking_order_uuid_changed: { uuids: string };
    window_with_uuid: { id: number; uuid: string };
    stacking_order_changed_2: Record<never, never>;
  };
  org_kde_plasma_window: {
    title_changed: { title: string };
    app_id_changed: { app_id: string };
    state_changed: { flags: number };
    virtual_desktop_changed: { number: number };
    themed_icon_name_changed: { name: string };
    unmapped: Record<never, never>;
    initial_state: Record<never, never>;
    parent_window: { parent: WlObject<"org_kde_plasma_window"> | null };
    geometry: { x: number; y: number; width: number; height: number };
    icon_changed: Record<never, never>;
    pid_changed: { pid: number };
    virtual_desktop_entered: { id: string };
    virtual_desktop_left: { is: string };
    application_menu: { service_name: string; object_path: string };
    activity_entered: { id: string };
    activity_left: { id: string };
    resource_name_changed: { resource_name: string };
    client_geometry: { x: number; y: number; width: number; height: number };
    mapped: Record<never, never>;
  };
  org_kde_plasma_activation_feedback: {
    activation: { id: WlObject<"org_kde_plasma_activation"> };
  };
  org_kde_plasma_activation: {
    app_id: { app_id: string };
    finished: Record<never, never>;
  };
  org_kde_plasma_stacking_order: {
    window: { uuid: string };
    done: Record<never, never>;
  };
  org_kde_kwin_remote_access_manager: {
    buffer_ready: { id: number; output: WlObject<"wl_output"> };
  };
  org_kde_kwin_remote_buffer: {
    gbm_handle: { fd: Fd; width: number; height: number; stride: number; format: number };
  };
  zkde_screencast_unstable_v1: {
  };
  zkde_screencast_stream_unstable_v1: {
    closed: Record<never, never>;
    created: { node: number };
    failed: { error: string };
    serial: { object_serial_hi: number; object_serial_low: number };
  };
  org_kde_kwin_server_decoration_palette_manager: {
  };
  org_kde_kwin_server_decoration_palette: {
  };
  org_kde_kwin_server_decoration_manager: {
    default_mode: { mode: number };
  };
  org_kde_kwin_server_decoration: {
    mode: { mode: number };
  };
  org_kde_kwin_shadow_manager: {
  };
  org_kde_kwin_shadow: {
  };
  org_kde_kwin_slide_manager: {
  };
  org_kde_kwin_slide: {
  };
  qt_surface_extension: {
  };
  qt_extended_surface: {
    onscreen_visibility: { visible: number };
    set_generic_property: { name: string; value: Uint8Array };
    close: Record<never, never>;
  };
  zwp_text_input_v2: {
    enter: { serial: number; surface: WlObject<"wl_surface"> };
    leave: { serial: number; surface: WlObject<"wl_surface"> };
    input_panel_state: { state: number; x: number; y: number; width: number; height: number };
    preedit_string: { text: string; commit: string };
    preedit_styling: { index: number; length: number; style: number };
    preedit_cursor: { index: number };
    commit_string: { text: string };
    cursor_position: { index: number; anchor: number };
    delete_surrounding_text: { before_length: number; after_length: number };
    modifiers_map: { map: Uint8Array };
    keysym: { time: number; sym: number; state: number; modifiers: number };
    language: { language: string };
    text_direction: { direction: number };
    configure_surrounding_text: { before_cursor: number; after_cursor: number };
    input_method_changed: { serial: number; flags: number };
  };
  zwp_text_input_manager_v2: {
  };
  wl_text_input: {
    enter: { surface: WlObject<"wl_surface"> };
    leave: Record<never, never>;
    modifiers_map: { map: Uint8Array };
    input_panel_state: { state: number };
    preedit_string: { serial: number; text: string; commit: string };
    preedit_styling: { index: number; length: number; style: number };
    preedit_cursor: { index: number };
    commit_string: { serial: number; text: string };
    cursor_position: { index: number; anchor: number };
    delete_surrounding_text: { index: number; length: number };
    keysym: { serial: number; time: number; sym: number; state: number; modifiers: number };
    language: { serial: number; language: string };
    text_direction: { serial: number; direction: number };
  };
  wl_text_input_manager: {
  };
  zwlr_data_control_manager_v1: {
  };
  zwlr_data_control_device_v1: {
    data_offer: { id: WlObject<"zwlr_data_control_offer_v1"> };
    selection: { id: WlObject<"zwlr_data_control_offer_v1"> | null };
    finished: Record<never, never>;
    primary_selection: { id: WlObject<"zwlr_data_control_offer_v1"> | null };
  };
  zwlr_data_control_source_v1: {
    send: { mime_type: string; fd: Fd };
    cancelled: Record<never, never>;
  };
  zwlr_data_control_offer_v1: {
    offer: { mime_type: string };
  };
  zwlr_export_dmabuf_manager_v1: {
  };
  zwlr_export_dmabuf_frame_v1: {
    frame: { width: number; height: number; offset_x: number; offset_y: number; buffer_flags: number; flags: number; format: number; mod_high: number; mod_low: number; num_objects: number };
    object: { index: number; fd: Fd; size: number; offset: number; stride: number; plane_index: number };
    ready: { tv_sec_hi: number; tv_sec_lo: number; tv_nsec: number };
    cancel: { reason: number };
  };
  zwlr_foreign_toplevel_manager_v1: {
    toplevel: { toplevel: WlObject<"zwlr_foreign_toplevel_handle_v1"> };
    finished: Record<never, never>;
  };
  zwlr_foreign_toplevel_handle_v1: {
    title: { title: string };
    app_id: { app_id: string };
    output_enter: { output: WlObject<"wl_output"> };
    output_leave: { output: WlObject<"wl_output"> };
    state: { state: Uint8Array };
    done: Record<never, never>;
    closed: Record<never, never>;
    parent: { parent: WlObject<"zwlr_foreign_toplevel_handle_v1"> | null };
  };
  zwlr_gamma_control_manager_v1: {
  };
  zwlr_gamma_control_v1: {
    gamma_size: { size: number };
    failed: Record<never, never>;
  };
  zwlr_input_inhibit_manager_v1: {
  };
  zwlr_input_inhibitor_v1: {
  };
  zwlr_layer_shell_v1: {
  };
  zwlr_layer_surface_v1: {
    configure: { serial: number; width: number; height: number };
    closed: Record<never, never>;
  };
  zwlr_output_manager_v1: {
    head: { head: WlObject<"zwlr_output_head_v1"> };
    done: { serial: number };
    finished: Record<never, never>;
  };
  zwlr_output_head_v1: {
    name: { name: string };
    description: { description: string };
    physical_size: { width: number; height: number };
    mode: { mode: WlObject<"zwlr_output_mode_v1"> };
    enabled: { enabled: number };
    current_mode: { mode: WlObject<"zwlr_output_mode_v1"> };
    position: { x: number; y: number };
    transform: { transform: number };
    scale: { scale: number };
    finished: Record<never, never>;
    make: { make: string };
    model: { model: string };
    serial_number: { serial_number: string };
    adaptive_sync: { state: number };
  };
  zwlr_output_mode_v1: {
    size: { width: number; height: number };
    refresh: { refresh: number };
    preferred: Record<never, never>;
    finished: Record<never, never>;
  };
  zwlr_output_configuration_v1: {
    succeeded: Record<never, never>;
    failed: Record<never, never>;
    cancelled: Record<never, never>;
  };
  zwlr_output_configuration_head_v1: {
  };
  zwlr_output_power_manager_v1: {
  };
  zwlr_output_power_v1: {
    mode: { mode: number };
    failed: Record<never, never>;
  };
  zwlr_screencopy_manager_v1: {
  };
  zwlr_screencopy_frame_v1: {
    buffer: { format: number; width: number; height: number; stride: number };
    flags: { flags: number };
    ready: { tv_sec_hi: number; tv_sec_lo: number; tv_nsec: number };
    failed: Record<never, never>;
    damage: { x: number; y: number; width: number; height: number };
    linux_dmabuf: { format: number; width: number; height: number };
    buffer_done: Record<never, never>;
  };
  zwlr_virtual_pointer_v1: {
  };
  zwlr_virtual_pointer_manager_v1: {
  };
  gtk_primary_selection_device_manager: {
  };
  gtk_primary_selection_device: {
    data_offer: { offer: WlObject<"gtk_primary_selection_offer"> };
    selection: { id: WlObject<"gtk_primary_selection_offer"> | null };
  };
  gtk_primary_selection_offer: {
    offer: { mime_type: string };
  };
  gtk_primary_selection_source: {
    send: { mime_type: string; fd: Fd };
    cancelled: Record<never, never>;
  };
  zwp_input_method_v2: {
    activate: Record<never, never>;
    deactivate: Record<never, never>;
    surrounding_text: { text: string; cursor: number; anchor: number };
    text_change_cause: { cause: number };
    content_type: { hint: number; purpose: number };
    done: Record<never, never>;
    unavailable: Record<never, never>;
  };
  zwp_input_popup_surface_v2: {
    text_input_rectangle: { x: number; y: number; width: number; height: number };
  };
  zwp_input_method_keyboard_grab_v2: {
    keymap: { format: number; fd: Fd; size: number };
    key: { serial: number; time: number; key: number; state: number };
    modifiers: { serial: number; mods_depressed: number; mods_latched: number; mods_locked: number; group: number };
    repeat_info: { rate: number; delay: number };
  };
  zwp_input_method_manager_v2: {
  };
  zwp_virtual_keyboard_v1: {
  };
  zwp_virtual_keyboard_manager_v1: {
  };
  hyprland_ctm_control_manager_v1: {
    blocked: Record<never, never>;
  };
  hyprland_focus_grab_manager_v1: {
  };
  hyprland_focus_grab_v1: {
    cleared: Record<never, never>;
  };
  hyprland_global_shortcuts_manager_v1: {
  };
  hyprland_global_shortcut_v1: {
    pressed: { tv_sec_hi: number; tv_sec_lo: number; tv_nsec: number };
    released: { tv_sec_hi: number; tv_sec_lo: number; tv_nsec: number };
  };
  hyprland_input_capture_manager_v1: {
  };
  hyprland_input_capture_v1: {
    eis_fd: { fd: Fd };
    disabled: Record<never, never>;
    activated: { activation_id: number; x: number; y: number; barrier_id: number };
    deactivated: { activation_id: number };
  };
  hyprland_lock_notifier_v1: {
  };
  hyprland_lock_notification_v1: {
    locked: Record<never, never>;
    unlocked: Record<never, never>;
  };
  hyprland_surface_manager_v1: {
  };
  hyprland_surface_v1: {
  };
  hyprland_toplevel_export_manager_v1: {
  };
  hyprland_toplevel_export_frame_v1: {
    buffer: { format: number; width: number; height: number; stride: number };
    damage: { x: number; y: number; width: number; height: number };
    flags: { flags: number };
    ready: { tv_sec_hi: number; tv_sec_lo: number; tv_nsec: number };
    failed: Record<never, never>;
    linux_dmabuf: { format: number; width: number; height: number };
    buffer_done: Record<never, never>;
  };
  hyprland_toplevel_mapping_manager_v1: {
  };
  hyprland_toplevel_window_mapping_handle_v1: {
    window_address: { address_hi: number; address: number };
    failed: Record<never, never>;
  };
  hyprland_workspace_image_capture_source_manager_v1: {
  };
  weston_content_protection: {
  };
  weston_protected_surface: {
    status: { type: number };
  };
  weston_debug_v1: {
    available: { name: string; description: string | null };
  };
  weston_debug_stream_v1: {
    complete: Record<never, never>;
    failure: { message: string | null };
  };
  weston_direct_display_v1: {
  };
  weston_capture_v1: {
  };
  weston_capture_source_v1: {
    format: { drm_format: number };
    size: { width: number; height: number };
    complete: Record<never, never>;
    retry: Record<never, never>;
    failed: { msg: string | null };
    formats_done: Record<never, never>;
  };
  gtk_shell1: {
    capabilities: { capabilities: number };
  };
  gtk_surface1: {
    configure: { states: Uint8Array };
    configure_edges: { constraints: Uint8Array };
  };
  wl_drm: {
    device: { name: string };
    format: { format: number };
    authenticated: Record<never, never>;
    capabilities: { value: number };
  };
}
