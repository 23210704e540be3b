// SPDX-License-Identifier: Apache-2.0
import type { X11Connection } from "../../../src/x11/client/connection.ts";
import { getProperty, setProperty, type Property as Value, wordsOf } from "../../../src/x11/client/properties.ts";
import type { EventOf, X11Event } from "../../../src/x11/codec/events.ts";
import { Atom, EventMask, Property, WindowClass } from "../../../src/x11/generated/enums.ts";
import { eventually } from "../../support/eventually.ts";
import { connectX } from "./x-programs.ts";

const atoms = [
  ...["CLIPBOARD", "TARGETS", "INCR", "MULTIPLE", "ATOM_PAIR", "TIMESTAMP", "ANSWER"],
  ...["CLIPBOARD_MANAGER", "SAVE_TARGETS"],
];
const MAX_BYTES = 16 * 1024 * 1024;

/** An X client that copies and pastes in ways of which xclip has no option. */
export class XSelectionClient {
  readonly x: X11Connection;
  readonly window: number;
  /** Called before it takes each part of something large. */
  beforePart: () => Promise<void> = () => Promise.resolve();
  /** How often the content of what it has copied was asked for. */
  #asked = 0;
  readonly #listeners = new Set<(event: X11Event) => void>();

  private constructor(x: X11Connection) {
    this.x = x;
    this.window = x.allocateId();
    const geometry = { x: 0, y: 0, width: 1, height: 1, border_width: 0 };
    x.send("CreateWindow", {
      ...geometry,
      depth: 0,
      wid: this.window,
      parent: x.setup.root,
      class: WindowClass.InputOnly,
      visual: 0,
      event_mask: EventMask.PropertyChange,
    });
    x.listen({
      event: (event) => {
        for (const listener of [...this.#listeners]) listener(event);
      },
      closed() {},
    });
  }

  static async open(): Promise<XSelectionClient> {
    const x = await connectX();
    await x.atoms.intern(atoms);
    return new XSelectionClient(x);
  }

  atom(name: string): number {
    return this.x.atoms.atom(name);
  }

  /** Asks for what is copied; null when that is refused. With property 0 as clients did before ICCCM. */
  async convert(target: number, property: number): Promise<Value | null> {
    const answered = this.#next(
      "SelectionNotify",
      (event) => event.target === target && [property || target, 0].includes(event.property),
    );
    const selection = this.atom("CLIPBOARD");
    this.x.send("ConvertSelection", { requestor: this.window, selection, target, property, time: 0 });
    const { property: answer } = await answered;
    return answer === 0 ? null : this.read(answer);
  }

  /** Reads an answer, all of its parts if there are several. */
  async read(property: number): Promise<Value | null> {
    let part = this.#part(property);
    const value = await this.#take(property);
    if (value?.type !== this.atom("INCR")) return value;
    const parts: Uint8Array[] = [];
    for (;;) {
      await part;
      await this.beforePart();
      part = this.#part(property);
      const next = await this.#take(property);
      if (next === null || next.bytes.length === 0)
        return { ...value, type: next?.type ?? 0, bytes: Buffer.concat(parts) };
      parts.push(next.bytes);
    }
  }

  /** Asks for several targets at once, each in a property; tells which are in the answer. */
  async convertAll(pairs: readonly (readonly [target: number, property: number])[]): Promise<number[]> {
    const { x, window } = this;
    setProperty(x, window, this.atom("ANSWER"), this.atom("ATOM_PAIR"), Uint32Array.from(pairs.flat()));
    const done = this.#next("SelectionNotify", (event) => event.target === this.atom("MULTIPLE"));
    const request = { selection: this.atom("CLIPBOARD"), target: this.atom("MULTIPLE"), property: this.atom("ANSWER") };
    x.send("ConvertSelection", { requestor: window, ...request, time: 0 });
    await done;
    return [...wordsOf(await getProperty(x, window, this.atom("ANSWER")))].filter((_, i) => i % 2 === 1);
  }

  /** Copies something that fits into properties, by its types. */
  copy(values: ReadonlyMap<number, Uint8Array>): void {
    const { x, window } = this;
    x.send("SetSelectionOwner", { owner: window, selection: this.atom("CLIPBOARD"), time: 0 });
    this.#listeners.add((event) => {
      if (event.name !== "SelectionRequest" || event.selection !== this.atom("CLIPBOARD")) return;
      const { requestor, selection, target, property, time } = event;
      const value = values.get(target);
      if (target === this.atom("TARGETS")) {
        setProperty(x, requestor, property, Atom.ATOM, Uint32Array.from([target, ...values.keys()]));
      } else if (value !== undefined) setProperty(x, requestor, property, target, value);
      const answered = value !== undefined || target === this.atom("TARGETS");
      const answer = { requestor, selection, target, time, property: answered ? property : Atom.None };
      x.sendEvent(requestor, EventMask.NoEvent, { name: "SelectionNotify", ...answer });
    });
  }

  /** Asks to have what it has copied kept, as programs do before they end; only these types, if any are named. */
  async store(...types: number[]): Promise<boolean> {
    const { x, window } = this;
    const [property, target] = [this.atom("ANSWER"), this.atom("SAVE_TARGETS")];
    if (types.length > 0) setProperty(x, window, property, Atom.ATOM, Uint32Array.from(types));
    const answered = this.#next("SelectionNotify", (event) => event.target === target);
    const selection = this.atom("CLIPBOARD_MANAGER");
    x.send("ConvertSelection", { requestor: window, selection, target, property, time: 0 });
    return (await answered).property === property;
  }

  /** Copies something of one type, which it hands over in parts without end; if there is no part, it only promises to. */
  copyForever(type: number, part: Uint8Array | null): void {
    const { x, window } = this;
    x.send("SetSelectionOwner", { owner: window, selection: this.atom("CLIPBOARD"), time: 0 });
    this.#listeners.add((event) => {
      if (event.name === "SelectionRequest") this.#answer(event, type);
      if (event.name !== "PropertyNotify" || part === null) return;
      if (event.window !== window && event.state === Property.Delete) {
        setProperty(x, event.window, event.atom, type, part);
      }
    });
  }

  /** Waits until the content of what it has copied was asked for so often. */
  async asked(times: number): Promise<void> {
    await eventually(`${times} requests`, () => this.#asked >= times);
  }

  close(): void {
    this.x.close();
  }

  #answer({ requestor, selection, target, property, time }: EventOf<"SelectionRequest">, type: number): void {
    const { x } = this;
    if (target === this.atom("TARGETS")) setProperty(x, requestor, property, Atom.ATOM, Uint32Array.of(type));
    else {
      this.#asked++;
      x.send("ChangeWindowAttributes", { window: requestor, event_mask: EventMask.PropertyChange });
      setProperty(x, requestor, property, this.atom("INCR"), Uint32Array.of(1));
    }
    const event = { name: "SelectionNotify", requestor, selection, target, time, property } as const;
    x.sendEvent(requestor, EventMask.NoEvent, event);
  }

  #take(property: number): Promise<Value | null> {
    return getProperty(this.x, this.window, property, { maxBytes: MAX_BYTES, delete: true });
  }

  #part(property: number): Promise<unknown> {
    return this.#next("PropertyNotify", ({ atom, state }) => atom === property && state === Property.NewValue);
  }

  #next<Name extends X11Event["name"]>(name: Name, accept: (event: EventOf<Name>) => boolean): Promise<EventOf<Name>> {
    return new Promise((resolve) => {
      const listener = (event: X11Event): void => {
        if (event.name !== name || !accept(event as unknown as EventOf<Name>)) return;
        this.#listeners.delete(listener);
        resolve(event as unknown as EventOf<Name>);
      };
      this.#listeners.add(listener);
    });
  }
}
