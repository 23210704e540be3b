// SPDX-License-Identifier: Apache-2.0

import { channelTarget } from "./channel-target.ts";
import type { Target } from "./fuzz.ts";
import { guestRelayTarget, relayTarget } from "./relay-target.ts";
import { x11Target } from "./x11-target.ts";

/** All that is fuzzed. */
export const targets: readonly (() => Target)[] = [relayTarget, guestRelayTarget, channelTarget, x11Target];
