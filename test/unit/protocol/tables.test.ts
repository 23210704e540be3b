// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { ArgKind, type Interface, type Message } from "../../../src/wire/signature.ts";

const protocol = new ProtocolRegistry();
const interfaces = [...protocol.names()].map((name) => protocol.get(name)).filter((one) => one !== undefined);

/** The names (`interface.message`) of the messages that a test picks, sorted. */
function pick(side: "requests" | "events", wanted: (message: Message, one: Interface) => boolean): string[] {
  return interfaces
    .flatMap((one) =>
      one[side].filter((message) => wanted(message, one)).map((message) => `${one.name}.${message.name}`),
    )
    .sort();
}

const carriesFds = (message: Message): boolean => message.fds > 0;
const creates = (message: Message): boolean => message.args.some((arg) => arg.kind === ArgKind.newId);

test("every destructor event of the known protocols is marked: older files miss some", () => {
  assert.deepEqual(
    pick("events", (message) => message.destructor),
    [
      "ext_workspace_manager_v1.finished",
      "kde_output_device_registry_v2.finished",
      "org_kde_plasma_stacking_order.done",
      "wl_callback.done",
      "wp_drm_lease_device_v1.released",
      "wp_image_description_info_v1.done",
      "wp_presentation_feedback.discarded",
      "wp_presentation_feedback.presented",
      "zwlr_foreign_toplevel_manager_v1.finished",
      "zwlr_output_manager_v1.finished",
      "zwp_fullscreen_shell_mode_feedback_v1.mode_failed",
      "zwp_fullscreen_shell_mode_feedback_v1.mode_successful",
      "zwp_fullscreen_shell_mode_feedback_v1.present_cancelled",
      "zwp_linux_buffer_release_v1.fenced_release",
      "zwp_linux_buffer_release_v1.immediate_release",
    ],
  );
});

test("objects are made by exactly these events", () => {
  assert.deepEqual(pick("events", creates), [
    "ext_data_control_device_v1.data_offer",
    "ext_foreign_toplevel_list_v1.toplevel",
    "ext_workspace_manager_v1.workspace",
    "ext_workspace_manager_v1.workspace_group",
    "gtk_primary_selection_device.data_offer",
    "kde_output_device_registry_v2.output",
    "kde_output_device_v2.mode",
    "org_kde_plasma_activation_feedback.activation",
    "wl_data_device.data_offer",
    "wp_drm_lease_device_v1.connector",
    "zwlr_data_control_device_v1.data_offer",
    "zwlr_foreign_toplevel_manager_v1.toplevel",
    "zwlr_output_head_v1.mode",
    "zwlr_output_manager_v1.head",
    "zwp_input_method_v1.activate",
    "zwp_linux_buffer_params_v1.created",
    "zwp_primary_selection_device_v1.data_offer",
    "zwp_tablet_pad_group_v2.dial",
    "zwp_tablet_pad_group_v2.ring",
    "zwp_tablet_pad_group_v2.strip",
    "zwp_tablet_pad_v2.group",
    "zwp_tablet_seat_v1.tablet_added",
    "zwp_tablet_seat_v1.tool_added",
    "zwp_tablet_seat_v2.pad_added",
    "zwp_tablet_seat_v2.tablet_added",
    "zwp_tablet_seat_v2.tool_added",
  ]);
});

test("descriptors travel with exactly these requests", () => {
  assert.deepEqual(pick("requests", carriesFds), [
    "ext_data_control_offer_v1.receive",
    "gtk_primary_selection_offer.receive",
    "org_kde_plasma_window.get_icon",
    "weston_debug_v1.subscribe",
    "wl_data_offer.receive",
    "wl_drm.create_prime_buffer",
    "wl_shm.create_pool",
    "wp_image_description_creator_icc_v1.set_icc_file",
    "wp_linux_drm_syncobj_manager_v1.import_timeline",
    "wp_security_context_manager_v1.create_listener",
    "zwlr_data_control_offer_v1.receive",
    "zwlr_gamma_control_v1.set_gamma",
    "zwp_linux_buffer_params_v1.add",
    "zwp_linux_surface_synchronization_v1.set_acquire_fence",
    "zwp_primary_selection_offer_v1.receive",
    "zwp_virtual_keyboard_v1.keymap",
  ]);
});

test("descriptors travel with exactly these events", () => {
  assert.deepEqual(pick("events", carriesFds), [
    "ext_data_control_source_v1.send",
    "gtk_primary_selection_source.send",
    "hyprland_input_capture_v1.eis_fd",
    "org_kde_kwin_remote_buffer.gbm_handle",
    "wl_data_source.send",
    "wl_keyboard.keymap",
    "wp_drm_lease_device_v1.drm_fd",
    "wp_drm_lease_v1.lease_fd",
    "wp_image_description_info_v1.icc_file",
    "zwlr_data_control_source_v1.send",
    "zwlr_export_dmabuf_frame_v1.object",
    "zwp_input_method_keyboard_grab_v2.keymap",
    "zwp_linux_buffer_release_v1.fenced_release",
    "zwp_linux_dmabuf_feedback_v1.format_table",
    "zwp_primary_selection_source_v1.send",
  ]);
});

test("only wp_security_context_manager_v1.create_listener carries two descriptors, the others one", () => {
  const several = (message: Message): boolean => message.fds > 1;
  assert.deepEqual(pick("requests", several), ["wp_security_context_manager_v1.create_listener"]);
  assert.equal(protocol.get("wp_security_context_manager_v1")?.requests[1]?.fds, 2);
  assert.deepEqual(pick("events", several), []);
});

test("wl_registry.bind alone leaves the new object's interface to the sender", () => {
  const generic = (message: Message): boolean => message.args.some((arg) => arg.kind === ArgKind.genericNewId);
  assert.deepEqual(pick("requests", generic), ["wl_registry.bind"]);
  assert.deepEqual(pick("events", generic), []);
});

test("wl_fixes.destroy_registry alone destroys an object other than its receiver", () => {
  const destroysOther = (message: Message): boolean => message.destroysArg >= 0;
  assert.deepEqual(pick("requests", destroysOther), ["wl_fixes.destroy_registry"]);
  assert.deepEqual(pick("events", destroysOther), []);
  const argument = protocol.get("wl_fixes")?.requests[1]?.args[0];
  assert.equal(argument?.interface, protocol.get("wl_registry"));
});

test("every enum that an argument names is there", () => {
  const missing = interfaces.flatMap((one) =>
    [...one.requests, ...one.events]
      .flatMap((message) => message.args)
      .map((arg) => arg.enum)
      .filter((name) => name !== null && protocol.enumOf(name) === undefined),
  );
  assert.deepEqual(missing, []);
});

test("no message is newer than its interface", () => {
  const tooNew = (message: Message, one: Interface): boolean => !(message.since >= 1 && message.since <= one.version);
  assert.deepEqual([...pick("requests", tooNew), ...pick("events", tooNew)], []);
});

test("the protocols that the proxy is meant for are there, at the versions of today", () => {
  const versions = [
    "wl_compositor",
    "xdg_wm_base",
    "zwp_linux_dmabuf_v1",
    "zwlr_layer_shell_v1",
    "gtk_shell1",
    "wl_drm",
  ];
  assert.deepEqual(
    versions.map((name) => protocol.get(name)?.version),
    [7, 7, 6, 5, 6, 2],
  );
});
