// SPDX-License-Identifier: Apache-2.0
/**
 * Every key of a policy file, a row for each field of `Policy`. The reader, the explanation, the JSON Schema and
 * docs/policy.md come from here.
 */
import { counted } from "../log/counted.ts";
import { frame, fullscreen } from "./frame-kind.ts";
import {
  bytesText,
  factor,
  flag,
  interfaceList,
  type Kind,
  line,
  number,
  optional,
  permission,
  resources,
  shared,
  size,
  transfer,
  transferText,
  versions,
  word,
} from "./kinds.ts";
import type {
  Change,
  DecorationPolicy,
  FramePolicy,
  FullscreenPolicy,
  Permission,
  Policy,
  TransferPolicy,
} from "./policy.ts";
import { MAX_MOVED, MAX_MOVED_TYPES, MAX_TRANSFERS, MAX_TYPES, MAX_X11_TYPES } from "./transfer-limits.ts";

/** All that is known of a key. */
export interface PolicyRow<Value> {
  /** The key as it is written in a file; `limits.clients` is the key `clients` in the table `limits`. */
  readonly key: string;
  readonly kind: Kind<Value>;
  /** The value without the key. */
  readonly default: Value;
  /** The default for a VM, where that differs. */
  readonly vmDefault?: Value;
  readonly changes: Change;
  /** Whether the key is for local proxies alone: X11 programs in a VM are the VM's own business. */
  readonly isLocal?: true;
  /** The decision that the key makes, for the documentation: whole sentences. */
  readonly help: string;
  /** Explains a value in a sentence; null where there is nothing to say. */
  says(value: Value): string | null;
}

/** A key that allows or denies something. */
function permit(key: string, what: string, help: string): PolicyRow<Permission> {
  return {
    key,
    kind: permission,
    default: "allow",
    changes: "at once",
    help,
    says: (value) => `Programs ${value === "allow" ? "may" : "may not"} ${what}.`,
  };
}

function passing(key: string, what: string, help: string): PolicyRow<TransferPolicy> {
  return {
    key,
    kind: transfer,
    default: shared,
    changes: "at once",
    help,
    says: (value) => transferText(what, value),
  };
}

/** A limit; without it there are only those that hold for everybody. */
function limit(key: string, most: number, what: string, changes: Change, help: string): PolicyRow<number> {
  return {
    key,
    kind: number(1, most, what),
    default: Number.POSITIVE_INFINITY,
    changes,
    help,
    says: (value) => (Number.isFinite(value) ? `At most ${value} ${what}.` : null),
  };
}

function frameText({ color, label, width }: FramePolicy): string {
  const text = label === "" ? "" : `, and the label ${JSON.stringify(label)}`;
  return `Every window has a frame of the color ${color}, ${counted(width, "pixel")} wide${text}.`;
}

const named = (names: readonly string[]): string => names.join(", ");

const frames: Readonly<Record<DecorationPolicy, string | null>> = {
  "as-is": null,
  server: "The compositor draws the frame of every window, if it can.",
  client: "The compositor draws no frames.",
};

const fullscreens: Readonly<Record<FullscreenPolicy, string>> = {
  allow: "Programs may make their windows fullscreen.",
  "without-frame": "Programs may make their windows fullscreen. A frame is not there then.",
  deny: "Programs may not make their windows fullscreen.",
};

/** The largest numbers that make sense; a surface takes an object. */
const MAX_PIXELS = 16_384;
const MAX_OBJECTS = 1 << 18;
const MAX_CLIENTS = 100_000;
const MAX_DESCRIPTORS = 512;

