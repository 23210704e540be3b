// SPDX-License-Identifier: Apache-2.0
// The figures as text for people.

import { type Budget, budgets } from "./budgets.ts";
import { type MeasurementName, type Metric, type Part, type Results, unitOf } from "./results.ts";

interface SpeedRow {
  readonly title: string;
  readonly metric: Metric;
  /** Where the proxy's processor time for one operation stands; absent for a second row of the same measurement. */
  readonly cpu?: Metric;
}

const speedRow = (title: string, name: MeasurementName, of: "p50" | "rate"): SpeedRow => ({
  title,
  metric: `${name}.${of}`,
  cpu: `${name}.cpu`,
});

const speedRows: readonly SpeedRow[] = [
  speedRow("round trip p50", "roundTrip", "p50"),
  { title: "round trip p99", metric: "roundTrip.p99" },
  speedRow("syncs, 32 in flight", "pipelined", "rate"),
  speedRow("connect, registry, leave", "connections", "rate"),
  speedRow("1080p commits, small damage", "commitsSmall", "rate"),
  speedRow("1080p commits, full redraw", "commitsFull", "rate"),
  speedRow("shm pools", "pools", "rate"),
];

/** A budget with what was measured. `met` is undefined when nothing was. */
export interface Verdict {
  readonly what: string;
  readonly limit: string;
  readonly measured: number | undefined;
  readonly met: boolean | undefined;
}

/** Compares the results with the budgets. */
export function judge(results: Results): Verdict[] {
  return budgets.map((budget) => {
    const { what, part, metric, subject = "proxied", perDirect, atMost = Infinity, atLeast = -Infinity } = budget;
    const measured = perDirect ? results.ratio(part, subject, metric) : results.median(part, subject, metric);
    const met = measured === undefined ? undefined : measured <= atMost && measured >= atLeast;
    return { what, limit: limitOf(budget), measured, met };
  });
}

function limitOf({ metric, perDirect, atMost, atLeast }: Budget): string {
  const unit = perDirect ? "× direct" : unitOf(metric);
  return atMost === undefined ? `at least ${atLeast} ${unit}` : `at most ${atMost} ${unit}`;
}

/** The whole report. */
export function report(results: Results, verdicts: readonly Verdict[]): string {
  const sections = [
    speedTable(results, "one core"),
    speedTable(results, "two cores"),
    memoryTable(results),
    startTable(results),
    budgetTable(verdicts),
  ];
  return sections
    .filter((section) => section.length > 1)
    .map(alignColumns)
    .join("\n\n");
}

type Table = string[][];

function speedTable(results: Results, part: Part): Table {
  const subjects = results.subjects(part);
  const heads = subjects.flatMap((name) => (name === "direct" ? [name] : [name, "ratio", "its CPU"]));
  const rows = speedRows.map(({ title, metric, cpu }) => {
    const cells = subjects.flatMap((name) => {
      const value = show(results.median(part, name, metric), unitOf(metric));
      if (name === "direct") return [value];
      const ratio = show(results.ratio(part, name, metric), "×");
      return [value, ratio, cpu === undefined ? "" : show(results.median(part, name, cpu), "µs")];
    });
    return [title, ...cells];
  });
  return [[part, ...heads], ...rows.filter((row) => row.slice(1).some((cell) => cell !== "" && cell !== "–"))];
}

function memoryTable(results: Results): Table {
  const rows = (
    [
      ["idle", "memory.idle"],
      ["a further idle client", "memory.client"],
      ["after floods", "memory.flooded"],
      ["kept by a further flood", "memory.kept"],
    ] as const
  ).map(([title, metric]) => [
    title,
    ...results.subjects("memory").map((name) => show(results.median("memory", name, metric), unitOf(metric))),
  ]);
  return results.subjects("memory").length === 0 ? [] : [["memory (RSS)", ...results.subjects("memory")], ...rows];
}

function startTable(results: Results): Table {
  const rows = results
    .subjects("start")
    .map((name) => [name, show(results.median("start", name, "start"), unitOf("start"))]);
  return [["start to listening", ""], ...rows];
}

function budgetTable(verdicts: readonly Verdict[]): Table {
  const word = (met: boolean | undefined) => (met === undefined ? "not measured" : met ? "met" : "MISSED");
  const rows = verdicts.map(({ what, limit, measured, met }) => [what, limit, show(measured, ""), word(met)]);
  return [["budget", "limit", "measured", ""], ...rows];
}

/** Three significant digits and the unit; rates in thousands and millions. */
function show(value: number | undefined, unit: string): string {
  if (value === undefined) return "–";
  if (unit === "/s" && value >= 1e6) return `${digits(value / 1e6)} M/s`;
  if (unit === "/s" && value >= 1e4) return `${digits(value / 1e3)} k/s`;
  return `${digits(value)} ${unit}`.trim();
}

function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

function alignColumns(table: Table): string {
  const columns = Math.max(...table.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
  const line = (row: string[]) =>
    widths.map((width, i) => (i === 0 ? (row[i] ?? "").padEnd(width) : (row[i] ?? "").padStart(width))).join("  ");
  const lines = table.map((row) => line(row).trimEnd());
  return lines.toSpliced(1, 0, "─".repeat(Math.max(...lines.map((text) => text.length)))).join("\n");
}
