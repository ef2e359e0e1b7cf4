#!/usr/bin/env bash
# Builds the image for this machine's architecture and pushes it without a tag. Prints its digest.
#
#   image.sh BASE_IMAGES     a file that base-images.sh wrote
set -euo pipefail
. "$(dirname "$0")/../common.sh"

image=$(image_name)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

.ci/release/build-arguments.sh "${1:?the base images}" >"$scratch/arguments"
mapfile -t arguments < <(sed 's/^/--build-arg=/' "$scratch/arguments")
# Without BuildKit's own attestations: they would make an index of each image, and say less than those that the workflow signs.
docker buildx build "${arguments[@]}" --provenance=false --sbom=false --metadata-file "$scratch/metadata.json" \
  --output "type=image,name=$image,push=true,push-by-digest=true,name-canonical=true,rewrite-timestamp=true" . >&2
digest=$(sed -nE 's/.*"containerimage\.digest": "(sha256:[0-9a-f]{64})".*/\1/p' "$scratch/metadata.json")
[ -n "$digest" ] || fail "docker says no digest"
echo "$digest"
