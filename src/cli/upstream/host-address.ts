// SPDX-License-Identifier: Apache-2.0
/** Finds the compositor that is the host: from the environment, by the rules that libwayland's clients follow. */
import { socketPath } from "../../listen/socket-path.ts";

/** The part of the environment that names the host. */
export interface HostEnvironment {
  readonly XDG_RUNTIME_DIR?: string | undefined;
  readonly WAYLAND_DISPLAY?: string | undefined;
}

/**
 * The path of the host's socket: `display`, by default $WAYLAND_DISPLAY (a name in $XDG_RUNTIME_DIR, or an absolute path), else wayland-0.
 * The socket need not exist. Throws a UserError if there can be no such socket.
 */
export function hostSocketPath(
  environment: HostEnvironment,
  display: string | undefined = environment.WAYLAND_DISPLAY,
): string {
  // Set but empty is what a shell's `WAYLAND_DISPLAY= command` leaves: nobody means a socket without a name by it.
  return socketPath(environment.XDG_RUNTIME_DIR, display || "wayland-0");
}
