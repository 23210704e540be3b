// SPDX-License-Identifier: Apache-2.0
/**
 * The names that programs import from "wayland-proxy".
 *
 * @module wayland-proxy
 */
export { createDeviceHost, type DeviceHost, type DeviceHostOptions } from "./device-host.ts";
export { type ProblemCode, type ProblemDetails, UserError } from "./errors.ts";
export type { SharedImage } from "./hooks/shm/host-buffer.ts";
export type { SharedImages } from "./hooks/shm/host-buffers.ts";
export type { HostConnector } from "./host/connector.ts";
export { unixHost } from "./host/unix.ts";
export { type VirtioHost, virtioHost } from "./host/virtio.ts";
export { DisplaySocket } from "./listen/display-socket.ts";
export { XDisplay } from "./listen/x-display.ts";
export { createLogger, type Logger } from "./log/logger.ts";
export { Fd } from "./native/fd.ts";
export { type MapOptions, type Mapping, memfd } from "./native/memory.ts";
export { pipe } from "./native/pipe.ts";
export { defaultPolicy, type PolicySubject } from "./policy/defaults.ts";
export { type Asker, type PermissionField, PolicyGuard } from "./policy/guard.ts";
export type {
  DecorationPolicy,
  FramePolicy,
  FullscreenPolicy,
  Passage,
  Permission,
  Policy,
  TitleBarPolicy,
  TransferPolicy,
} from "./policy/policy.ts";
export type { Events, Requests } from "./protocol/generated/types.ts";
export { GlobalPolicy, type GlobalPolicyOptions } from "./protocol/global-policy.ts";
export { type EnumEntry, type EnumTable, ProtocolRegistry } from "./protocol/protocol-registry.ts";
export type { InterfaceTable, ProtocolTable } from "./protocol/table.ts";
export { parse as parseProtocol } from "./protocol/xml.ts";
export { createProxy, type Proxy, type ProxyOptions } from "./proxy.ts";
export { FlightRecorder, type Observer, type SessionTrace } from "./recorder/flight-recorder.ts";
export { type Trace, TracePoint } from "./recorder/trace.ts";
export type { Client, InterfaceName } from "./relay/client.ts";
export type { Value } from "./relay/codec.ts";
export { HookError, type HookErrorCode } from "./relay/hook-error.ts";
export type { HookedEvent, HookedMessage, HookedRequest } from "./relay/hooked-message.ts";
export type {
  AliasGlobal,
  GlobalOffer,
  Hook,
  HookCondition,
  HookStage,
  Hooks,
  HooksFor,
  MissingGlobal,
  OwnGlobal,
  ReplacedGlobal,
  ServedGlobal,
} from "./relay/hooks.ts";
export type { HostProbe, HostState } from "./relay/host-watch.ts";
export { type Handlers, onEvents, onRequests } from "./relay/one-sided.ts";
export type { RoundTripTimes } from "./relay/round-trip.ts";
export type { Flow, SessionStatistics, Waiting } from "./relay/statistics.ts";
export type { ConnectedClient, SessionsOptions, Statistics, Totals } from "./sessions.ts";
export { type Device as GpuDevice, findDevice as findGpuDevice } from "./virtio/device.ts";
export type { Blob, BlobOptions, Driver as GpuDriver, DrmFile } from "./virtio/driver.ts";
export { drmDriver } from "./virtio/drm-driver.ts";
export { DisplayError, ProtocolError } from "./wire/errors.ts";
export type { FdQueue } from "./wire/fd-queue.ts";
export { ArgKind, type Argument, type Interface, type Message } from "./wire/signature.ts";
export type { Transport } from "./wire/transport.ts";
export type { WireMessage } from "./wire/wire-message.ts";
export type { WlObject } from "./wire/wl-object.ts";
export type { Explain } from "./xwayland/base/wm-context.ts";
export type { OutputWishes, Unscale } from "./xwayland/outputs/outputs.ts";
export type { StartXwayland, Xwayland } from "./xwayland/process.ts";
export type { Resources } from "./xwayland/settings/appearance.ts";
export { XServer, type XServerOptions } from "./xwayland/x-server.ts";
