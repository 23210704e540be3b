// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../../../src/native/fd.ts";
import type { EventName } from "../../../src/x11/codec/protocol.ts";
import type { Values } from "../../../src/x11/codec/writer.ts";
import { ConfigWindow, EventMask, WindowClass } from "../../../src/x11/generated/enums.ts";
import { extensions, type XRequest } from "./wire.ts";
import { XClient, type XClientOwner } from "./x-client.ts";

const ROOT = 0x50d;
const CURRENT_TIME = 0;
const BAD_WINDOW = 3;
const BAD_ATOM = 5;
/** PropertyNotify.state. */
const NEW_VALUE = 0;
const DELETED = 1;
/** ChangeProperty.mode. */
const REPLACE = 0;
const PREPEND = 1;
/** ConfigureWindow.stack_mode. */
const ABOVE = 0;
const BELOW = 1;

interface XProperty {
  readonly type: number;
  readonly format: number;
  readonly data: Buffer;
}

/** A window as the server knows it. */
export class ModelWindow {
  readonly id: number;
  readonly owner: XClient | null;
  parent: ModelWindow | null;
  x: number;
  y: number;
  width: number;
  height: number;
  overrideRedirect: boolean;
  /** Nobody sees it, so it has no surface. */
  readonly isInputOnly: boolean;
  mapped = false;
  /** The children, from the lowest to the highest. */
  readonly children: ModelWindow[] = [];
  readonly properties: Map<number, XProperty> = new Map();
  readonly masks: Map<XClient, number> = new Map();

  constructor(
    id: number,
    owner: XClient | null,
    parent: ModelWindow | null,
    values: Readonly<Record<string, unknown>>,
  ) {
    this.id = id;
    this.owner = owner;
    this.parent = parent;
    this.x = Number(values["x"]);
    this.y = Number(values["y"]);
    this.width = Number(values["width"]);
    this.height = Number(values["height"]);
    this.overrideRedirect = values["override_redirect"] === true;
    this.isInputOnly = values["class"] === WindowClass.InputOnly;
  }

  get place(): { x: number; y: number; width: number; height: number } {
    const { x, y, width, height } = this;
    return { x, y, width, height };
  }
}

/** Listens to changes of the X server's windows, for Xwayland. */
export interface ModelListener {
  mapped(window: ModelWindow): void;
  unmapped(window: ModelWindow): void;
  resized(window: ModelWindow): void;
  /** A client has taken the selection of window managers: others may come in. */
  managed(): void;
}

/**
 * As much of an X server as a window manager deals with: windows and their order, properties, redirection, focus and
 * selections, for several clients. It follows the core protocol's own text (chapter 9), and throws for what it does not
 * know.
 */
export class XServerModel implements XClientOwner {
  readonly root: number = ROOT;
  readonly size: { readonly width: number; readonly height: number };
  readonly windows: Map<number, ModelWindow> = new Map();
  focus = 0;
  /** Every request that the window manager has made, by name, with what it named. */
  readonly requests: { readonly name: string; readonly args: XRequest["args"] }[] = [];
  readonly #root: ModelWindow;
  readonly #listener: ModelListener;
  readonly #clients: XClient[] = [];
  readonly #atoms = new Map<string, number>();
  readonly #selections = new Map<number, { owner: number; client: XClient; time: number }>();
  readonly #selectionInput = new Map<XClient, Set<number>>();
  #time = 1000;

