#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# The guest's first process, from the initramfs: loads drivers, mounts the host's root read-only with a little of its
# own on top, and hands over to the agent. The kernel puts words of its command line into the environment:
#   tree   the repository's path on the host, where the agent is
#   node   the path of Node
# The tests' folder on the host is mounted at /run/share.
/bin/busybox --install -s /bin
export PATH=/bin

mkdir -p /dev /proc /sys /host /tree
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
while read -r module; do insmod "/modules/$module.ko"; done </modules/order

mount_9p() { mount -t 9p -o "trans=virtio,version=9p2000.L,msize=512000,$1" "$2" "$3"; }
mount_9p ro,cache=loose host /host
# The new /tmp may hide the repository.
mount -o bind "/host$tree" /tree
mount -t tmpfs -o mode=1777 tmp /host/tmp
mount -t tmpfs -o mode=755 run /host/run
mkdir -p /host/run/share "/host$tree"
mount -o bind /tree "/host$tree"
# Uncached: both sides write.
mount_9p cache=none share /host/run/share
for folder in dev proc sys; do mount -o bind /$folder /host/$folder; done
mkdir -p /host/dev/pts /host/dev/shm
mount -t devpts -o ptmxmode=666 pts /host/dev/pts
mount -t tmpfs -o mode=1777 shm /host/dev/shm
mount -t debugfs debug /host/sys/kernel/debug

chroot /host "$node" "$tree/dist/test/vm/support/agent.js"
# Reached only when the agent failed: with panic=-1 the end of the first process ends QEMU at once.
exit 1
