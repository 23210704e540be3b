#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Downloads packages of another (newer) Debian suite and unpacks them into a folder of their own, without installing
# them and without root. See usage() below.
set -eu

usage() {
  cat <<'TEXT'
Usage: scripts/suite-packages.sh [options] SUITE PACKAGE...

Downloads each PACKAGE of the Debian suite SUITE (forky, sid, ...) and unpacks it into .cache/SUITE/root.
Prints that folder's path. What is there already costs nothing. Installs nothing, needs no root.

  --with-deps      also everything that the packages depend on, down to libc
  --update         look for newer versions of packages that are there already
  --cache DIR      another folder than .cache beside package.json
  --keyring FILE   trust the keys in FILE (default: the machine's debian-archive-keyring)
  --help           this text

The mirror is the one that this machine's apt uses. Its signature is always checked. If the machine's keyring does
not know the suite's key yet, the keyring package of Debian stable is fetched, checked with the machine's, and used.
TEXT
}

say() { printf '%s\n' "suite-packages: $*" >&2; }
fail() {
  say "$*"
  exit 1
}

here=$(cd "$(dirname "$0")" && pwd)
script=$here/suite-packages.sh
cache_root=${here%/*}/.cache
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
with_deps=
update=
while [ $# -gt 0 ]; do
  case $1 in
  --with-deps) with_deps=yes ;;
  --update) update=yes ;;
  --cache)
    cache_root=${2:?--cache needs a folder}
    shift
    ;;
  --keyring)
    keyring=${2:?--keyring needs a file}
    shift
    ;;
  --help)
    usage
    exit 0
    ;;
  -*) fail "unknown option $1 (see --help)" ;;
  *) break ;;
  esac
  shift
done
[ $# -ge 2 ] || {
  usage >&2
  exit 2
}
suite=$1
shift

mkdir -p "$cache_root/$suite"
cache=$(cd "$cache_root/$suite" && pwd -P)
root=$cache/root
# One stamp for each package, holding its version. A package's closure is done when PACKAGE.with-deps is there.
stamps=$cache/unpacked
mkdir -p "$root" "$stamps"

# apt's settings name the folder. Where it has been moved, they are made anew.
if [ -e "$cache/apt/apt.conf" ] && ! grep -qF "\"$cache/apt\"" "$cache/apt/apt.conf"; then update=yes; fi

missing() {
  for package in "$@"; do
    stamp=$stamps/$package${with_deps:+.with-deps}
    if [ -n "$update" ] || [ ! -e "$stamp" ]; then printf ' %s' "$package"; fi
  done
}
done_already() {
  [ -z "$(missing "$@")" ] || return 1
  printf '%s\n' "$root"
}
if done_already "$@"; then exit; fi

for tool in apt-get apt-config dpkg-deb tar flock; do
  command -v "$tool" >/dev/null || fail "$tool is missing: this script needs a Debian machine"
done

# Two runs at once must not share apt's state: the second waits here, and then may find the work done.
exec 9>"$cache/lock"
flock 9
if done_already "$@"; then exit; fi
wanted=$(missing "$@")

# The machine's Debian mirror. Its own apt is asked, since that understands every form of source file.
mirror_of_this_machine() {
  codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    while read -r uri release component; do
      if [ "$release $component" = "$codename main" ]; then
        printf '%s\n' "$uri"
        break
      fi
    done
}

# The machine's apt settings (a proxy, perhaps), less its hooks, which are meant for the machine's own packages, and
# less leave to take unsigned ones.
write_apt_config() {
  mkdir -p "$cache/apt/lists/partial" "$cache/apt/archives/partial" "$cache/apt/empty"
  : >"$cache/apt/status"
  apt-config dump | grep -v -e '-Invoke' -e '^Dir::State' -e '^Dir::Cache' -e '^Dir::Etc::' -e '^APT::Default-Release' \
    -e '^Acquire::Allow' -e '^APT::Get::AllowUnauthenticated' >"$cache/apt/apt.conf"
  # User "root" means: do not change to _apt, which often may not read a home directory.
  cat >>"$cache/apt/apt.conf" <<CONF
Dir::State "$cache/apt";
Dir::State::lists "$cache/apt/lists";
Dir::State::status "$cache/apt/status";
Dir::Cache "$cache/apt";
Dir::Cache::archives "$cache/apt/archives";
Dir::Etc::main "$cache/apt/empty/none";
Dir::Etc::parts "$cache/apt/empty";
Dir::Etc::sourcelist "$cache/apt/sources.list";
Dir::Etc::sourceparts "$cache/apt/empty";
Dir::Etc::preferences "$cache/apt/empty/none";
Dir::Etc::preferencesparts "$cache/apt/empty";
Dir::Etc::trusted "$cache/apt/empty/none.gpg";
Dir::Etc::trustedparts "$cache/apt/empty";
Acquire::Languages "none";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Debug::NoLocking "true";
CONF
}

# On a terminal apt shows its progress; into a log it writes errors only. English, since messages are looked at below.
quiet=-qq
[ ! -t 2 ] || quiet=
private_apt() { LC_ALL=C APT_CONFIG=$cache/apt/apt.conf apt-get $quiet "$@" >&2; }

# Fetches the suite's index, checked with the keys in $1. Any warning (one mirror file not fetched) counts as failure.
fetch_index() {
  printf 'deb [signed-by=%s] %s %s main\n' "$1" "$mirror" "$suite" >"$cache/apt/sources.list"
  rm -rf "$cache/apt/lists"
  mkdir -p "$cache/apt/lists/partial"
  private_apt -o APT::Update::Error-Mode=any update 2>"$cache/apt/update.log" && return
  # Some mirrors are frozen copies, whose index carries a date that has passed. Its signature still says that
  # Debian made it; what the date guards against, being served old packages, does no harm in this folder.
  if grep -q 'Release file .* is expired' "$cache/apt/update.log"; then
    say "the mirror's index of $suite is an old copy: its signature is checked, its date of expiry is not"
    private_apt -o APT::Update::Error-Mode=any -o Acquire::Check-Valid-Until=false update 2>"$cache/apt/update.log"
    return
  fi
  return 1
}

mirror=$(mirror_of_this_machine)
[ -n "$mirror" ] || fail "this machine's apt has no source for its own Debian release: add one"
[ -e "$keyring" ] || fail "no keyring at $keyring: install debian-archive-keyring"
write_apt_config

say "fetching the index of $suite"
if ! fetch_index "$keyring"; then
  if [ "$suite" != stable ] && grep -q 'NO_PUBKEY\|key is not available\|Missing key' "$cache/apt/update.log"; then
    say "$keyring does not know the key of $suite: fetching the keyring of Debian stable"
    stable=$(sh "$script" --cache "$cache_root" --keyring "$keyring" stable debian-archive-keyring)
    fetch_index "$stable/usr/share/keyrings/debian-archive-keyring.gpg" ||
      fail "$suite cannot be verified, not even with the keyring of Debian stable: $(tail -n 1 "$cache/apt/update.log")"
  else
    fail "$suite cannot be used: $(tail -n 1 "$cache/apt/update.log")"
  fi
fi

# An older version's files would stay beside those of the new one, where names hold versions.
remove_old_files() {
  [ -e "$1" ] || return 0
  while IFS= read -r file; do
    if [ -L "$root/$file" ] || [ ! -d "$root/$file" ]; then rm -f "$root/$file"; fi
  done <"$1"
}

say "downloading$wanted${with_deps:+ and all that they need}"
rm -f "$cache"/apt/archives/*.deb
if [ -n "$with_deps" ]; then
  # With an empty list of installed packages, apt resolves the whole closure.
  # shellcheck disable=SC2086
  private_apt install --yes --download-only $wanted
else
  # shellcheck disable=SC2086
  (cd "$cache/apt/archives" && private_apt download $wanted)
fi

for deb in "$cache"/apt/archives/*.deb; do
  package=$(dpkg-deb --field "$deb" Package)
  version=$(dpkg-deb --field "$deb" Version)
  if [ "$(cat "$stamps/$package" 2>/dev/null || true)" != "$version" ]; then
    remove_old_files "$stamps/$package.files"
    dpkg-deb --fsys-tarfile "$deb" | tar --list >"$stamps/$package.files"
    dpkg-deb --extract "$deb" "$root"
    printf '%s\n' "$version" >"$stamps/$package"
  fi
  rm -f "$deb"
done
for package in $wanted; do
  if [ -n "$with_deps" ]; then : >"$stamps/$package.with-deps"; fi
done
printf '%s\n' "$root"
