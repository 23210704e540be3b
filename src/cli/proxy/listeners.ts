// SPDX-License-Identifier: Apache-2.0
/** The sockets that programs connect to, and what serves them there. */
import { UserError } from "../../errors.ts";
import type { DisplaySocket } from "../../listen/display-socket.ts";
import { type InheritedSocket, takeInheritedSockets } from "../../listen/inherited-sockets.ts";
import { XDisplay } from "../../listen/x-display.ts";
import type { Logger } from "../../log/logger.ts";
import { createProxy, type Proxy as RunningProxy } from "../../proxy.ts";
import type { Hooks } from "../../relay/hooks.ts";
import { type ConnectedClient, type SessionsOptions, type Statistics, sumOf } from "../../sessions.ts";
import type { XServer, XServerOptions } from "../../xwayland/x-server.ts";
import { openDisplaySocket } from "../common/display-socket.ts";
import type { Environment, Variables } from "../common/environment.ts";
import type { Settings } from "./options.ts";

/** The options for X programs, besides those for all programs. */
type XOptions = Omit<XServerOptions, Exclude<keyof SessionsOptions, "opened" | "closed"> | "display">;

/** The Wayland display, and the X display if one is asked for. */
export class Listeners implements AsyncDisposable {
  readonly display: DisplaySocket;
  readonly xDisplay: XDisplay | null;
  #proxy: RunningProxy | null = null;
  #xServer: XServer | null = null;

  private constructor(display: DisplaySocket, xDisplay: XDisplay | null) {
    this.display = display;
    this.xDisplay = xDisplay;
  }

  /**
   * Makes the sockets, or takes over what the service manager has made. Either all of them are there, or a UserError is
   * thrown and none is left.
   *
   * @param hostPath the compositor's own socket
   * @param beforeListening called with the path of the Wayland display before clients can see it
   */
  static open(
    settings: Settings,
    environment: Environment,
    hostPath: string | undefined,
    log: Logger,
    beforeListening: (path: string) => void,
  ): Listeners {
    const inherited = takeInheritedSockets(environment.service, process.pid, ["wayland", "x11"]);
    if (inherited.has("x11") && settings.xDisplay === undefined) {
      throw new UserError("a socket for X11 programs was passed to us: say which display it is for with --x-display N");
    }
    const display = openDisplaySocket({
      option: "--wayland-display",
      name: settings.waylandDisplay,
      group: settings.socketGroup,
      inherited: inherited.get("wayland"),
      runtimeDir: environment.runtimeDir,
      hostPath,
      beforeListening,
    });
    try {
      const xDisplay =
        settings.xDisplay === undefined ? null : openXDisplay(settings.xDisplay, inherited.get("x11"), log);
      return new Listeners(display, xDisplay);
    } catch (error) {
      display.close();
      throw error;
    }
  }

  /** Lets programs in. @param waylandHooks hooks beside those for all programs */
  async serve(options: SessionsOptions, waylandHooks: readonly Hooks[], xOptions: XOptions): Promise<void> {
    // Only if it is needed: who has no X11 programs is not to wait for it.
    const xwayland = this.xDisplay && (await import("../../xwayland/x-server.ts"));
    this.#proxy = createProxy({
      ...options,
      hooks: [...(options.hooks ?? []), ...waylandHooks],
      display: this.display,
    });
    if (this.xDisplay === null || xwayland === null) return;
    this.#xServer = new xwayland.XServer({ ...options, ...xOptions, display: this.xDisplay });
  }

  /** How many Wayland programs are connected. */
  get clients(): number {
    return this.#proxy?.sessions ?? 0;
  }

  /** Wayland programs, and Xwaylands, each with a text in front of their numbers. */
  get connected(): readonly (readonly [prefix: string, clients: readonly ConnectedClient[]])[] {
    return [
      ["", this.#proxy?.clients ?? []],
      ["x", this.#xServer?.clients ?? []],
    ];
  }

  get statistics(): Statistics {
    return sumOf([this.#proxy, this.#xServer].flatMap((server) => (server === null ? [] : [server.statistics])));
  }

  /** Resolves when no program is connected. */
  async idle(): Promise<void> {
    await Promise.all([this.#proxy?.idle(), this.#xServer?.idle()]);
  }

  /** The environment of a program that is to connect here. */
  environmentFor({ inheritable }: Environment): Variables {
    const { WAYLAND_SOCKET: _, ...environment } = inheritable;
    const forWayland = { ...environment, WAYLAND_DISPLAY: this.display.name };
    if (this.xDisplay === null) return forWayland;
    // Java believes in windows around its own otherwise, unless it knows our window manager by its name.
    return { _JAVA_AWT_WM_NONREPARENTING: "1", ...forWayland, DISPLAY: this.xDisplay.name };
  }

  /** Takes no more programs, removes all files at once, then ends all sessions. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closing = [this.#proxy?.close(), this.#xServer?.close()];
    this.display.close();
    this.xDisplay?.close();
    await Promise.all(closing);
  }
}

/** Opens an X display. Its files are removed at the latest when the process exits. */
function openXDisplay(number: number, inherited: InheritedSocket | undefined, log: Logger): XDisplay {
  const warn = (text: string): void => log.warn(text);
  const display =
    inherited === undefined
      ? XDisplay.open(number, undefined, warn)
      : XDisplay.inherit(number, inherited, undefined, warn);
  process.once("exit", () => display.close());
  return display;
}
