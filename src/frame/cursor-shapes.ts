// SPDX-License-Identifier: Apache-2.0
import { bindForUs } from "../globals/host-globals.ts";
import type { Client } from "../relay/client.ts";
import type { HookedMessage } from "../relay/hooked-message.ts";
import type { HookStage, Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";

/** A pointer, or the tool of a tablet, that has entered a surface. */
interface EnteredPointer {
  readonly client: Client;
  readonly object: WlObject<"wl_pointer" | "zwp_tablet_tool_v2">;
  /** The serial of its entering. */
  readonly serial: number;
}

type Manager = WlObject<"wp_cursor_shape_manager_v1">;

/** Gives pointers and tools over surfaces of ours the host's shapes, where the host has some. */
export class CursorShapes {
  readonly #managers = new WeakMap<Client, Manager>();
  readonly #devices = new WeakMap<WlObject, WlObject<"wp_cursor_shape_device_v1">>();

  hooks(stage: HookStage): Hooks {
    const released = ({ client, object }: HookedMessage<unknown>): void => {
      const device = this.#devices.get(object);
      this.#devices.delete(object);
      if (device !== undefined) client.sendRequest(device, "destroy", {});
    };
    return { stage, requests: { wl_pointer: { release: released }, zwp_tablet_tool_v2: { destroy: released } } };
  }

  /** Finds the host's shapes among what a client is told that there is. */
  finder(stage: HookStage): Hooks {
    return {
      stage,
      events: {
        wl_registry: {
          global: ({ client, object, args }) => {
            if (args.interface !== "wp_cursor_shape_manager_v1" || this.#managers.has(client)) return;
            this.use(client, bindForUs(client, object, args.name, "wp_cursor_shape_manager_v1", 1));
          },
        },
      },
    };
  }

  /** Uses the host's shapes for a client's pointers. */
  use(client: Client, manager: Manager): void {
    this.#managers.set(client, manager);
  }

  /** @param shape of the enum wp_cursor_shape_device_v1.shape @returns whether the host has shapes */
  set({ client, object, serial }: EnteredPointer, shape: number): boolean {
    const manager = this.#managers.get(client);
    if (manager === undefined) return false;
    // The client has released it, of which the host did not know when it sent this.
    if (object.clientGone) return true;
    const device = this.#devices.get(object) ?? this.#deviceOf(client, manager, object);
    client.sendRequest(device, "set_shape", { serial, shape });
    return true;
  }

  #deviceOf(client: Client, manager: Manager, object: EnteredPointer["object"]): WlObject<"wp_cursor_shape_device_v1"> {
    const id = client.createObject("wp_cursor_shape_device_v1", manager.version);
    if (object.is("wl_pointer")) {
      client.sendRequest(manager, "get_pointer", { cursor_shape_device: id, pointer: object });
    } else if (object.is("zwp_tablet_tool_v2")) {
      client.sendRequest(manager, "get_tablet_tool_v2", { cursor_shape_device: id, tablet_tool: object });
    }
    this.#devices.set(object, id);
    return id;
  }
}
