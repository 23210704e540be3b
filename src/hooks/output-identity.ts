// SPDX-License-Identifier: Apache-2.0
import type { PolicyGuard } from "../policy/guard.ts";
import type { Hook, Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";

/** Names that are remembered; there are never so many outputs. */
const MAX_NAMES = 1000;

/**
 * Keeps from programs what identifies the host's screens: serial numbers, and the names of outputs.
 *
 * Compositors put the serial number of a screen into its description (wlroots: "make model serial (connector)"). Programs get
 * make and model instead.
 */
export function outputIdentity(guard: PolicyGuard): Hooks {
  /** The model that an output's geometry names. */
  const models = new WeakMap<WlObject, string>();
  /** The wl_output of each zxdg_output_v1. */
  const outputs = new WeakMap<WlObject, WlObject>();
  /** The names that outputs have instead, by their own names. */
  const aliases = new Map<string, string>();
  const hidesSerials = (): boolean => guard.policy.serialNumbers === "deny";
  const hidesNames = (): boolean => guard.policy.outputNames === "deny";
  const aliasOf = (name: string): string => {
    let alias = aliases.get(name);
    if (alias === undefined) {
      if (aliases.size >= MAX_NAMES) aliases.clear();
      alias = `screen-${aliases.size + 1}`;
      aliases.set(name, alias);
    }
    return alias;
  };
  const describe = (output: WlObject | undefined): string =>
    (!hidesNames() && output && models.get(output)) || "screen";

  const withoutSerial: Hook<{ serialNumber: string }> = (message) => {
    if (hidesSerials()) message.change({ serialNumber: "" });
  };
  const withoutEdid: Hook<{ raw: string }> = (message) => {
    if (hidesSerials()) message.change({ raw: "" });
  };
  const withoutUuid: Hook<{ uuid: string }> = (message) => {
    if (hidesSerials()) message.change({ uuid: "" });
  };
  const renamedAs =
    <Name extends string>(argument: Name): Hook<Record<Name, string>> =>
    (message) => {
      if (hidesNames()) message.change({ [argument]: aliasOf(message.args[argument]) } as Record<Name, string>);
    };
  const renamed = renamedAs("name");
  return {
    stage: "policy",
    requests: {
      zxdg_output_manager_v1: {
        get_xdg_output(message) {
          const { id, output } = message.args;
          outputs.set(id, output);
        },
      },
    },
    events: {
      wl_output: {
        geometry(message) {
          const { make, model } = message.args;
          models.set(message.object, `${make} ${model}`.trim());
        },
        name: renamed,
        description(message) {
          if (hidesSerials() || hidesNames()) message.change({ description: describe(message.object) });
        },
      },
      zxdg_output_v1: {
        name: renamed,
        description(message) {
          if (hidesSerials() || hidesNames()) message.change({ description: describe(outputs.get(message.object)) });
        },
      },
      zwlr_output_head_v1: {
        name: renamed,
        description(message) {
          if (hidesSerials() || hidesNames()) message.change({ description: "screen" });
        },
        serial_number(message) {
          if (hidesSerials()) message.change({ serial_number: "" });
        },
      },
      kde_output_device_v2: { serial_number: withoutSerial, edid: withoutEdid, uuid: withoutUuid, name: renamed },
      org_kde_kwin_outputdevice: { serial_number: withoutSerial, edid: withoutEdid, uuid: withoutUuid },
      kde_output_order_v1: { output: renamedAs("output_name") },
      kde_primary_output_v1: { primary_output: renamedAs("output_name") },
      // Profiles that are made of an EDID have the serial number among their tags.
      wp_image_description_info_v1: {
        icc_file(message) {
          if (hidesSerials()) message.drop();
        },
      },
    },
  };
}
