// SPDX-License-Identifier: Apache-2.0

/** A client's WAYLAND_DEBUG log, made comparable between runs. */
export interface Trace {
  /** The requests that the client sent, in order. */
  readonly requests: readonly string[];
  /** The events for each object, in order; the order between objects depends on timing. */
  readonly events: Readonly<Record<string, readonly string[]>>;
}

const line = /^\[ *\d+\.\d+\] +(?:\{[^}]*\} +)?(-> )?(\w+)[@#](\d+)\.(\w+)\((.*)\)$/;

/** Messages whose first argument is a serial, a time, a token or a global's name: it differs between runs. */
const masked = new Set([
  "wl_callback.done",
  "wl_keyboard.enter",
  "wl_keyboard.leave",
  "wl_keyboard.modifiers",
  "wl_pointer.enter",
  "wl_pointer.leave",
  "wl_pointer.set_cursor",
  "wl_registry.bind",
  "wl_registry.global",
  "wl_surface.preferred_buffer_scale",
  "xdg_activation_token_v1.done",
  "xdg_activation_v1.activate",
  "xdg_surface.ack_configure",
  "xdg_surface.configure",
  "xdg_wm_base.ping",
  "xdg_wm_base.pong",
]);

/**
 * Reads a log: objects are named by their interface and order of creation; serials, times, descriptors and names of
 * globals are masked. Globals of `ignored` interfaces are left out, and so is delete_id, which libwayland sends early or late.
 */
export function readTrace(log: string, ignored: ReadonlySet<string>): Trace {
  const labels = new Map<string, string>([["1", "wl_display"]]);
  const counts = new Map<string, number>();
  const create = (id: string, type: string): string => {
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    labels.set(id, `${type} ${count}`);
    return `new ${type} ${count}`;
  };
  const requests: string[] = [];
  const events: Record<string, string[]> = {};
  for (const text of log.split("\n")) {
    const [matched, arrow, type = "", id = "", message = "", values = ""] = line.exec(text) ?? [];
    if (matched === undefined || message === "delete_id") continue;
    const named = /^\d+, "(\w+)"/.exec(values)?.[1] ?? "";
    if (message === "global" && ignored.has(named)) continue;
    const object = labels.get(id) ?? type;
    const clean = values
      .replace(masked.has(`${type}.${message}`) ? /^(\d+|"\w+")/ : /^$/, "_")
      .replaceAll(/(new id )?(\w+|\[unknown\])[@#](\d+)/g, (_, fresh: string | undefined, kind: string, at: string) => {
        return fresh ? create(at, kind === "[unknown]" ? named : kind) : (labels.get(at) ?? kind);
      })
      .replaceAll(/\bfd \d+/g, "fd");
    if (arrow) requests.push(`${object}.${message}(${clean})`);
    else events[object] = [...(events[object] ?? []), `${message}(${clean})`];
  }
  return { requests, events };
}
