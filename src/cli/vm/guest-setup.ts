// SPDX-License-Identifier: Apache-2.0
/** The script that makes a system on a disk ready for `wayland-proxy-vm --image`. */
import { OWN_FOLDER, OWN_TAG, SHARE_OPTIONS } from "../../vm/boot/initramfs.ts";
import { AGENT_PORT } from "../../vm/channel/frame.ts";
import type { Caller } from "./user.ts";

/** The user of the guest where the caller is root, as whom no desktop's programs run. */
const OTHER_USER = { name: "user", uid: 1000 };

/**
 * The script, for a shell of the guest's root. Our programs come with the VM, in a share, so that they are as new as ours; what
 * the guest gets is the service that starts them.
 *
 * @param caller whose name and number the guest's user gets, so that shared folders are the user's there, too
 */
export function guestSetup(caller: Caller): string {
  const { name, uid } = caller.uid === 0 ? OTHER_USER : caller;
  return `#!/bin/sh
# Makes this system ready for wayland-proxy-vm --image. Run it in the image, as root; it can be run again.
#   sh guest-setup.sh [USER]    USER is whose programs run in the VM, and is made if it is not there
# It needs systemd 240 or newer, and a kernel with virtio_gpu and 9p, as distributions have it (Debian's cloud kernels
# lack the first). Nothing here has an effect where the image is booted by something else.
set -eu
user=\${1:-${name}}
number=${uid}

fail() {
  echo "guest-setup: $1" >&2
  exit 1
}
[ "$(id -u)" = 0 ] || fail "run this as root, in the image"
[ -x /lib/systemd/systemd ] || [ -x /usr/lib/systemd/systemd ] || fail "this system has no systemd"

# The user. Files of shared folders have the number of their owner on the host.
if ! id "$user" >/dev/null 2>&1; then
  shell=/bin/sh
  [ ! -x /bin/bash ] || shell=/bin/bash
  if getent passwd "$number" >/dev/null; then useradd --create-home --shell "$shell" "$user"
  else useradd --create-home --shell "$shell" --uid "$number" "$user"; fi
fi
for group in render video audio; do
  if getent group "$group" >/dev/null; then usermod --append --groups "$group" "$user"; fi
done
uid=$(id -u "$user")

# A session of its own from the boot on, without a login: the runtime directory, D-Bus and the user's services.
mkdir -p /var/lib/systemd/linger
touch "/var/lib/systemd/linger/$user"

mkdir -p /etc/modules-load.d /etc/udev/rules.d /etc/systemd/system
cat >/etc/modules-load.d/wayland-proxy-vm.conf <<TEXT
virtio_console
virtio_gpu
9pnet_virtio
9p
TEXT

# The VM's serial port starts the service that carries programs.
cat >/etc/udev/rules.d/60-wayland-proxy-vm.rules <<TEXT
SUBSYSTEM=="virtio-ports", ATTR{name}=="${AGENT_PORT}", TAG+="systemd", ENV{SYSTEMD_WANTS}+="wayland-proxy-vm-agent.service"
TEXT
cat >/etc/systemd/system/wayland-proxy-vm-agent.service <<TEXT
[Unit]
Description=Runs programs for wayland-proxy-vm on the host of this VM
Wants=user@$uid.service
After=user@$uid.service
# The host ends the VM by ending this.
SuccessAction=poweroff
FailureAction=poweroff-force

[Service]
Type=exec
# Programs may open the GPU node when this is done.
ExecStartPre=-/bin/sh -c 'exec udevadm settle --timeout=30'
ExecStartPre=/bin/mkdir -p ${OWN_FOLDER}
ExecStartPre=/bin/mount -t 9p -o ro,${SHARE_OPTIONS},cache=loose ${OWN_TAG} ${OWN_FOLDER}
ExecStart=/bin/sh -c 'exec "\\$\\$(command -v node || echo ${OWN_FOLDER}/node)" ${OWN_FOLDER}/package/dist/bin/wayland-proxy-vm-agent.cjs $user'
# Why it has failed is to be seen on the host, too. A getty may hang up who has the port open, so it is opened for that.
ExecStopPost=-/bin/sh -c '[ "\\$\\$SERVICE_RESULT" = success ] || { journalctl --sync; journalctl -u wayland-proxy-vm-agent -o cat -n 20 >/dev/ttyS0; }'
# Its programs are the user's.
OOMPolicy=continue
TasksMax=infinity
TEXT

# The VM brings a Node along, whose libraries may not be here.
if command -v node >/dev/null; then
  oldest=$(printf '18.19\\n%s\\n' "$(node -p process.versions.node)" | sort -V | head -n 1)
  [ "$oldest" = 18.19 ] || fail "Node is older than 18.19 here: update it, or remove it"
elif ! ldconfig -p 2>/dev/null | grep -q 'libstdc++[.]so[.]6'; then
  echo "guest-setup: this system has neither Node nor libstdc++: install one of them (Debian: nodejs, or libstdc++6)" >&2
fi
echo "ready: wayland-proxy-vm --image FILE runs programs as $user here"
`;
}
