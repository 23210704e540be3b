// SPDX-License-Identifier: Apache-2.0
/** A size in logical pixels, or in those of a buffer. */
export interface Size {
  readonly width: number;
  readonly height: number;
}
