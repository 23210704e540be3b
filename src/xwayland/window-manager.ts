// SPDX-License-Identifier: Apache-2.0
import type { OwnSurfaces } from "../frame/own-surfaces.ts";
import { HostGlobals } from "../globals/host-globals.ts";
import type { SharedImages } from "../hooks/shm/host-buffers.ts";
import type { Logger } from "../log/logger.ts";
import type { Fd } from "../native/fd.ts";
import type { PolicyGuard } from "../policy/guard.ts";
import type { GlobalPolicy } from "../protocol/global-policy.ts";
import type { Client } from "../relay/client.ts";
import { X11Connection } from "../x11/client/connection.ts";
import { CompositeRedirect, EventMask, XFixesClientDisconnectFlags } from "../x11/generated/enums.ts";
import { announce, announcementAtoms, managerName } from "./announce.ts";
import type { PingBarrier } from "./base/ping-barrier.ts";
import type { Scale } from "./base/scale.ts";
import { Windows } from "./base/windows.ts";
import type { ClosableFeature, Explain, TitleBarOptions, WmContext, WmFeature } from "./base/wm-context.ts";
import { XEvents } from "./base/x-events.ts";
import type { KeyboardGrabs } from "./input/keyboard-grabs.ts";
import { Stacking } from "./input/stacking.ts";
import { UserFocus } from "./input/user-focus.ts";
import type { UserInput } from "./input/user-input.ts";
import { hasOtherClients } from "./other-clients.ts";
import type { Outputs } from "./outputs/outputs.ts";
import { PrimaryOutput } from "./outputs/primary-output.ts";
import type { Views } from "./outputs/views.ts";
import { Selections } from "./selections.ts";
import type { Appearance } from "./settings/appearance.ts";
import { ResourceDatabase } from "./settings/resource-database.ts";
import { RootCursor } from "./settings/root-cursor.ts";
import { SettingsManager } from "./settings/settings-manager.ts";
import { Activation } from "./shell/activation.ts";
import { Association } from "./shell/association.ts";
import { ConfigureRequests } from "./shell/configure-requests.ts";
import { Decorations } from "./shell/decorations.ts";
import { Dialogs } from "./shell/dialogs.ts";
import { Icons } from "./shell/icons.ts";
import { MoveResize } from "./shell/move-resize.ts";
import { Rescaling } from "./shell/rescaling.ts";
import { Roles } from "./shell/roles.ts";
import { ShortcutInhibition } from "./shell/shortcut-inhibition.ts";
import { States } from "./shell/states.ts";
import type { Surfaces } from "./shell/surfaces.ts";
import { WindowPlaces } from "./shell/window-places.ts";
import { ClientLists } from "./window/client-lists.ts";
import { Closing } from "./window/closing.ts";
import { DesktopFiles } from "./window/desktop-files.ts";
import { DesktopProperties } from "./window/desktop-properties.ts";
import { WindowTracker } from "./window/window-tracker.ts";

/** The features, in the order in which they learn what happens. */
const features: readonly WmFeature[] = [
  WindowTracker,
  Association,
  ConfigureRequests,
  Roles,
  Decorations,
  Dialogs,
  Icons,
  States,
  Activation,
  MoveResize,
  ShortcutInhibition,
  Closing,
  ClientLists,
  DesktopProperties,
  WindowPlaces,
  Rescaling,
  SettingsManager,
  ResourceDatabase,
  RootCursor,
  PrimaryOutput,
  Selections,
];

/** The services and settings that a window manager works with. */
export interface WindowManagerOptions {
  /** Xwayland's session, as a client of the host's. */
  readonly client: Client;
  /** Connects to the X server; see `WmContext`. */
  readonly connect: () => Promise<X11Connection>;
  readonly surfaces: Surfaces;
  readonly ownSurfaces: OwnSurfaces;
  readonly pingBarrier: PingBarrier;
  readonly input: UserInput;
  readonly grabs: KeyboardGrabs;
  readonly scale: Scale;
  /** Memory that the host can map. */
  readonly images: SharedImages;
  readonly outputs: Outputs;
  readonly views: Views;
  readonly appearance: Appearance;
  readonly titleBars: TitleBarOptions | null;
  /** The policy for the host's globals that the window manager may use. */
  readonly policy: GlobalPolicy;
  /** The policy for what programs may do; null for none. */
  readonly guard: PolicyGuard | null;
  /** Says where the files of installed programs are. */
  readonly environment: Readonly<NodeJS.ProcessEnv>;
  readonly log: Logger;
  /** Gets lines about X11: its messages, and what was decided; null when nobody wants to see them. */
  readonly explain: Explain | null;
  /** Called when the X server has gone. */
  readonly closed: () => void;
}

