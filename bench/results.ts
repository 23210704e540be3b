// SPDX-License-Identifier: Apache-2.0
// The figures of one run: several readings for each, of which the best fifth and the median are told.

/** The driver's measurements of processes that are warm. */
export const speedNames = [
  "roundTrip",
  "pipelined",
  "burst",
  "connections",
  "commitsSmall",
  "commitsFramed",
  "commitsFull",
  "pools",
] as const;
export type SpeedName = (typeof speedNames)[number];

/** What is measured of fresh processes, for a pace at which people use programs. */
export const pacedNames = ["frames", "windows50", "pointer1k", "pointer8k"] as const;
export type PacedName = (typeof pacedNames)[number];

/** All that can be asked for by name. */
export type MeasurementName = SpeedName | "cold" | PacedName | "memory" | "start";
export const measurementNames: readonly MeasurementName[] = [...speedNames, "cold", ...pacedNames, "memory", "start"];

/** The parts of a run. */
export type Part = "one core" | "two cores" | "cold" | "paced" | "memory" | "start";

/** What is measured: a name, and what of it. Units: see `unitOf`. */
export type Metric =
  | `${SpeedName}.${"rate" | "p50" | "p99" | "cpu"}`
  | `cold.${"first" | "to10" | "to100" | "to1000"}`
  | `${PacedName}.${"cpu" | "p50" | "p99"}`
  | "frames.started"
  | "frames.later"
  | `memory.${"idle" | "private" | "shared" | "client" | "clients" | "flooded" | "kept"}`
  | "start";

/** The unit in which a metric is kept. */
export function unitOf(metric: Metric): "µs" | "/s" | "MiB" | "KiB" | "ms" {
  if (metric === "start") return "ms";
  if (metric === "memory.client" || metric === "memory.kept") return "KiB";
  if (metric.startsWith("memory.")) return "MiB";
  return metric.endsWith(".rate") ? "/s" : "µs";
}

/** One figure with the readings that it comes from. */
export interface Figure {
  readonly part: Part;
  readonly subject: string;
  readonly metric: Metric;
  readonly unit: string;
  readonly readings: number[];
  /** The mean of the best fifth: what the machine does when nothing else disturbs it. */
  best: number;
  median: number;
}

/** Collects readings. */
export class Results {
  readonly #figures = new Map<string, Figure>();

  /** Adds a reading; one that is undefined was not taken. */
  add(part: Part, subject: string, metric: Metric, value: number | undefined): void {
    if (value === undefined) return;
    const key = `${part}/${subject}/${metric}`;
    const figure = this.#figures.get(key) ?? {
      part,
      subject,
      metric,
      unit: unitOf(metric),
      readings: [],
      best: 0,
      median: 0,
    };
    figure.readings.push(value);
    figure.best = bestOf(figure.readings, figure.unit === "/s");
    figure.median = medianOf(figure.readings);
    this.#figures.set(key, figure);
  }

  /** A figure; undefined when it was not measured. */
  figure(part: Part, subject: string, metric: Metric): Figure | undefined {
    return this.#figures.get(`${part}/${subject}/${metric}`);
  }

  /** The best of a figure as a multiple of that of another subject. */
  ratio(part: Part, subject: string, metric: Metric, yardstick: string): number | undefined {
    const [value, other] = [this.figure(part, subject, metric), this.figure(part, yardstick, metric)];
    return value === undefined || other === undefined ? undefined : value.best / other.best;
  }

  /** The subjects of a part, in the order in which they came, but the direct connection first. */
  subjects(part: Part): string[] {
    const names = new Set(this.all().flatMap((figure) => (figure.part === part ? [figure.subject] : [])));
    return names.has("direct") ? [...new Set(["direct", ...names])] : [...names];
  }

  all(): Figure[] {
    return [...this.#figures.values()];
  }
}

function bestOf(values: readonly number[], isRate: boolean): number {
  const sorted = [...values].sort((left, right) => (isRate ? right - left : left - right));
  const best = sorted.slice(0, Math.ceil(sorted.length / 5));
  return best.reduce((sum, value) => sum + value, 0) / best.length;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const [low = 0, high = low] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
}
