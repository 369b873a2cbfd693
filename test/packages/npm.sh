#!/bin/sh
# Installs from npm what tests load the extension in, into a folder, once:  sh npm.sh FOLDER PACKAGE.JSON
# Their install scripts are run, since some of them bring a program or build one. Fails with npm's words if
# npm does.
set -eu

folder=$1
list=$2
mkdir -p "$folder"
if cmp -s "$list" "$folder/installed.json"; then
  exit 0
fi
echo "  NPM   $folder"
cp "$list" "$folder/package.json"
(cd "$folder" && npm install --no-package-lock --no-audit --no-fund --loglevel=error)
cp "$list" "$folder/installed.json"
