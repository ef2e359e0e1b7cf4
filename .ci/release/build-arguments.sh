#!/usr/bin/env bash
# Prints what the image is built with, one build argument a line: the commit, its time, and base images that are named by digest.
#
#   build-arguments.sh [BASE_IMAGES]     a file that base-images.sh wrote
set -euo pipefail
. "$(dirname "$0")/../common.sh"

echo "REVISION=$(git rev-parse HEAD)"
echo "CREATED=$(TZ=UTC git log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ)"
echo "SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)"
if [ -n "${1:-}" ]; then
  ! grep -vE '^[A-Z]+_IMAGE=[^ @]+@sha256:[0-9a-f]{64}$' "$1" >&2 || fail "$1: a base image must be named by its digest"
  cat "$1"
fi
