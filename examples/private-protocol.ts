// SPDX-License-Identifier: Apache-2.0
// A protocol of your own, with types for its hooks. Its messages are relayed from the table, without any code; a hook
// looks at one of them.
//
//     node dist/examples/private-protocol.js

import {
  createLogger,
  createProxy,
  DisplaySocket,
  GlobalPolicy,
  type Hooks,
  ProtocolRegistry,
  parseProtocol,
  unixHost,
} from "wayland-proxy";

declare module "wayland-proxy" {
  interface Requests {
    acme_bell_v1: { ring: { times: number }; destroy: Record<never, never> };
  }
  interface Events {
    acme_bell_v1: { rung: Record<never, never> };
  }
}

const bell = parseProtocol(
  `<protocol name="acme_bell">
    <interface name="acme_bell_v1" version="1">
      <request name="ring"><arg name="times" type="uint"/></request>
      <request name="destroy" type="destructor"/>
      <event name="rung"/>
    </interface>
  </protocol>`,
  "acme-bell.xml",
);

const quiet: Hooks = {
  requests: {
    acme_bell_v1: {
      // Nobody needs more than three.
      ring: (message) => message.change({ times: Math.min(message.args.times, 3) }),
    },
  },
};

const { XDG_RUNTIME_DIR: runtimeDir, WAYLAND_DISPLAY: host = "wayland-0" } = process.env;
const display = DisplaySocket.open(runtimeDir, "wayland-guest");
const proxy = createProxy({
  display,
  connectHost: unixHost(`${runtimeDir}/${host}`),
  protocol: new ProtocolRegistry(bell),
  // What a file or a program adds is offered only if it is said to be added, or exposed by name.
  policy: new GlobalPolicy({ added: ["acme_bell_v1"] }),
  hooks: [quiet],
  log: createLogger((line) => process.stderr.write(line), false),
});
process.once("SIGINT", () => proxy.close());
process.once("SIGTERM", () => proxy.close());
console.log(`listening on ${display.path}`);
