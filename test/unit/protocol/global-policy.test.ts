// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { GlobalPolicy } from "../../../src/protocol/global-policy.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";

test("core and standard globals are offered, at the least of the host's, the tables' and the list's version", () => {
  const policy = new GlobalPolicy();
  assert.equal(policy.offered("wl_compositor", 6, 7), 6);
  assert.equal(policy.offered("wl_compositor", 99, 5), 5);
  assert.equal(policy.offered("wl_compositor", 99, 99), 7);
  assert.equal(policy.offered("xdg_wm_base", 3, 7), 3);
});

test("what sees or controls other clients is hidden until it is asked for by name", () => {
  const privileged = [
    "zwlr_screencopy_manager_v1",
    "ext_image_copy_capture_manager_v1",
    "zwlr_layer_shell_v1",
    "ext_data_control_manager_v1",
    "zwlr_data_control_manager_v1",
    "zwp_virtual_keyboard_manager_v1",
    "zwlr_virtual_pointer_manager_v1",
    "zwp_input_method_manager_v2",
    "zwp_input_method_v1",
    "ext_session_lock_manager_v1",
    "zwlr_output_manager_v1",
    "zwlr_foreign_toplevel_manager_v1",
    "zwlr_gamma_control_manager_v1",
    "wp_security_context_manager_v1",
    "wp_drm_lease_device_v1",
  ];
  for (const name of privileged) {
    assert.equal(new GlobalPolicy().offered(name, 1, 1), 0, name);
    assert.equal(new GlobalPolicy({ expose: [name] }).offered(name, 1, 1), 1, name);
  }
});

test("an unknown interface is hidden; asked for by name it is offered if a protocol file described it", () => {
  assert.equal(new GlobalPolicy().offered("my_protocol_v1", 3, 2), 0);
  assert.equal(new GlobalPolicy({ expose: ["my_protocol_v1"] }).offered("my_protocol_v1", 3, 2), 2);
  assert.equal(new GlobalPolicy({ expose: ["my_protocol_v1"] }).offered("my_protocol_v1", 3, 0), 0);
});

test("what a protocol adds that the user gave is offered, but for what the list knows to be privileged", () => {
  const policy = new GlobalPolicy({ added: ["my_protocol_v1", "zwlr_layer_shell_v1"], hide: ["my_other_v1"] });
  assert.equal(policy.offered("my_protocol_v1", 3, 2), 2);
  assert.equal(policy.offered("zwlr_layer_shell_v1", 5, 9), 0);
  assert.equal(
    new GlobalPolicy({ added: ["my_protocol_v1"], hide: ["my_protocol_v1"] }).offered("my_protocol_v1", 3, 2),
    0,
  );
});

test("a version behind the name takes the place of the list's, within what the host and the tables have", () => {
  const policy = new GlobalPolicy({ expose: ["zwlr_layer_shell_v1=3", "wl_seat=5", "wl_shm=99"] });
  assert.equal(policy.offered("zwlr_layer_shell_v1", 5, 5), 3);
  assert.equal(policy.offered("wl_seat", 9, 11), 5);
  assert.equal(policy.offered("wl_shm", 50, 99), 50);
  assert.equal(policy.offered("wl_shm", 99, 4), 4);
});

test("what is hidden stays hidden, also when it is exposed at the same time", () => {
  const policy = new GlobalPolicy({ hide: ["wl_seat", "zwlr_layer_shell_v1"], expose: ["zwlr_layer_shell_v1"] });
  assert.equal(policy.offered("wl_seat", 9, 11), 0);
  assert.equal(policy.offered("zwlr_layer_shell_v1", 5, 5), 0);
  assert.equal(policy.offered("wl_output", 4, 4), 4);
});

test("one more interface can be hidden, and nothing else changes", () => {
  const before = new GlobalPolicy({ hide: ["wl_seat"], expose: ["zwlr_layer_shell_v1", "wl_output=2"] });
  const after = before.hiding("zwlr_layer_shell_v1");
  assert.equal(before.offered("zwlr_layer_shell_v1", 4, 5), 4);
  assert.equal(after.offered("zwlr_layer_shell_v1", 4, 5), 0);
  assert.equal(after.offered("wl_seat", 9, 9), 0);
  assert.equal(after.offered("wl_output", 4, 4), 2);
});

test("wishes of the wrong form are a user's mistakes", () => {
  for (const text of ["", "=3", "wl_seat=", "wl_seat=0", "wl_seat=-1", "wl_seat=two", "wl_seat=1=2", "wl seat"]) {
    assert.throws(() => new GlobalPolicy({ expose: [text] }), { name: "UserError" }, `expose "${text}"`);
  }
  for (const text of ["", "wl_seat=1", "wl-seat"]) {
    assert.throws(() => new GlobalPolicy({ hide: [text] }), { name: "UserError" }, `hide "${text}"`);
  }
});

test("a name that nothing knows is refused, with the name that was probably meant", () => {
  const protocol = new ProtocolRegistry();
  const refused = (options: ConstructorParameters<typeof GlobalPolicy>[0], message: RegExp): void => {
    assert.throws(() => new GlobalPolicy(options).check(protocol), { name: "UserError", message });
  };
  refused({ expose: ["zwlr_layer_shel_v1"] }, /no interface "zwlr_layer_shel_v1": did you mean zwlr_layer_shell_v1\?/);
  refused({ expose: ["screencopy=2"] }, /did you mean zwlr_screencopy_manager_v1\?/);
  refused({ hide: ["wl_saet"] }, /did you mean wl_seat\?/);
  refused({ hide: ["entirely_different"] }, /^there is no interface "entirely_different"$/);
  new GlobalPolicy({ hide: ["wl_seat"], expose: ["zwlr_layer_shell_v1=4"] }).check(protocol);
});

test("a name that a protocol file brought is known", () => {
  const policy = new GlobalPolicy({ expose: ["my_protocol_v1"] });
  assert.throws(() => policy.check(new ProtocolRegistry()), /my_protocol_v1/);
  const described = { name: "my_protocol_v1", version: 1, requests: [], events: [], enums: [] };
  policy.check(new ProtocolRegistry({ protocol: "mine", interfaces: [described] }));
});

test("a list of what is allowed hides all else but the core protocol, and versions can be capped", () => {
  const policy = new GlobalPolicy({
    only: ["xdg_wm_base", "zwlr_layer_shell_v1"],
    versions: { xdg_wm_base: 2, wl_seat: 5 },
    expose: ["wp_viewporter"],
    hide: ["wl_shm"],
  });
  assert.equal(policy.offered("xdg_wm_base", 6, 6), 2);
  assert.equal(policy.offered("zwlr_layer_shell_v1", 4, 4), 4, "named there, also what is privileged is meant");
  assert.equal(policy.offered("wp_viewporter", 1, 1), 1);
  assert.equal(policy.offered("wl_compositor", 6, 6), 6);
  assert.equal(policy.offered("wl_seat", 9, 9), 5);
  assert.equal(policy.offered("wl_shm", 1, 1), 0);
  assert.equal(policy.offered("wp_presentation", 1, 1), 0);
  assert.equal(policy.hiding("xdg_wm_base").offered("xdg_wm_base", 6, 6), 0);
  assert.equal(policy.hiding("wl_seat").offered("wp_presentation", 1, 1), 0);
  assert.throws(
    () => new GlobalPolicy({ only: ["xdg_wm_bas"] }).check(new ProtocolRegistry()),
    /did you mean xdg_wm_base/,
  );
});
