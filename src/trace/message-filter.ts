// SPDX-License-Identifier: Apache-2.0
import { UserError } from "../errors.ts";
import { nearest } from "../protocol/nearest.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import type { Message } from "../wire/signature.ts";
import type { WireMessage } from "../wire/wire-message.ts";

/** Classes of frequent messages that say little, in the language of filters. */
export const messageClasses: Readonly<Record<string, string>> = {
  motion:
    "wl_pointer.motion, wl_pointer.frame, zwp_relative_pointer_v1.relative_motion, wl_touch.motion, wl_touch.frame",
  shm: "wl_shm, wl_shm_pool, wl_buffer",
  delete: "wl_display.delete_id",
  region: "wl_region, wl_compositor.create_region, wl_surface.set_opaque_region, wl_surface.set_input_region",
  drawing: "wl_surface.attach, wl_surface.damage, wl_surface.damage_buffer, wl_surface.frame",
  hints:
    "xdg_toplevel.set_min_size, xdg_toplevel.set_max_size, xdg_surface.set_window_geometry, wl_surface.set_buffer_scale",
};

/** The names of the classes. */
const suppressible: readonly string[] = Object.keys(messageClasses);

/** Some messages: by interface, name, and id, each of which may be open. */
interface Matcher {
  readonly interface: RegExp;
  readonly message: RegExp;
  readonly id: number | null;
}

/**
 * Decides which messages are shown. The language is a part of wayland-debug's: `wl_surface.commit, xdg_*, .destroy`
 * shows these, `! wl_pointer.motion` all but these; what follows a `!` is excluded.
 */
export class MessageFilter {
  readonly #included: Matcher[] = [];
  readonly #excluded: Matcher[] = [];
  /** The verdicts that are known already of messages, whatever the object's id. */
  readonly #verdicts = new Map<Message, boolean>();
  readonly #asksForIds: boolean;

  /**
   * @param suppressed names of classes
   * @throws UserError for a class that does not exist, a text that is no expression, or a name that no protocol has
   */
  constructor(protocol: ProtocolRegistry, expression: string | undefined, suppressed: readonly string[]) {
    if (expression !== undefined) this.#add(protocol, expression);
    for (const name of suppressed) {
      const list = messageClasses[name];
      if (list === undefined) {
        throw new UserError(`there is no class ${name} of messages, but ${suppressible.join(", ")}`, {
          code: "log-class",
        });
      }
      this.#excluded.push(...list.split(", ").map((item) => matcherOf(protocol, item)));
    }
    this.#asksForIds = [...this.#included, ...this.#excluded].some((matcher) => matcher.id !== null);
  }

  /** Whether a message is shown. */
  shows(wire: WireMessage): boolean {
    if (this.#asksForIds) return this.#decide(wire);
    const { message } = wire;
    let verdict = this.#verdicts.get(message);
    if (verdict === undefined) {
      verdict = this.#decide(wire);
      this.#verdicts.set(message, verdict);
    }
    return verdict;
  }

  #decide({ type, message, words, offset }: WireMessage): boolean {
    const matches = (one: Matcher): boolean =>
      (one.id === null || one.id === words[offset]) && one.interface.test(type.name) && one.message.test(message.name);
    return (this.#included.length === 0 || this.#included.some(matches)) && !this.#excluded.some(matches);
  }

  #add(protocol: ProtocolRegistry, expression: string): void {
    let list = this.#included;
    for (const item of expression.split(",")) {
      const [first = "", ...others] = item.split("!").map((part) => part.trim());
      if (first !== "") list.push(matcherOf(protocol, first));
      if (others.length === 0 && first !== "") continue;
      list = this.#excluded;
      if (others.length !== 1 || others[0] === "") {
        throw new UserError(`'${expression}' is no filter, as something is missing beside a comma or "!"`, {
          code: "log-filter",
        });
      }
      list.push(matcherOf(protocol, others[0] as string));
    }
  }
}

function matcherOf(protocol: ProtocolRegistry, item: string): Matcher {
  const [, type = "", id, message] = /^([\w*]*)(?:[@#](\d+))?(?:\.([\w*]+))?$/.exec(item) ?? [];
  if (type === "" && id === undefined && message === undefined) {
    throw new UserError(
      `"${item}" is no matcher: write INTERFACE, INTERFACE.MESSAGE, INTERFACE@ID or .MESSAGE, with * for any letters`,
      { code: "log-filter" },
    );
  }
  const matcher = {
    interface: pattern(type),
    message: pattern(message ?? ""),
    id: id === undefined ? null : Number(id),
  };
  const types = [...protocol.names()].filter((name) => matcher.interface.test(name));
  if (types.length === 0) {
    const isMessage = [...protocol.names()].some((name) => messagesOf(protocol, name).includes(type));
    throw unknown(item, "interface", type, isMessage ? `.${type}` : nearest(type, protocol.names()));
  }
  const messages = types.flatMap((name) => messagesOf(protocol, name));
  if (!messages.some((name) => matcher.message.test(name))) {
    throw unknown(item, "message", message ?? "", nearest(message ?? "", messages));
  }
  return matcher;
}

function messagesOf(protocol: ProtocolRegistry, type: string): string[] {
  const { requests = [], events = [] } = protocol.get(type) ?? {};
  return [...requests, ...events].map((one) => one.name);
}

function unknown(item: string, what: string, name: string, near: string | undefined): UserError {
  const hint = near === undefined ? "" : ` (did you mean ${near}?)`;
  return new UserError(`"${item}" in a filter can match nothing: there is no ${what} ${name}${hint}`, {
    code: "log-filter",
  });
}

/** Matches whole names; nothing stands for anything. */
function pattern(text: string): RegExp {
  return text === "" ? /^/ : new RegExp(`^${text.replaceAll("*", ".*")}$`);
}
