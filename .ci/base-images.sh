#!/usr/bin/env bash
# Makes podman's base images for the Dockerfile: the official ones where they can be pulled, stand-ins of this machine's
# own distribution where they cannot. Prints the two image names, one a line: for building, for running.
#
# A stand-in for building holds a compiler and borrows this machine's .NET SDK when the image is built; one for running
# holds what the official runtime-deps image does: the C and TLS libraries, certificates and time zones.
set -euo pipefail
. "$(dirname "$0")/common.sh"

official() { sed -n "s/^ARG $1=//p" Dockerfile; }

stand_in() { # NAME PACKAGES [ENV=NAME=VALUE...]
  local image=localhost/source-kintone/$1 name=$1 packages=$2
  shift 2
  podman image exists "$image" || {
    echo "making a stand-in for the $name image" >&2
    local root suite site
    command -v debootstrap >/dev/null || apt_install debootstrap >&2
    root=$(mktemp -d)
    suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
    site=$(apt-get indextargets --format '$(SITE)' "RELEASE: $suite" 'COMPONENT: main' | head -n 1)
    bootstrap() { rm -rf "$root" && debootstrap --variant=minbase --include="$packages" "$suite" "$root" "$site" >"$root.log" 2>&1; }
    # Twice, since a mirror may drop one of its hundred files.
    bootstrap || bootstrap || { tail -n 20 "$root.log" >&2; return 1; }
    # Official images carry no documentation and no package cache either.
    rm -rf "$root"/usr/share/{doc,man,locale,info,lintian} "$root"/var/cache/* "$root"/var/lib/apt/lists/* "$root"/var/log/*
    # This machine's certificates: it may reach the package registry through one of its own.
    cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
    ln -s /usr/share/dotnet/dotnet "$root/usr/bin/dotnet"
    tar -C "$root" --exclude='./dev/*' -c . | podman import --quiet "${@/#/--change=}" - "$image" >&2 || return 1
    rm -rf "$root" "$root.log"
  }
  echo "$image"
}

for use in SDK_IMAGE RUNTIME_IMAGE; do
  image=$(official "$use")
  if podman image exists "$image" || timeout 300 podman pull --quiet "$image" >/dev/null 2>&1; then
    echo "$image"
  elif [ "$use" = SDK_IMAGE ]; then
    stand_in build ca-certificates,openssl,clang,zlib1g-dev \
      ENV=DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 "ENV=NUGET_CERT_REVOCATION_MODE=${NUGET_CERT_REVOCATION_MODE:-online}"
  else
    stand_in runtime ca-certificates,openssl,tzdata,zlib1g,libstdc++6
  fi
done
