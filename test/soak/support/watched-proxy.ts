// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Display } from "../../desktop/support/desktop.ts";
import { childrenOf, descriptorsOf, programsOf } from "../../desktop/support/process.ts";
import type { Program } from "../../desktop/support/program.ts";
import { eventually } from "../../support/eventually.ts";
import { patience } from "./patience.ts";

/** What a proxy without clients has. */
export interface Possessions {
  readonly descriptors: readonly string[];
  readonly files: readonly string[];
  readonly children: readonly number[];
  /** In bytes, without garbage: JavaScript's objects, and what is outside of its heap and belongs to them. */
  readonly heapUsed: number;
  readonly external: number;
  /** Memory that the process has, in bytes, and mappings. */
  readonly rss: number;
  readonly mappings: number;
  /** How many clients it has served. */
  readonly sessions: number;
}

/** A client of it, as its statistics tell. */
export interface Client {
  readonly name: string;
  readonly clientObjects: number;
  readonly hostObjects: number;
}

/** A line of its log, or of its answers. */
interface Line {
  readonly level?: string;
  readonly text?: string;
  readonly probe?: number;
  readonly statistics?: { readonly totals: { readonly sessions: number }; readonly clients: readonly Client[] };
}

/** A proxy with `--log-format json` into which probe.ts was loaded. */
export class WatchedProxy {
  readonly #program: Program;
  readonly #socket: string;
  #read = 0;
  #lines: Line[] = [];

  constructor({ proxy, socket }: Display) {
    this.#program = proxy as Program;
    this.#socket = socket;
  }

  /** The Xwayland that it runs, if any. */
  get xwayland(): number | undefined {
    return programsOf(this.#program.pid)[0];
  }

  /** Warnings and errors since this was last asked, but for those that say no more than that this machine is busy. */
  complaints(): string[] {
    this.#take();
    const found = this.#lines.filter(({ level }) => level === "warning" || level === "error");
    this.#lines = [];
    return found.map(({ text = "" }) => text).filter((text) => !/^Xwayland did not .* within \d+ ms$/.test(text));
  }

  /** The clients that it has. */
  async clients(): Promise<readonly Client[]> {
    return (await this.#statistics()).clients;
  }

  /** What it has; to be asked when there are no clients. */
  async possessions(): Promise<Possessions> {
    const { pid } = this.#program;
    const { totals } = await this.#statistics();
    this.#program.signal("SIGUSR2");
    const { heapUsed, external, rss } = (await this.#answer(({ probe }) => probe !== undefined)) as Possessions & Line;
    return {
      descriptors: descriptorsOf(pid).map(kindOf).sort(),
      files: readdirSync(dirname(this.#socket)).sort(),
      children: childrenOf(pid),
      heapUsed,
      external,
      rss,
      mappings: readFileSync(`/proc/${pid}/maps`, "utf8").split("\n").length,
      sessions: totals.sessions,
    };
  }

  async #statistics(): Promise<NonNullable<Line["statistics"]>> {
    writeFileSync(`${this.#socket}-ctl`, "stats\n");
    const { statistics } = await this.#answer((line) => line.statistics !== undefined);
    return statistics as NonNullable<Line["statistics"]>;
  }

  /** Waits for a line, and takes it out. */
  #answer(is: (line: Line) => boolean): Promise<Line> {
    return eventually(
      "the proxy to answer",
      () => {
        this.#take();
        const answer = this.#lines.find(is);
        this.#lines = this.#lines.filter((line) => line !== answer);
        return answer;
      },
      patience,
    );
  }

  #take(): void {
    const text = this.#program.output.slice(this.#read);
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    this.#read += whole.length;
    for (const line of whole.split("\n")) if (line !== "") this.#lines.push(JSON.parse(line) as Line);
  }
}

/** `socket:[123]` is another one each time. */
function kindOf(target: string): string {
  return target.replace(/\[\d+\]$/, "");
}
