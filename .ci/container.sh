#!/usr/bin/env bash
# Builds the image from the Dockerfile and runs it as the platforms do: uid 1000, no capability, through `sh`.
# Uses docker where a daemon answers, podman elsewhere (installed with apt where that is allowed).
#
#   EXPECT_IMAGE=true   a machine on which no image can be built is a failure; otherwise it is only said.
set -euo pipefail
. "$(dirname "$0")/common.sh"

image=$(image_name):dev
scratch=artifacts/container
mkdir -p "$scratch"

unavailable() {
  echo "No image was built here: $*"
  [ "${EXPECT_IMAGE:-false}" != true ] || fail "the image was expected (EXPECT_IMAGE=true)"
  exit 0
}

build_with_docker() {
  .ci/release/build-arguments.sh >"$scratch/arguments"
  mapfile -t arguments < <(sed 's/^/--build-arg=/' "$scratch/arguments")
  docker build --quiet "${arguments[@]}" --tag "$image" . >/dev/null
}

# The base images by their digests, as a release names them.
by_digest() { # NAME IMAGE
  echo "$1=${2%%:*}@$(podman image inspect --format '{{.Digest}}' "$2")"
}

# The builder sees this machine's packages, NuGet settings and certificates, so that it restores as this machine does.
build_with_podman() { # SDK_IMAGE RUNTIME_IMAGE
  local packages dotnet shared=() arguments
  packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
  mkdir -p "$packages"
  shared+=(--volume "$packages:/nuget")
  [ ! -d "$HOME/.nuget/NuGet" ] || shared+=(--volume "$HOME/.nuget/NuGet:/etc/opt/NuGet/Config:ro")
  [ ! -f "${SSL_CERT_FILE:-}" ] || shared+=(--volume "$SSL_CERT_FILE:/etc/ssl/certs/ca-certificates.crt:ro")
  case $1 in
    localhost/*)
      dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
      shared+=(--volume "$dotnet:/usr/share/dotnet:ro") ;;
  esac
  { by_digest SDK_IMAGE "$1"; by_digest RUNTIME_IMAGE "$2"; } | tee "$scratch/base-images.txt"
  .ci/release/build-arguments.sh "$scratch/base-images.txt" >"$scratch/arguments"
  mapfile -t arguments < <(sed 's/^/--build-arg=/' "$scratch/arguments")
  buildah bud --isolation chroot --quiet "${shared[@]}" "${arguments[@]}" --tag "$image" . >"$scratch/build.log" 2>&1 \
    || { tail -n 60 "$scratch/build.log" >&2; return 1; }
  # The image that this one replaces would stay for ever.
  podman image prune --force --filter "label=io.airbyte.name=$(image_name)" >/dev/null
}

export IMAGE=$image ENGINE
if docker info >/dev/null 2>&1; then
  ENGINE=docker
  build_with_docker || fail "the image does not build"
else
  command -v podman >/dev/null && command -v buildah >/dev/null && command -v runc >/dev/null \
    || apt_install podman buildah runc debootstrap \
    || unavailable "no docker daemon answers, and podman cannot be installed"
  ENGINE=podman
  # Settings of our own, so that this machine's stay as they are: they do without cgroups, limits and networks that a
  # small or nested machine may not grant.
  export CONTAINERS_CONF=$PWD/$scratch/containers.conf
  cat >"$CONTAINERS_CONF" <<'CONF'
[engine]
runtime = "runc"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
netns = "host"
CONF
  bases=$(.ci/base-images.sh) || unavailable "the base images can be neither pulled nor made"
  # shellcheck disable=SC2086 # two lines, two arguments
  build_with_podman $bases || fail "the image does not build"
fi

size=$("$ENGINE" image inspect --format '{{.Size}}' "$image")
echo "size: $(mib "$size"), on $("$ENGINE" image inspect --format '{{.Os}}/{{.Architecture}}' "$image")"
[ "$size" -lt 150000000 ] || fail "the image has grown to 150 MB or more"

connector=$PWD/.ci/in-container.sh
echo "as a user that the image does not know:"
AS_USER=12345:12345 "$connector" spec | grep -q '"type":"SPEC"' || fail "spec gave no SPEC message"
echo "the sample company, through the image:"
SOURCE_KINTONE=$connector timeout 10m dotnet run --project acceptance-tests/Demo -- "$scratch/messages"

echo "and as Estuary starts it, with a stand-in for its adapter:"
adapter=localhost/source-kintone/adapter
mkdir -p "$scratch/adapter"
printf '#!/bin/sh\necho "adapter $*"\n' >"$scratch/adapter/airbyte-to-flow"
chmod +x "$scratch/adapter/airbyte-to-flow"
tar -C "$scratch/adapter" -c airbyte-to-flow | "$ENGINE" import - "$adapter" >/dev/null 2>&1
if [ "$ENGINE" = docker ]; then builder=(docker build); else builder=(buildah bud --isolation chroot); fi
"${builder[@]}" --quiet --file .ci/release/estuary.Dockerfile --build-arg CONNECTOR_IMAGE="$image" --build-arg ADAPTER_IMAGE="$adapter" \
  --tag "$image-estuary" .ci/release >/dev/null
said=$("$ENGINE" run --rm --network=host "$image-estuary" spec)
codec=$("$ENGINE" image inspect --format '{{index .Config.Labels "FLOW_RUNTIME_CODEC"}}' "$image-estuary")
echo "$said, in $codec"
[ "$said, $codec" = "adapter --connector-entrypoint /airbyte/source-kintone spec, json" ] || fail "Estuary would start something else"
