// SPDX-License-Identifier: Apache-2.0
import { FdSink } from "../../wire/fd-sink.ts";
import { mimeTypesOf, targetFor } from "./targets.ts";
import type { OpenSink } from "./transfer-from-x.ts";
import type { TransfersFromX } from "./transfers-from-x.ts";

/** A selection that an X client has. Its data comes from its owner, who is asked for it. */
export class SelectionClaim {
  readonly mimeTypes: readonly string[];
  readonly #transfers: TransfersFromX;
  readonly #selection: number;
  readonly #time: number;
  readonly #targets: ReadonlyMap<string, number>;

  /**
   * @param time when it took it, by the X server's clock
   * @param targets atoms by their names
   */
  constructor(transfers: TransfersFromX, selection: number, time: number, targets: ReadonlyMap<string, number>) {
    this.#transfers = transfers;
    this.#selection = selection;
    this.#time = time;
    this.#targets = targets;
    this.mimeTypes = mimeTypesOf([...targets.keys()]);
  }

  /** The atom to ask for when the host wants a type; undefined when it is not to be had. */
  targetFor(mimeType: string): number | undefined {
    return this.#targets.get(targetFor(mimeType, [...this.#targets.keys()]) ?? "");
  }

  /** Writes it to a descriptor, which stays its owner's. */
  send(mimeType: string, fd: number): void {
    const target = this.targetFor(mimeType);
    if (target !== undefined) this.read(target, (changed) => new FdSink(fd, this.#transfers, changed));
  }

  /** Brings one of the targets to a sink. */
  read(target: number, open: OpenSink): void {
    this.#transfers.begin({ selection: this.#selection, target, time: this.#time }, open);
  }
}
