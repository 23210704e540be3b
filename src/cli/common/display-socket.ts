// SPDX-License-Identifier: Apache-2.0
/** The socket that clients connect to: one of our own, or the one that the service manager has made for us. */
import { UserError } from "../../errors.ts";
import { DisplaySocket } from "../../listen/display-socket.ts";
import type { InheritedSocket } from "../../listen/inherited-sockets.ts";
import { letGroupConnect } from "./socket-group.ts";

/** The user's wishes for a socket, and what is known about it. */
interface SocketWishes {
  /** The option that names a socket, and what that says. */
  readonly option: string;
  readonly name: string | undefined;
  /** The group whose members may connect, too. */
  readonly group: string | undefined;
  /** The socket that the service manager has made, if it has. */
  readonly inherited: InheritedSocket | undefined;
  readonly runtimeDir: string | undefined;
  /** The path of the compositor's socket, which cannot be ours. */
  readonly hostPath: string | undefined;
  /** Called with the path before clients can see the socket. */
  readonly beforeListening: (path: string) => void;
}

/** Opens it, or takes it over. Its files are removed at the latest when the process exits. Throws a UserError. */
export function openDisplaySocket(wishes: SocketWishes): DisplaySocket {
  const socket = wishes.inherited === undefined ? ownSocket(wishes) : inheritedSocket(wishes, wishes.inherited);
  process.once("exit", () => socket.removeFiles());
  return socket;
}

function ownSocket({ name, group, runtimeDir, hostPath, beforeListening }: SocketWishes): DisplaySocket {
  const socket = DisplaySocket.open(runtimeDir, name, hostPath, beforeListening);
  if (group !== undefined) letGroupConnect(socket, group);
  return socket;
}

function inheritedSocket(wishes: SocketWishes, inherited: InheritedSocket): DisplaySocket {
  const { option, name, group, runtimeDir, hostPath, beforeListening } = wishes;
  if (group !== undefined) {
    throw new UserError(
      "--socket-group cannot be used, since the socket was made for us: set SocketGroup= in its unit",
    );
  }
  if (name !== undefined) {
    throw new UserError(
      `${option} cannot be used, since the socket was made for us at ${inherited.address}: ` +
        "leave it out, or change ListenStream= in the socket unit",
    );
  }
  const socket = DisplaySocket.inherit(inherited, runtimeDir, hostPath);
  beforeListening(socket.path);
  return socket;
}
