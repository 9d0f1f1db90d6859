#!/usr/bin/env bash
# Builds the image and tries it, on a machine without a container engine.
#
# Needs root, and buildah and debootstrap (Debian: apt-get install buildah debootstrap); it installs
# nothing itself. Where python:3.13-slim-bookworm cannot be pulled, the base is made here from
# Debian's own packages, under a name of its own; BASE=python:3.13-slim-bookworm takes the real one.
#
#   BASE       the base image; by default localhost/waypost-base, made once and kept
#   IMAGE      the image's name; by default localhost/waypost:try
#   CA_BUNDLE  certificates to trust while building, where TLS is intercepted
#   KEEP=1     leaves the image in buildah's store
set -euo pipefail
cd "$(dirname "$0")/.."

BASE="${BASE:-localhost/waypost-base}"
IMAGE="${IMAGE:-localhost/waypost:try}"
PYTHON="${PYTHON:-.venv/bin/python}"

die() { echo "$*" >&2; exit 1; }

missing=()
for tool in buildah debootstrap; do command -v "$tool" >/dev/null || missing+=("$tool"); done
[ ${#missing[@]} = 0 ] || die "not installed: ${missing[*]} (Debian: apt-get install ${missing[*]})"
[ "$(id -u)" = 0 ] || die "needs root: debootstrap and chroot do"
[ -x "$PYTHON" ] || die "needs $PYTHON with the embedded Postgres: make .venv/.ready"

work="$(mktemp -d "${TMPDIR:-/tmp}/waypost-image.XXXXXX")"
chmod 755 "$work" # the embedded Postgres runs as somebody else, who must get in
container=
clean() {
    [ -z "$container" ] || buildah rm "$container" >/dev/null
    [ -n "${KEEP:-}" ] || buildah rmi "$IMAGE" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap clean EXIT

if [ "$BASE" = localhost/waypost-base ] && ! buildah inspect --type image "$BASE" >/dev/null 2>&1; then
    echo "making $BASE from Debian bookworm"
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates \
        bookworm "$work/debian" >"$work/debootstrap.log" ||
        { tail -n 20 "$work/debootstrap.log" >&2; die "debootstrap failed"; }
    rm -rf "$work"/debian/var/cache/apt/* "$work"/debian/var/lib/apt/lists/*
    made="$(buildah from scratch)"
    buildah add --quiet "$made" "$work/debian" / >/dev/null
    buildah commit --quiet --format docker --rm "$made" "$BASE" >/dev/null
    rm -rf "$work/debian"
fi

trusting=()
if [ -n "${CA_BUNDLE:-}" ]; then
    printf '[global]\ncert = /etc/waypost-build-ca.crt\n' >"$work/pip.conf"
    trusting=(--volume "$CA_BUNDLE:/etc/waypost-build-ca.crt:ro" --volume "$work/pip.conf:/etc/pip.conf:ro")
fi

echo "building $IMAGE on $BASE"
buildah bud --isolation chroot --pull-never --format docker --build-arg BASE="$BASE" \
    "${trusting[@]}" --tag "$IMAGE" . >"$work/build.log" 2>&1 ||
    { tail -n 40 "$work/build.log" >&2; die "the build failed"; }

container="$(buildah from --pull-never "$IMAGE")"
size="$(du -sm "$(buildah mount "$container")/opt/waypost" | cut -f1)"
buildah umount "$container" >/dev/null
echo "the service and its libraries: $size MB on top of the base"

"$PYTHON" -m service.embedded --home "$work/home" "$PYTHON" deploy/try_image.py "$container"
