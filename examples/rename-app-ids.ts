// SPDX-License-Identifier: Apache-2.0
// A proxy of your own: gives every window an app id that says where it comes from, so that the host's compositor can
// have rules for "vm.*". Run it in a desktop session:
//
//     node dist/examples/rename-app-ids.js vm.
//     WAYLAND_DISPLAY=wayland-guest foot

import { createLogger, createProxy, DisplaySocket, type Hooks, unixHost } from "wayland-proxy";

const prefix = process.argv[2] ?? "vm.";
const { XDG_RUNTIME_DIR: runtimeDir, WAYLAND_DISPLAY: host = "wayland-0" } = process.env;

const renameAppIds: Hooks = {
  requests: {
    xdg_toplevel: {
      set_app_id(message) {
        message.change({ app_id: prefix + message.args.app_id });
      },
    },
  },
};

const display = DisplaySocket.open(runtimeDir, "wayland-guest");
const proxy = createProxy({
  display,
  connectHost: unixHost(`${runtimeDir}/${host}`),
  hooks: [renameAppIds],
  log: createLogger((line) => process.stderr.write(line), false),
});
process.once("SIGINT", () => proxy.close());
process.once("SIGTERM", () => proxy.close());
console.log(`listening on ${display.path}`);
