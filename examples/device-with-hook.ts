// SPDX-License-Identifier: Apache-2.0
// A GPU device for QEMU of your own: the windows of its VM may not take the whole screen.
//
//     node dist/examples/device-with-hook.js /run/user/1000/vm.sock

import { createDeviceHost, createLogger, DisplaySocket, type Hooks, unixHost } from "wayland-proxy";

const path = process.argv[2];
if (path === undefined) throw new Error("usage: device-with-hook.js SOCKET");
const { XDG_RUNTIME_DIR: runtimeDir, WAYLAND_DISPLAY: host = "wayland-0" } = process.env;

const neverFullscreen: Hooks = {
  stage: "policy",
  requests: { xdg_toplevel: { set_fullscreen: (message) => message.drop() } },
};

const socket = DisplaySocket.open(undefined, path);
const device = createDeviceHost({
  socket,
  memory: 1024 ** 3,
  connectHost: unixHost(`${runtimeDir}/${host}`),
  tag: "[vm] ",
  hooks: [neverFullscreen],
  log: createLogger((line) => process.stderr.write(line), false),
});
process.once("SIGINT", () => device.close());
process.once("SIGTERM", () => device.close());
console.log(`listening on ${path}`);
