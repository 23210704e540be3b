// SPDX-License-Identifier: Apache-2.0
/** The policy for what programs copy, mark and drag. */
import { Border } from "../clipboard/border.ts";
import { ClientDevice, type DeviceInterface } from "../clipboard/client-device.ts";
import { Clipboards } from "../clipboard/clipboard.ts";
import { Keyboards } from "../clipboard/keyboards.ts";
import type { PolicyGuard } from "../policy/guard.ts";
import type { HookedMessage } from "../relay/hooked-message.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { ClientSources } from "./transfers/client-sources.ts";
import { HostOffers } from "./transfers/host-offers.ts";

/**
 * Lets pass what the policy lets pass. Where not everything passes by itself, programs have a clipboard among themselves,
 * which we serve, and drags among themselves, of which others see nothing.
 */
export function transfers(guard: PolicyGuard): Hooks {
  const realm = Clipboards.for(guard);
  const border = new Border(guard, realm);
  const devices = new WeakMap<WlObject, ClientDevice>();
  const deviceOf = (object: WlObject): ClientDevice | undefined => devices.get(object);
  const offers = new HostOffers(guard, realm, border, deviceOf);
  const sources = new ClientSources(guard, realm, border, deviceOf);

  const getDevice = (message: HookedMessage<{ id: WlObject<DeviceInterface>; seat: WlObject<"wl_seat"> }>): void => {
    const { client, object: manager, args } = message;
    message.after(() => {
      const policyOf = (field: "clipboard" | "primary") => guard.policy[field];
      devices.set(args.id, new ClientDevice(client, args.id, manager, args.seat, realm, policyOf));
    });
  };
  const gone = ({ object }: { object: WlObject }): void => devices.get(object)?.close();

  const { offer, send, forget } = sources;
  const sourceRequests = { offer, destroy: forget };
  const sourceEvents = { send, cancelled: forget };
  const receiving = { receive: offers.receive };
  const controlRequests = {
    set_selection: sources.select("clipboard"),
    set_primary_selection: sources.select("primary"),
    destroy: gone,
  };
  const controlEvents = {
    data_offer: offers.announced("id"),
    selection: offers.selected("clipboard"),
    primary_selection: offers.selected("primary"),
  };
  const primaryRequests = { set_selection: sources.select("primary"), destroy: gone };
  // GTK's own where the host has that itself; else it is an alias, and the host's events are those of the other one.
  const primaryEvents = { data_offer: offers.announced("offer"), selection: offers.selected("primary") };
  return {
    stage: "policy",
    requests: {
      wl_seat: {
        release: ({ client, object }) => Keyboards.of(client).released(object),
      },
      wl_data_device_manager: { get_data_device: getDevice },
      zwp_primary_selection_device_manager_v1: { get_device: getDevice },
      gtk_primary_selection_device_manager: { get_device: getDevice },
      ext_data_control_manager_v1: { get_data_device: getDevice },
      zwlr_data_control_manager_v1: { get_data_device: getDevice },
      wl_data_device: { set_selection: sources.select("clipboard"), release: gone, start_drag: sources.drag },
      zwp_primary_selection_device_v1: primaryRequests,
      gtk_primary_selection_device: primaryRequests,
      ext_data_control_device_v1: controlRequests,
      zwlr_data_control_device_v1: controlRequests,
      wl_data_source: sourceRequests,
      zwp_primary_selection_source_v1: sourceRequests,
      gtk_primary_selection_source: sourceRequests,
      ext_data_control_source_v1: sourceRequests,
      zwlr_data_control_source_v1: sourceRequests,
      wl_data_offer: { receive: offers.receive, accept: offers.accept },
      zwp_primary_selection_offer_v1: receiving,
      gtk_primary_selection_offer: receiving,
      ext_data_control_offer_v1: receiving,
      zwlr_data_control_offer_v1: receiving,
    },
    events: {
      wl_seat: {
        capabilities: ({ client, object, args }) => Keyboards.of(client).capabilities(object, args.capabilities),
      },
      wl_data_device: {
        data_offer: offers.announced("id"),
        selection: offers.selected("clipboard"),
        enter: offers.entered,
        motion: offers.moved,
        drop: offers.moved,
        leave: offers.left,
      },
      zwp_primary_selection_device_v1: primaryEvents,
      gtk_primary_selection_device: primaryEvents,
      ext_data_control_device_v1: controlEvents,
      zwlr_data_control_device_v1: controlEvents,
      wl_data_source: { ...sourceEvents, target: sources.accepted },
      zwp_primary_selection_source_v1: sourceEvents,
      gtk_primary_selection_source: sourceEvents,
      ext_data_control_source_v1: sourceEvents,
      zwlr_data_control_source_v1: sourceEvents,
    },
  };
}
