// SPDX-License-Identifier: Apache-2.0
import { connectUnix } from "../../../src/native/socket.ts";
import { X11Connection } from "../../../src/x11/connection.ts";
import type { EventOf, X11Event } from "../../../src/x11/events.ts";
import { Atom, EventMask, WindowClass } from "../../../src/x11/generated/enums.ts";
import { getProperty, setProperty, wordsOf } from "../../../src/x11/properties.ts";
import { eventually } from "./eventually.ts";

/** What a window is to be like. */
export interface XWindowOptions {
  readonly title: string;
  readonly width?: number;
  readonly height?: number;
  /** Numbers of 32 bits, by the names of the properties. Texts among them stand for atoms. */
  readonly properties?: Readonly<
    Record<string, { readonly type: string; readonly value: readonly (number | string)[] }>
  >;
  /** The names in WM_PROTOCOLS. */
  readonly protocols?: readonly string[];
}

/** An X client that does what no tool does. To be disposed of. */
export class XClient {
  readonly x: X11Connection;
  readonly #events: X11Event[] = [];

  private constructor(x: X11Connection) {
    this.x = x;
    x.listen({ event: (event) => void this.#events.push(event), closed: () => {} });
  }

  /** Connects to the X display of that number. */
  static async open(display: number): Promise<XClient> {
    return new XClient(await X11Connection.open(connectUnix(`/tmp/.X11-unix/X${display}`)));
  }

  /** Makes a window, and shows it. Resolves to its id. */
  async show({ title, width = 300, height = 200, properties = {}, protocols = [] }: XWindowOptions): Promise<number> {
    const { x } = this;
    const id = x.allocateId();
    x.send("CreateWindow", {
      depth: 0,
      wid: id,
      parent: x.setup.root,
      x: 0,
      y: 0,
      width,
      height,
      border_width: 0,
      class: WindowClass.InputOutput,
      visual: 0,
      background_pixel: 0xffffff,
      event_mask: EventMask.StructureNotify,
    });
    setProperty(x, id, Atom.WM_NAME, Atom.STRING, Buffer.from(title));
    const all = { ...properties, WM_PROTOCOLS: { type: "ATOM", value: protocols } };
    for (const [name, { type, value }] of Object.entries(all)) await this.set(id, name, type, value);
    x.send("MapWindow", { window: id });
    return id;
  }

  /** Sets a property to numbers, and atoms by their names. */
  async set(window: number, name: string, type: string, value: readonly (number | string)[]): Promise<void> {
    const { x } = this;
    const [property = 0, ofType = 0] = await x.atoms.intern([name, type]);
    await x.atoms.intern(value.filter((item) => typeof item === "string"));
    const numbers = value.map((item) => (typeof item === "string" ? x.atoms.atom(item) : item));
    setProperty(x, window, property, ofType, Uint32Array.from(numbers));
  }

  /** The numbers of a property. */
  async get(window: number, name: string): Promise<readonly number[]> {
    const [property = 0] = await this.x.atoms.intern([name]);
    return [...wordsOf(await getProperty(this.x, window, property))];
  }

  /** Waits until the numbers of a property are as they should be. */
  async property(window: number, name: string, fits: (words: readonly number[]) => boolean): Promise<void> {
    await eventually(`${name} to be as it should`, async () => fits(await this.get(window, name)));
  }

  /** The names of the atoms in a property, in order. */
  async names(window: number, name: string): Promise<readonly string[]> {
    const names = await this.x.atoms.names(await this.get(window, name));
    return names.map(String).sort();
  }

  /** Sends a ClientMessage about a window to the window manager (EWMH, "Root Window Messages"). */
  async ask(window: number, type: string, ...data: (number | string)[]): Promise<void> {
    const { x } = this;
    const [atom = 0] = await x.atoms.intern([type, ...data.filter((item) => typeof item === "string")]);
    const numbers = data.map((item) => (typeof item === "string" ? x.atoms.atom(item) : item));
    x.sendEvent(x.setup.root, EventMask.SubstructureNotify | EventMask.SubstructureRedirect, {
      name: "ClientMessage",
      format: 32,
      window,
      type: atom,
      data: [...numbers, 0, 0, 0, 0, 0].slice(0, 5),
    });
  }

  /** The first event of a kind that came, or comes, and that fits; it is not given again. */
  async event<Name extends X11Event["name"]>(
    name: Name,
    fits: (event: EventOf<Name>) => boolean = () => true,
  ): Promise<EventOf<Name>> {
    const at = await eventually(`${name}`, () => {
      const found = this.#events.findIndex((event) => event.name === name && fits(event as never));
      return found < 0 ? undefined : { found };
    });
    return this.#events.splice(at.found, 1)[0] as never;
  }

  /** A message of WM_PROTOCOLS to a window. */
  async told(window: number, protocol: string): Promise<EventOf<"ClientMessage">> {
    const [type, wanted] = await this.x.atoms.intern(["WM_PROTOCOLS", protocol]);
    return this.event(
      "ClientMessage",
      (event) => event.window === window && event.type === type && event.data[0] === wanted,
    );
  }

  [Symbol.dispose](): void {
    this.x.close();
  }
}
