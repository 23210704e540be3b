// SPDX-License-Identifier: Apache-2.0
import { TracePoint } from "../recorder/trace.ts";

/**
 * The place where messages are seen: between us and programs, between us and the host, and X11 between us and Xwayland.
 */
export type Source = "client" | "server" | "xwayland";
const all: readonly Source[] = ["client", "server", "xwayland"];

export function sourceOf(point: TracePoint): Source {
  return point === TracePoint.fromClient || point === TracePoint.toClient ? "client" : "server";
}

/**
 * Returns the sources that the environment asks for: WAYLAND_DEBUG_PROXY, or if that is not set WAYLAND_DEBUG, where 1
 * is for client,server. Without either these are all if `verbose`, else none.
 */
export function chosenSources(
  environment: Readonly<NodeJS.ProcessEnv>,
  verbose: boolean,
  warn: (text: string) => void,
): ReadonlySet<Source> {
  const variable = environment["WAYLAND_DEBUG_PROXY"] === undefined ? "WAYLAND_DEBUG" : "WAYLAND_DEBUG_PROXY";
  const list = environment[variable];
  if (list === undefined) return new Set(verbose ? all : []);
  const chosen = new Set<Source>();
  for (const item of list.split(",").map((text) => text.trim())) {
    const source = all.find((name) => name === item);
    if (source !== undefined) chosen.add(source);
    else if (item === "1") chosen.add("client").add("server");
    else if (item !== "") warn(`${variable} names ${item}, which is no source: there are 1, ${all.join(", ")}`);
  }
  return chosen;
}
