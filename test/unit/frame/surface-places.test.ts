// SPDX-License-Identifier: Apache-2.0
/** Messages that name a place or a part of a surface: the host may count from another corner than the client. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { frameHooks } from "../../../src/frame/frame-hooks.ts";
import { unframedGlobals } from "../../../src/frame/unframed-globals.ts";
import { tables } from "../../../src/protocol/generated/tables.ts";
import { guarding } from "../../support/policy.ts";

/** A number that may be a place, or a region: `x:int`, `hotspot_x:int`, `region:object?:wl_region`. */
const place = /(?:^|_)x(?:_offset)?:(?:int|uint|fixed)\b|:object\??:wl_region\b/;

/** What names no place of a window's surface, by why it does not. */
const others: Readonly<Record<string, readonly string[]>> = {
  "a distance": [
    "wl_surface.offset",
    "xdg_positioner.set_offset",
    "org_kde_kwin_fake_input.pointer_motion",
    "zwp_tablet_tool_v1.tilt",
    "zwp_tablet_tool_v2.tilt",
  ],
  "a place of a cursor's picture": [
    "wl_pointer.set_cursor",
    "zwp_tablet_tool_v1.set_cursor",
    "zwp_tablet_tool_v2.set_cursor",
    "ext_image_copy_capture_cursor_session_v1.hotspot",
  ],
  "a place of a buffer": [
    "wl_surface.damage_buffer",
    "ext_image_copy_capture_frame_v1.damage_buffer",
    "ext_image_copy_capture_frame_v1.damage",
    "ext_image_copy_capture_cursor_session_v1.position",
    "zwlr_screencopy_frame_v1.damage",
    "zwlr_export_dmabuf_frame_v1.frame",
    "hyprland_toplevel_export_frame_v1.damage",
  ],
  "a place on the screen": [
    "wl_output.geometry",
    "zxdg_output_v1.logical_position",
    "zwlr_output_head_v1.position",
    "zwlr_output_configuration_head_v1.set_position",
    "zwlr_screencopy_manager_v1.capture_output_region",
    "zwlr_virtual_pointer_v1.motion_absolute",
    "kde_output_device_v2.geometry",
    "kde_output_configuration_v2.position",
    "org_kde_kwin_outputdevice.geometry",
    "org_kde_kwin_outputconfiguration.position",
    "org_kde_plasma_window.geometry",
    "org_kde_plasma_window.client_geometry",
    "org_kde_kwin_fake_input.touch_down",
    "org_kde_kwin_fake_input.touch_motion",
    "org_kde_kwin_fake_input.pointer_motion_absolute",
    "zkde_screencast_unstable_v1.stream_region",
    "hyprland_input_capture_v1.release",
    "hyprland_input_capture_v1.activated",
  ],
  "a color": [
    "wp_image_description_creator_params_v1.set_primaries",
    "wp_image_description_creator_params_v1.set_mastering_display_primaries",
    "wp_image_description_info_v1.primaries",
    "wp_image_description_info_v1.target_primaries",
  ],
  "a place of what is hidden with a frame": [
    "wl_shell_surface.set_transient",
    "wl_shell_surface.set_popup",
    "zxdg_positioner_v6.set_anchor_rect",
    "zxdg_positioner_v6.set_offset",
    "zxdg_surface_v6.set_window_geometry",
    "zxdg_toplevel_v6.show_window_menu",
    "zxdg_popup_v6.configure",
    "org_kde_plasma_surface.set_position",
    "hyprland_surface_v1.set_visible_region",
    "zwp_input_popup_surface_v2.text_input_rectangle",
    "org_kde_plasma_window.set_minimized_geometry",
  ],
};

it("each message with a place of a surface has a hook of frames, or is known to need none", () => {
  const hooks = frameHooks(guarding({}), { color: "#cc3333", label: "", width: 4 }, async () => null);
  const hooked = new Set(
    hooks
      .flatMap(({ requests, events }) => [requests, events])
      .flatMap((all) => Object.entries(all ?? {}))
      .flatMap(([name, messages]) => Object.keys(messages).map((message) => `${name}.${message}`)),
  );
  const found = tables
    .flatMap(({ interfaces }) => interfaces)
    .flatMap(({ name, requests, events }) => [...requests, ...events].map((line) => [name, line.split(" ")] as const))
    .filter(([, [, ...args]]) => args.some((arg) => place.test(arg)))
    .map(([name, [head = ""]]) => `${name}.${head.replace(/[!@].*/, "")}`);
  const known = Object.values(others).flat();
  assert.deepEqual(
    found.filter((name) => !hooked.has(name) && !known.includes(name)),
    [],
    "new ones",
  );
  assert.deepEqual(
    known.filter((name) => !found.includes(name)),
    [],
    "ones that are gone",
  );
});

it("what shows a surface without a window, or lets one see through a window, is hidden", () => {
  for (const name of ["zwlr_layer_shell_v1", "zxdg_shell_v6", "wl_shell", "_wl_fullscreen_shell"])
    assert.ok(unframedGlobals.includes(name), name);
  for (const name of ["wp_alpha_modifier_v1", "hyprland_surface_manager_v1"])
    assert.ok(unframedGlobals.includes(name), name);
});
