// SPDX-License-Identifier: Apache-2.0
import type { IntervalHistogram } from "node:perf_hooks";
import { counted } from "../../log/counted.ts";
import { printableJson } from "../../log/printable.ts";
import { Kind } from "../../recorder/record.ts";
import type { Flow, SessionStatistics } from "../../relay/statistics.ts";
import type { Statistics } from "../../sessions.ts";
import { type Style, textLine } from "../../trace/line.ts";
import { bytesText } from "./bytes-text.ts";

/** The lines that report what all sessions have done; docs/logging.md describes them. */
export function statisticsText(statistics: Statistics, monitor: IntervalHistogram | null, style: Style): string {
  const clients = statistics.clients.map(({ name, ...rest }) => ({ name: name(), ...rest }));
  const eventLoop = monitor === null ? null : delays(monitor);
  if (style.format === "json") {
    const uptime = Math.round(process.uptime());
    return `${printableJson({
      time: new Date().toISOString(),
      level: "info",
      statistics: { uptime, totals: statistics.totals, clients, ...(eventLoop === null ? {} : { eventLoop }) },
    })}\n`;
  }
  const { sessions, requests, events, copied } = statistics.totals;
  const lines = [
    `${counted(sessions, "client")} so far, ${clients.length} now: ${flowText(requests, "request")}, ${flowText(events, "event")}, ${bytesText(copied)} of pixels copied`,
    ...statistics.clients.map((client) => `${client.name()}: ${clientText(client)}`),
  ];
  if (eventLoop !== null) {
    const { mean, p99, max } = eventLoop;
    lines.push(
      `event loop delay: mean ${mean.toFixed(1)} ms, 99 % below ${p99.toFixed(1)} ms, max ${max.toFixed(1)} ms`,
    );
  }
  return lines.map((line) => textLine(style, Kind.info, line)).join("");
}

/** The line that reports what a client that has gone has done. */
export function clientStatisticsText(statistics: SessionStatistics, style: Style): string {
  if (style.format === "text")
    return textLine(style, Kind.info, `${statistics.name()} has gone: ${clientText(statistics)}`);
  const client = { ...statistics, name: statistics.name() };
  return `${printableJson({ time: new Date().toISOString(), level: "info", client })}\n`;
}

function clientText(client: SessionStatistics): string {
  const { waitingForClient, waitingForHost, roundTrip } = client;
  const parts = [
    flowText(client.requests, "request"),
    flowText(client.events, "event"),
    `${counted(client.clientObjects, "object")} (${client.hostObjects} at the host)`,
    `waiting ${bytesText(waitingForClient.bytes)} and ${counted(waitingForClient.fds, "fd")} for it, ${bytesText(waitingForHost.bytes)} and ${counted(waitingForHost.fds, "fd")} for the host`,
    `${bytesText(client.copied)} of pixels copied`,
  ];
  if (roundTrip.count > 0) {
    const [last, mean, max] = [roundTrip.last, roundTrip.mean, roundTrip.max].map((time) => time.toFixed(2));
    parts.push(`round trip ${last} ms (mean ${mean}, max ${max})`);
  }
  return parts.join(", ");
}

function flowText(flow: Readonly<Flow>, what: string): string {
  return `${counted(flow.messages, what)} (${bytesText(flow.bytes)}, ${counted(flow.fds, "fd")})`;
}

/** Returns the delays in milliseconds; what the timer takes itself is no delay. */
function delays(monitor: IntervalHistogram): { mean: number; p99: number; max: number } {
  const own = 20;
  const time = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - own) || 0;
  return { mean: time(monitor.mean), p99: time(monitor.percentile(99)), max: time(monitor.max) };
}
