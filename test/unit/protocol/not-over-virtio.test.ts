// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { tables } from "../../../src/protocol/generated/tables.ts";
import { GlobalPolicy } from "../../../src/protocol/global-policy.ts";
import { notOverVirtio } from "../../../src/protocol/not-over-virtio.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { ArgKind, type Interface } from "../../../src/wire/signature.ts";

const protocol = new ProtocolRegistry();

/** Messages with a descriptor that can cross: memory (`file`, `buffer`) and the ends of pipes that are written to. */
const passable = [
  // pipes
  ...["wl_data_source", "zwp_primary_selection_source_v1", "gtk_primary_selection_source"].map(
    (type) => `${type}.send`,
  ),
  ...["ext_data_control_source_v1", "zwlr_data_control_source_v1"].map((type) => `${type}.send`),
  ...["wl_data_offer", "zwp_primary_selection_offer_v1", "gtk_primary_selection_offer"].map(
    (type) => `${type}.receive`,
  ),
  ...["ext_data_control_offer_v1", "zwlr_data_control_offer_v1"].map((type) => `${type}.receive`),
  "org_kde_plasma_window.get_icon",
  "weston_debug_v1.subscribe",
  // files
  ...["wl_keyboard", "zwp_input_method_keyboard_grab_v2", "zwp_virtual_keyboard_v1"].map((type) => `${type}.keymap`),
  "zwp_linux_dmabuf_feedback_v1.format_table",
  "wp_image_description_info_v1.icc_file",
  "wp_image_description_creator_icc_v1.set_icc_file",
  "wl_shm.create_pool",
  "zwlr_gamma_control_v1.set_gamma",
  // buffers
  "zwp_linux_buffer_params_v1.add",
  "wl_drm.create_prime_buffer",
  "zwlr_export_dmabuf_frame_v1.object",
  "org_kde_kwin_remote_buffer.gbm_handle",
];

/** All that can be made with an object of one interface, itself included. */
function reachable(type: Interface, found = new Set<Interface>()): Set<Interface> {
  if (found.has(type)) return found;
  found.add(type);
  for (const { args } of [...type.requests, ...type.events]) {
    for (const arg of args) if (arg.kind === ArgKind.newId && arg.interface !== null) reachable(arg.interface, found);
  }
  return found;
}

describe("what cannot cross the channel of a VM", () => {
  it("is hidden, even if the user exposes it", () => {
    const policy = new GlobalPolicy({ expose: notOverVirtio, hide: notOverVirtio });
    policy.check(protocol);
    for (const name of notOverVirtio) assert.equal(policy.offered(name, 1, 1), 0, name);
  });

  it("covers every message with a descriptor that is not known to pass", () => {
    const hidden = new Set(notOverVirtio.flatMap((name) => [...reachable(protocol.get(name) as Interface)]));
    const uncovered = [];
    for (const { interfaces } of tables) {
      for (const { name } of interfaces) {
        const type = protocol.get(name) as Interface;
        if (hidden.has(type)) continue;
        for (const message of [...type.requests, ...type.events]) {
          if (message.fds > 0) uncovered.push(`${name}.${message.name}`);
        }
      }
    }
    assert.deepEqual(uncovered.sort(), [...passable].sort());
  });

  it("hides nothing that passes", () => {
    for (const name of notOverVirtio) {
      const messages = [...reachable(protocol.get(name) as Interface)].flatMap((type) =>
        [...type.requests, ...type.events]
          .filter(({ fds }) => fds > 0)
          .map((message) => `${type.name}.${message.name}`),
      );
      assert.ok(messages.length > 0, `${name} has no descriptors`);
      for (const message of messages) assert.ok(!passable.includes(message), message);
    }
  });
});
