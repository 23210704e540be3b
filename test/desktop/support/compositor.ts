// SPDX-License-Identifier: Apache-2.0
import type { Picture } from "./picture.ts";
import type { Launch, Program } from "./program.ts";

/**
 * The compositors that tests run on. weston-seat is weston nested in Xvfb, which gives it a pointer and a keyboard;
 * sway-hotplug is a sway whose outputs can be unplugged; sway-1.10 is a newer one, which knows security contexts.
 */
export type CompositorName = "weston" | "weston-seat" | "sway" | "sway-hotplug" | "sway-1.10";

/** Where a compositor may put its files and how it starts programs. */
export interface Site {
  /** Its private runtime directory, owned by the user that it runs as. */
  readonly folder: string;
  /** The user it runs as, when that is not us. */
  readonly uid: number | undefined;
  /** Starts a program whose log and end the desktop looks after. */
  start(launch: Omit<Launch, "log">): Program;
}

/** A pointer and a keyboard on a compositor's seat. */
export interface Input {
  /** Moves the pointer to a place in the compositor's pixels. */
  move(x: number, y: number): Promise<void>;
  /** Presses and releases a mouse button where the pointer is; default: left. */
  click(button?: "left" | "right"): Promise<void>;
  /** Presses the left button, for a drag. */
  press(): Promise<void>;
  /** Releases it. */
  release(): Promise<void>;
  /** Types characters of the US keyboard; "\n" is Return. */
  type(text: string): Promise<void>;
  close(): void;
}

/** A running compositor. */
export interface Compositor {
  /** The path of its Wayland socket. */
  readonly socket: string;
  readonly program: Program;
  /** One picture of all that it shows. */
  screenshot(): Promise<Picture>;
  /** Its pointer and keyboard; throws on compositors without a seat. */
  input(): Promise<Input>;
  /** Ends what was started besides `program`. */
  close(): Promise<void>;
}

/** The variables every program gets: nothing of the session that the tests run in comes through. */
export function cleanEnvironment(home: string, runtime: string): Record<string, string> {
  const { PATH = "/usr/bin:/bin" } = process.env;
  return {
    PATH,
    HOME: home,
    XDG_RUNTIME_DIR: runtime,
    LANG: "C.UTF-8",
    TZ: "UTC",
  };
}
