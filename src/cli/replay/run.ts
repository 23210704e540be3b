// SPDX-License-Identifier: Apache-2.0
/** A recording from its beginning to its end, as the command line asked for it. */
import { once } from "node:events";
import { UserError } from "../../errors.ts";
import { createLogger } from "../../log/logger.ts";
import { isMessage, type RecordAt } from "../../recorder/record.ts";
import { dumpLines } from "../../trace/dump.ts";
import type { Style } from "../../trace/line.ts";
import { MessageFilter } from "../../trace/message-filter.ts";
import { RecordedSessions } from "../../trace/recording-reader.ts";
import { sourceOf } from "../../trace/sources.ts";
import type { Environment } from "../common/environment.ts";
import { writeError } from "../common/standard-error.ts";
import type { ReplaySettings } from "./options.ts";

const NAME = "wayland-proxy-replay";

/** Sessions that an error lists. */
const SHOWN_SESSIONS = 20;

/** Resolves to the exit code. Throws UserErrors. */
export async function replay(settings: ReplaySettings, environment: Environment): Promise<number> {
  const log = createLogger(writeError, false, NAME);
  for (const warning of settings.warnings) log.warn(warning);
  const recorded = new RecordedSessions(settings.file);
  const sessions = new Set(chosenSessions(settings.session, recorded));
  if (settings.play) {
    const { playAll } = await import("./play.ts");
    return playAll(settings, environment, recorded, sessions, log);
  }
  const style: Style = {
    program: NAME,
    format: settings.logFormat,
    isJournal: false,
    hasColor: process.stdout.isTTY === true && environment.allowsColor,
  };
  const filter = new MessageFilter(recorded.protocolOfAll, settings.logFilter, settings.logSuppress);
  const isShown = ({ kind, session }: RecordAt): boolean =>
    sessions.has(session) &&
    (!isMessage(kind) || settings.source.length === 0 || settings.source.includes(sourceOf(kind)));
  process.stdout.on("error", () => process.exit(0));
  for (const text of dumpLines(recorded, chosenRecords(recorded, isShown), style, filter)) {
    if (!process.stdout.write(text)) await once(process.stdout, "drain");
  }
  return 0;
}

function* chosenRecords(recorded: RecordedSessions, isShown: (record: RecordAt) => boolean): Generator<RecordAt> {
  for (const record of recorded.records()) if (isShown(record)) yield record;
}

function chosenSessions(texts: readonly string[], recorded: RecordedSessions): number[] {
  const all = recorded.sessions;
  if (texts.length === 0) return all;
  return texts.map((text) => {
    const session = all.find((number) => String(number) === text);
    if (session === undefined) throw new UserError(`--session ${text}: the recording has ${someOf(all)}`);
    return session;
  });
}

/** The first of them, of which a file can name many. */
function someOf(numbers: readonly number[]): string {
  if (numbers.length === 0) return "none";
  return numbers.slice(0, SHOWN_SESSIONS).join(", ") + (numbers.length > SHOWN_SESSIONS ? " and others" : "");
}
