// SPDX-License-Identifier: Apache-2.0
import type { Hook, Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";

/**
 * Keeps from a VM what identifies the host's hardware, and from the host what a VM says of its own bus.
 *
 * Compositors put the serial number of a screen into its description (wlroots: "make model serial (connector)"). A VM gets
 * make and model instead. Names on D-Bus (GTK's menus) mean nothing outside the VM, or, worse, another program: a
 * compositor would ask whoever has such a name on the host's bus.
 */
export function hostSecrets(): Hooks {
  /** What an output's geometry says that it is. */
  const models = new WeakMap<WlObject, string>();
  /** The wl_output of each zxdg_output_v1. */
  const outputs = new WeakMap<WlObject, WlObject<"wl_output">>();
  const modelOf = (output: WlObject<"wl_output"> | undefined): string => (output && models.get(output)) || "screen";

  const withoutSerial: Hook<{ serialNumber: string }> = (message) => message.change({ serialNumber: "" });
  const withoutEdid: Hook<{ raw: string }> = (message) => message.change({ raw: "" });
  return {
    stage: "policy",
    requests: {
      zxdg_output_manager_v1: {
        get_xdg_output(message) {
          const { id, output } = message.args;
          outputs.set(id, output);
        },
      },
      gtk_surface1: { set_dbus_properties: (message) => message.drop() },
    },
    events: {
      wl_output: {
        geometry(message) {
          const { make, model } = message.args;
          models.set(message.object, `${make} ${model}`.trim());
        },
        description: (message) => message.change({ description: modelOf(message.object) }),
      },
      zxdg_output_v1: {
        description: (message) => message.change({ description: modelOf(outputs.get(message.object)) }),
      },
      zwlr_output_head_v1: {
        description: (message) => message.change({ description: "screen" }),
        serial_number: (message) => message.change({ serial_number: "" }),
      },
      kde_output_device_v2: { serial_number: withoutSerial, edid: withoutEdid },
      org_kde_kwin_outputdevice: { serial_number: withoutSerial, edid: withoutEdid },
    },
  };
}
