// SPDX-License-Identifier: Apache-2.0
/**
 * Says what is lost without a global, and who notices. Of globals that do the same thing one is enough. Programs are
 * examples that Debian has, not all there are.
 */
export interface WantedGlobal {
  readonly names: readonly string[];
  readonly purpose: string;
  readonly programs: string;
  /** Whether windows cannot be shown without. */
  readonly essential?: true;
}

export const wantedGlobals: readonly WantedGlobal[] = [
  { names: ["wl_compositor"], purpose: "surfaces", programs: "all programs", essential: true },
  { names: ["wl_shm"], purpose: "pixels in memory", programs: "all programs", essential: true },
  { names: ["xdg_wm_base", "zxdg_shell_v6"], purpose: "windows", programs: "all programs", essential: true },
  { names: ["wl_seat"], purpose: "keyboard and pointer", programs: "all programs" },
  { names: ["wl_output"], purpose: "screens, their sizes and scales", programs: "all programs" },
  { names: ["wl_data_device_manager"], purpose: "the clipboard, drag and drop", programs: "all programs" },
  { names: ["wl_subcompositor"], purpose: "windows made of parts", programs: "Firefox, mpv, title bars of libdecor" },
  {
    names: ["zwp_primary_selection_device_manager_v1", "gtk_primary_selection_device_manager"],
    purpose: "pasting with the middle button",
    programs: "terminals, GTK, Qt",
  },
  { names: ["wp_viewporter"], purpose: "scaling of what is drawn", programs: "mpv, Firefox, GTK 4, Xwayland" },
  {
    names: ["wp_fractional_scale_manager_v1"],
    purpose: "sharp text at scales such as 1.25",
    programs: "GTK 4, Qt 6, foot, Firefox",
  },
  {
    names: ["zxdg_decoration_manager_v1", "org_kde_kwin_server_decoration_manager"],
    purpose: "title bars that the compositor draws",
    programs: "foot, Qt, mpv: they draw their own, or none",
  },
  { names: ["wp_cursor_shape_manager_v1"], purpose: "the compositor's own cursors", programs: "foot, Qt 6, Chromium" },
  {
    names: ["xdg_activation_v1"],
    purpose: "raising a window that another program asks for",
    programs: "GTK, Qt 6, Firefox: links open in the background",
  },
  {
    names: ["zwp_linux_dmabuf_v1", "wl_drm"],
    purpose: "drawing with a GPU",
    programs: "games, Firefox, GTK 4: they draw with the processor",
  },
  {
    names: ["zwp_text_input_manager_v3", "zwp_text_input_manager_v1"],
    purpose: "input methods (fcitx, ibus)",
    programs: "GTK, Qt, Firefox, foot",
  },
  { names: ["zwp_idle_inhibit_manager_v1"], purpose: "keeping the screen on", programs: "mpv, Firefox, VLC" },
  { names: ["wp_presentation"], purpose: "the times at which frames are shown", programs: "mpv, games" },
  {
    names: ["zwp_relative_pointer_manager_v1"],
    purpose: "motion of a pointer that stands still",
    programs: "games, viewers of VMs",
  },
  { names: ["zwp_pointer_constraints_v1"], purpose: "keeping the pointer inside", programs: "games, viewers of VMs" },
  { names: ["zwp_pointer_gestures_v1"], purpose: "gestures on a touchpad", programs: "GTK, Firefox, Evince" },
  { names: ["zwp_tablet_manager_v2"], purpose: "drawing tablets", programs: "Krita, GIMP, Inkscape" },
  { names: ["zxdg_output_manager_v1"], purpose: "names and places of screens", programs: "Xwayland, grim" },
  {
    names: ["zwp_keyboard_shortcuts_inhibit_manager_v1"],
    purpose: "keys that the compositor keeps for itself",
    programs: "viewers of remote desktops and VMs",
  },
];

/** The globals that are hidden unless they are exposed. A compositor that has none of them is no loss. */
export const privilegedGlobals: readonly WantedGlobal[] = [
  { names: ["zwlr_layer_shell_v1"], purpose: "panels and launchers", programs: "waybar, wofi, mako, swaybg" },
  {
    names: ["zwlr_screencopy_manager_v1", "ext_image_copy_capture_manager_v1"],
    purpose: "pictures of the screen",
    programs: "grim, wf-recorder, OBS",
  },
  {
    names: ["zwlr_data_control_manager_v1", "ext_data_control_manager_v1"],
    purpose: "the clipboard without a window",
    programs: "cliphist, wl-paste --watch",
  },
  {
    names: ["zwlr_foreign_toplevel_manager_v1", "ext_foreign_toplevel_list_v1"],
    purpose: "lists of windows",
    programs: "waybar, lswt, task bars",
  },
  { names: ["zwp_virtual_keyboard_manager_v1"], purpose: "typing by programs", programs: "wtype, squeekboard, wayvnc" },
  { names: ["zwlr_virtual_pointer_manager_v1"], purpose: "pointing by programs", programs: "wayvnc, wlrctl" },
  {
    names: ["zwp_input_method_manager_v2", "zwp_input_method_v1"],
    purpose: "being an input method",
    programs: "fcitx, ibus, squeekboard",
  },
  { names: ["ext_session_lock_manager_v1"], purpose: "locking the screen", programs: "swaylock, gtklock" },
  {
    names: ["ext_idle_notifier_v1", "org_kde_kwin_idle"],
    purpose: "knowing that nobody is there",
    programs: "swayidle",
  },
  { names: ["zwlr_output_manager_v1"], purpose: "setting up screens", programs: "kanshi, wlr-randr, wdisplays" },
  { names: ["zwlr_gamma_control_manager_v1"], purpose: "colours of the screen", programs: "gammastep, wlsunset" },
  { names: ["ext_workspace_manager_v1"], purpose: "switching workspaces", programs: "task bars" },
];
