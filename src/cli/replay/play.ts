// SPDX-License-Identifier: Apache-2.0
/** Plays a recording to a compositor: what the option --play asks for. */
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import { compileWithGlobals } from "../../globals/global-mapper.ts";
import { gtkPrimarySelection } from "../../hooks/gtk-primary-selection.ts";
import type { HostConnector } from "../../host/connector.ts";
import { unixHost } from "../../host/unix.ts";
import type { Logger } from "../../log/logger.ts";
import { SystemError } from "../../native/errors.ts";
import { GlobalPolicy } from "../../protocol/global-policy.ts";
import type { ProtocolRegistry } from "../../protocol/protocol-registry.ts";
import { type Ending, Player } from "../../replay/player.ts";
import { PixelBudget } from "../../replay/pools.ts";
import { type Script, scriptsOf } from "../../replay/script.ts";
import type { RecordedSessions } from "../../trace/recording-reader.ts";
import { textAt } from "../../wire/arguments.ts";
import type { Environment } from "../common/environment.ts";
import { hostSocketPath } from "../upstream/host-address.ts";
import type { ReplaySettings } from "./options.ts";

/** Clients that are played at once, each with a connection to the compositor. */
const MAX_CLIENTS = 256;

/** Resolves to the exit code. Throws UserErrors. */
export async function playAll(
  settings: ReplaySettings,
  environment: Environment,
  recorded: RecordedSessions,
  sessions: ReadonlySet<number>,
  log: Logger,
): Promise<number> {
  if (sessions.size > MAX_CLIENTS) {
    throw new UserError(`${sessions.size} clients cannot be played at once: choose some with --session`);
  }
  const protocol = recorded.protocolOfAll;
  const policy = new GlobalPolicy({ expose: settings.expose });
  policy.check(protocol);
  const scripts = scriptsOf(recorded, sessions);
  tellHidden([...scripts.values()], policy, protocol, log);
  const hooks = compileWithGlobals(protocol, policy, [gtkPrimarySelection]);

  const path = hostSocketPath(environment.inheritable, settings.waylandDisplay);
  const deadline = performance.now() + settings.timeLimit * 1000;
  const first = Math.min(...[...scripts.values()].map(({ start }) => start));
  const budget = new PixelBudget();
  const endings = await Promise.all(
    [...scripts].map(async ([session, script]): Promise<Ending> => {
      const delay = script.start - first;
      if (performance.now() + delay >= deadline) return "late";
      await sleep(delay);
      const host = await connect(unixHost(path), path);
      return new Player(host, { protocol, hooks, name: recorded.client(session), log, budget }).play(script, deadline);
    }),
  );
  if (endings.includes("late")) log.error(`ended before all was played, since --time-limit is ${settings.timeLimit} s`);
  return endings.every((ending) => ending === "complete") ? 0 : 1;
}

async function connect(connector: HostConnector, path: string): ReturnType<HostConnector> {
  try {
    return await connector(new AbortController().signal);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    throw new UserError(
      `no compositor answers at ${path} (${error.code}): start it, or name another with --wayland-display`,
    );
  }
}

/** Says what recorded clients used that is not for everybody, and so is left out. */
function tellHidden(scripts: readonly Script[], policy: GlobalPolicy, protocol: ProtocolRegistry, log: Logger): void {
  const hidden = new Set<string>();
  for (const { steps } of scripts) {
    for (const { type, message, words } of steps) {
      if (type.name !== "wl_registry" || message.name !== "bind") continue;
      const name = textAt(words, 3);
      const version = protocol.get(name)?.version ?? 0;
      if (version > 0 && policy.offered(name, version, version) === 0) hidden.add(name);
    }
  }
  if (hidden.size === 0) return;
  log.warn(`left out, since it gives power over others: ${[...hidden].join(", ")}; see --expose`);
}
