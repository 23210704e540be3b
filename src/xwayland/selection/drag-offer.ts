// SPDX-License-Identifier: Apache-2.0
import { HostOffer } from "../../clipboard/host-offer.ts";
import type { SelectionOffer } from "../../clipboard/host-selection.ts";
import { WlDataDeviceManagerDndAction as DndAction } from "../../protocol/generated/enums.ts";

/** Something that is dragged over X windows. */
export interface DragOffer extends SelectionOffer {
  /** The actions that are possible where it is dropped (wl_data_device_manager.dnd_action). */
  readonly actions: number;
  /** Says whether it would be taken, and for what; 0 for nothing. */
  accept(serial: number, action: number): void;
  /** Reports to the host that what was dropped has been accepted, and releases the offer. */
  finish(): void;
}

/** An offer of the host's of which it is not known yet whether it is of a selection or of a drag. */
export class HostDragOffer extends HostOffer<"wl_data_offer"> implements DragOffer {
  accept(serial: number, action: number): void {
    this.acceptAs(this.mimeTypes[0] ?? null, serial, action);
  }

  /** Does the same, and says which type would be taken. */
  acceptAs(mimeType: string | null, serial: number, action: number): void {
    const mime_type = action === DndAction.none ? null : mimeType;
    this.client.sendRequest(this.object, "accept", { serial, mime_type });
    if (!this.client.hasRequest(this.object, "set_actions")) return;
    this.client.sendRequest(this.object, "set_actions", { dnd_actions: action, preferred_action: action });
  }

  finish(): void {
    if (this.client.hasRequest(this.object, "finish")) this.client.sendRequest(this.object, "finish", {});
    this.destroy();
  }
}
