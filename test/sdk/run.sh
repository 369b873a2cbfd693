#!/bin/sh
# The comparison with the official SDK:  sh test/sdk/run.sh
# Installs the SDK under build/sdk, in exactly the versions of package-lock.json beside this file, each
# checked against its hash and none of their scripts run; then compares, with an emulator beside it. The last
# line is `N passed, N failed`. Environment: SWR_TEST_BUILD (build), the folder of what is tested; SWR_TEST_SEED
# (1) and SWR_TEST_COUNT (10000) of the random requests.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=${here%/*/*}
build=${SWR_TEST_BUILD:-$root/build}
modules=$root/build/sdk

# Whole, or not at all: the copy of the lock is written last.
if ! cmp -s "$here/package-lock.json" "$modules/installed"; then
  rm -rf "$modules"
  mkdir -p "$modules"
  cp "$here/package.json" "$here/package-lock.json" "$modules/"
  (cd "$modules" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >&2
  cp "$here/package-lock.json" "$modules/installed"
fi

# What a user of this machine has set up for the service must not reach the comparison.
for name in $(env | sed -n 's/^\([A-Za-z0-9_]*\)=.*/\1/p'); do
  case $name in
    SWR_TEST_*) ;;
    HW_* | OS_* | SWR_* | HUAWEICLOUD_* | SSL_CERT_* | *_proxy | *_PROXY) unset "$name" ;;
  esac
done
HOME=$modules
NODE_PATH=$modules/node_modules
SWR_TEST_BUILD=$build
export HOME NODE_PATH SWR_TEST_BUILD
EMULATOR=$build/swr-emulator exec sh "$root/test/emulator/run.sh" node "$here/compare.js"
