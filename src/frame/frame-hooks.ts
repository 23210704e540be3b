// SPDX-License-Identifier: Apache-2.0
import type { PolicyGuard } from "../policy/guard.ts";
import type { FramePolicy } from "../policy/policy.ts";
import type { Hooks } from "../relay/hooks.ts";
import { CropInput, cropFocus, cropPlaces } from "./crop-input.ts";
import { EdgeInput } from "./edge-input.ts";
import { croppedDamage, frames } from "./frames.ts";
import { Framing } from "./framing.ts";
import type { LoadTextPainter } from "./load-text.ts";
import { surfaceRegions } from "./surface-regions.ts";

/**
 * All that frames need: frames around windows, drawn by us, which no client can cover, imitate at their place, or take off.
 *
 * @param loadPainter loads what labels are painted with
 */
export function frameHooks(guard: PolicyGuard, policy: FramePolicy, loadPainter: LoadTextPainter): readonly Hooks[] {
  const edges = new EdgeInput();
  const framing = new Framing(guard, policy, edges, loadPainter);
  const crops = new CropInput((surface) => framing.originOf(surface));
  return [
    frames(guard, framing),
    surfaceRegions(framing),
    croppedDamage(framing),
    ...edges.hooks,
    cropFocus(crops),
    cropPlaces(crops),
  ];
}
