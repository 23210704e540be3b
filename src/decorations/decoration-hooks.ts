// SPDX-License-Identifier: Apache-2.0
/** Title bars for Wayland programs that ask for frames by the host, on a host that draws none. */
import { OwnSurfaces } from "../frame/own-surfaces.ts";
import { HostGlobals } from "../globals/host-globals.ts";
import type { SharedImages } from "../hooks/shm/host-buffers.ts";
import type { Logger } from "../log/logger.ts";
import {
  ZxdgToplevelDecorationV1Error as DecorationError,
  ZxdgToplevelDecorationV1Mode as Mode,
} from "../protocol/generated/enums.ts";
import type { GlobalPolicy } from "../protocol/global-policy.ts";
import type { Client } from "../relay/client.ts";
import type { Hooks } from "../relay/hooks.ts";
import { onRequests } from "../relay/one-sided.ts";
import type { WatchBarStyle } from "../title-bars/bar-style.ts";
import { localImages } from "../title-bars/local-images.ts";
import type { FindCursor } from "../title-bars/pointer-shapes.ts";
import { SharedStyle } from "../title-bars/shared-style.ts";
import { ProtocolError } from "../wire/errors.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { type BarSupplies, DecoratedClient } from "./decorated-client.ts";
import type { DecoratedWindow } from "./decorated-window.ts";
import { DecoratedWindows } from "./decorated-windows.ts";
import { contentHooks, windowHooks } from "./window-hooks.ts";

/** How title bars for Wayland programs are to be. */
export interface DecorationOptions {
  /** The policy for the host's globals that they may be made with. */
  readonly policy: GlobalPolicy;
  readonly watchStyle: WatchBarStyle;
  readonly findCursor: FindCursor;
  readonly log: Logger;
  /** Gives memory that the host can map; by default memory of this machine. */
  readonly imagesFor?: ((client: Client) => SharedImages) | undefined;
  /** Stands in front of every title. */
  readonly tag: string;
  /** Whether each window has the frame of a policy. */
  readonly isFramed: boolean;
  /** Whether a program that asks for a frame by itself gets one of ours, too. */
  readonly isForced: boolean;
}

type Decoration = WlObject<"zxdg_toplevel_decoration_v1">;

/**
 * The hooks that offer `zxdg_decoration_manager_v1` where the host has none, and give a title bar of ours to each window whose
 * program wants the host to draw one, or leaves that to the host. For the host the bar is a part of the window, and for the program it is not.
 */
export function decorationHooks(options: DecorationOptions): readonly Hooks[] {
  const { policy, watchStyle, findCursor, log, imagesFor = () => localImages, tag, isFramed, isForced } = options;
  const ownSurfaces = new OwnSurfaces();
  const style = new SharedStyle(watchStyle, log);
  const supplies: BarSupplies = { ownSurfaces, style, findCursor, imagesFor, tag, isFramed };
  const all = new DecoratedWindows();

  const serve = async (client: Client, manager: WlObject<"zxdg_decoration_manager_v1">): Promise<void> => {
    onRequests(manager, {
      get_toplevel_decoration: ({ id, toplevel }) => decorate(client, id, all.windows.get(toplevel)),
    });
    if (all.isKnown(client)) return;
    const globals = await HostGlobals.open(client, policy).catch(() => null);
    // The session has ended, or the client has bound it twice.
    if (globals === null || all.isKnown(client)) return;
    all.add(new DecoratedClient(client, globals, supplies));
  };

  const decorate = (client: Client, decoration: Decoration, window: DecoratedWindow | undefined): void => {
    if (window === undefined) {
      // It was there before the client has asked for anything.
      const refuse = (): void => client.sendEvent(decoration, "configure", { mode: Mode.client_side });
      onRequests(decoration, { set_mode: refuse, unset_mode: refuse });
      return refuse();
    }
    window.decorate(decoration);
    if (isForced) window.requestBar(true);
    onRequests(decoration, {
      set_mode: ({ mode }) => {
        if (mode !== Mode.client_side && mode !== Mode.server_side)
          throw new ProtocolError(
            `${mode} is no mode of decorations`,
            DecorationError.invalid_mode,
            decoration.clientId,
          );
        window.requestBar(isForced || mode === Mode.server_side);
      },
      // Qt leaves it to the host, and its own bars are poor.
      unset_mode: () => window.requestBar(true),
      destroy: () => window.undecorate(),
    });
  };

  return [
    { globals: [{ kind: "missing", interface: "zxdg_decoration_manager_v1", version: 1, serve }] },
    contentHooks(all),
    windowHooks(all),
    all.sizes.hooks("offers", all.isKnown),
    ...ownSurfaces.hooks("offers"),
  ];
}
