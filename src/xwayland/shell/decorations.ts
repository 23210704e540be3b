// SPDX-License-Identifier: Apache-2.0
import type { HostGlobals } from "../../globals/host-globals.ts";
import {
  OrgKdeKwinServerDecorationMode as KdeMode,
  ZxdgToplevelDecorationV1Mode as Mode,
} from "../../protocol/generated/enums.ts";
import { onEvents } from "../../relay/one-sided.ts";
import { BAR_HEIGHT } from "../../title-bars/parts.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import { setProperty } from "../../x11/client/properties.ts";
import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import { TitleBars, type TitleBarsContext } from "./title-bars.ts";
import { Toplevel } from "./toplevel.ts";

/** The services that this uses. */
type Context = TitleBarsContext & Pick<WmContext, "events">;

/** A window's frame as the host knows it. */
interface Decoration {
  readonly setFrame: (hasFrame: boolean) => void;
  readonly destroy: () => void;
  hasFrame: boolean;
}

const MANAGER = "zxdg_decoration_manager_v1";
const KDE_MANAGER = "org_kde_kwin_server_decoration_manager";

const EXTENTS = "_NET_FRAME_EXTENTS";

/**
 * Decides who draws a window's frame: the host, as a window manager of X11 would, unless the window wants none or draws
 * it itself. Where the host has no protocol for frames, or draws none, the window gets a title bar of ours.
 */
export class Decorations {
  static readonly atoms: readonly string[] = ["_GTK_FRAME_EXTENTS", EXTENTS, "_NET_REQUEST_FRAME_EXTENTS"];
  static readonly supported: readonly string[] = Decorations.atoms;

  readonly #context: Context;
  readonly #manager: WlObject<"zxdg_decoration_manager_v1"> | null;
  /** The manager by which KDE had decorations before. */
  readonly #kdeManager: WlObject<"org_kde_kwin_server_decoration_manager"> | null;
  readonly #decorations = new WeakMap<XWindow, Decoration>();
  readonly #titleBars: TitleBars | null;
  /** The height of the frame's upper edge that programs were told, in X pixels. */
  readonly #told = new WeakMap<XWindow, number>();

  /** Whether a host with these globals can be asked for frames. */
  static hostDraws(globals: HostGlobals): boolean {
    return globals.has(MANAGER) || globals.has(KDE_MANAGER);
  }

  constructor(context: Context) {
    this.#context = context;
    const { globals, windows, events } = context;
    this.#manager = globals.bind(MANAGER, 1);
    this.#kdeManager = this.#manager === null ? globals.bind(KDE_MANAGER, 1) : null;
    this.#titleBars = TitleBars.open(context);
    // By those who want to know before they are mapped.
    events.onMessage("_NET_REQUEST_FRAME_EXTENTS", (window) => this.#tellExtents(window));
    windows.listen({
      mapping: (window) => this.#tellExtents(window),
      roleGiven: (window) => this.#begin(window),
      propertiesChanged: (window) => this.#update(window),
      configured: (window) => this.#configured(window),
      moved: (window) => this.#fit(window),
      roleTaken: (window) => this.#end(window),
    });
  }

  close(): void {
    this.#titleBars?.close();
  }

  /** Whether a window is to have a title bar of ours, as far as that is known before it is shown. */
  #mayGetBar(window: XWindow): boolean {
    if (this.#titleBars === null) return false;
    if (window.role !== null) return this.#titleBars.has(window);
    const isFramed = window.properties === null ? !window.overrideRedirect : wantsFrame(window);
    return isFramed && this.#manager === null && this.#kdeManager === null;
  }

  /** Tells programs, some of which wait for it, as Java and Qt do, how wide a frame is. X knows of none that the host draws. */
  #tellExtents(window: XWindow): void {
    const { x, scale } = this.#context;
    const bar = window.role instanceof Toplevel ? window.role.bar : this.#mayGetBar(window) ? BAR_HEIGHT : 0;
    const top = scale.toX(bar);
    this.#told.set(window, top);
    setProperty(x, window.id, x.atoms.atom(EXTENTS), x.atoms.atom("CARDINAL"), Uint32Array.of(0, 0, top, 0));
  }

