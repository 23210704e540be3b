// SPDX-License-Identifier: Apache-2.0
/**
 * The network of a VM by passt, a program that makes connections for it. It runs beside QEMU, which then needs no network
 * itself, and it makes a sandbox of its own.
 */
import { Words } from "../words.ts";
import type { HelperCommand } from "./helper.ts";
import type { Network } from "./network.ts";

/**
 * The day of the first passt that will do, as it writes its version. Debian 12 has an older one: a VM whose root writes packets
 * to 127.0.0.1 himself reaches the loopback address of this machine through that.
 */
const FIRST_SAFE = "20250503";

/** The descriptor by which passt gets its connection with QEMU. */
const CONNECTION = 3;

/**
 * What is wrong with a passt; null when it will do.
 *
 * @param version what it says of itself: "passt 2025_05_03.587980c" and the like
 */
export function passtProblem(version: string): string | null {
  const [, year, month, day] = /(?<!\d)(20\d\d)_?(\d\d)_?(\d\d)(?!\d)/.exec(version) ?? [];
  const date = `${year}${month}${day}`;
  if (year !== undefined && date >= FIRST_SAFE) return null;
  return `it is ${year === undefined ? "of an unknown version" : `of ${date}`}, and would let a VM reach what listens on 127.0.0.1 here`;
}

/** How it is started. It gets its connection when QEMU makes that, and ends with it. */
export function passtCommand(program: string, network: Network, socket: string, parent: number): HelperCommand {
  const words = new Words().guard(parent).accept(CONNECTION);
  return { name: "passt", socket, words: words.exec([program, ...passtArguments(network)]) };
}

/** Returns its arguments. Nothing leads to the VM but what is published, and nothing in its network to the loopback address here. */
function passtArguments({ address, mask, gateway, nameserver, published }: Network): string[] {
  const ports = published.flatMap(({ host, guest }) => ["--tcp-ports", `127.0.0.1/${host}:${guest}`]);
  return [
    ...["--foreground", "--quiet", "--fd", `${CONNECTION}`, "--ipv4-only"],
    ...["--address", address, "--netmask", mask, "--gateway", gateway, "--dns-forward", nameserver, "--no-map-gw"],
    ...(ports.length > 0 ? ports : ["--tcp-ports", "none"]),
    ...["--udp-ports", "none"],
  ];
}
