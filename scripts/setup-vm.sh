#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetches what the VM tests boot into .cache/vm, without installing anything and without root; what is there already
# costs nothing. Needs a Debian machine (amd64). With the name of a kernel: that one alone, as for the demo.
#   .cache/vm/qemu-system-x86_64        starts a QEMU that has vhost-user-test-device-pci (11.1 or newer), with sound
#   .cache/vm/passt                     starts a passt that leads no VM to the loopback address (2025_05_03 or newer)
#   .cache/vm/virtiofsd                 starts a virtiofsd that can be read-only (1.13 or newer)
#   .cache/vm/KERNEL/{vmlinuz,initramfs}  kernels 6.1, 6.12 and newest, as Debian builds them
set -eu
cd "$(dirname "$0")/.."

# Kernels by the names that the tests use, with the suites that have them.
kernels="6.1:bookworm 6.12:trixie newest:forky"
wanted=${1-}
qemu_suite=forky
busybox_suite=bookworm
# The guest needs these packages beside what they need themselves.
modules="virtio_pci virtio_console 9p 9pnet_virtio virtio_gpu"
init=test/vm/support/init.sh
vm=.cache/vm

fail() {
  echo "setup-vm: $1" >&2
  exit 1
}

fetch() { sh scripts/suite-packages.sh "$@" >/dev/null; }

# The packages of one kernel that a suite's metapackage depends on: all whose names have a version. Debian decides
# what each of them holds, and has changed that. In forky the image, the modules and the list of what is built in are
# in three packages.
kernel_packages() {
  APT_CONFIG=.cache/$1/apt/apt.conf apt-cache depends --recurse --no-pre-depends --no-recommends --no-suggests \
    --no-conflicts --no-breaks --no-replaces --no-enhances "$2" |
    grep '^linux-[a-z-]*-[0-9]'
}

# The path of a module, whose file may spell _ as -; nothing if it is built in.
module_file() {
  find "$1" -name "$(printf %s "$2" | sed 's/[-_]/[-_]/g').ko*" | head -n 1
}

is_built_in() {
  grep -q "/$(printf %s "$2" | sed 's/[-_]/[-_]/g')\.ko\$" "$1/modules.builtin"
}

# Puts a module and what it depends on into the initramfs, once, and writes their order.
add_module() {
  [ ! -e "$3/modules/$2.ko" ] || return 0
  file=$(module_file "$1" "$2")
  if [ -z "$file" ]; then
    is_built_in "$1" "$2" || fail "there is no module $2 in $1"
    return 0
  fi
  case $file in
    *.xz) "$busybox" xzcat "$file" >"$3/modules/$2.ko" ;;
    *.ko) cp "$file" "$3/modules/$2.ko" ;;
    *) fail "the compression of $file is not known" ;;
  esac
  for needed in $(tr '\0' '\n' <"$3/modules/$2.ko" | sed -n 's/^depends=//p' | tr ',' ' '); do
    add_module "$1" "$needed" "$3"
  done
  printf '%s\n' "$2" >>"$3/modules/order"
}

make_initramfs() {
  folder=$(mktemp -d)
  mkdir "$folder/bin" "$folder/modules"
  cp "$busybox" "$folder/bin/busybox"
  cp "$init" "$folder/init"
  chmod 755 "$folder/init" "$folder/bin/busybox"
  for module in $modules; do add_module "$1" "$module" "$folder"; done
  # Not compressed: the guest's processor is emulated.
  (cd "$folder" && find . | "$busybox" cpio -o -H newc 2>/dev/null) >"$2.part"
  rm -r "$folder"
  mv "$2.part" "$2"
}

