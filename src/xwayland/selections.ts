// SPDX-License-Identifier: Apache-2.0
import { newMarker, type SelectionField } from "../clipboard/clipboard.ts";
import { DataControl } from "../clipboard/data-control.ts";
import type { HostOffer } from "../clipboard/host-offer.ts";
import type { HostSelection } from "../clipboard/host-selection.ts";
import type { WmContext } from "./base/wm-context.ts";
import { Drags } from "./dnd/drags.ts";
import { GuardedDrags } from "./dnd/guarded-drags.ts";
import { SelectionBridge } from "./selection/bridge.ts";
import { ClipboardManager } from "./selection/clipboard-manager.ts";
import { DataDevice } from "./selection/data-device.ts";
import { GuardedSelection } from "./selection/guarded-selection.ts";
import { PrimaryDevice } from "./selection/primary-device.ts";
import { queries } from "./selection/targets.ts";
import { TransferEvents } from "./selection/transfer-events.ts";

/** Highest versions that this knows how to use. */
const SEAT_VERSION = 5;
const DATA_DEVICE_VERSION = 3;
const PRIMARY_VERSION = 1;

/** The selections and drags between X clients and the host's programs. */
export class Selections {
  static readonly atoms: readonly string[] = [
    ...queries,
    ...Drags.atoms,
    ...ClipboardManager.atoms,
    ...["CLIPBOARD", "INCR", "ATOM_PAIR", "_WAYLAND_PROXY_SELECTION"],
  ];

  readonly #parts: { close(): void }[] = [];

  constructor(
    context: Pick<
      WmContext,
      | "client"
      | "globals"
      | "x"
      | "connect"
      | "events"
      | "windows"
      | "user"
      | "input"
      | "scale"
      | "guard"
      | "log"
      | "explain"
    >,
  ) {
    const { client, globals, x, events, windows, guard } = context;
    const seat = globals.bind("wl_seat", SEAT_VERSION);
    if (seat === null) return;
    const transferEvents = new TransferEvents(x, events, windows);
    const marker = newMarker();
    const control = DataControl.open(client, globals, seat);
    const data = globals.bind("wl_data_device_manager", DATA_DEVICE_VERSION);
    if (data !== null) {
      const device = new DataDevice(client, data, seat);
      const host = this.#guarded(context, "clipboard", control?.clipboard ?? device);
      const clipboard = new SelectionBridge(context, transferEvents, "CLIPBOARD", host, marker);
      new ClipboardManager(context, clipboard);
      this.#parts.push(clipboard);
      const drags = guard === null ? device : new GuardedDrags(client, guard, device, marker);
      this.#parts.push(new Drags(context, transferEvents, drags, marker));
    }
    const primary = globals.bind("zwp_primary_selection_device_manager_v1", PRIMARY_VERSION);
    if (primary !== null) {
      const host = this.#guarded(context, "primary", control?.primary ?? new PrimaryDevice(client, primary, seat));
      this.#parts.push(new SelectionBridge(context, transferEvents, "PRIMARY", host, marker));
    }
  }

  /** A selection as the policy lets X clients have it. */
  #guarded(
    context: Pick<WmContext, "client" | "input" | "guard">,
    field: SelectionField,
    host: HostSelection<HostOffer>,
  ): HostSelection {
    if (context.guard === null) return host;
    const guarded = new GuardedSelection(context, context.guard, field, host);
    this.#parts.push(guarded);
    return guarded;
  }

  close(): void {
    for (const part of [...this.#parts].reverse()) part.close();
  }
}
