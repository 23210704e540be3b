// SPDX-License-Identifier: Apache-2.0
// The figures as text for people.

import { type Budget, budgets } from "./budgets.ts";
import { type Figure, type Metric, type Part, type Results, type SpeedName, unitOf } from "./results.ts";

interface Row {
  readonly title: string;
  readonly metric: Metric;
  /** The column with the proxy's processor time for one operation; absent for a second row of the same measurement. */
  readonly cpu?: Metric;
}

const speedRow = (title: string, name: SpeedName, of: "p50" | "rate"): Row => ({
  title,
  metric: `${name}.${of}`,
  cpu: `${name}.cpu`,
});

const speedRows: readonly Row[] = [
  speedRow("round trip p50", "roundTrip", "p50"),
  { title: "round trip p99", metric: "roundTrip.p99" },
  speedRow("syncs, 32 in flight", "pipelined", "rate"),
  speedRow("1000 syncs of a new client", "burst", "p50"),
  speedRow("connect, registry, leave", "connections", "rate"),
  speedRow("1080p commits, small damage", "commitsSmall", "rate"),
  speedRow("  in a frame (540p)", "commitsFramed", "rate"),
  speedRow("1080p commits, full redraw", "commitsFull", "rate"),
  speedRow("shm pools", "pools", "rate"),
];

const coldRows: readonly Row[] = [
  { title: "first round trip, with session", metric: "cold.first" },
  { title: "round trips 1 to 10", metric: "cold.to10" },
  { title: "10 to 100", metric: "cold.to100" },
  { title: "100 to 1000", metric: "cold.to1000" },
];

const pacedRows: readonly Row[] = [
  { title: "CPU, a frame at 144 Hz", metric: "frames.cpu" },
  { title: "  begun 1.5 s after the start", metric: "frames.started" },
  { title: "  after 45 s", metric: "frames.later" },
  { title: "CPU, a frame of 50 × 60 Hz", metric: "windows50.cpu" },
  { title: "CPU, a motion at 1000 Hz", metric: "pointer1k.cpu" },
  { title: "  delay p50", metric: "pointer1k.p50" },
  { title: "  delay p99", metric: "pointer1k.p99" },
  { title: "CPU, a motion at 8000 Hz", metric: "pointer8k.cpu" },
  { title: "  delay p50", metric: "pointer8k.p50" },
  { title: "  delay p99", metric: "pointer8k.p99" },
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
    const { what, part, metric, subject = "proxied", per, atMost = Infinity, atLeast = -Infinity } = budget;
    const measured = per ? results.ratio(part, subject, metric, per) : results.figure(part, subject, metric)?.best;
    const met = measured === undefined ? undefined : measured <= atMost && measured >= atLeast;
    return { what, limit: limitOf(budget), measured, met };
  });
}

function limitOf({ metric, per, atMost, atLeast }: Budget): string {
  const unit = per ? `× ${per}` : unitOf(metric);
  return atMost === undefined ? `at least ${atLeast} ${unit}` : `at most ${atMost} ${unit}`;
}

/** The whole report. */
export function report(results: Results, verdicts: readonly Verdict[]): string {
  const sections = [
    table(results, "one core", "one core", speedRows),
    table(results, "cold", "fresh processes", coldRows),
    table(results, "paced", "at the pace of use", pacedRows),
    table(results, "two cores", "two cores", speedRows),
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

/** Each figure as the best fifth of its readings, with the median of all in brackets, and as a multiple of the floor's. */
function table(results: Results, part: Part, name: string, rows: readonly Row[]): Table {
  const subjects = results.subjects(part);
  const hasCpu = rows.some(({ cpu }) => cpu !== undefined);
  const heads = subjects.flatMap((subject) => {
    if (subject === "direct") return [subject];
    return [subject, ...(subject === "floor" ? [] : ["× floor"]), ...(hasCpu ? ["its CPU"] : [])];
  });
  const lines = rows.map(({ title, metric, cpu }) => {
    const cells = subjects.flatMap((subject) => {
      const value = showFigure(results.figure(part, subject, metric));
      if (subject === "direct") return [value];
      const ratio = subject === "floor" ? [] : [show(results.ratio(part, subject, metric, "floor"), "")];
      const cpuCell = cpu === undefined ? "" : show(results.figure(part, subject, cpu)?.best, "µs");
      return [value, ...ratio, ...(hasCpu ? [cpuCell] : [])];
    });
    return [title, ...cells];
  });
  return [[name, ...heads], ...lines.filter((line) => line.slice(1).some((cell) => cell !== "" && cell !== "–"))];
}

function memoryTable(results: Results): Table {
  const rows = (
    [
      ["idle", "memory.idle"],
      ["  private", "memory.private"],
      ["  shared with others", "memory.shared"],
      ["a further idle client", "memory.client"],
      ["private, 101 idle clients", "memory.clients"],
      ["at rest after floods", "memory.flooded"],
      ["kept by a further flood", "memory.kept"],
    ] as const
  ).map(([title, metric]) => [
    title,
    ...results.subjects("memory").map((name) => show(results.figure("memory", name, metric)?.median, unitOf(metric))),
  ]);
  return results.subjects("memory").length === 0 ? [] : [["memory (RSS)", ...results.subjects("memory")], ...rows];
}

function startTable(results: Results): Table {
  const rows = results.subjects("start").map((name) => [name, showFigure(results.figure("start", name, "start"))]);
  return [["start to listening", ""], ...rows];
}

function budgetTable(verdicts: readonly Verdict[]): Table {
  const word = (met: boolean | undefined) => (met === undefined ? "not measured" : met ? "met" : "MISSED");
  const rows = verdicts.map(({ what, limit, measured, met }) => [what, limit, show(measured, ""), word(met)]);
  return [["budget", "limit", "measured", ""], ...rows];
}

/** The best fifth, and in brackets the median. */
function showFigure(figure: Figure | undefined): string {
  if (figure === undefined) return "–";
  const unit = unitOf(figure.metric);
  return `${show(figure.best, unit)} (${show(figure.median, unit).split(" ")[0]})`;
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
  const [head = "", ...body] = lines;
  return [head, "─".repeat(Math.max(...lines.map((text) => text.length))), ...body].join("\n");
}
