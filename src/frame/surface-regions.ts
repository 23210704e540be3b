// SPDX-License-Identifier: Apache-2.0
/** The regions of surfaces, whatever they are for. They count from where the host begins with a surface. */
import type { Client } from "../relay/client.ts";
import type { HookedMessage } from "../relay/hooked-message.ts";
import type { Hook, Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { Framing } from "./framing.ts";
import { makeRegion, Regions } from "./regions.ts";
import { isNone, negative } from "./size.ts";
import type { Surface } from "./surface.ts";

type SetRegion = HookedMessage<{ region: WlObject<"wl_region"> | null }>;
type Held = Hook<{ id: WlObject; surface: WlObject<"wl_surface"> }>;
type OfSurface = { surface: WlObject<"wl_surface"> };

/** What has a region of a surface, and says it by `set_region`. */
type Holder = "org_kde_kwin_blur" | "org_kde_kwin_contrast" | "zwp_locked_pointer_v1" | "zwp_confined_pointer_v1";

/** The hooks that know all regions of surfaces, and move those of surfaces of which the host shows a part. */
export function surfaceRegions(framing: Framing): Hooks {
  const regions = new Regions();
  const surfaceOf = new WeakMap<WlObject, Surface>();

  /**
   * @param kind what it is for: a surface has one of each
   * @param tell says another region in the place of this one
   */
  const set = (
    message: SetRegion,
    kind: string,
    holder: WlObject,
    surface: Surface | undefined,
    tell: (client: Client, region: WlObject<"wl_region">) => void,
  ): void => {
    if (surface === undefined) return;
    const { client, args } = message;
    const shape = regions.shapeOf(args.region);
    if (shape === null) surface.regions.delete(kind);
    else surface.regions.set(kind, { holder, shape, tell });
    const { makers } = framing.toolsOf(client);
    if (makers === null || isNone(surface.origin)) return;
    const region = shape && makeRegion(client, makers.compositor, shape, negative(surface.origin));
    message.change({ region });
    if (region !== null) message.after(() => client.sendRequest(region, "destroy", {}));
  };
  const ofSurface =
    (name: "set_input_region" | "set_opaque_region"): Hook<SetRegion["args"], "wl_surface"> =>
    (message) => {
      const { object } = message;
      set(message, name, object, framing.surfaceFor(object), (client, region) =>
        client.sendRequest(object, name, { region }),
      );
    };
  const tellHolder = (object: WlObject<Holder>): ((client: Client, region: WlObject<"wl_region">) => void) => {
    return (client, region) => {
      client.sendRequest(object, "set_region", { region });
      if (object.is("org_kde_kwin_blur") || object.is("org_kde_kwin_contrast"))
        client.sendRequest(object, "commit", {});
    };
  };
  const setRegion: Hook<SetRegion["args"], Holder> = (message) => {
    const { object } = message;
    set(message, object.interfaceName, object, surfaceOf.get(object), tellHolder(object));
  };
  const held: Held = ({ args: { id, surface } }) => void surfaceOf.set(id, framing.surfaceFor(surface));
  const constrain: Hook<
    SetRegion["args"] & OfSurface & { id: WlObject<"zwp_locked_pointer_v1" | "zwp_confined_pointer_v1"> }
  > = (message) => {
    const { id, surface: object } = message.args;
    const surface = framing.surfaceFor(object);
    surfaceOf.set(id, surface);
    set(message, id.interfaceName, id, surface, tellHolder(id));
  };
  return {
    stage: "policy",
    requests: {
      wl_region: regions.requests,
      wl_surface: {
        set_input_region: ofSurface("set_input_region"),
        set_opaque_region: ofSurface("set_opaque_region"),
      },
      org_kde_kwin_blur_manager: { create: held },
      org_kde_kwin_blur: { set_region: setRegion },
      org_kde_kwin_contrast_manager: { create: held },
      org_kde_kwin_contrast: { set_region: setRegion },
      ext_background_effect_manager_v1: { get_background_effect: held },
      ext_background_effect_surface_v1: {
        set_blur_region(message) {
          const { object } = message;
          set(message, object.interfaceName, object, surfaceOf.get(object), (client, region) =>
            client.sendRequest(object, "set_blur_region", { region }),
          );
        },
      },
      zwp_pointer_constraints_v1: { lock_pointer: constrain, confine_pointer: constrain },
      zwp_locked_pointer_v1: { set_region: setRegion },
      zwp_confined_pointer_v1: { set_region: setRegion },
    },
  };
}
