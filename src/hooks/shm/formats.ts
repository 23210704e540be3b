// SPDX-License-Identifier: Apache-2.0
/** The places of the pixels of the wl_shm formats (drm_fourcc.h), as far as it takes to copy some of them. */
import { WlShmFormat } from "../../protocol/generated/enums.ts";

/** The smallest piece of a line that can be copied. */
export interface Block {
  readonly bytes: number;
  /** The number of pixels side by side in a block. */
  readonly pixels: number;
}

/** The blocks of the formats with one plane. Those of 8 bits a pixel and less are put together in bytes. */
const blocks: ReadonlyMap<number, Block> = new Map([
  ...packed({ bytes: 1, pixels: 8 }, "C1   D1   R1  "),
  ...packed({ bytes: 1, pixels: 4 }, "C2   D2   R2  "),
  ...packed({ bytes: 1, pixels: 2 }, "C4   D4   R4  "),
  ...packed({ bytes: 1, pixels: 1 }, "C8   D8   R8   RGB8 BGR8"),
  ...packed({ bytes: 2, pixels: 1 }, "XR12 XB12 RX12 BX12 AR12 AB12 RA12 BA12 XR15 XB15 RX15 BX15 AR15 AB15 RA15 BA15"),
  ...packed({ bytes: 2, pixels: 1 }, "RG16 BG16 R16  R10  R12  RG88 GR88 R  H"),
  ...packed({ bytes: 3, pixels: 1 }, "RG24 BG24 VU24"),
  ...packed({ bytes: 4, pixels: 1 }, "XR24 XB24 RX24 BX24 AR24 AB24 RA24 BA24 XR30 XB30 RX30 BX30 AR30 AB30 RA30 BA30"),
  ...packed({ bytes: 4, pixels: 1 }, "RG32 GR32 AYUV XYUV AVUY XVUY Y410 XV30 GR H R  F"),
  ...packed({ bytes: 6, pixels: 1 }, "RG48 BG48 BGRH"),
  ...packed({ bytes: 8, pixels: 1 }, "XR48 XB48 AR48 AB48 XR4H XB4H AR4H AB4H AB10 Y412 Y416 XV36 XV48 GR F"),
  ...packed({ bytes: 12, pixels: 1 }, "BGRF"),
  ...packed({ bytes: 16, pixels: 1 }, "AB8F"),
  ...packed({ bytes: 4, pixels: 2 }, "YUYV YVYU UYVY VYUY"),
  ...packed({ bytes: 8, pixels: 2 }, "Y210 Y212 Y216"),
  // The two that wl_shm has numbers of its own for.
  [WlShmFormat.argb8888, { bytes: 4, pixels: 1 }],
  [WlShmFormat.xrgb8888, { bytes: 4, pixels: 1 }],
]);

/** How many lines' worth of bytes the formats with more planes have for each line, all planes together. */
const planes: ReadonlyMap<number, number> = new Map([
  ...codes("NV12 NV21 P010 P012 P016 P030 NV15 YU12 YV12 S010 S012 S016").map(lines(1.5)),
  ...codes("NV16 NV61 P210 P230 NV20 YU16 YV16 YU11 YV11 S210 S212 S216").map(lines(2)),
  ...codes("NV24 NV42 NV30 YU24 YV24 Q410 Q401 T430 S410 S412 S416").map(lines(3)),
  ...codes("YUV9 YVU9").map(lines(1.125)),
]);

function packed(block: Block, names: string): [number, Block][] {
  return codes(names).map((code) => [code, block]);
}

function lines(count: number): (code: number) => [number, number] {
  return (code) => [code, count];
}

/** The numbers of formats: their names of four characters, one behind the other, as drm_fourcc.h makes them. */
function codes(names: string): number[] {
  return Array.from({ length: Math.ceil(names.length / 5) }, (_, i) =>
    Buffer.from(names.slice(5 * i, 5 * i + 4).padEnd(4)).readUInt32LE(),
  );
}

/** The pieces that lines of a format consist of; undefined when there are more planes, or nothing is known of it. */
export function blockOf(format: number): Block | undefined {
  return blocks.get(format);
}

/** How many bytes a line needs at least. Of formats that are not known, libwayland asks as much. */
export function bytesPerLine(format: number, width: number): number {
  const { bytes, pixels } = blocks.get(format) ?? { bytes: 1, pixels: 1 };
  return Math.ceil(width / pixels) * bytes;
}

/** Returns how many bytes a buffer has from its offset on, as far as is known. */
export function sizeOf(format: number, stride: number, height: number): number {
  return Math.ceil(stride * height * (planes.get(format) ?? 1));
}
