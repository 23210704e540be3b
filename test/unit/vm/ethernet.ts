// SPDX-License-Identifier: Apache-2.0
/** Packets as the network card of a guest sends them, whatever the guest's kernel would have sent. */

const GUEST_MAC = Buffer.from("525400123456", "hex");
const HOST_MAC = Buffer.from("525500000002", "hex");
const IPV4 = 0x0800;
const TCP = 6;
const UDP = 17;
const SYN = 0x02;

/** The address of a guest, or of somebody that it reaches. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** A packet of TCP or a datagram of UDP that came. */
export interface Packet {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Those of TCP; null: a datagram. */
  readonly flags: number | null;
}

export const SYN_ACK = 0x12;
export { SYN };

const addressBytes = (address: string): Buffer => Buffer.from(address.split(".").map(Number));

/** The internet checksum. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** Puts the header of IPv4 and of Ethernet in front, and a length, as QEMU does in a stream. */
function framed(protocol: number, from: Endpoint, to: Endpoint, content: Buffer, checksumAt: number): Buffer {
  const addresses = Buffer.concat([addressBytes(from.address), addressBytes(to.address)]);
  const pseudo = Buffer.from([0, protocol, content.length >> 8, content.length & 0xff]);
  content.writeUInt16BE(checksum(Buffer.concat([addresses, pseudo, content])), checksumAt);
  const header = Buffer.concat([Buffer.from([0x45, 0, 0, 0, 0, 1, 0, 0, 64, protocol, 0, 0]), addresses]);
  header.writeUInt16BE(header.length + content.length, 2);
  header.writeUInt16BE(checksum(header), 10);
  const frame = Buffer.concat([HOST_MAC, GUEST_MAC, Buffer.from([IPV4 >> 8, IPV4 & 0xff]), header, content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(frame.length);
  return Buffer.concat([length, frame]);
}

/** Asks for a connection. */
export function synPacket(from: Endpoint, to: Endpoint): Buffer {
  const content = Buffer.alloc(20);
  content.writeUInt16BE(from.port, 0);
  content.writeUInt16BE(to.port, 2);
  content.writeUInt32BE(1, 4);
  content.writeUInt8(5 << 4, 12);
  content.writeUInt8(SYN, 13);
  content.writeUInt16BE(0xffff, 14);
  return framed(TCP, from, to, content, 16);
}

/** A datagram with one byte. */
export function datagramPacket(from: Endpoint, to: Endpoint): Buffer {
  const content = Buffer.from([0, 0, 0, 0, 0, 9, 0, 0, 0x21]);
  content.writeUInt16BE(from.port, 0);
  content.writeUInt16BE(to.port, 2);
  return framed(UDP, from, to, content, 6);
}

/** Reads the packets of a stream as they come, those of TCP and UDP alone. */
export class Packets {
  readonly all: Packet[] = [];
  #rest = Buffer.alloc(0);

  add(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (;;) {
      if (this.#rest.length < 4) return;
      const length = this.#rest.readUInt32BE(0);
      if (this.#rest.length < 4 + length) return;
      this.#read(this.#rest.subarray(4, 4 + length));
      this.#rest = this.#rest.subarray(4 + length);
    }
  }

  #read(frame: Buffer): void {
    const packet = frame.subarray(14);
    const protocol = packet[9];
    if (frame.readUInt16BE(12) !== IPV4 || (protocol !== TCP && protocol !== UDP)) return;
    const content = packet.subarray(20);
    this.all.push({
      from: { address: packet.subarray(12, 16).join("."), port: content.readUInt16BE(0) },
      to: { address: packet.subarray(16, 20).join("."), port: content.readUInt16BE(2) },
      flags: protocol === TCP ? content.readUInt8(13) : null,
    });
  }
}
