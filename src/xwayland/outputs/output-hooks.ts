// SPDX-License-Identifier: Apache-2.0
import { WlOutputMode } from "../../protocol/generated/enums.ts";
import type { Client } from "../../relay/client.ts";
import type { Hooks } from "../../relay/hooks.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { Output, Outputs } from "./outputs.ts";

/** An event by which the host names an output, in either protocol. */
interface Named<Args> {
  readonly client: Client;
  readonly object: WlObject<"wl_output" | "zxdg_output_v1">;
  readonly args: Args;
}

/** Notes what the host says of outputs, and lets Xwayland know it as `Outputs` decides. */
export function outputHooks(of: (client: Client) => Outputs): Hooks {
  /** Keeps from Xwayland what the host reports of an output until all of it is known. */
  const note = (
    message: { client: Client; object: WlObject<"wl_output" | "zxdg_output_v1">; drop(): void },
    change: (output: Output, outputs: Outputs) => void,
  ): void => {
    const outputs = of(message.client);
    const output = outputs.get(message.object);
    if (output === undefined) return;
    message.drop();
    change(output, outputs);
  };
  const names = {
    name({ client, object, args }: Named<{ readonly name: string }>): void {
      const output = of(client).get(object);
      if (output !== undefined) output.name = args.name;
    },
    description({ client, object, args }: Named<{ readonly description: string }>): void {
      const output = of(client).get(object);
      if (output !== undefined) output.description = args.description;
    },
  };
  return {
    stage: "translation",
    events: {
      wl_registry: {
        global({ client, args }) {
          if (args.interface === "zxdg_output_manager_v1") of(client).hasLogical = true;
          if (args.interface === "wp_viewporter") of(client).canScale = true;
        },
        global_remove(message) {
          const { client, args } = message;
          message.after(() => of(client).removeGlobal(args.name));
        },
      },
      wl_output: {
        geometry: (message) =>
          note(message, (output) => {
            const { x, y, transform, ...screen } = message.args;
            output.facts = { ...output.facts, x, y, transform };
            output.screen = screen;
          }),
        mode: (message) =>
          note(message, (output) => {
            const { flags, width, height, refresh } = message.args;
            if ((flags & WlOutputMode.current) === 0) return;
            output.facts = { ...output.facts, mode: { width, height } };
            output.refresh = refresh;
          }),
        scale: (message) =>
          note(message, (output) => {
            output.facts = { ...output.facts, scale: message.args.factor };
          }),
        done: (message) => note(message, (output, outputs) => outputs.complete(output)),
        ...names,
      },
      zxdg_output_v1: {
        logical_position: (message) =>
          note(message, (output) => {
            output.facts = {
              ...output.facts,
              logical: { width: 0, height: 0, ...output.facts.logical, ...message.args },
            };
          }),
        logical_size: (message) =>
          note(message, (output) => {
            output.facts = { ...output.facts, logical: { x: 0, y: 0, ...output.facts.logical, ...message.args } };
          }),
        done: (message) => note(message, (output, outputs) => outputs.complete(output)),
        ...names,
      },
      wl_surface: {
        enter: ({ client, object, args }) => of(client).surfaceEntered(object, args.output),
        leave: ({ client, object, args }) => of(client).surfaceLeft(object, args.output),
      },
    },
    requests: {
      wl_registry: {
        bind({ client, args }) {
          if (args.id.is("wl_output")) of(client).add(args.id, args.name);
        },
      },
      zxdg_output_manager_v1: {
        get_xdg_output({ client, args }) {
          const output = of(client).get(args.output);
          if (output !== undefined) output.xdgOutput = args.id;
        },
      },
      wl_output: {
        release({ client, object }) {
          const output = of(client).get(object);
          if (output !== undefined) of(client).remove(output);
        },
      },
    },
  };
}
