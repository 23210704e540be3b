// SPDX-License-Identifier: Apache-2.0
/**
 * Ends the program with one line where Node is too old. Imported before everything that needs a newer Node: that would
 * fail somewhere, with a stack that tells nobody anything. Imports nothing.
 */

/** The oldest Node that everything runs on, as `engines` in package.json says. */
const OLDEST = [18, 19] as const;

const { node } = process.versions;
const [major = 0, minor = 0] = node.split(".").map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  console.error(`wayland-proxy: Node ${node} is too old: install Node ${OLDEST.join(".")} or newer`);
  process.exit(1);
}
