// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";
import { GlobalPolicy } from "../../src/protocol/global-policy.ts";
import type { ProtocolTable } from "../../src/protocol/table.ts";
import { readProtocolFile } from "../../src/protocol/xml.ts";
import type { HookedMessage } from "../../src/relay/hooked-message.ts";
import type { Hooks } from "../../src/relay/hooks.ts";
import type { FakeObject } from "./fake-object.ts";
import { proxied, type Scope, type Setting, type Stage } from "./proxied.ts";

/** Our own protocol, with every kind of argument. Compiled tests lie in dist/test/support. */
export const echoProtocol: ProtocolTable = readProtocolFile(
  fileURLToPath(new URL("../../../test/protocols/echo.xml", import.meta.url)),
);

/** Keeps the requests from the host that make an object which ends by itself: such an object has the client alone. */
export const keptFromHost = { requests: { echo: { once: (message: HookedMessage) => message.drop() } } } as Hooks;

/** An object on both sides. */
export interface Twin {
  readonly ours: FakeObject;
  readonly theirs: FakeObject;
}

/** A stage on which the client has bound the compositor's echo global, and has made one echo. */
export interface EchoStage extends Stage {
  readonly manager: Twin;
  readonly echo: Twin;
}

/** Sets an `EchoStage`; objects have the version that is given. */
export async function echoed(t: Scope, setting: Setting = {}, version = 3): Promise<EchoStage> {
  const stage = await proxied(t, {
    ...setting,
    globals: ["echo_manager", ...(setting.globals ?? [])],
    protocols: [echoProtocol],
    policy: setting.policy ?? new GlobalPolicy({ expose: ["echo_manager"] }),
  });
  const { client, host } = stage;
  const manager = await client.bind("echo_manager", version);
  const bound = await host.expect("wl_registry.bind");
  const twin = { ours: manager, theirs: bound.objectArg("id") };
  return Object.assign(stage, { manager: twin, echo: await newEcho(stage, twin) });
}

/** Makes one more echo. */
export async function newEcho({ host }: Pick<Stage, "host">, manager: Twin): Promise<Twin> {
  const ours = manager.ours.create("create_echo");
  const created = await host.expect("echo_manager.create_echo");
  return { ours, theirs: created.objectArg("id") };
}
