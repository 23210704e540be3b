// SPDX-License-Identifier: Apache-2.0
/** Run as a process by client-memory.test.ts: survives a client's truncation, then gets a SIGBUS of its own. */

import { ftruncateSync, writeSync } from "node:fs";
import { ClientMemory } from "../../../src/native/client-memory.ts";
import { Mapping, memfd, pageSize } from "../../../src/native/memory.ts";

using file = memfd("test-bus-error", pageSize);
using target = Mapping.map(file.raw, pageSize, { writable: true });
using client = memfd("test-client", pageSize);
using memory = ClientMemory.map(client.raw, pageSize);
ftruncateSync(client.raw, 0);
if (!memory.copyTo(target, 0, 0, pageSize, 1, 0, 0)) writeSync(1, "copied\n");

const culprit = process.argv[2];
if (culprit === "signal") process.kill(process.pid, "SIGBUS");
ftruncateSync(file.raw, 0);
if (culprit === "mapping") target.bytes.fill(1);
// The fault comes during a guarded copy, but not in the memory that it guards.
ftruncateSync(client.raw, pageSize);
using whole = ClientMemory.map(client.raw, pageSize);
whole.copyTo(target, 0, 0, pageSize, 1, 0, 0);