/** The window manager of one Xwayland: makes its X windows windows of the host's. */
export class WindowManager {
  readonly windows: Windows;
  readonly user: UserFocus;
  readonly #x: X11Connection;
  /** The features in the order in which they were made; empty once they are closed. */
  #features: (ClosableFeature | object)[] = [];

  private constructor(
    x: X11Connection,
    globals: HostGlobals,
    desktopFiles: DesktopFiles | null,
    options: WindowManagerOptions,
  ) {
    const { log } = options;
    this.#x = x;
    this.windows = new Windows(options.surfaces);
    const events = new XEvents(x, this.windows, log);
    const { windows } = this;
    const stacking = new Stacking(x, events, windows);
    this.user = new UserFocus({ ...options, x, events, windows, stacking });
    const { user } = this;
    const own = { globals, desktopFiles, x, events, windows, stacking, user };
    const context: WmContext = { ...options, ...own, isFramed: hasFrames(options) };
    // All are closed, also when one of them throws: then the session ends, too.
    options.client.onEnded(() => this.#closeFeatures());
    for (const Feature of features) this.#features.push(new Feature(context));
    x.listen({
      event: (event) => (this.#features.length === 0 ? undefined : events.dispatch(event)),
      closed: options.closed,
    });
  }

  /**
   * Takes over the X server, which then lets its clients in. Rejects when that goes away, or has a window manager.
   *
   * @param fd our end of the connection that Xwayland was given for its window manager
   */
  static async start(fd: Fd, options: WindowManagerOptions): Promise<WindowManager> {
    const all = [UserFocus, ...features];
    // The X server starts meanwhile.
    const known = lookAround(options);
    known.catch(() => {});
    let x: X11Connection | null = null;
    try {
      x = await X11Connection.open(fd, {
        atoms: [...announcementAtoms, ...XEvents.atoms, ...all.flatMap(({ atoms }) => atoms)],
        onStrayError: (error) => options.log.debug(error.message),
        trace: options.explain,
      });
      const [{ globals, desktopFiles }] = await Promise.all([known, takeOver(x)]);
      const manager = new WindowManager(x, globals, desktopFiles, options);
      const names = all.flatMap(({ supported = [] }) => supported);
      announce(
        x,
        // Who draws a shadow, as GTK does where that counts for nothing of the window, would have it within the frame.
        hasFrames(options) ? names.filter((name) => name !== "_GTK_FRAME_EXTENTS") : names,
        managerName(Decorations.hostDraws(globals)),
      );
      return manager;
    } catch (error) {
      x?.close();
      // Nothing of this is to go on.
      await known.catch(() => {});
      throw error;
    }
  }

  /** Resolves to whether the X server has clients besides us; see `hasOtherClients`. */
  hasClients(): Promise<boolean> {
    return hasOtherClients(this.#x);
  }

  /** Leaves the X server, or has lost it. */
  close(): void {
    this.#closeFeatures();
    this.#x.close();
  }

  #closeFeatures(): void {
    for (const feature of this.#features.splice(0).reverse()) if (isClosable(feature)) feature.close();
  }
}

/** Whether each window has the frame of a policy. */
function hasFrames({ guard }: WindowManagerOptions): boolean {
  return guard !== null && guard.policy.frame !== null;
}

function isClosable(feature: ClosableFeature | object): feature is ClosableFeature {
  return "close" in feature;
}

/** The surroundings of a window manager, as far as it knows them. */
interface Surroundings {
  readonly globals: HostGlobals;
  /** Null where the host takes icons from windows. */
  readonly desktopFiles: DesktopFiles | null;
}

/** Rejects when the session with the host ends first. */
async function lookAround({ client, policy, environment }: WindowManagerOptions): Promise<Surroundings> {
  const globals = await HostGlobals.open(client, policy);
  const takesIcons = globals.has("xdg_toplevel_icon_manager_v1");
  return { globals, desktopFiles: takesIcons ? null : await DesktopFiles.read(environment) };
}

/** Becomes the window manager. Rejects when there is another one. */
async function takeOver(x: X11Connection): Promise<void> {
  const { root } = x.setup;
  const taken = x.checked("ChangeWindowAttributes", {
    window: root,
    event_mask:
      EventMask.StructureNotify |
      EventMask.SubstructureRedirect |
      EventMask.SubstructureNotify |
      EventMask.PropertyChange,
  });
  // Xwayland makes no surfaces without it.
  x.send("Composite.RedirectSubwindows", { window: root, update: CompositeRedirect.Manual });
  // Otherwise our own connection would keep Xwayland from ending when its last client has left (-terminate).
  if (x.supports("XFixes", 6)) {
    x.send("XFixes.SetClientDisconnectMode", { disconnect_mode: XFixesClientDisconnectFlags.Terminate });
  }
  await taken;
}
