// SPDX-License-Identifier: Apache-2.0

/** Types of settings. */
const INTEGER = 0;
const STRING = 1;

/** The value of _XSETTINGS_SETTINGS (XSETTINGS specification, "Format of the property"), in little-endian order. */
export function encodeSettings(settings: ReadonlyMap<string, number | string>, serial: number): Uint8Array {
  const parts = [Buffer.from([0, 0, 0, 0]), word(serial), word(settings.size)];
  for (const [name, value] of settings) {
    const isNumber = typeof value === "number";
    const head = Buffer.from([isNumber ? INTEGER : STRING, 0, 0, 0]);
    head.writeUInt16LE(name.length, 2);
    // All have changed when any has: they change so seldom that it does not matter.
    parts.push(head, padded(Buffer.from(name)), word(serial));
    if (isNumber) {
      parts.push(word(value));
    } else {
      const text = Buffer.from(value);
      parts.push(word(text.length), padded(text));
    }
  }
  return Buffer.concat(parts);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}
