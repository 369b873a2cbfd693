#!/bin/sh
# Installs the peers that come from npm into a folder, once: sh install.sh FOLDER. Their own install
# scripts are not run, and no lock file is left. Fails with npm's words if npm does.
set -eu

list=$(cd "$(dirname "$0")" && pwd)/package.json
folder=$1

mkdir -p "$folder"
if cmp -s "$list" "$folder/installed.json"; then
  exit 0
fi
echo "  NPM   $folder"
cp "$list" "$folder/package.json"
(cd "$folder" && npm install --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error)
cp "$list" "$folder/installed.json"