  constructor(size: { readonly width: number; readonly height: number }, listener: ModelListener) {
    this.size = size;
    this.#listener = listener;
    this.#root = new ModelWindow(ROOT, null, null, { x: 0, y: 0, ...size });
    this.#root.mapped = true;
    this.windows.set(ROOT, this.#root);
    // Predefined atoms have the numbers of the protocol's appendix B; those that are used here.
    const names =
      "PRIMARY SECONDARY ARC ATOM BITMAP CARDINAL COLORMAP CURSOR CUT_BUFFER0 CUT_BUFFER1 CUT_BUFFER2 CUT_BUFFER3 CUT_BUFFER4 CUT_BUFFER5 CUT_BUFFER6 CUT_BUFFER7 DRAWABLE FONT INTEGER PIXMAP POINT RECTANGLE RESOURCE_MANAGER RGB_COLOR_MAP RGB_BEST_MAP RGB_BLUE_MAP RGB_DEFAULT_MAP RGB_GRAY_MAP RGB_GREEN_MAP RGB_RED_MAP STRING VISUALID WINDOW WM_COMMAND WM_HINTS WM_CLIENT_MACHINE WM_ICON_NAME WM_ICON_SIZE WM_NAME WM_NORMAL_HINTS WM_SIZE_HINTS WM_ZOOM_HINTS MIN_SPACE NORM_SPACE MAX_SPACE END_SPACE SUPERSCRIPT_X SUPERSCRIPT_Y SUBSCRIPT_X SUBSCRIPT_Y UNDERLINE_POSITION UNDERLINE_THICKNESS STRIKEOUT_ASCENT STRIKEOUT_DESCENT ITALIC_ANGLE X_HEIGHT QUAD_WIDTH WEIGHT POINT_SIZE RESOLUTION COPYRIGHT NOTICE FONT_NAME FAMILY_NAME FULL_NAME CAP_HEIGHT WM_CLASS WM_TRANSIENT_FOR";
    for (const name of names.split(" ")) this.atom(name);
  }

  /** Alarms on counters, by their ids (SYNC). */
  readonly #alarms = new Map<number, { client: XClient; counter: number; value: bigint }>();

  /** Lets a client in. The first one is the window manager. */
  accept(fd: Fd): XClient {
    const client = new XClient(fd, 0x20_0000 * (this.#clients.length + 1), this);
    this.#clients.push(client);
    return client;
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }

  atom(name: string): number {
    let atom = this.#atoms.get(name);
    if (atom === undefined) {
      atom = this.#atoms.size + 1;
      this.#atoms.set(name, atom);
    }
    return atom;
  }

  /** A time that is later than all before. */
  now(): number {
    return ++this.#time;
  }

  /** The window manager, once there is one. */
  get manager(): XClient | undefined {
    return this.#clients[0];
  }

  /** The children of the root, from the lowest to the highest. */
  get stack(): readonly ModelWindow[] {
    return this.#root.children;
  }

  /** Sends a message to the root as the server's own part Xwayland does. */
  tellManager(window: number, type: string, ...data: number[]): void {
    const values = { format: 32, window, type: this.atom(type), data: [...data, 0, 0, 0, 0, 0].slice(0, 5) };
    this.manager?.event("ClientMessage", values);
  }

  /** Moves the focus, as a request does, or as the server itself. */
  setFocus(focus: number): void {
    if (focus === this.focus) return;
    const [before, after] = [this.windows.get(this.focus), this.windows.get(focus)];
    this.focus = focus;
    // Nonlinear, the mode Normal: between windows that are no relatives (chapter 10, "FocusIn").
    if (before !== undefined)
      this.#tell(before, EventMask.FocusChange, "FocusOut", { detail: 3, event: before.id, mode: 0 });
    if (after !== undefined)
      this.#tell(after, EventMask.FocusChange, "FocusIn", { detail: 3, event: after.id, mode: 0 });
  }

  left(client: XClient): void {
    const index = this.#clients.indexOf(client);
    if (index < 0) return;
    for (const window of [...this.windows.values()]) if (window.owner === client) this.#destroy(window);
    for (const [selection, { client: owner }] of this.#selections) {
      if (owner === client) this.#setOwner(selection, 0, client, this.now());
    }
    for (const window of this.windows.values()) window.masks.delete(client);
    this.#selectionInput.delete(client);
  }

  requested(client: XClient, request: XRequest): void {
    const { name, args } = request;
    if (client === this.manager) this.requests.push({ name, args });
    const handler = handlers[name];
    if (handler === undefined) throw new Error(`this X server does not know ${name}`);
    handler(this, client, request);
  }

  /** The window that a request names; an error for its client when there is none. */
  named(client: XClient, request: XRequest, field = "window"): ModelWindow | undefined {
    const id = Number(request.args[field]);
    const window = this.windows.get(id);
    if (window === undefined) client.error(request, BAD_WINDOW, id);
    return window;
  }

  create(client: XClient, { args }: XRequest): void {
    const parent = this.windows.get(Number(args["parent"]));
    if (parent === undefined) return;
    const window = new ModelWindow(Number(args["wid"]), client, parent, args);
    this.windows.set(window.id, window);
    parent.children.push(window);
    if (args["event_mask"] !== undefined) window.masks.set(client, Number(args["event_mask"]));
    const { id, overrideRedirect, place } = window;
    const values = { parent: parent.id, window: id, ...place, border_width: 0, override_redirect: overrideRedirect };
    this.#tell(parent, EventMask.SubstructureNotify, "CreateNotify", values);
  }

  change(client: XClient, window: ModelWindow, { args }: XRequest): void {
    if (args["event_mask"] !== undefined) window.masks.set(client, Number(args["event_mask"]));
    if (args["override_redirect"] !== undefined) window.overrideRedirect = args["override_redirect"] === true;
  }

  map(client: XClient, window: ModelWindow): void {
    const { parent, id } = window;
    if (window.mapped || parent === null) return;
    const redirected = this.#redirected(client, window);
    if (redirected !== undefined) return redirected.event("MapRequest", { parent: parent.id, window: id });
    window.mapped = true;
    const values = { window: id, override_redirect: window.overrideRedirect };
    this.#tellAround(window, "MapNotify", values);
    if (parent === this.#root && !window.isInputOnly) this.#listener.mapped(window);
  }

  unmap(window: ModelWindow): void {
    if (!window.mapped) return;
    window.mapped = false;
    this.#tellAround(window, "UnmapNotify", { window: window.id, from_configure: false });
    if (this.focus === window.id) this.setFocus(0);
    if (window.parent === this.#root) this.#listener.unmapped(window);
  }

  destroyed(window: ModelWindow): void {
    this.#destroy(window);
  }

  configure(client: XClient, window: ModelWindow, { args }: XRequest): void {
    const { parent } = window;
    if (parent === null) return;
    const redirected = this.#redirected(client, window);
    if (redirected !== undefined) {
      const fields = ["x", "y", "width", "height", "border_width", "sibling", "stack_mode"];
      const bits = [ConfigWindow.X, ConfigWindow.Y, ConfigWindow.Width, ConfigWindow.Height, 16, 32, 64];
      const value_mask = fields.reduce(
        (mask, field, i) => mask | (args[field] === undefined ? 0 : (bits[i] as number)),
        0,
      );
      const none = { ...window.place, border_width: 0, sibling: 0, stack_mode: 0 };
      const values = { ...none, ...args, parent: parent.id, window: window.id, value_mask };
      return redirected.event("ConfigureRequest", values as unknown as Values);
    }
    const before = window.place;
    for (const field of ["x", "y", "width", "height"] as const) {
      if (args[field] !== undefined) window[field] = Number(args[field]);
    }
    const isRestacked =
      args["stack_mode"] !== undefined && this.#restack(window, Number(args["stack_mode"]), args["sibling"]);
    const { x, y, width, height } = window;
    const isResized = width !== before.width || height !== before.height;
    if (!isRestacked && !isResized && x === before.x && y === before.y) return;
    const index = parent.children.indexOf(window);
    const values = {
      ...window.place,
      window: window.id,
      above_sibling: parent.children[index - 1]?.id ?? 0,
      border_width: 0,
      override_redirect: window.overrideRedirect,
    };
    this.#tellAround(window, "ConfigureNotify", values);
    if (isResized && parent === this.#root) this.#listener.resized(window);
  }

  setProperty(client: XClient, window: ModelWindow, request: XRequest): void {
    const { args } = request;
    const property = Number(args["property"]);
    if (property === 0) return client.error(request, BAD_ATOM, 0);
    const data = Buffer.from(args["data"] as Uint8Array);
    const old = window.properties.get(property)?.data ?? Buffer.alloc(0);
    const mode = Number(args["mode"]);
    const all = mode === REPLACE ? data : Buffer.concat(mode === PREPEND ? [data, old] : [old, data]);
    window.properties.set(property, { type: Number(args["type"]), format: Number(args["format"]), data: all });
    this.#propertyChanged(window, property, NEW_VALUE);
  }

  deleteProperty(window: ModelWindow, property: number): void {
    if (window.properties.delete(property)) this.#propertyChanged(window, property, DELETED);
  }

  getProperty(client: XClient, window: ModelWindow, request: XRequest): void {
    const { args } = request;
    const property = Number(args["property"]);
    const found = window.properties.get(property);
    const wanted = Number(args["type"]);
    if (found === undefined) {
      return client.reply(request, { format: 0, type: 0, bytes_after: 0, value: new Uint8Array(0), value_len: 0 });
    }
    const { type, format, data } = found;
    if (wanted !== 0 && wanted !== type) {
      const nothing = { value: new Uint8Array(0), value_len: 0 };
      return client.reply(request, { format, type, bytes_after: data.length, ...nothing });
    }
    const start = 4 * Number(args["long_offset"]);
    const value = data.subarray(start, start + 4 * Number(args["long_length"]));
    const bytes_after = Math.max(0, data.length - start - value.length);
    client.reply(request, { format, type, bytes_after, value_len: value.length / (format / 8), value });
    if (args["delete"] === true && bytes_after === 0) this.deleteProperty(window, property);
  }

  selectionOwner(selection: number): number {
    return this.#selections.get(selection)?.owner ?? 0;
  }

  takeSelection(client: XClient, { args }: XRequest): void {
    const time = Number(args["time"]) === CURRENT_TIME ? this.now() : Number(args["time"]);
    this.#setOwner(Number(args["selection"]), Number(args["owner"]), client, time);
    if (args["selection"] === this.atom("WM_S0")) this.#listener.managed();
  }

  convertSelection(client: XClient, { args }: XRequest): void {
    const selection = Number(args["selection"]);
    const owner = this.#selections.get(selection);
    const { requestor, target, property, time } = args;
    const values = { time, requestor, selection, target } as Values;
    if (owner === undefined) client.event("SelectionNotify", { ...values, property: 0 });
    else owner.client.event("SelectionRequest", { ...values, owner: owner.owner, property } as Values);
  }

  selectSelectionInput(client: XClient, { args }: XRequest): void {
    const known = this.#selectionInput.get(client) ?? new Set<number>();
    this.#selectionInput.set(client, known.add(Number(args["selection"])));
  }

  sendEvent(client: XClient, request: XRequest): void {
    const window = this.named(client, request, "destination");
    if (window === undefined) return;
    const mask = Number(request.args["event_mask"]);
    const bytes = request.args["event"] as Uint8Array;
    if (mask === 0) return void window.owner?.sentEvent(bytes);
    for (const [other, selected] of window.masks) if ((selected & mask) !== 0) other.sentEvent(bytes);
  }

  /** Changes a counter, and tells whoever has an alarm for that value or a lower one. */
  setCounter(counter: number, value: bigint): void {
    for (const [id, alarm] of this.#alarms) {
      if (alarm.counter !== counter || value < alarm.value) continue;
      this.#alarms.delete(id);
      const values = { kind: 1, alarm: id, counter_value: value, alarm_value: alarm.value, timestamp: this.now() };
      alarm.client.event("Sync.AlarmNotify", { ...values, state: 1 });
    }
  }

  createAlarm(client: XClient, { args }: XRequest): void {
    this.#alarms.set(Number(args["id"]), { client, counter: Number(args["counter"]), value: args["value"] as bigint });
  }

  destroyAlarm(id: number): void {
    this.#alarms.delete(id);
  }

  /** Ends the client that has made a window. */
  kill(id: number): void {
    this.windows.get(id)?.owner?.close();
  }

  atomName(atom: number): string | undefined {
    for (const [name, number] of this.#atoms) if (number === atom) return name;
    return undefined;
  }

  #setOwner(selection: number, owner: number, client: XClient, time: number): void {
    const before = this.#selections.get(selection);
    if (owner === 0) this.#selections.delete(selection);
    else this.#selections.set(selection, { owner, client, time });
    if (before !== undefined && (before.client !== client || owner === 0)) {
      before.client.event("SelectionClear", { time, owner: before.owner, selection });
    }
    for (const [other, selections] of this.#selectionInput) {
      if (!selections.has(selection)) continue;
      const values = { subtype: 0, window: ROOT, owner, selection, timestamp: time, selection_timestamp: time };
      other.event("XFixes.SelectionNotify", values);
    }
  }

  #propertyChanged(window: ModelWindow, atom: number, state: number): void {
    this.#tell(window, EventMask.PropertyChange, "PropertyNotify", {
      window: window.id,
      atom,
      time: this.now(),
      state,
    });
  }

  #destroy(window: ModelWindow): void {
    if (!this.windows.has(window.id)) return;
    this.unmap(window);
    for (const child of [...window.children]) this.#destroy(child);
    this.#tellAround(window, "DestroyNotify", { window: window.id });
    this.windows.delete(window.id);
    const siblings = window.parent?.children;
    siblings?.splice(siblings.indexOf(window), 1);
  }

  #restack(window: ModelWindow, mode: number, sibling: unknown): boolean {
    const siblings = window.parent?.children ?? [];
    const before = siblings.indexOf(window);
    siblings.splice(before, 1);
    const other = siblings.findIndex(({ id }) => id === sibling);
    let index = mode === BELOW ? 0 : siblings.length;
    if (other >= 0) index = mode === ABOVE ? other + 1 : other;
    siblings.splice(index, 0, window);
    return index !== before;
  }

  /** Returns the client that decides about a window instead of its own. */
  #redirected(client: XClient, window: ModelWindow): XClient | undefined {
    if (window.overrideRedirect || window.parent === null) return undefined;
    for (const [other, mask] of window.parent.masks) {
      if (other !== client && (mask & EventMask.SubstructureRedirect) !== 0) return other;
    }
    return undefined;
  }

