// SPDX-License-Identifier: Apache-2.0
/** The network of a VM: QEMU's own, or that of passt. Both connect to the outside as a program of the user does. */
import { inSandbox, socketNames } from "./sandbox.ts";

/** A port of this machine that leads to one of the guest. */
export interface PublishedPort {
  /** The port on the loopback address of the host. */
  readonly host: number;
  readonly guest: number;
}

/** The addresses that the guest has to know. */
export interface Network {
  readonly address: string;
  readonly mask: string;
  readonly gateway: string;
  readonly nameserver: string;
  readonly published: readonly PublishedPort[];
  /** The path of passt, which makes the connections; null: QEMU does. */
  readonly passt: string | null;
}

/** Returns a network with the addresses that QEMU's has by default. */
export function userNetwork(published: readonly PublishedPort[], passt: string | null): Network {
  return { address: "10.0.2.15", mask: "255.255.255.0", gateway: "10.0.2.2", nameserver: "10.0.2.3", published, passt };
}

/** Returns the arguments for QEMU that describe the network. */
export function networkArguments(network: Network | null): string[] {
  if (network === null) return ["-nic", "none"];
  const { published, address, passt } = network;
  const card = ["-device", "virtio-net-pci,netdev=net,romfile="];
  if (passt !== null) {
    const server = `addr.type=unix,addr.path=${inSandbox.sockets}/${socketNames.network}`;
    return ["-netdev", `stream,id=net,server=off,${server}`, ...card];
  }
  const forwards = published.map(({ host, guest }) => `,hostfwd=tcp:127.0.0.1:${host}-${address}:${guest}`);
  return ["-netdev", `user,id=net${forwards.join("")}`, ...card];
}
