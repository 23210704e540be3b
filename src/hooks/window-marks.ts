// SPDX-License-Identifier: Apache-2.0

import type { Client } from "../relay/client.ts";
import type { HookedMessage } from "../relay/hooked-message.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { clampUtf8, MAX_TITLE_BYTES, tagTitle } from "./title-text.ts";

/**
 * The marks by which the host's user, and the rules of a compositor, know where windows come from. An empty text marks
 * nothing.
 */
export interface WindowMarks {
  /** Stands in front of every title. */
  readonly tag: string;
  /** Stands in front of every application id, also of one that begins with it already. */
  readonly appIdPrefix: string;
}

/** The windows of both versions of xdg-shell, which have the same messages here. */
type Toplevel = "xdg_toplevel" | "zxdg_toplevel_v6";

/** The title and the application id that the host is to show of a window, with the marks. */
interface Shown {
  readonly toplevel: WlObject<Toplevel>;
  title: string;
  appId: string;
}

/**
 * Marks windows so that their programs cannot undo it. A window has the marks from its first moment on. Many have no
 * title or application id of their own, and docks show whichever there is. A window that is hidden and shown again has
 * lost both on the host, as xdg-shell wants it. So they are sent again whenever the client has got a new state.
 */
export function windowMarks({ tag, appIdPrefix }: WindowMarks): Hooks {
  const titled = (title: string): string => (tag === "" ? title : tagTitle(tag, title));
  const prefixed = (appId: string): string =>
    appIdPrefix === "" ? appId : clampUtf8(appIdPrefix + appId, MAX_TITLE_BYTES);
  /** The windows, by their toplevels, and by the xdg_surfaces that made those. */
  const windows = new WeakMap<WlObject, Shown>();

  function tell(client: Client, { toplevel, title, appId }: Shown): void {
    if (toplevel.hostId === 0 || toplevel.clientGone) return;
    if (tag !== "") client.sendRequest(toplevel, "set_title", { title });
    if (appIdPrefix !== "") client.sendRequest(toplevel, "set_app_id", { app_id: appId });
  }

  const xdgSurface = {
    get_toplevel(message: HookedMessage<{ id: WlObject<Toplevel> }>) {
      const { id } = message.args;
      const shown = { toplevel: id, title: titled(""), appId: prefixed("") };
      windows.set(message.object, shown);
      windows.set(id, shown);
      message.after(() => tell(message.client, shown));
    },
    ack_configure({ client, object }: HookedMessage<{ serial: number }>) {
      const shown = windows.get(object);
      if (shown !== undefined) tell(client, shown);
    },
  };
  const xdgToplevel = {
    set_title(message: HookedMessage<{ title: string }>) {
      const title = titled(message.args.title);
      const shown = windows.get(message.object);
      if (shown !== undefined) shown.title = title;
      message.change({ title });
    },
    set_app_id(message: HookedMessage<{ app_id: string }>) {
      const appId = prefixed(message.args.app_id);
      const shown = windows.get(message.object);
      if (shown !== undefined) shown.appId = appId;
      message.change({ app_id: appId });
    },
  };

  return {
    stage: "seal",
    requests: {
      xdg_surface: xdgSurface,
      xdg_toplevel: xdgToplevel,
      zxdg_surface_v6: xdgSurface,
      zxdg_toplevel_v6: xdgToplevel,
      wl_shell: {
        get_shell_surface(message) {
          const { client } = message;
          const { id } = message.args;
          message.after(() => {
            if (id.hostId === 0) return;
            if (tag !== "") client.sendRequest(id, "set_title", { title: titled("") });
            if (appIdPrefix !== "") client.sendRequest(id, "set_class", { class_: appIdPrefix });
          });
        },
      },
      wl_shell_surface: {
        set_title: (message) => message.change({ title: titled(message.args.title) }),
        set_class: (message) => message.change({ class_: prefixed(message.args.class_) }),
      },
      xdg_toplevel_tag_manager_v1: {
        set_toplevel_description: (message) => message.change({ description: titled(message.args.description) }),
      },
      xdg_activation_token_v1: {
        set_app_id: (message) => message.change({ app_id: prefixed(message.args.app_id) }),
      },
      gtk_surface1: {
        // GNOME takes it for the application id, before that of xdg-shell.
        set_dbus_properties(message) {
          const { application_id: appId } = message.args;
          if (appId !== null) message.change({ application_id: prefixed(appId) });
        },
      },
    },
  };
}
