// SPDX-License-Identifier: Apache-2.0
/** Title bars for Wayland programs, as a policy wants them. */
import { listGlobals } from "../../check/list-globals.ts";
import { type DecorationOptions, decorationHooks } from "../../decorations/decoration-hooks.ts";
import type { HostConnector } from "../../host/connector.ts";
import type { Policy } from "../../policy/policy.ts";
import type { GlobalPolicy } from "../../protocol/global-policy.ts";
import type { Hooks } from "../../relay/hooks.ts";
import { desktopBarStyle, preparedBarStyle } from "../../title-bars/bar-style.ts";
import { desktopCursors, readNow } from "../../title-bars/desktop-cursors.ts";
import { shapeNames } from "../../title-bars/pointer-shapes.ts";
import type { Variables } from "./environment.ts";

/** Milliseconds for the compositor to say what it has. */
const GLOBALS_TIMEOUT = 1000;

type Surroundings = Pick<DecorationOptions, "log" | "imagesFor"> & {
  readonly globals: GlobalPolicy;
  readonly environment: Variables;
};

/** The hooks for title bars; none where there are to be none. What they need is loaded with the first bar. */
export function titleBars(policy: Policy, { globals, environment, log, imagesFor }: Surroundings): readonly Hooks[] {
  if (!wantsTitleBars(policy)) return [];
  const watchStyle = desktopBarStyle(environment);
  const findCursor = desktopCursors(environment);
  return decorationHooks({ ...wishesOf(policy), policy: globals, watchStyle, findCursor, log, imagesFor });
}

/**
 * The same, for a program that goes into a jail. What bars need is loaded now, if the compositor is there and draws no frames.
 *
 * @param connect makes a connection with the compositor
 */
export async function preparedTitleBars(
  policy: Policy,
  { globals, environment, log }: Surroundings,
  connect: HostConnector,
): Promise<readonly Hooks[]> {
  if (!wantsTitleBars(policy)) return [];
  const isNeeded = await lacksDecorations(connect);
  const watchStyle = isNeeded ? await preparedBarStyle(environment, log) : () => () => {};
  const findCursor = isNeeded ? readNow(desktopCursors(environment), shapeNames) : () => null;
  return decorationHooks({ ...wishesOf(policy), policy: globals, watchStyle, findCursor, log });
}

/** Nobody is to draw frames where the policy says so. */
function wantsTitleBars({ titleBars, decorations }: Policy): boolean {
  return titleBars === "auto" && decorations !== "client";
}

function wishesOf({ tag, frame, decorations }: Policy): Pick<DecorationOptions, "tag" | "isFramed" | "isForced"> {
  return { tag, isFramed: frame !== null, isForced: decorations === "server" };
}

async function lacksDecorations(connect: HostConnector): Promise<boolean> {
  try {
    const globals = await listGlobals(await connect(AbortSignal.timeout(GLOBALS_TIMEOUT)), GLOBALS_TIMEOUT);
    return globals.every((global) => global.interface !== "zxdg_decoration_manager_v1");
  } catch {
    // It is not there.
    return false;
  }
}
