// SPDX-License-Identifier: Apache-2.0
import { bindForUs } from "../globals/host-globals.ts";
import {
  OrgKdeKwinServerDecorationMode as KdeMode,
  ZxdgToplevelDecorationV1Mode as Mode,
} from "../protocol/generated/enums.ts";
import type { Client } from "../relay/client.ts";
import type { Hooks } from "../relay/hooks.ts";
import { onEvents } from "../relay/one-sided.ts";
import type { WlObject } from "../wire/wl-object.ts";

/** A window's decoration, which we have with the host in the program's place. */
interface Decoration {
  readonly object: WlObject<"zxdg_toplevel_decoration_v1">;
  /** The object that the program has for the decoration. */
  theirs: WlObject<"zxdg_toplevel_decoration_v1"> | null;
  /** The mode that the host has reported last; null for none yet. */
  mode: number | null;
}

/**
 * Asks the host for the same kind of frame for every window, whatever its program wants, or if it wants none. Of a program
 * that asks itself the wishes are not passed on, and it learns what the host says. X11's windows are asked for by the window
 * manager, so that only the mode is changed there.
 */
export function forcedDecorations(who: "server" | "client"): Hooks {
  const mode = who === "server" ? Mode.server_side : Mode.client_side;
  const kdeMode = who === "server" ? KdeMode.Server : KdeMode.Client;
  const managers = new WeakMap<Client, WlObject<"zxdg_decoration_manager_v1">>();
  const decorations = new WeakMap<WlObject, Decoration>();

  const decorate = (client: Client, toplevel: WlObject<"xdg_toplevel">): void => {
    const manager = managers.get(client);
    if (manager === undefined || toplevel.hostId === 0) return;
    const object = client.createObject("zxdg_toplevel_decoration_v1", manager.version);
    const decoration: Decoration = { object, theirs: null, mode: null };
    decorations.set(toplevel, decoration);
    onEvents(object, {
      configure: (args) => {
        decoration.mode = args.mode;
        tell(client, decoration);
      },
    });
    client.sendRequest(manager, "get_toplevel_decoration", { id: object, toplevel });
    client.sendRequest(object, "set_mode", { mode });
  };
  const tell = (client: Client, { theirs, mode: said }: Decoration): void => {
    if (theirs === null || said === null) return;
    client.sendEvent(theirs, "configure", { mode: said });
  };

  return {
    stage: "policy",
    events: {
      wl_registry: {
        global({ client, object, args }) {
          if (args.interface !== "zxdg_decoration_manager_v1" || managers.has(client) || client.isShared) return;
          managers.set(client, bindForUs(client, object, args.name, "zxdg_decoration_manager_v1", 1));
        },
      },
    },
    requests: {
      xdg_surface: {
        get_toplevel(message) {
          const { client } = message;
          const { id } = message.args;
          message.after(() => decorate(client, id));
        },
      },
      xdg_toplevel: {
        destroy({ client, object }) {
          const decoration = decorations.get(object);
          // A window that goes before its decoration is an error (orphaned).
          if (decoration !== undefined) client.sendRequest(decoration.object, "destroy", {});
        },
      },
      zxdg_decoration_manager_v1: {
        get_toplevel_decoration(message) {
          const { client } = message;
          const { id, toplevel } = message.args;
          const decoration = decorations.get(toplevel);
          if (decoration === undefined) return;
          message.drop();
          decoration.theirs = id;
          message.after(() => tell(client, decoration));
        },
      },
      zxdg_toplevel_decoration_v1: {
        set_mode: (message) => message.change({ mode }),
        unset_mode(message) {
          message.drop();
          message.client.sendRequest(message.object, "set_mode", { mode });
        },
      },
      org_kde_kwin_server_decoration: {
        request_mode: (message) => message.change({ mode: kdeMode }),
      },
    },
  };
}
