// SPDX-License-Identifier: Apache-2.0

import { getProperty, setProperty, wordsOf } from "../../x11/client/properties.ts";
import type { EventOf } from "../../x11/codec/events.ts";
import { Atom, EventMask } from "../../x11/generated/enums.ts";
import { ManagerSelection } from "../base/manager-selection.ts";
import type { WmContext } from "../base/wm-context.ts";
import type { SelectionBridge } from "./bridge.ts";
import { MAX_TARGETS } from "./limits.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "x" | "events" | "explain">;

const SELECTION = "CLIPBOARD_MANAGER";
/** The targets that others may ask for; with the last one they have us keep what they have copied. */
const offered = ["TARGETS", "TIMESTAMP", "SAVE_TARGETS"] as const;

type Request = EventOf<"SelectionRequest">;

/**
 * Keeps for X clients what they have copied when they are about to end, unless a program of the user's does. X clients
 * expect that of a desktop (freedesktop.org's clipboard manager specification).
 */
export class ClipboardManager {
  static readonly atoms: readonly string[] = [SELECTION, "NULL", ...offered, ...ManagerSelection.atoms];

  readonly #context: Context;
  readonly #clipboard: SelectionBridge;
  readonly #role: ManagerSelection;

  constructor(context: Context, clipboard: SelectionBridge) {
    this.#context = context;
    this.#clipboard = clipboard;
    this.#role = new ManagerSelection(context, SELECTION);
    context.events.on("SelectionRequest", (request) => {
      if (request.owner === this.#role.window && request.selection === this.#role.selection) void this.#answer(request);
    });
  }

  async #answer({ requestor, selection, target, time, ...request }: Request): Promise<void> {
    const { x } = this.#context;
    // GTK names none when it wants all kept; as before ICCCM, it is then up to us.
    const property = request.property || target;
    const hasAnswer = await this.#convert(requestor, target, property).catch(() => false);
    const answer = { requestor, selection, target, time, property: hasAnswer ? property : Atom.None };
    x.sendEvent(requestor, EventMask.NoEvent, { name: "SelectionNotify", ...answer });
  }

  /** Resolves to whether the answer is in the property. Rejects when the client has gone. */
  async #convert(requestor: number, target: number, property: number): Promise<boolean> {
    const { x, explain } = this.#context;
    switch (x.atoms.known(target)) {
      case "TARGETS": {
        const targets = Uint32Array.from(offered, (name) => x.atoms.atom(name));
        setProperty(x, requestor, property, Atom.ATOM, targets);
        return true;
      }
      case "TIMESTAMP":
        setProperty(x, requestor, property, Atom.INTEGER, Uint32Array.of(this.#role.time));
        return true;
      case "SAVE_TARGETS": {
        // Without a list it is all that there is.
        const list = await getProperty(x, requestor, property, { maxBytes: MAX_TARGETS });
        const targets = [...wordsOf(list)];
        if (!(await this.#clipboard.keep(targets.length === 0 ? null : new Set(targets)))) return false;
        explain?.("what an X client has copied is kept, in case it ends");
        setProperty(x, requestor, property, x.atoms.atom("NULL"), new Uint32Array(0));
        return true;
      }
      default:
        return false;
    }
  }
}