add_kernel() {
  name=${1%%:*}
  suite=${1#*:}
  fetch "$suite" linux-image-amd64
  # shellcheck disable=SC2046
  fetch "$suite" $(kernel_packages "$suite" linux-image-amd64)
  image=$(find "$PWD/.cache/$suite/root" -name 'vmlinuz*' -type f | sort -V | tail -n 1)
  case $image in
    */boot/vmlinuz-*)
      # Older packages keep modules in /lib, newer ones in /usr/lib.
      tree=$(find "$PWD/.cache/$suite/root" -path "*/modules/${image##*/vmlinuz-}" -type d | head -n 1)
      ;;
    *) tree=${image%/*} ;;
  esac
  [ -n "$image" ] && [ -d "$tree/kernel" ] || fail "$suite's kernel is not where it was expected"
  mkdir -p "$vm/$name"
  make_initramfs "$tree" "$vm/$name/initramfs"
  cp "$image" "$vm/$name/vmlinuz"
}

add_qemu() {
  fetch --with-deps "$qemu_suite" qemu-system-x86
  # QEMU's drivers for sound servers, and what PipeWire's library loads. What they recommend or open windows with is not needed.
  fetch "$qemu_suite" qemu-system-gui libpipewire-0.3-0t64 libpipewire-0.3-modules libspa-0.2-modules
  fetch --with-deps "$qemu_suite" libpulse0
  # Started by the loader and with the libraries that were unpacked beside it: the machine's own may be too old.
  cat >"$vm/qemu-system-x86_64.part" <<TEXT
#!/bin/sh
root=\$(dirname "\$0")/../$qemu_suite/root
lib=\$root/usr/lib/x86_64-linux-gnu
export QEMU_MODULE_DIR="\$lib/qemu" SPA_PLUGIN_DIR="\$lib/spa-0.2" PIPEWIRE_MODULE_DIR="\$lib/pipewire-0.3"
exec "\$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "\$lib:\$lib/pulseaudio" \\
  "\$root/usr/bin/qemu-system-x86_64" -L "\$root/usr/share/qemu" -L "\$root/usr/share/seabios" "\$@"
TEXT
  chmod 755 "$vm/qemu-system-x86_64.part"
  "$vm/qemu-system-x86_64.part" -device help 2>&1 | grep -q vhost-user-test-device-pci ||
    fail "$qemu_suite's QEMU does not start, or has no vhost-user-test-device-pci"
  mv "$vm/qemu-system-x86_64.part" "$vm/qemu-system-x86_64"
}

# Adds a program that works beside QEMU: the name of its package, and the path in there.
add_helper() {
  fetch --with-deps "$qemu_suite" "$1"
  cat >"$vm/$1.part" <<TEXT
#!/bin/sh
root=\$(dirname "\$0")/../$qemu_suite/root
exec "\$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "\$root/usr/lib/x86_64-linux-gnu" "\$root/$2" "\$@"
TEXT
  chmod 755 "$vm/$1.part"
  mv "$vm/$1.part" "$vm/$1"
}

# Whether there is a stamp that is newer than what it depends on: of all kernels, or of the one that is wanted.
is_done() {
  for stamp in "$vm/done" ${wanted:+"$vm/$wanted/done"}; do
    if [ -e "$stamp" ] && [ -z "$(find "$init" scripts/setup-vm.sh -newer "$stamp")" ]; then return 0; fi
  done
  return 1
}

is_done && exit 0
[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || fail "this needs a Debian machine of the architecture amd64"
mkdir -p "$vm"
# Two runs at once: the second waits, and then finds the work done.
exec 8>"$vm/lock"
flock 8
is_done && exit 0
echo "==> fetching QEMU and the kernel ${wanted:-of each suite}" >&2
fetch "$busybox_suite" busybox-static
busybox=$PWD/.cache/$busybox_suite/root/bin/busybox
add_qemu
add_helper passt usr/bin/passt
add_helper virtiofsd usr/libexec/virtiofsd
for kernel in $kernels; do
  case $kernel in ${wanted:-*}:*) add_kernel "$kernel" ;; esac
done
touch "$vm/${wanted:+$wanted/}done"
