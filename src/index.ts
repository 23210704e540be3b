// SPDX-License-Identifier: Apache-2.0
/** What programs import from "wayland-proxy". */
export { UserError } from "./errors.ts";
export type { SharedImages } from "./hooks/shm/shadows.ts";
export type { HostConnector } from "./host/connector.ts";
export { unixHost } from "./host/unix.ts";
export { DisplaySocket } from "./listen/display-socket.ts";
export { XDisplay } from "./listen/x-display.ts";
export { createLogger, type Logger } from "./log/logger.ts";
export type { Fd } from "./native/fd.ts";
export type { Enums, Events, Requests } from "./protocol/generated/types.ts";
export { GlobalPolicy, type GlobalPolicyOptions } from "./protocol/global-policy.ts";
export { ProtocolRegistry } from "./protocol/protocol-registry.ts";
export { parse as parseProtocol } from "./protocol/xml.ts";
export { createProxy, type Proxy, type ProxyOptions } from "./proxy.ts";
export { FlightRecorder, type Observer, type SessionTrace } from "./recorder/flight-recorder.ts";
export type { HookedMessage } from "./relay/hooked-message.ts";
export type { Hook, Hooks } from "./relay/hooks.ts";
export type { Session } from "./relay/session.ts";
export type { SessionStatistics } from "./relay/statistics.ts";
export type { Statistics } from "./sessions.ts";
export { DisplayError, ProtocolError } from "./wire/errors.ts";
export type { Transport } from "./wire/transport.ts";
export type { WlObject } from "./wire/wl-object.ts";
export type { Explain } from "./xwayland/base/wm-context.ts";
export type { OutputWishes, Unscale } from "./xwayland/outputs/outputs.ts";
export type { Resources } from "./xwayland/settings/appearance.ts";
export { XServer, type XServerOptions } from "./xwayland/x-server.ts";
