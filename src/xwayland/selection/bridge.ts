// SPDX-License-Identifier: Apache-2.0

import type { HostSelection, HostSource, SelectionOffer } from "../../clipboard/host-selection.ts";
import type { Fd } from "../../native/fd.ts";
import { syncHost } from "../../relay/sync-host.ts";
import type { X11Connection } from "../../x11/client/connection.ts";
import { wordsOf } from "../../x11/client/properties.ts";
import type { EventOf } from "../../x11/codec/events.ts";
import { Atom, XFixesSelectionEvent } from "../../x11/generated/enums.ts";
import { createHiddenWindow, watchSelection } from "../base/hidden-window.ts";
import type { WmContext } from "../base/wm-context.ts";
import { SelectionAnswers } from "./answers.ts";
import { SelectionClaim } from "./claim.ts";
import { KeptSelection } from "./kept-selection.ts";
import { MAX_TARGETS, STALL_TIMEOUT } from "./limits.ts";
import { SelectionRequest } from "./request.ts";
import type { TransferEvents } from "./transfer-events.ts";
import { TransfersFromX } from "./transfers-from-x.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "client" | "x" | "connect" | "events" | "input" | "log" | "explain">;

/** Keeps one selection of X and one of the host's the same: what was copied last, on either side. */
export class SelectionBridge {
  readonly #context: Context;
  readonly #x: X11Connection;
  readonly #events: TransferEvents;
  readonly #selection: number;
  readonly #host: HostSelection;
  readonly #marker: string;
  /** Owns the selection of X on behalf of the host's programs. */
  readonly #window: number;
  readonly #answers: SelectionAnswers;
  /** The host's offer; null for none, or for what an X client has. */
  #offer: SelectionOffer | null = null;
  /** Whether X clients have not heard of the host's offer yet. */
  #isNews = false;
  /** The time at which we took X's selection, by the X server's clock. */
  #time = 0;
  /** Counts the owners of X's selection. */
  #owner = 0;
  #isOurs = false;
  /** The request that asks the owner for its targets. */
  #asking: SelectionRequest | null = null;
  /** Resolves when the owner has answered. */
  #asked: Promise<void> = Promise.resolve();
  /** The selection that an X client has, or had when it ended. */
  #claim: SelectionClaim | KeptSelection | null = null;
  /** The data that the owner has left with us in case it ends. */
  #kept: KeptSelection | null = null;
  /** Counts the claims, so that the host's word on one is not taken for that on another. */
  #claims = 0;
  /** Whether the host has not said of the claim that it has it. */
  #isUntold = false;
  /** The claim that was offered to the host last, and the serial of that. */
  #offeredClaim = 0;
  #offeredWith = 0;
  /** Whether the host's answer to the last offer is still to come. */
  #isOffering = false;
  /** The source that was offered last, of which the host has said nothing yet. */
  #offered: HostSource | null = null;
  /** The source of ours that the host has. */
  #held: HostSource | null = null;
  readonly #transfers: TransfersFromX;
  readonly #stopListening: () => void;

