// SPDX-License-Identifier: Apache-2.0
// The figures of one run: several readings for each, of which the median counts.

/** The driver's measurements of speed. */
export const measurementNames = [
  "roundTrip",
  "pipelined",
  "connections",
  "commitsSmall",
  "commitsFull",
  "pools",
] as const;
export type MeasurementName = (typeof measurementNames)[number];

/** The parts of a run. */
export type Part = "one core" | "two cores" | "memory" | "start";

/** What is measured: a name, and for speed what of it. Units: see `unitOf`. */
export type Metric =
  | `${MeasurementName}.${"rate" | "p50" | "p99" | "cpu"}`
  | `memory.${"idle" | "client" | "flooded" | "kept"}`
  | "start";

/** The unit in which a metric is kept. */
export function unitOf(metric: Metric): "µs" | "/s" | "MiB" | "KiB" | "ms" {
  if (metric === "start") return "ms";
  if (metric === "memory.idle" || metric === "memory.flooded") return "MiB";
  if (metric === "memory.client" || metric === "memory.kept") return "KiB";
  return metric.endsWith(".rate") ? "/s" : "µs";
}

/** One figure with the readings that it comes from. */
export interface Figure {
  readonly part: Part;
  readonly subject: string;
  readonly metric: Metric;
  readonly unit: string;
  readonly readings: number[];
  median: number;
}

/** Collects readings. */
export class Results {
  readonly #figures = new Map<string, Figure>();

  /** Adds a reading; one that is undefined was not taken. */
  add(part: Part, subject: string, metric: Metric, value: number | undefined): void {
    if (value === undefined) return;
    const key = `${part}/${subject}/${metric}`;
    const figure = this.#figures.get(key) ?? { part, subject, metric, unit: unitOf(metric), readings: [], median: 0 };
    figure.readings.push(value);
    figure.median = medianOf(figure.readings);
    this.#figures.set(key, figure);
  }

  /** The median of a figure; undefined when it was not measured. */
  median(part: Part, subject: string, metric: Metric): number | undefined {
    return this.#figures.get(`${part}/${subject}/${metric}`)?.median;
  }

  /** The figure as a multiple of the direct connection's. */
  ratio(part: Part, subject: string, metric: Metric): number | undefined {
    const [value, direct] = [this.median(part, subject, metric), this.median(part, "direct", metric)];
    return value === undefined || direct === undefined ? undefined : value / direct;
  }

  /** The subjects of a part, in the order in which they came. */
  subjects(part: Part): string[] {
    return [...new Set(this.all().flatMap((figure) => (figure.part === part ? [figure.subject] : [])))];
  }

  all(): Figure[] {
    return [...this.#figures.values()];
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const [low = 0, high = low] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
}
