// SPDX-License-Identifier: Apache-2.0
import { Border, refusalText } from "../../clipboard/border.ts";
import { Clipboards, type Drag, isOpen, isTold } from "../../clipboard/clipboard.ts";
import type { HostSource } from "../../clipboard/host-selection.ts";
import { pipe } from "../../native/pipe.ts";
import type { PolicyGuard } from "../../policy/guard.ts";
import type { TransferPolicy } from "../../policy/policy.ts";
import type { Client } from "../../relay/client.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { DataDevice, DragDevice, DragOverEvents, DragSourceEvents } from "../selection/data-device.ts";
import type { DragOffer, HostDragOffer } from "../selection/drag-offer.ts";
import { passingOffer, passingSend } from "../selection/passing.ts";
import { XCopy } from "../selection/x-copy.ts";

const FIELD = "dragAndDrop";

/**
 * Drags as the policy lets X clients have them: with the host, or with the Wayland clients of their realm. What X clients drag
 * over each other's windows is nobody else's business, and always passes.
 */
export class GuardedDrags implements DragDevice {
  readonly #client: Client;
  readonly #guard: PolicyGuard;
  readonly #device: DataDevice;
  readonly #marker: string;
  readonly #realm: Clipboards;
  readonly #border: Border;

  /** @param marker the type that marks what X clients drag */
  constructor(client: Client, guard: PolicyGuard, device: DataDevice, marker: string) {
    this.#client = client;
    this.#guard = guard;
    this.#device = device;
    this.#marker = marker;
    this.#realm = Clipboards.for(guard);
    this.#border = new Border(guard, this.#realm);
  }

  get hasActions(): boolean {
    return this.#device.hasActions;
  }

  onDrag(events: DragOverEvents<DragOffer>): void {
    this.#device.onDrag({
      ...events,
      enter: (offer, serial, surface, x, y) =>
        events.enter(offer === null ? null : this.#entered(offer), serial, surface, x, y),
    });
  }

  drag(
    mimeTypes: readonly string[],
    origin: WlObject<"wl_surface">,
    serial: number,
    icon: WlObject<"wl_surface"> | null,
    events: DragSourceEvents,
  ): HostSource {
    const policy = this.#policy;
    const drag: Drag | null = isOpen(policy) ? null : { copy: new XCopy(mimeTypes, events), accepted: null };
    const isDenied = policy.out === "deny";
    if (isDenied) this.#guard.refuse(this.#client, FIELD, refusalText[FIELD].out);
    const told = mimeTypes.filter((type) => (isDenied ? type === this.#marker : isTold(policy, type)));
    if (drag !== null) {
      told.push(this.#realm.marker);
      this.#realm.drag = drag;
    }
    const send = passingSend(this.#client, this.#border, FIELD, events);
    const source = this.#device.drag(told, origin, serial, icon, { ...events, send });
    return {
      destroy: () => {
        source.destroy();
        if (drag !== null && this.#realm.drag === drag) this.#realm.drag = null;
      },
    };
  }

  get #policy(): TransferPolicy {
    return this.#guard.policy[FIELD];
  }

  /** What X clients may know of something that is dragged over a window of theirs; null for nothing. */
  #entered(offer: HostDragOffer): DragOffer | null {
    if (offer.mimeTypes.includes(this.#marker)) return offer;
    const { drag } = this.#realm;
    if (drag !== null && offer.mimeTypes.includes(this.#realm.marker)) return this.#ofRealm(drag, offer);
    const policy = this.#policy;
    if (policy.in === "deny") {
      this.#guard.refuse(this.#client, FIELD, refusalText[FIELD].in);
      offer.destroy();
      return null;
    }
    const passing = passingOffer(this.#client, this.#border, FIELD, policy, offer);
    const [first = null] = passing.mimeTypes;
    return {
      ...passing,
      actions: offer.actions,
      accept: (time, action) => offer.acceptAs(first, time, action),
      finish: () => offer.finish(),
    };
  }

  /** What a Wayland client of the realm drags, of which the host knows one type, which is ours. */
  #ofRealm(drag: Drag, offer: HostDragOffer): DragOffer {
    const { types } = drag.copy;
    return {
      mimeTypes: types,
      actions: offer.actions,
      receive: (mimeType) => {
        if (!types.includes(mimeType)) return null;
        const [read, write] = pipe();
        drag.copy.send(mimeType, write);
        return read;
      },
      accept: (serial, action) => {
        drag.accepted = action === 0 ? null : (types[0] ?? null);
        offer.acceptAs(this.#realm.marker, serial, action);
      },
      finish: () => offer.finish(),
      destroy: () => offer.destroy(),
    };
  }
}
