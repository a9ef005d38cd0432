#!/usr/bin/env bash
# Prove the bootstrap on a machine that has nothing:  sudo bash packaging/fresh_root.sh COMMAND…
#
# Makes a minimal Debian (suite bookworm) in a scratch folder, puts a clone of this repository's last commit in it and
# runs `packaging/bootstrap.sh COMMAND` there, one after the other; says minutes and disk for each. A COMMAND may hold
# arguments ("test tests/house -q"). Needs root and mmdebstrap. The root uses the package sources, the pip settings and
# the proxies of this machine.
# HOLO_KEEP_ROOT=1 leaves the folder for a look; HOLO_FRESH_ROOT names one that was left, to go on with.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ "$#" -gt 0 ] || { sed -n '2,/^set /{s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2; }

SUITE=bookworm
root="${HOLO_FRESH_ROOT:-$(mktemp -d)/root}"
scratch="$(dirname "$root")"
[ -n "${HOLO_KEEP_ROOT:-}${HOLO_FRESH_ROOT:-}" ] || trap 'rm -rf "$scratch"' EXIT

say() { printf '%s\n' "== $*"; }
disk_mb() { du --summarize --one-file-system --block-size=1M "$1" | cut -f 1; }

make_root() {
    local sources=()
    [ ! -f /etc/apt/sources.list.d/debian.sources ] || sources=(/etc/apt/sources.list.d/debian.sources)
    mmdebstrap --quiet --variant=minbase --include=ca-certificates "$SUITE" "$root" "${sources[@]}"
    cp /etc/resolv.conf /etc/hosts "$root/etc/"
    # a company's own certificates, where there are some
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
    [ ! -f /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/"
    [ ! -f /etc/apt/apt.conf ] || cp /etc/apt/apt.conf "$root/etc/apt/"
    git clone --quiet --no-hardlinks . "$root/srv/holo"
    say "root with a clone of $(git rev-parse --short HEAD): $(disk_mb "$root") MB, $SECONDS s"
}

# In namespaces of its own: whatever is mounted or started in the root is gone when the command ends.
inside() {
    local passed=(HOME=/srv LANG=C.UTF-8 "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin") name
    for name in $(compgen -e | grep --extended-regexp --ignore-case '^pip_|_proxy$'); do
        passed+=("$name=${!name}")
    done
    # shellcheck disable=SC2016 # expanded inside
    unshare --mount --pid --fork bash -c '
        root="$1"; shift
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs tmpfs "$root/tmp"
        mount -t tmpfs tmpfs "$root/run"
        exec chroot "$root" env --ignore-environment "$@"
    ' bash "$root" "${passed[@]}" "$@"
}

[ -d "$root/srv/holo" ] || make_root
for command in "$@"; do
    started="$SECONDS"
    say "bootstrap.sh $command"
    status=0
    read -ra words <<<"$command"
    inside bash /srv/holo/packaging/bootstrap.sh "${words[@]}" || status="$?"
    took=$((SECONDS - started))
    say "bootstrap.sh $command: exit $status, $((took / 60)) min $((took % 60)) s," \
        "root $(disk_mb "$root") MB of which the product $(disk_mb "$root/srv/holo") MB"
    [ "$status" = 0 ] || exit "$status"
done
