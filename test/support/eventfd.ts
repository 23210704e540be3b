// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:os";
import { check } from "../../src/native/errors.ts";
import { readFd } from "../../src/native/pipe.ts";

const counter = new BigUint64Array(1);
const counterBytes = new Uint8Array(counter.buffer);

/** Returns how often an eventfd was written to since it was last read; 0 when it was not. Throws a SystemError. */
export function eventfdRead(fd: number): number {
  const status = readFd(fd, counterBytes, 0, counterBytes.length);
  if (status === -constants.errno.EAGAIN) return 0;
  check(status, "read", "eventfd");
  return Number(counter[0]);
}
