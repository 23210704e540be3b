// SPDX-License-Identifier: Apache-2.0
import { bindForUs } from "../../globals/host-globals.ts";
import type { Client } from "../../relay/client.ts";
import type { Hooks } from "../../relay/hooks.ts";
import { onRequests } from "../../relay/one-sided.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import { EVERYTHING } from "../base/geometry.ts";
import type { View, Views } from "./views.ts";

/**
 * Shows Xwayland's surfaces at the size that they have on the host. For that each surface gets a wp_viewport, and it
 * can have only one. So Xwayland's own viewports, by which it emulates screen modes, end here, and both are made one. All
 * other hooks see surfaces as the host does, whose policy counts in the host's pixels.
 */
export function viewHooks(of: (client: Client) => Views): Hooks {
  return {
    stage: "offers",
    events: {
      wl_registry: {
        global({ client, object: registry, args }) {
          const views = of(client);
          if (args.interface !== "wp_viewporter" || views.viewporter !== null) return;
          views.viewporter = bindForUs(client, registry, args.name, "wp_viewporter", 1);
        },
      },
    },
    requests: {
      wl_surface: {
        attach: ({ client, object, args }) => of(client).attach(object, args.buffer),
        // These are surface coordinates, which Xwayland takes for its pixels. Only Xwayland from before wl_surface 4 sends it.
        damage: (message) => message.change(EVERYTHING),
        destroy: ({ client, object }) => of(client).get(object).destroy(),
      },
      wp_viewporter: {
        get_viewport(message) {
          const { viewporter } = of(message.client);
          if (message.object === viewporter) return;
          message.drop();
          serveViewport(message.args.id, of(message.client).get(message.args.surface));
        },
      },
    },
  };
}

/** Says how large a surface is to be, with the first commit that shows it so. */
export function viewCommitHooks(of: (client: Client) => Views): Hooks {
  return {
    stage: "offers",
    when: (client, object) => of(client).get(object as WlObject<"wl_surface">).isUntold,
    requests: { wl_surface: { commit: ({ client, object }) => of(client).commit(object) } },
  };
}

/** Serves a wp_viewport of Xwayland's. */
function serveViewport(viewport: WlObject<"wp_viewport">, view: View): void {
  onRequests(viewport, {
    set_source: (source) => view.want({ source: source.width > 0 ? source : null }),
    set_destination: (destination) => view.want({ destination: destination.width > 0 ? destination : null }),
    destroy: () => view.want({ source: null, destination: null }),
  });
}
