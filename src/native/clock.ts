// SPDX-License-Identifier: Apache-2.0
/** A clock that goes on while the machine sleeps, as `performance.now` does not, and never goes back, as `Date` does. */

import { native } from "./binding.ts";
import { turnBegan } from "./watch.ts";

/** The time of the machine's start, in milliseconds since 1970, as the time of day was when it was first asked for. */
let started: number | undefined;

/**
 * Milliseconds since the machine was started, with a fraction. In a turn that has only forwarded until now it is when the
 * turn began, which costs nothing to know.
 */
export function now(): number {
  return turnBegan() || native.bootTime();
}

/** Returns the time in milliseconds since 1970. What is set at the time of day meanwhile has no effect. */
export function timeOfDay(): number {
  started ??= Date.now() - native.bootTime();
  return started + now();
}
