// SPDX-License-Identifier: Apache-2.0
// Hooks that let only plain text pass the clipboard and drags, both ways:
//
//     wayland-proxy --hooks dist/examples/block-mime-types.js foot

import type { Hooks } from "wayland-proxy";

const allowed: ReadonlySet<string> = new Set(["text/plain", "text/plain;charset=utf-8", "UTF8_STRING"]);

const blockMimeTypes: Hooks = {
  stage: "policy",
  // What the program offers to others.
  requests: {
    wl_data_source: {
      offer(message) {
        if (!allowed.has(message.args.mime_type)) message.drop();
      },
    },
    zwp_primary_selection_source_v1: {
      offer(message) {
        if (!allowed.has(message.args.mime_type)) message.drop();
      },
    },
    // A program can ask for a type that it was not told of. It reads nothing then: the end of its pipe is closed.
    wl_data_offer: {
      receive(message) {
        if (allowed.has(message.args.mime_type)) return;
        message.args.fd.close();
        message.drop();
      },
    },
    zwp_primary_selection_offer_v1: {
      receive(message) {
        if (allowed.has(message.args.mime_type)) return;
        message.args.fd.close();
        message.drop();
      },
    },
  },
  // What others offer to the program.
  events: {
    wl_data_offer: {
      offer(message) {
        if (!allowed.has(message.args.mime_type)) message.drop();
      },
    },
    zwp_primary_selection_offer_v1: {
      offer(message) {
        if (!allowed.has(message.args.mime_type)) message.drop();
      },
    },
  },
};

export default blockMimeTypes;
