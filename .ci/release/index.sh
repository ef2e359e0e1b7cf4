#!/usr/bin/env bash
# Joins the images of the architectures under the tags X.Y.Z and X.Y, and puts Estuary's adapter on it as X.Y.Z-estuary.
# Prints the digests: INDEX=sha256:…, ESTUARY=sha256:…
#
#   index.sh DIGEST...      of each architecture's image
set -euo pipefail
. "$(dirname "$0")/../common.sh"

[ $# = 2 ] || fail "two architectures, so two digests"
image=$(image_name)
version=$(.ci/release/version.sh)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

docker buildx imagetools create --tag "$image:$version" --tag "$image:${version%.*}" "${@/#/$image@}" >&2
# shellcheck disable=SC2016 # a template of docker's
index=$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$image:$version")
# Estuary runs amd64 only.
docker buildx build --platform linux/amd64 --provenance=false --sbom=false --file .ci/release/estuary.Dockerfile \
  --build-arg CONNECTOR_IMAGE="$image@$index" --metadata-file "$scratch/metadata.json" --tag "$image:$version-estuary" --push .ci/release >&2
estuary=$(sed -nE 's/.*"containerimage\.digest": "(sha256:[0-9a-f]{64})".*/\1/p' "$scratch/metadata.json")
[ -n "$index" ] && [ -n "$estuary" ] || fail "docker says no digest"
printf 'INDEX=%s\nESTUARY=%s\n' "$index" "$estuary"