  /**
   * @param selection the name of X's
   * @param marker what the types begin with that mark what comes from X clients, so that it is known again
   */
  constructor(context: Context, events: TransferEvents, selection: string, host: HostSelection, marker: string) {
    const { x } = context;
    this.#context = context;
    this.#x = x;
    this.#events = events;
    this.#selection = x.atoms.atom(selection);
    this.#host = host;
    this.#marker = marker;
    this.#window = createHiddenWindow(x);
    this.#answers = new SelectionAnswers(x, events, context.log);
    this.#transfers = new TransfersFromX(x, events, context.log);
    host.onSelection((offer) => this.#hostChanged(offer));
    this.#stopListening = context.input.onSerial(() => {
      this.#tellX();
      this.#offerClaim();
    });
    context.events.on("SelectionRequest", (request) => this.#requested(request));
    context.events.on("XFixes.SelectionNotify", (event) => this.#xChanged(event));
    watchSelection(x, this.#window, this.#selection);
  }

  // From the host to X.

  #hostChanged(offer: SelectionOffer | null): void {
    this.#offer?.destroy();
    const isOurs = offer?.mimeTypes.some((type) => type.startsWith(this.#marker)) ?? false;
    this.#offer = isOurs ? null : offer;
    this.#isNews = false;
    if (offer !== null && isOurs) {
      if (offer.mimeTypes.includes(this.#claimMarker)) this.#accepted();
      return offer.destroy();
    }
    if (this.#isUntold) {
      // While it has nothing, it takes notice of any serial.
      if (offer === null) this.#offeredWith = 0;
      if (offer === null || !this.#isNewerThanClaim) return this.#offerClaim();
      this.#isUntold = false;
    }
    if (this.#claim instanceof KeptSelection) this.#setClaim(null);
    this.#isNews = true;
    this.#tellX();
  }

  /**
   * Offers to X clients what the host has, when one of them may ask for it. Clipboard managers among them take a
   * refusal for nothing, in whose place they put what they have kept.
   */
  #tellX(): void {
    if (!this.#isNews || !(this.#host.isFocusBound || this.#context.input.hasKeyboard)) return;
    this.#isNews = false;
    if (this.#offer !== null) void this.#take();
    else this.#release();
  }

  /** Whether what the host has reported just now was copied after the claim, of which it has taken no notice. */
  get #isNewerThanClaim(): boolean {
    // Before we get the keyboard it reports again what it has had.
    const isNew = !this.#host.isFocusBound || this.#context.input.hasKeyboard;
    return isNew && !this.#isOffering && this.#offeredClaim === this.#claims;
  }

  async #take(): Promise<void> {
    const time = await this.#context.events.now();
    if (this.#offer === null && !(this.#claim instanceof KeptSelection)) return;
    this.#time = time;
    this.#x.send("SetSelectionOwner", { owner: this.#window, selection: this.#selection, time });
  }

  #release(): void {
    if (!this.#isOurs) return;
    this.#x.send("SetSelectionOwner", { owner: Atom.None, selection: this.#selection, time: this.#time });
  }

  #requested(request: EventOf<"SelectionRequest">): void {
    if (request.owner !== this.#window || request.selection !== this.#selection) return;
    // X clients may have what is copied elsewhere while one of them has the keyboard, as Wayland clients may.
    const offer = this.#context.input.hasKeyboard ? this.#offer : null;
    void this.#answers.answer(request, this.#claim instanceof KeptSelection ? this.#claim : offer, this.#time);
  }

  // From X to the host.

  #xChanged({ selection, owner, subtype, selection_timestamp: time }: EventOf<"XFixes.SelectionNotify">): void {
    if (selection !== this.#selection) return;
    this.#owner++;
    this.#isOurs = owner === this.#window;
    const ended = subtype !== XFixesSelectionEvent.SetSelectionOwner;
    // Otherwise a former owner still answers what it has begun to.
    if (ended) this.#transfers.abort();
    const kept = this.#kept;
    this.#kept = null;
    if (kept !== null && owner === Atom.None && ended) {
      this.#claim = kept;
      return void this.#take();
    }
    kept?.close();
    if (owner === Atom.None || this.#isOurs) {
      if (!(this.#isOurs && this.#claim instanceof KeptSelection)) this.#setClaim(null);
      // Nothing is to be had from X, so that it is again what it was.
      if (owner === Atom.None && this.#offer !== null) void this.#take();
    } else {
      this.#isNews = false;
      this.#asked = this.#readTargets(time, this.#owner);
    }
  }

  /** Asks a new owner for its targets, and reports it to the host if it is still the owner then. */
  async #readTargets(time: number, owner: number): Promise<void> {
    const { atoms } = this.#x;
    const wanted = { selection: this.#selection, target: atoms.atom("TARGETS"), time };
    this.#asking?.close();
    const request = new SelectionRequest(this.#x, this.#events, wanted);
    this.#asking = request;
    const timer = setTimeout(() => request.close(), STALL_TIMEOUT);
    try {
      if (!(await request.answered)) return;
      const list = await request.read({ maxBytes: MAX_TARGETS, delete: true });
      const targets = [...wordsOf(list)];
      const names = await atoms.names(targets);
      if (owner !== this.#owner) return;
      const byName = new Map(targets.map((atom, i) => [names[i] ?? "", atom]));
      this.#setClaim(new SelectionClaim(this.#transfers, this.#selection, time, byName));
    } catch {
      // The X server has gone.
    } finally {
      clearTimeout(timer);
      request.close();
    }
  }

  /**
   * Takes over what an X client has, so that it can still be had when that ends. Resolves to whether there is anything.
   * Rejects when the X server has gone.
   *
   * @param targets what it wants to have kept; null for all
   */
  async keep(targets: ReadonlySet<number> | null): Promise<boolean> {
    await this.#asked;
    const claim = this.#claim;
    if (!(claim instanceof SelectionClaim)) return false;
    const kept = await KeptSelection.of(claim, targets, this.#context.connect);
    if (this.#claim !== claim) {
      kept?.close();
      return false;
    }
    this.#kept?.close();
    this.#kept = kept;
    return kept !== null;
  }

  #setClaim(claim: SelectionClaim | null): void {
    if (this.#claim instanceof KeptSelection) this.#claim.close();
    this.#claim = claim;
    this.#claims++;
    this.#isUntold = claim !== null;
    if (claim === null) this.#dropSources();
    else this.#offerClaim();
  }

  get #claimMarker(): string {
    return `${this.#marker}-${this.#claims}`;
  }

  /** Tells the host of the claim, unless that would be in vain. */
  #offerClaim(): void {
    if (!this.#isUntold || this.#claim === null || this.#isOffering) return;
    const { input } = this.#context;
    const isSameSerial = input.serial === this.#offeredWith && this.#offeredWith !== 0;
    // Hosts take one serial for one selection only (wlroots, weston), and none from who has no keyboard (mutter, KWin).
    if (this.#host.isFocusBound ? !input.hasKeyboard || isSameSerial : this.#offeredClaim === this.#claims) return;
    void this.#makeOffer(this.#claim);
  }

  /** Offers a claim to the host, which says that it has it or nothing at all: then that is done anew with newer input. */
  async #makeOffer({ mimeTypes }: SelectionClaim | KeptSelection): Promise<void> {
    const { input, client, explain } = this.#context;
    const before = this.#offered;
    this.#isOffering = true;
    this.#offeredClaim = this.#claims;
    this.#offeredWith = input.serial;
    const source: HostSource = this.#host.set([...mimeTypes, this.#claimMarker], input.serial, {
      send: (mimeType, fd) => this.#send(mimeType, fd),
      cancelled: () => this.#cancelled(source),
    });
    this.#offered = source;
    before?.destroy();
    if (!(await syncHost(client))) return;
    this.#isOffering = false;
    if (this.#isUntold) explain?.("the host has not taken notice of what an X client has copied; newer input may help");
    this.#offerClaim();
  }

  /** The host has the claim. */
  #accepted(): void {
    this.#isUntold = false;
    if (this.#offered === null) return;
    this.#held?.destroy();
    this.#held = this.#offered;
    this.#offered = null;
  }

  /** The host has something else. */
  #cancelled(source: HostSource): void {
    const wasHeld = source === this.#held;
    if (!wasHeld && source !== this.#offered) return;
    source.destroy();
    if (wasHeld) this.#held = null;
    else this.#offered = null;
    // Without the keyboard we could not learn that it had the claim before.
    const isTold = !this.#host.isFocusBound || !this.#context.input.hasKeyboard;
    if (!wasHeld && isTold && this.#offeredClaim === this.#claims) this.#isUntold = false;
    if (this.#claim instanceof KeptSelection && !this.#isUntold) this.#setClaim(null);
  }

  /** Gives a program of the host's what there is. A claim that has just followed on another stands in for that. */
  #send(mimeType: string, fd: Fd): void {
    try {
      this.#claim?.send(mimeType, fd.raw);
    } catch (error) {
      // There are no more descriptors, which is to cost this paste alone.
      this.#context.log.warn(`what an X client had cannot be passed on: ${(error as Error).message}`);
    }
  }

  #dropSources(): void {
    this.#held?.destroy();
    this.#offered?.destroy();
    this.#held = null;
    this.#offered = null;
  }

  close(): void {
    this.#stopListening();
    this.#asking?.close();
    this.#answers.close();
    this.#transfers.abort();
    this.#kept?.close();
    if (this.#claim instanceof KeptSelection) this.#claim.close();
    this.#claim = null;
  }
}
