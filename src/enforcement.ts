// SPDX-License-Identifier: Apache-2.0
/** Makes a policy hold: the hooks for it, and what clients see of the host. */

import { frameHooks } from "./frame/frame-hooks.ts";
import { loadTextPainter } from "./frame/load-text.ts";
import { unframedGlobals } from "./frame/unframed-globals.ts";
import { poolLimit, surfaceLimit } from "./hooks/client-limits.ts";
import { clipboardInput } from "./hooks/clipboard-input.ts";
import { forcedDecorations } from "./hooks/forced-decorations.ts";
import { outputIdentity } from "./hooks/output-identity.ts";
import { overlaySizes } from "./hooks/overlay-sizes.ts";
import { permissions } from "./hooks/permissions.ts";
import { transfers } from "./hooks/transfers.ts";
import type { Logger } from "./log/logger.ts";
import type { PolicyGuard } from "./policy/guard.ts";
import type { Policy } from "./policy/policy.ts";
import type { GlobalPolicyOptions } from "./protocol/global-policy.ts";
import type { Hooks } from "./relay/hooks.ts";

/** The hooks that a policy needs. Those that see every commit are there only for a key that is given. */
export function policyHooks(guard: PolicyGuard): Hooks[] {
  const { decorations, frame, maxCursor, maxDragIcon, maxPopup } = guard.policy;
  const hooks = [
    permissions(guard),
    outputIdentity(guard),
    transfers(guard),
    clipboardInput(guard),
    surfaceLimit(guard),
  ];
  if (decorations !== "as-is") hooks.push(forcedDecorations(decorations));
  if ([maxCursor, maxDragIcon, maxPopup].some(Number.isFinite)) hooks.push(overlaySizes(guard));
  if (frame !== null) hooks.push(...frameHooks(guard, frame, loadTextPainter));
  return hooks;
}

/** Loads what a policy needs beside its hooks: before the first client comes, and before a jail keeps files from us. */
export async function prepareEnforcement({ frame }: Policy, log: Logger): Promise<void> {
  if (frame !== null && frame.label !== "") await loadTextPainter(log);
}

/** The hooks that a policy needs besides where clients share memory with the host themselves, as those of a VM do not. */
export function memoryHooks(guard: PolicyGuard): Hooks[] {
  return Number.isFinite(guard.policy.maxMemory) ? [poolLimit(guard)] : [];
}

/** The globals that a policy offers, with what the command line adds to it. */
export function offeredGlobals(
  { allowGlobals, hideGlobals, onlyGlobals, globalVersions, frame }: Policy,
  { hide, expose }: { readonly hide: readonly string[]; readonly expose: readonly string[] },
): GlobalPolicyOptions {
  return {
    expose: [...allowGlobals, ...expose],
    hide: [...hideGlobals, ...hide, ...(frame === null ? [] : unframedGlobals)],
    only: onlyGlobals,
    versions: globalVersions,
  };
}
