// SPDX-License-Identifier: Apache-2.0
import type { Client } from "../relay/client.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { movedBy, type Offset } from "./size.ts";

/** Steps of a region that are kept. What is made of more counts as unknown. */
const MAX_STEPS = 256;

/** One step in making a region. */
interface Step {
  readonly name: "add" | "subtract";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How a region was made. */
export type Shape = readonly Step[];

/** Knows the regions of clients, so that they can be moved. */
export class Regions {
  readonly #steps = new WeakMap<WlObject, Step[]>();

  readonly requests: NonNullable<NonNullable<Hooks["requests"]>["wl_region"]> = {
    add: ({ object, args }) => this.#add(object, { name: "add", ...args }),
    subtract: ({ object, args }) => this.#add(object, { name: "subtract", ...args }),
  };

  /** The shape that a region has now; null for no region, and for one of too many steps. */
  shapeOf(region: WlObject | null): Shape | null {
    if (region === null) return null;
    const steps = this.#steps.get(region) ?? [];
    return steps.length > MAX_STEPS ? null : [...steps];
  }

  #add(region: WlObject, step: Step): void {
    let steps = this.#steps.get(region);
    if (steps === undefined) {
      steps = [];
      this.#steps.set(region, steps);
    }
    if (steps.length <= MAX_STEPS) steps.push(step);
  }
}

/** Makes a region of a shape that is moved, which the caller destroys. */
export function makeRegion(
  client: Client,
  compositor: WlObject<"wl_compositor">,
  shape: Shape,
  by: Offset,
): WlObject<"wl_region"> {
  const region = client.createObject("wl_region", 1);
  client.sendRequest(compositor, "create_region", { id: region });
  for (const { name, x, y, width, height } of shape) {
    client.sendRequest(region, name, { ...movedBy({ x, y }, by), width, height });
  }
  return region;
}
