// SPDX-License-Identifier: Apache-2.0
/** The steps of the guest once it sees the host's folders, until its agent runs. */
import { LOWER, OWN_FOLDER, SHARE_OPTIONS } from "../boot/initramfs.ts";
import { MountFlag, Words } from "../words.ts";
import type { Network } from "./network.ts";
import type { Share } from "./sandbox.ts";

/** The tag of a share, by which the guest knows it. */
export const shareTag = (index: number): string => `share${index}`;

const ROOT = "/new";
const UPPER = "/upper";

/** The disk with the layer that stays. */
const LAYER_DISK = "/dev/vda";

/** Features of overlays by which a layer would depend on folders below it that are never changed. */
const WITHOUT_TIES = "index=off,xino=off,metacopy=off,redirect_dir=off";

/**
 * The steps of the guest's first process; it ends when the agent ends, and with it the VM.
 *
 * @param hasLayer whether what is written goes to a layer that stays, not to memory
 */
export function guestSteps(shares: readonly Share[], network: Network | null, hasLayer: boolean): Words {
  const words = new Words();
  // What is removed gives its place back to the host's disk.
  if (hasLayer) words.mount(LAYER_DISK, UPPER, "ext4", MountFlag.noDevices, "discard");
  else words.mount("upper", UPPER, "tmpfs", 0, "mode=755");
  const layers = `lowerdir=${LOWER},upperdir=${UPPER}/data,workdir=${UPPER}/work,${WITHOUT_TIES}`;
  words.mkdir(`${UPPER}/data`).mkdir(`${UPPER}/work`, 0o700).mount("root", ROOT, "overlay", 0, layers);
  for (const folder of ["run", "tmp", "dev", "proc", "sys"]) words.mkdir(`${ROOT}/${folder}`);
  words.mount("run", `${ROOT}/run`, "tmpfs", MountFlag.noSuid | MountFlag.noDevices, "mode=755");
  words.mount("tmp", `${ROOT}/tmp`, "tmpfs", MountFlag.noSuid | MountFlag.noDevices, "mode=1777");
  words.mkdir(`${ROOT}${OWN_FOLDER}`).bind(`${LOWER}${OWN_FOLDER}`, `${ROOT}${OWN_FOLDER}`);
  for (const folder of ["dev", "proc", "sys"]) words.bind(`/${folder}`, `${ROOT}/${folder}`);
  words.mkdir(`${ROOT}/dev/pts`).mkdir(`${ROOT}/dev/shm`);
  words.mount("pts", `${ROOT}/dev/pts`, "devpts", MountFlag.noSuid, "mode=620,ptmxmode=666");
  words.mount("shm", `${ROOT}/dev/shm`, "tmpfs", MountFlag.noSuid | MountFlag.noDevices, "mode=1777");
  for (const [index, { place, writable }] of shares.entries()) {
    const flags = MountFlag.noSuid | MountFlag.noDevices | (writable ? 0 : MountFlag.readOnly);
    words.mkdirs(ROOT, place).mount(shareTag(index), `${ROOT}${place}`, "9p", flags, `${SHARE_OPTIONS},cache=none`);
  }
  words.interface("lo", "127.0.0.1", "255.0.0.0");
  if (network !== null) words.interface("eth0", network.address, network.mask).route(network.gateway);
  return words
    .moveRoot(ROOT)
    .fork()
    .exec([`${OWN_FOLDER}/node`, `${OWN_FOLDER}/package/dist/bin/wayland-proxy-vm-agent.cjs`]);
}
