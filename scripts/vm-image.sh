#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the parts of a disk image that has a Debian of its own, for the tests of `wayland-proxy-vm --image`, which put them
# together. Needs root, mmdebstrap, and what setup-vm.sh has fetched. What is there already costs nothing.
#   .cache/vm/image/tree/      a Debian with systemd, a terminal, and a kernel in /boot
#   .cache/vm/image/boot.img   GRUB, for the first block of the disk
#   .cache/vm/image/core.img   and for those behind it; it boots the kernel from the first partition
set -eu
cd "$(dirname "$0")/.."

suite=bookworm
packages=systemd-sysv,udev,dbus-user-session,libpam-systemd,passwd,kmod,mount,libstdc++6,foot,fonts-dejavu-core
# The modules that find the root, and those that udev loads.
early="virtio_pci virtio_blk crc32c_generic ext4"
late="virtio_console virtio_gpu 9p 9pnet_virtio"
image=$PWD/.cache/vm/image
busybox=$PWD/.cache/$suite/root/bin/busybox

is_done() { [ -e "$image/done" ] && [ -z "$(find scripts/vm-image.sh -newer "$image/done")" ]; }

# The files of modules, each behind those of the modules that it needs.
module_files() { find_modules "$@" | awk '!seen[$0]++'; }
find_modules() (
  for module in "$@"; do
    file=$(cd "$release" && find kernel -name "$(printf %s "$module" | sed 's/[-_]/[-_]/g').ko.xz")
    [ -n "$file" ] || continue
    # shellcheck disable=SC2046
    find_modules $(xz -dc "$release/$file" | tr '\0' '\n' | sed -n 's/^depends=//p' | tr ',' ' ')
    printf '%s\n' "$file"
  done
)

make_tree() {
  rm -rf "$image/tree"
  # The mirror and the keys that this machine's apt has. Some mirrors are frozen copies, whose index carries a date that has
  # passed; its signature is checked all the same.
  mmdebstrap --quiet --variant=essential --include="$packages" --skip=check/qemu --format=directory \
    --aptopt='Acquire::Check-Valid-Until "false"' "$suite" "$image/tree" - <".cache/$suite/apt/sources.list"
  # Nobody reads these there, and the disk is smaller.
  rm -rf "$image"/tree/usr/share/doc "$image"/tree/usr/share/man "$image"/tree/usr/share/locale "$image"/tree/var/cache/apt "$image"/tree/var/lib/apt
  printf '/dev/vda1 / ext4 defaults 0 0\n' >"$image/tree/etc/fstab"
  printf 'image\n' >"$image/tree/etc/hostname"
}

add_kernel() {
  release=$(find "$PWD/.cache/forky/root/usr/lib/modules" -mindepth 1 -maxdepth 1 | sort -V | tail -n 1)
  modules=$image/tree/usr/lib/modules/${release##*/}
  mkdir -p "$modules" "$image/tree/boot"
  cp "$release"/modules.builtin* "$release/modules.order" "$modules"
  # shellcheck disable=SC2086
  module_files $early $late >"$image/modules"
  (cd "$release" && tar -c -T "$image/modules") | tar -x -C "$modules"
  chroot "$image/tree" depmod "${release##*/}"
  cp .cache/vm/newest/vmlinuz "$image/tree/boot/vmlinuz"
  make_initrd
}

make_initrd() {
  folder=$(mktemp -d)
  mkdir "$folder/bin" "$folder/modules" "$folder/root" "$folder/dev"
  cp "$busybox" "$folder/bin/busybox"
  # shellcheck disable=SC2086
  for file in $(module_files $early); do
    name=$(basename "$file" .xz)
    xz -dc "$release/$file" >"$folder/modules/$name"
    printf '%s\n' "$name" >>"$folder/modules/order"
  done
  cat >"$folder/init" <<'TEXT'
#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
while read -r module; do /bin/busybox insmod "/modules/$module"; done </modules/order
/bin/busybox mount -t ext4 /dev/vda1 /root
/bin/busybox mount -o move /dev /root/dev
exec /bin/busybox switch_root /root /sbin/init
TEXT
  chmod 755 "$folder/init"
  (cd "$folder" && find . | "$busybox" cpio -o -H newc 2>/dev/null) >"$image/tree/boot/initrd"
  rm -r "$folder"
}

make_boot() {
  grub=$(sh scripts/suite-packages.sh --with-deps "$suite" grub-common grub-pc-bin)
  cat >"$image/grub.cfg" <<'TEXT'
set root=(hd0,msdos1)
linux /boot/vmlinuz root=/dev/vda1 console=ttyS0 loglevel=4 mitigations=off nokaslr no_timer_check cryptomgr.notests
initrd /boot/initrd
boot
TEXT
  "$grub/lib64/ld-linux-x86-64.so.2" --library-path "$grub/lib/x86_64-linux-gnu:$grub/usr/lib/x86_64-linux-gnu" \
    "$grub/usr/bin/grub-mkimage" -O i386-pc -d "$grub/usr/lib/grub/i386-pc" -c "$image/grub.cfg" -p '(hd0,msdos1)/boot/grub' \
    -o "$image/core.img" biosdisk part_msdos ext2 linux
  cp "$grub/usr/lib/grub/i386-pc/boot.img" "$image/boot.img"
}

is_done && exit 0
[ "$(id -u)" = 0 ] || {
  echo "vm-image: this needs root; without it, the test of images is left out" >&2
  exit 0
}
mkdir -p "$image"
# Two runs at once: the second waits, and then finds the work done.
exec 7>"$image/lock"
flock 7
is_done && exit 0
echo "==> making the parts of a disk image" >&2
make_tree
add_kernel
make_boot
touch "$image/done"
