// SPDX-License-Identifier: Apache-2.0
/** Checks the order of the architecture: `node dist/scripts/check-structure.js`. The rules are this table. */
import { fileURLToPath } from "node:url";
import { findViolations, type Rules } from "./structure.ts";

const rules: Rules = {
  layers: [
    ["src/copies.ts"],
    ["src/errors.ts"],
    ["src/native"],
    ["src/seccomp"],
    ["src/vm"],
    ["src/jail"],
    ["src/wire"],
    ["src/protocol", "src/x11", "src/cross-domain"],
    ["src/log"],
    ["src/dbus"],
    ["src/policy"],
    ["src/recorder"],
    ["src/trace"],
    ["src/relay"],
    ["src/replay", "src/globals"],
    ["src/clipboard"],
    ["src/hooks", "src/virtio", "src/device", "src/listen"],
    ["src/frame"],
    ["src/title-bars"],
    ["src/decorations"],
    ["src/host", "src/enforcement.ts"],
    ["src/sessions.ts"],
    ["src/xwayland/base"],
    [
      "src/xwayland/window",
      "src/xwayland/input",
      "src/xwayland/outputs",
      "src/xwayland/settings",
      "src/xwayland/selection",
    ],
    ["src/xwayland/shell", "src/xwayland/dnd"],
    ["src/xwayland"],
    ["src/proxy.ts"],
    ["src/device-host.ts", "src/warm-up.ts", "src/check", "src/control"],
    ["src/cli", "src/index.ts"],
  ],
  sources: ["src", "test", "bench", "examples", "scripts"],
  tests: "test",
  options: "src/cli",
  // The second for who uses us as a library and does not say otherwise.
  readEnvironment: ["src/cli/common/environment.ts", "src/xwayland/x-server.ts"],
  published: ["src/index.ts", "src/vm/index.ts", "src/protocol/generated", "src/x11/generated"],
  typesFromAbove: {
    "src/xwayland/base/wm-context.ts": "names all services, of which each feature gets what it uses",
    "src/xwayland/base/window.ts": "a window has what features give it",
    "src/xwayland/base/windows.ts": "finds windows by their surfaces",
  },
  // Windows, their surfaces and roles belong together, as do a pool and its buffers. An X11 connection is told what it shows.
  // What upstream.ts loads only where it is needed is an upstream, too.
  circlesOfTypes: ["src/xwayland", "src/hooks/shm", "src/x11", "src/cli/upstream"],
  features: { file: "src/xwayland/window-manager.ts", list: "features" },
  forTests: {
    "src/frame/text-libraries.ts#libraries": "scripts/bundle.ts makes a file of it, which is loaded by its address",
    "src/frame/color.ts#contrastRatio": "the rule for text on a color is checked by its contrast",
    "src/frame/font-files.ts#searchFolders": "the usual folders are not the same on each machine",
    "src/frame/load-text.ts#firstReadable": "the fonts of a machine can all be read",
    "src/virtio/images.ts#imageSize": "the buckets are a rule of their own, which no host shows",
    "src/native/pipe.ts#eventfd": "QEMU makes them, whose part tests play",
    "src/policy/kinds.ts#isolated": "what a word of the file means",
    "src/xwayland/shell/shortcut-inhibition.ts#GRAB_DELAY_MS": "tests see that nothing happens when it is over",
    "src/xwayland/shell/popup-remapper.ts#REMAP_DELAY_MS": "tests see that nothing happens when it is over",
  },
};

const violations = findViolations(fileURLToPath(new URL("../..", import.meta.url)), rules);
for (const violation of violations) console.error(violation);
if (violations.length > 0) {
  console.error(`check-structure: ${violations.length} found; the rules are in scripts/check-structure.ts`);
  process.exitCode = 1;
}
