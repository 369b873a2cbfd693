#!/bin/sh
# Runs a script of the shell on this system as if it were another that is thrown away afterwards:
#
#   sh test/packages/clean.sh FOLDER SCRIPT
#
# What the script installs, nobody else sees. FOLDER is at /mnt there. Needs root, and overlays of the file
# system (Linux).
set -eu

if [ "${3:-}" != inside ]; then
  place=$(mktemp -d)
  status=0
  unshare -m sh "$0" "$1" "$2" inside "$place" || status=$?
  rmdir "$place"
  exit "$status"
fi
mount -t tmpfs tmpfs "$4"
mkdir "$4/changed" "$4/work" "$4/system"
mount -t overlay overlay -o "lowerdir=/,upperdir=$4/changed,workdir=$4/work" "$4/system"
for folder in dev proc; do
  mount --rbind "/$folder" "$4/system/$folder"
done
mount --bind "$1" "$4/system/mnt"
exec chroot "$4/system" sh -c "cd / && $2"
