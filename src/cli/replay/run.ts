// SPDX-License-Identifier: Apache-2.0
/** A recording from its beginning to its end, as the command line asked for it. */
import { once } from "node:events";
import { UserError } from "../../errors.ts";
import { unixHost } from "../../host/unix.ts";
import { createLogger } from "../../log/logger.ts";
import { isMessage } from "../../recorder/record.ts";
import { Player } from "../../replay/player.ts";
import { scriptOf } from "../../replay/script.ts";
import { dumpLines } from "../../trace/dump.ts";
import type { Style } from "../../trace/line.ts";
import { MessageFilter } from "../../trace/message-filter.ts";
import { RecordedSessions } from "../../trace/recording-reader.ts";
import { sourceOf } from "../../trace/sources.ts";
import { logFormat } from "../common/log-options.ts";
import { hostSocketPath } from "../upstream/host-address.ts";
import type { ReplaySettings } from "./options.ts";

const NAME = "wayland-proxy-replay";

/** Resolves to the exit code. Throws UserErrors. */
export async function replay(settings: ReplaySettings): Promise<number> {
  const recorded = new RecordedSessions(settings.file);
  const sessions = chosenSessions(settings.session, recorded);
  if (settings.play) return playAll(settings, recorded, sessions);
  for (const source of settings.source) {
    if (source !== "client" && source !== "server")
      throw new UserError(`--source ${source}: there are client and server`);
  }
  const style: Style = {
    program: NAME,
    format: logFormat(settings.logFormat),
    isJournal: false,
    hasColor: process.stdout.isTTY === true && (process.env["NO_COLOR"] ?? "") === "",
  };
  const filter = new MessageFilter(recorded.protocolOfAll, settings.logFilter, settings.logSuppress);
  const records = recorded.records.filter(
    ({ kind, session }) =>
      sessions.includes(session) &&
      (!isMessage(kind) || settings.source.length === 0 || settings.source.includes(sourceOf(kind))),
  );
  process.stdout.on("error", () => process.exit(0));
  for (const text of dumpLines(recorded, records, style, filter)) {
    if (!process.stdout.write(text)) await once(process.stdout, "drain");
  }
  return 0;
}

async function playAll(settings: ReplaySettings, recorded: RecordedSessions, sessions: number[]): Promise<number> {
  const log = createLogger((text) => process.stderr.write(text), false, NAME);
  const display = settings.waylandDisplay ?? process.env["WAYLAND_DISPLAY"];
  const connect = unixHost(hostSocketPath({ ...process.env, WAYLAND_DISPLAY: display }));
  const first = recorded.records.find((record) => sessions.includes(record.session))?.time ?? 0;
  const results = sessions.map(async (session) => {
    const { steps, duration, start } = scriptOf(recorded, session);
    await new Promise((resolve) => setTimeout(resolve, start - first));
    const host = await connect(new AbortController().signal);
    return new Player(host, recorded.protocolOfAll, recorded.client(session), log).play(steps, duration);
  });
  return (await Promise.all(results)).every((isComplete) => isComplete) ? 0 : 1;
}

function chosenSessions(texts: readonly string[], recorded: RecordedSessions): number[] {
  const all = recorded.sessions;
  if (texts.length === 0) return all;
  return texts.map((text) => {
    const session = all.find((number) => String(number) === text);
    if (session === undefined) throw new UserError(`--session ${text}: the recording has ${all.join(", ") || "none"}`);
    return session;
  });
}
