// SPDX-License-Identifier: Apache-2.0
/**
 * Run as a worker thread by notifications.test.ts: the driver's side of a virtqueue in shared memory, which notifies and
 * waits as Linux does. It posts what it has waited for in vain, or null.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { Mapping } from "../../../../src/native/memory.ts";
import { eventfdWrite } from "../../../../src/native/pipe.ts";
import { fullFence, loadAcquire16, storeRelease16 } from "../../../../src/native/ring.ts";
import { READABLE, Watch } from "../../../../src/native/watch.ts";
import { eventfdRead } from "../../../support/eventfd.ts";
import { type DriverTask, Kind, places, RAM_SIZE, SIZE, SLOTS } from "./ring-layout.ts";

const { ram, kick, call, count, seed, patience } = workerData as DriverTask;
const mapping = Mapping.map(ram, RAM_SIZE, { writable: true });
const { bytes } = mapping;
const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const AVAILABLE_INDEX = places.available + 2;
const USED_INDEX = places.used + 2;

let state = seed;
/** A whole number below `limit`. */
function random(limit: number): number {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return (state >> 8) % limit;
}

/** Does nothing for a while: now and then for as long as the device takes to wake up and to go to sleep again. */
function spin(): void {
  const most = [100_000, 3000, 50, 50][random(4)] as number;
  for (let i = random(most); i > 0; i--) state ^= 0;
}

/** Buffers take several descriptors each, from this one on. */
const free = Array.from({ length: SIZE / SLOTS }, (_, i) => i * SLOTS);
const kinds = new Map<number, Kind>();
/** Buffers on which the driver waits. */
let awaited = 0;
let available = 0;
let used = 0;
let wake: () => void = () => {};

const watch = new Watch(call, () => {
  eventfdRead(call);
  wake();
});
watch.set(READABLE);

function add(kind: Kind): void {
  const head = free.pop() as number;
  bytes[places.buffers + head] = kind;
  for (let i = 0; i < SLOTS; i++) {
    const at = places.descriptors + (head + i) * 16;
    view.setBigUint64(at, BigInt(places.buffers + head), true);
    view.setUint32(at + 8, i === 0 ? 1 : 0, true);
    view.setUint16(at + 12, i < SLOTS - 1 ? 1 : 0, true);
    view.setUint16(at + 14, head + i + 1, true);
  }
  kinds.set(head, kind);
  if (kind !== Kind.forgotten) awaited++;
  view.setUint16(places.available + 4 + 2 * (available % SIZE), head, true);
  available = (available + 1) & 0xffff;
  storeRelease16(bytes, AVAILABLE_INDEX, available);
}

/** Takes back what the device has given back; returns how many. */
function collect(): number {
  let taken = 0;
  for (; loadAcquire16(bytes, USED_INDEX) !== used; used = (used + 1) & 0xffff, taken++) {
    const head = view.getUint32(places.used + 4 + 8 * (used % SIZE), true);
    const kind = kinds.get(head);
    if (kind === undefined) throw new Error(`buffer ${head} came back, and was not given`);
    kinds.delete(head);
    free.push(head);
    if (kind !== Kind.forgotten) awaited--;
  }
  return taken;
}

/** Asks to be interrupted from now on; false when something has come back already. */
function enableInterrupts(): boolean {
  storeRelease16(bytes, places.available, 0);
  fullFence();
  return loadAcquire16(bytes, USED_INDEX) === used;
}

async function interrupted(): Promise<boolean> {
  const ended = new AbortController();
  const came = new Promise<boolean>((resolve) => {
    wake = () => resolve(true);
  });
  const late = sleep(patience, false, { signal: ended.signal }).catch(() => false);
  const result = await Promise.race([came, late]);
  ended.abort();
  return result;
}

async function run(): Promise<string | null> {
  let sent = 0;
  for (let back = 0; back < count; ) {
    for (let batch = random(6); batch > 0 && sent < count && free.length > 0; batch--, sent++) {
      add(random(4) === 0 ? Kind.forgotten : random(2) === 0 ? Kind.answered : Kind.later);
      if (random(2) === 0) eventfdWrite(kick);
      spin();
    }
    eventfdWrite(kick);
    // Now and then it looks for a while, so that it is there while the device goes to sleep.
    for (let looks = random(2) * random(400); looks > 0 && awaited > 0; looks--) back += collect();
    spin();
    storeRelease16(bytes, places.available, 1);
    back += collect();
    const mustWait = awaited > 0 || free.length === 0 || sent === count;
    if (!mustWait || back === count || !enableInterrupts()) continue;
    if (await interrupted()) continue;
    return `${awaited} answers, ${free.length} free buffers, ${sent} of ${count} sent, used ${used} of ${loadAcquire16(bytes, USED_INDEX)}`;
  }
  return null;
}

run()
  .then((complaint) => parentPort?.postMessage(complaint))
  .finally(() => {
    watch.close();
    mapping.close();
  });