  #tell(window: ModelWindow, mask: number, name: EventName, values: Values): void {
    for (const [client, selected] of window.masks) if ((selected & mask) !== 0) client.event(name, values);
  }

  /** Tells those who watch a window, and those who watch its parent's children. */
  #tellAround(window: ModelWindow, name: EventName, values: Values): void {
    this.#tell(window, EventMask.StructureNotify, name, { event: window.id, ...values });
    const { parent } = window;
    if (parent !== null) this.#tell(parent, EventMask.SubstructureNotify, name, { event: parent.id, ...values });
  }
}

type Handler = (server: XServerModel, client: XClient, request: XRequest) => void;

/** Makes a handler for a request that names a window. */
function about(
  handle: (server: XServerModel, client: XClient, window: ModelWindow, request: XRequest) => void,
): Handler {
  return (server, client, request) => {
    const window = server.named(client, request);
    if (window !== undefined) handle(server, client, window, request);
  };
}

const ignored: Handler = () => {};
const version =
  (values: Values): Handler =>
  (_server, client, request) =>
    client.reply(request, values);

const handlers: Readonly<Record<string, Handler>> = {
  QueryExtension(_server, client, request) {
    const found = extensions[String(request.args["name"])];
    const { major = 0, firstEvent = 0, firstError = 0 } = found ?? {};
    const numbers = { major_opcode: major, first_event: firstEvent, first_error: firstError };
    client.reply(request, { present: found !== undefined, ...numbers });
  },
  "BigRequests.Enable": version({ maximum_request_length: 4_194_303 }),
  "Composite.QueryVersion": version({ major_version: 0, minor_version: 4 }),
  "XFixes.QueryVersion": version({ major_version: 6, minor_version: 0 }),
  "Res.QueryVersion": version({ server_major: 1, server_minor: 2 }),
  "Sync.Initialize": version({ major_version: 3, minor_version: 1 }),
  "Res.QueryClientIds": version({ num_ids: 0, ids: [] }),
  "RandR.QueryVersion": version({ major_version: 1, minor_version: 6 }),
  "RandR.SelectInput": ignored,
  "RandR.GetScreenResourcesCurrent": (_server, client, request) =>
    client.reply(request, { ...zeros(request), crtcs: [], outputs: [], modes: [], names: new Uint8Array(0) }),
  "RandR.GetOutputPrimary": version({ output: 0 }),
  "RandR.SetOutputPrimary": ignored,
  "Render.QueryVersion": version({ major_version: 0, minor_version: 11 }),
  "Render.QueryPictFormats": (_server, client, request) =>
    client.reply(request, { ...zeros(request), formats: [], screens: [], subpixels: [] }),
  "Composite.RedirectSubwindows": ignored,
  "XFixes.SetClientDisconnectMode": ignored,
  "XFixes.SelectSelectionInput": (server, client, request) => server.selectSelectionInput(client, request),
  InternAtom: (server, client, request) => client.reply(request, { atom: server.atom(String(request.args["name"])) }),
  GetAtomName(server, client, request) {
    const name = server.atomName(Number(request.args["atom"]));
    if (name === undefined) client.error(request, BAD_ATOM, Number(request.args["atom"]));
    else client.reply(request, { name });
  },
  CreateWindow: (server, client, request) => server.create(client, request),
  ChangeWindowAttributes: about((server, client, window, request) => server.change(client, window, request)),
  GetWindowAttributes: about((_server, client, window, request) =>
    client.reply(request, {
      ...zeros(request),
      map_state: window.mapped ? 2 : 0,
      override_redirect: window.overrideRedirect,
      class: 1,
    }),
  ),
  DestroyWindow: about((server, _client, window) => server.destroyed(window)),
  MapWindow: about((server, client, window) => server.map(client, window)),
  UnmapWindow: about((server, _client, window) => server.unmap(window)),
  ConfigureWindow: about((server, client, window, request) => server.configure(client, window, request)),
  GetGeometry(server, client, request) {
    const window = server.named(client, request, "drawable");
    if (window === undefined) return;
    client.reply(request, { depth: 24, root: ROOT, ...window.place, border_width: 0 });
  },
  ChangeProperty: about((server, client, window, request) => server.setProperty(client, window, request)),
  DeleteProperty: about((server, _client, window, { args }) => server.deleteProperty(window, Number(args["property"]))),
  GetProperty: about((server, client, window, request) => server.getProperty(client, window, request)),
  SetSelectionOwner: (server, client, request) => server.takeSelection(client, request),
  GetSelectionOwner: (server, client, request) =>
    client.reply(request, { owner: server.selectionOwner(Number(request.args["selection"])) }),
  ConvertSelection: (server, client, request) => server.convertSelection(client, request),
  SendEvent: (server, client, request) => server.sendEvent(client, request),
  SetInputFocus: (server, _client, { args }) => server.setFocus(Number(args["focus"])),
  GetInputFocus: (server, client, request) => client.reply(request, { revert_to: 0, focus: server.focus }),
  QueryPointer: about((_server, client, _window, request) => client.reply(request, { ...zeros(request), root: ROOT })),
  QueryTree: about((_server, client, window, request) => {
    const children = window.children.map(({ id }) => id);
    client.reply(request, { root: ROOT, parent: window.parent?.id ?? 0, children_len: children.length, children });
  }),
  KillClient: (server, _client, { args }) => server.kill(Number(args["resource"])),
  "Sync.CreateCounter": ignored,
  "Sync.SetCounter": (server, _client, { args }) => server.setCounter(Number(args["counter"]), args["value"] as bigint),
  "Sync.CreateAlarm": (server, client, request) => server.createAlarm(client, request),
  "Sync.DestroyAlarm": (server, _client, { args }) => server.destroyAlarm(Number(args["alarm"])),
  CreatePixmap: ignored,
  FreePixmap: ignored,
  CreateGC: ignored,
  FreeGC: ignored,
  PutImage: ignored,
  OpenFont: ignored,
  CloseFont: ignored,
  CreateGlyphCursor: ignored,
  FreeCursor: ignored,
};

/** A reply whose numbers are all 0. */
function zeros(request: XRequest): Record<string, number> {
  return Object.fromEntries(request.reply.flatMap((field) => (field.what === "value" ? [[field.name, 0]] : [])));
}