export const policyTable: { readonly [Key in keyof Policy]: PolicyRow<Policy[Key]> } = {
  tag: {
    key: "tag",
    kind: line,
    default: "",
    changes: "restart",
    help:
      "Stands in front of every window title. Programs cannot take it off. Where it is empty, `wayland-proxy-vm` marks them with the " +
      "name of the VM, such as `[bank] `.",
    says: (tag) =>
      tag === "" ? "Window titles have no mark." : `Every window title begins with ${JSON.stringify(tag)}.`,
  },
  appIdPrefix: {
    key: "app-id-prefix",
    kind: line,
    default: "",
    changes: "restart",
    help:
      "Stands in front of every application id, by which docks and window rules know programs, also of one that begins with it " +
      "already. A window without an id has the prefix alone.",
    says: (prefix) =>
      prefix === "" ? "Application ids have no mark." : `Every application id begins with ${JSON.stringify(prefix)}.`,
  },
  securityContext: {
    key: "security-context",
    kind: flag,
    default: false,
    vmDefault: true,
    changes: "restart",
    help:
      "Whether connections to the compositor are made through `wp_security_context_v1`, where it has that. Then the compositor " +
      "itself knows them for a sandbox's, by the name of the VM, and denies what it denies to sandboxes. " +
      "A compositor without it is used as ever, and the log says so.",
    says: (value) =>
      value
        ? "The compositor learns that the programs are in a sandbox, if it can know that."
        : "The compositor takes the programs for ordinary ones.",
  },
  allowGlobals: {
    key: "globals.allow",
    kind: interfaceList,
    default: [],
    changes: "restart",
    help: "Interfaces that are offered although they are hidden by default, since they give power over others.",
    says: (names) => (names.length === 0 ? null : `Programs are offered, beyond what is harmless: ${named(names)}.`),
  },
  hideGlobals: {
    key: "globals.hide",
    kind: interfaceList,
    default: [],
    changes: "restart",
    help: "Interfaces that are hidden, whatever else is said about them.",
    says: (names) => (names.length === 0 ? null : `Hidden from programs: ${named(names)}.`),
  },
  onlyGlobals: {
    key: "globals.only",
    kind: optional(interfaceList),
    default: null,
    changes: "restart",
    help: "If it is given, nothing is offered but these interfaces and the core protocol's: a list of what is allowed.",
    says: (names) =>
      names === null
        ? null
        : `Programs are offered the core protocol and ${named(names) || "nothing else"}, and no more.`,
  },
  globalVersions: {
    key: "globals.versions",
    kind: versions,
    default: {},
    changes: "restart",
    help: "The highest versions of interfaces that are offered.",
    says: (all) => {
      const caps = Object.entries(all).map(([name, version]) => `${name} up to version ${version}`);
      return caps.length === 0 ? null : `Offered only so far: ${named(caps)}.`;
    },
  },
  decorations: {
    key: "decorations",
    kind: word("as-is", "server", "client"),
    default: "as-is",
    changes: "restart",
    help:
      'Who draws the frames of windows. `"server"` asks the compositor for one for every window, whatever the program says. ' +
      "A program that does not know of such frames then draws its own inside. " +
      '`"client"` asks for none. It takes a compositor with `zxdg_decoration_manager_v1` or `org_kde_kwin_server_decoration_manager`. ' +
      'On others `"server"` gives a title bar of ours to every program that knows of such frames.',
    says: (value) => frames[value],
  },
  titleBars: {
    key: "title-bars",
    kind: word("auto", "none"),
    default: "auto",
    changes: "restart",
    help:
      "Whether windows get a title bar where the compositor draws no frames, as on GNOME: those of X11 programs, and those of " +
      'Wayland programs that ask the compositor for a frame. `"none"` leaves them without.',
    says: (value) => (value === "none" ? "Windows have no title bars but the compositor's and their programs'." : null),
  },
  frame: {
    key: "frame",
    kind: optional(frame),
    default: null,
    changes: "restart",
    help:
      "A frame of one color that is drawn around every window, and a thin one around menus and other popups. With a `label`, its upper " +
      "edge is higher, and says so, in black or white, whichever is to be read; the end is cut off where there is no room. Programs can neither cover the frame " +
      "nor take it off, and nothing of theirs is outside of it. Its edges resize the window, the label moves it, and programs learn nothing of a pointer or finger " +
      "on them. It lies around what a program calls its window; a shadow that the program draws around that is not shown, unless the compositor is an old one that draws without a GPU. `fullscreen` says what becomes of it in " +
      "fullscreen. It takes a " +
      "compositor with `wl_subcompositor` and `wp_viewporter`. " +
      "Windows of X11 programs have it as well. A window that would be larger than the screen with its frame is not shown. " +
      "Interfaces that show something without a window, such as `zwlr_layer_shell_v1`, are hidden.",
    says: (value) => (value === null ? null : frameText(value)),
  },
  activation: permit(
    "activation",
    "bring their windows to the front by themselves",
    "Whether programs may ask for the focus (xdg_activation_v1, GTK's own requests). The user still gives it to them by a click.",
  ),
  fullscreen: {
    key: "fullscreen",
    kind: fullscreen,
    default: "allow",
    changes: "at once",
    help:
      "Whether programs may fill the screen, and with a `frame`, what becomes of that. It stays, within the screen: that is what " +
      '`"inside-frame"` says, and `"allow"`, too. `"without-frame"` takes it away for as long as the compositor has the window fullscreen, ' +
      'and nothing shows then whose window it is. With `"deny"`, the user still can make a window fullscreen with the compositor\'s own ' +
      "means, and a frame stays.",
    says: (value) => fullscreens[value],
  },
  pointerLock: permit(
    "pointer-lock",
    "lock or confine the pointer",
    "Whether programs may hold the pointer at a place or within a window (zwp_pointer_constraints_v1), or move it there (wp_pointer_warp_v1).",
  ),
  shortcutInhibition: permit(
    "shortcut-inhibition",
    "take the compositor's shortcuts",
    "Whether programs may get the keys that the compositor has for itself (zwp_keyboard_shortcuts_inhibit_manager_v1), as X11 " +
      "programs do by grabbing the keyboard.",
  ),
  idleInhibition: permit(
    "idle-inhibition",
    "keep the screen on",
    "Whether programs may keep the screen from going dark or being locked (zwp_idle_inhibit_manager_v1).",
  ),
  clipboard: passing(
    "clipboard",
    "The clipboard",
    'What passes when something is copied. `in` is from others to these programs, `out` is from these programs to others. `"ask"` has a ' +
      "notification ask the user when data is to pass, and no answer in time is a no. Where not " +
      "everything passes by itself, programs have a clipboard of their own among themselves. `wayland-proxy-ctl clipboard` moves its text over " +
      "the border, or its `types`, for `take-back` seconds (60). " +
      `Whatever is said here, ${MAX_TYPES} types of one thing count, and ${MAX_X11_TYPES} of an X11 program's. A program has at most ` +
      `${MAX_TRANSFERS} transfers with a limit at once. A command moves at most \`max-size\`, or ${bytesText(MAX_MOVED)}, in ${MAX_MOVED_TYPES} types.`,
  ),
  primary: passing(
    "primary",
    "The primary selection",
    "The same for what is marked, and pasted with the middle button. `wayland-proxy-ctl clipboard` moves it, too, if it is told to.",
  ),
  dragAndDrop: passing("drag-and-drop", "Drag and drop", "The same for what is dragged."),
  outputNames: permit(
    "output-names",
    "know the names of outputs",
    "Whether programs learn what outputs are called (`DP-1`, and a description of the screen), by whatever protocol. Otherwise they are `screen-1`, `screen-2`, …",
  ),
  serialNumbers: {
    ...permit(
      "serial-numbers",
      "know the serial numbers of screens",
      "Whether programs learn what identifies a screen: its serial number, its EDID, KDE's identifier, and what may hold the number: " +
        "descriptions and the color profile of a screen.",
    ),
    vmDefault: "deny",
  },
  maxCursor: {
    ...limit(
      "sizes.cursor",
      MAX_PIXELS,
      "pixels on a side of a cursor",
      "restart",
      "The largest cursor that is shown, in logical pixels.",
    ),
    vmDefault: 256,
  },
  maxDragIcon: {
    ...limit(
      "sizes.drag-icon",
      MAX_PIXELS,
      "pixels on a side of the icon of a drag",
      "restart",
      "The largest icon of a drag that is shown, in logical pixels.",
    ),
    vmDefault: 512,
  },
  maxPopup: {
    ...limit(
      "sizes.popup",
      100,
      "percent of the largest screen for one popup",
      "restart",
      "How much of the largest screen one popup may cover; one of 1024 × 600 always may be shown. A larger one is closed.",
    ),
    vmDefault: 75,
  },
  maxClients: limit(
    "limits.clients",
    MAX_CLIENTS,
    "clients at once",
    "at once",
    "How many programs may be connected. The next one is turned away.",
  ),
  maxSurfaces: limit(
    "limits.surfaces",
    MAX_OBJECTS,
    "surfaces of one client",
    "at once",
    "How many surfaces one client may have. One that makes more is disconnected.",
  ),
  maxObjects: limit(
    "limits.objects",
    MAX_OBJECTS,
    "objects of one client",
    "new clients",
    "How many objects of the protocol one client may have. One that makes more is disconnected.",
  ),
  maxDescriptors: limit(
    "limits.descriptors",
    MAX_DESCRIPTORS,
    "file descriptors that wait for one client",
    "new clients",
    "How many file descriptors may wait for one client. A client that does not take those that are sent to it is disconnected. " +
      "A client is not read while so many of its own wait for the compositor.",
  ),
  maxMemory: {
    key: "limits.memory",
    kind: size,
    default: Number.POSITIVE_INFINITY,
    vmDefault: 4 * 2 ** 30,
    changes: "restart",
    help:
      "The memory that programs share with the compositor at once. The programs of a VM have it together, and their next image has to " +
      "wait. A local program has it for itself, for its pools of pixels, and is disconnected for more.",
    says: (bytes) => (Number.isFinite(bytes) ? `At most ${bytesText(bytes)} of shared memory.` : null),
  },
  xUnscale: {
    key: "x11.unscale",
    kind: optional(factor),
    default: null,
    changes: "restart",
    isLocal: true,
    help: "Shows X11 programs in the screen's own pixels, not enlarged: so many for each of the compositor's, or as its outputs are scaled.",
    says: (value) =>
      value === null
        ? null
        : `X11 programs are not enlarged: ${value === "auto" ? "as the outputs are scaled" : `by ${value}`}.`,
  },
  xPrimary: {
    key: "x11.primary",
    kind: optional(line),
    default: null,
    changes: "restart",
    isLocal: true,
    help: "The output that is the primary one for X11 programs: its name, or its description.",
    says: (output) => (output === null ? null : `The primary output of X11 programs is ${output}.`),
  },
  xResources: {
    key: "x11.resources",
    kind: resources,
    default: {},
    changes: "restart",
    isLocal: true,
    help: "X resources.",
    says: (all) => {
      const set = Object.entries(all).map(([name, text]) => `${name}: ${text}`);
      return set.length === 0 ? null : `X resources: ${named(set)}.`;
    },
  },
};

/** The rows, with the fields that they are for. */
export const policyRows: readonly (readonly [keyof Policy, PolicyRow<unknown>])[] = Object.entries(
  policyTable,
) as never;
