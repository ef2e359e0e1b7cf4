#!/usr/bin/env bash
# Prints the images that the Dockerfile builds on by digest, one build argument a line: SDK_IMAGE=name:tag@sha256:…
# The Dockerfile names tags, under which Microsoft publishes every security update; a release asks once which images they are,
# builds everything on those, and keeps this answer beside its files.
#
#   DIGEST_OF     the command that prints the digest of an image; docker's where it is not given
set -euo pipefail
. "$(dirname "$0")/../common.sh"

digest_of() {
  # shellcheck disable=SC2016 # a template of docker's
  ${DIGEST_OF:-docker buildx imagetools inspect --format '{{.Manifest.Digest}}'} "$1"
}

mapfile -t defaults < <(sed -nE 's/^ARG ([A-Z]+_IMAGE=[^@]+)$/\1/p' Dockerfile)
[ "${#defaults[@]}" = 2 ] || fail "Dockerfile should name two base images by tag"
for default in "${defaults[@]}"; do
  digest=$(digest_of "${default#*=}")
  [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || fail "${default#*=}: '$digest' is no digest"
  echo "$default@$digest"
done
