#!/usr/bin/env bash
# Writes SHA256SUMS for the files of a release.
#
#   checksums.sh FOLDER
set -euo pipefail

cd "${1:?the folder}"
files=$(find . -maxdepth 1 -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort)
[ -n "$files" ] || { echo "FAILED: nothing in $1" >&2; exit 1; }
# shellcheck disable=SC2086 # names of ours, without blanks
sha256sum $files >SHA256SUMS
sha256sum --check --quiet SHA256SUMS
cat SHA256SUMS
