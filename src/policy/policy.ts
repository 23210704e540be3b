// SPDX-License-Identifier: Apache-2.0
/**
 * The policy for the clients of one VM, or of one local proxy: every decision about what they may see and do, as a
 * typed value.
 */

/** Whether something is allowed. */
export type Permission = "allow" | "deny";

/** Whether data passes: by itself, when the user says yes, or not. */
export type Passage = "allow" | "ask" | "deny";

/** The policy for what passes between programs and the host when something is copied, marked or dragged. */
export interface TransferPolicy {
  /** Whether programs get what others have copied. */
  readonly in: Passage;
  /** Whether others get what programs have copied. */
  readonly out: Passage;
  /** The most bytes of one transfer; what is longer is cut off. */
  readonly maxSize: number;
  /** The MIME types that pass: each as it is, or with a `*` at its end for all that begin so. Null for all. */
  readonly types: readonly string[] | null;
  /** Seconds after which what a command has moved over the border is taken back. */
  readonly takeBack: number;
}

/** The side that draws the frames of windows: as programs and the host agree, always the host, or never the host. */
export type DecorationPolicy = "as-is" | "server" | "client";

/** The frame that we draw around every window. */
export interface FramePolicy {
  /** Its color, as #rrggbb. */
  readonly color: string;
  /** A text on its upper edge, which is higher then; empty for none. */
  readonly label: string;
  /** Its width in logical pixels. */
  readonly width: number;
}

/** What becomes of windows that are to fill the screen: they do, with their frame; they do, without it; they do not. */
export type FullscreenPolicy = "allow" | "without-frame" | "deny";

/** Which windows have title bars of ours: those that need one where the compositor draws no frames, or none. */
export type TitleBarPolicy = "auto" | "none";

/** Everything that a policy decides. The keys in a file are in `policyTable`. */
export interface Policy {
  readonly tag: string;
  readonly appIdPrefix: string;
  /** Whether the compositor learns that its clients are a sandbox's, where that can be. */
  readonly securityContext: boolean;
  /** Interfaces that are offered although they are hidden by default. */
  readonly allowGlobals: readonly string[];
  /** Interfaces that are hidden, whatever else is said. */
  readonly hideGlobals: readonly string[];
  /** If not null, nothing else is offered but these and the core protocol's. */
  readonly onlyGlobals: readonly string[] | null;
  /** The highest versions that are offered, by interfaces. */
  readonly globalVersions: Readonly<Record<string, number>>;
  readonly decorations: DecorationPolicy;
  /** Whether windows have title bars of ours where the compositor draws none. */
  readonly titleBars: TitleBarPolicy;
  /** The frame around windows; null for none. */
  readonly frame: FramePolicy | null;
  readonly activation: Permission;
  readonly fullscreen: FullscreenPolicy;
  readonly pointerLock: Permission;
  readonly shortcutInhibition: Permission;
  readonly idleInhibition: Permission;
  readonly clipboard: TransferPolicy;
  readonly primary: TransferPolicy;
  readonly dragAndDrop: TransferPolicy;
  /** Whether programs learn the names of outputs, such as DP-1. */
  readonly outputNames: Permission;
  /** Whether programs learn the serial numbers of screens. */
  readonly serialNumbers: Permission;
  /** The largest cursor and icon of a drag, in logical pixels on a side. */
  readonly maxCursor: number;
  readonly maxDragIcon: number;
  /** How much of the largest screen one popup may cover, in percent. */
  readonly maxPopup: number;
  readonly maxClients: number;
  readonly maxSurfaces: number;
  readonly maxObjects: number;
  readonly maxDescriptors: number;
  /** Bytes that programs can share with the host at once. */
  readonly maxMemory: number;
  /** How X11 programs see the host's scaling, which output is their primary one, and X resources by their names. */
  readonly xUnscale: number | "auto" | null;
  readonly xPrimary: string | null;
  readonly xResources: Readonly<Record<string, string>>;
}

/** The moment from which a change of a key counts: at once, for clients that come from now on, or at the next start. */
export type Change = "at once" | "new clients" | "restart";
