// SPDX-License-Identifier: Apache-2.0
import type { OwnSurfaces } from "../../frame/own-surfaces.ts";
import type { HostGlobals } from "../../globals/host-globals.ts";
import type { SharedImages } from "../../hooks/shm/host-buffers.ts";
import type { Logger } from "../../log/logger.ts";
import type { PolicyGuard } from "../../policy/guard.ts";
import type { Client } from "../../relay/client.ts";
import type { WatchBarStyle } from "../../title-bars/bar-style.ts";
import type { X11Connection } from "../../x11/client/connection.ts";
import type { KeyboardGrabs } from "../input/keyboard-grabs.ts";
import type { Stacking } from "../input/stacking.ts";
import type { UserFocus } from "../input/user-focus.ts";
import type { UserInput } from "../input/user-input.ts";
import type { Outputs } from "../outputs/outputs.ts";
import type { Views } from "../outputs/views.ts";
import type { Appearance } from "../settings/appearance.ts";
import type { Surfaces } from "../shell/surfaces.ts";
import type { DesktopFiles } from "../window/desktop-files.ts";
import type { PingBarrier } from "./ping-barrier.ts";
import type { Scale } from "./scale.ts";
import type { Windows } from "./windows.ts";
import type { XEvents } from "./x-events.ts";

/** Gets a line for a log, which is to escape the control characters in it. */
export type Explain = (line: string) => void;

/** What title bars show besides what a window says of itself. */
export interface TitleBarOptions {
  /** Stands in front of every title. */
  readonly tag: string;
  readonly watchStyle: WatchBarStyle;
}

/** The services that all features of a window manager work with. */
export interface WmContext {
  /** Xwayland's session, as a client of the host's. */
  readonly client: Client;
  readonly surfaces: Surfaces;
  /** The surfaces of ours that the user can point at. */
  readonly ownSurfaces: OwnSurfaces;
  readonly globals: HostGlobals;
  readonly x: X11Connection;
  /** Connects to the X server as any client does, for whose sake that does not end. Rejects when it cannot. */
  readonly connect: () => Promise<X11Connection>;
  readonly events: XEvents;
  readonly windows: Windows;
  readonly stacking: Stacking;
  readonly user: UserFocus;
  readonly input: UserInput;
  readonly pingBarrier: PingBarrier;
  readonly grabs: KeyboardGrabs;
  /** Features count in X pixels. Positions and sizes to and from the host go through this. */
  readonly scale: Scale;
  /** The images for pixels that are ours and not Xwayland's. */
  readonly images: SharedImages;
  readonly outputs: Outputs;
  /** The views of Xwayland's surfaces: places within a surface go through its view. */
  readonly views: Views;
  /** The settings by which X programs draw, which change with the scale. */
  readonly appearance: Appearance;
  /**
   * The installed applications, for a host that knows only their icons; null for a host that takes those of windows.
   */
  readonly desktopFiles: DesktopFiles | null;
  /** The policy for what programs may do; null for none. */
  readonly guard: PolicyGuard | null;
  /** Whether each window has the frame of a policy. */
  readonly isFramed: boolean;
  /** How windows have title bars where the host draws none; null for windows without. */
  readonly titleBars: TitleBarOptions | null;
  readonly log: Logger;
  /**
   * Logs what was decided and why, in a line for people. It is null when that is not logged: `explain?.(…)` then makes
   * no text.
   */
  readonly explain: Explain | null;
}

/** A feature that has something to release, once it is made. */
export interface ClosableFeature {
  /** Releases what would outlive the feature, such as timers and places among the listeners of what the session has. */
  close(): void;
}

/**
 * One concern of the window manager's: a class in a file of its own. It is made once for each X server, before that
 * lets clients in. Features are closed when the server or the session ends, the last first. A feature's constructor
 * names the services that it uses, and asks for what it has to know. Features do not know each other.
 */
export interface WmFeature {
  new (context: WmContext): ClosableFeature | object;
  /** Atoms that it uses, besides those of the core protocol. */
  readonly atoms: readonly string[];
  /** Names for _NET_SUPPORTED, which are among its atoms: programs rely on what is there. */
  readonly supported?: readonly string[];
}