  #tellNewExtents(window: XWindow): void {
    const { role } = window;
    const told = this.#told.get(window);
    if (role instanceof Toplevel && told !== this.#context.scale.toX(role.bar)) this.#tellExtents(window);
  }

  #begin(window: XWindow): void {
    const { role, surface, properties } = window;
    if (!(role instanceof Toplevel) || surface === null || properties === null) return;
    if (properties.frame !== null) role.setGeometry(window.geometry.width, window.geometry.height);
    const decoration = this.#decorate(window, role.object, surface.object);
    if (decoration === null) return this.#draws(window, wantsFrame(window));
    this.#decorations.set(window, decoration);
    decoration.setFrame(decoration.hasFrame);
  }

  /** It has turned out whether a window is to have a title bar of ours. */
  #draws(window: XWindow, hasBar: boolean): void {
    this.#titleBars?.set(window, hasBar);
    this.#tellNewExtents(window);
  }

  #configured(window: XWindow): void {
    this.#titleBars?.update(window);
    this.#tellNewExtents(window);
  }

  #decorate(window: XWindow, toplevel: WlObject<"xdg_toplevel">, surface: WlObject<"wl_surface">): Decoration | null {
    const hasFrame = wantsFrame(window);
    // The host may draw none, whatever it is asked for.
    const decided = (drawsHost: boolean): void => this.#draws(window, wantsFrame(window) && !drawsHost);
    const { client } = this.#context;
    if (this.#manager !== null) {
      const id = client.createObject("zxdg_toplevel_decoration_v1", 1);
      client.sendRequest(this.#manager, "get_toplevel_decoration", { id, toplevel });
      onEvents(id, { configure: ({ mode }) => decided(mode === Mode.server_side) });
      return {
        setFrame: (server) =>
          client.injectRequest(id, "set_mode", { mode: server ? Mode.server_side : Mode.client_side }),
        destroy: () => client.sendRequest(id, "destroy", {}),
        hasFrame,
      };
    }
    if (this.#kdeManager === null) return null;
    const id = client.createObject("org_kde_kwin_server_decoration", 1);
    client.sendRequest(this.#kdeManager, "create", { id, surface });
    onEvents(id, { mode: ({ mode }) => decided(mode === KdeMode.Server) });
    return {
      setFrame: (server) => client.injectRequest(id, "request_mode", { mode: server ? KdeMode.Server : KdeMode.None }),
      destroy: () => client.sendRequest(id, "release", {}),
      hasFrame,
    };
  }

  #update(window: XWindow): void {
    this.#fit(window);
    const decoration = this.#decorations.get(window);
    const hasFrame = wantsFrame(window);
    if (decoration === undefined || !hasFrame) this.#draws(window, hasFrame);
    this.#titleBars?.update(window);
    if (decoration === undefined || decoration.hasFrame === hasFrame) return;
    decoration.hasFrame = hasFrame;
    decoration.setFrame(hasFrame);
  }

  /** The shadow of a window is not part of it. */
  #fit({ role, properties, geometry }: XWindow): void {
    if (role instanceof Toplevel && properties?.frame != null) role.setGeometry(geometry.width, geometry.height);
  }

  #end(window: XWindow): void {
    this.#titleBars?.take(window);
    const decoration = this.#decorations.get(window);
    if (decoration === undefined) return;
    this.#decorations.delete(window);
    decoration.destroy();
  }
}

/**
 * The types of windows that have no frame, as they are no windows to work with, such as a splash screen (EWMH,
 * _NET_WM_WINDOW_TYPE).
 */
const frameless: readonly string[] = [
  "DESKTOP",
  "DOCK",
  "SPLASH",
  "TOOLTIP",
  "NOTIFICATION",
  "DND",
  "COMBO",
  "DROPDOWN_MENU",
  "POPUP_MENU",
];

/** Whether the host is to draw a frame around a window. */
function wantsFrame({ properties, overrideRedirect }: XWindow): boolean {
  if (properties === null || overrideRedirect) return false;
  const [type = "NORMAL"] = properties.types;
  return properties.decorated && properties.frame === null && !frameless.includes(type);
}
