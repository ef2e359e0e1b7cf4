#!/usr/bin/env bash
# Packs the program for people without Docker: source-kintone-VERSION-RID.tar.gz, the same bytes from the same commit.
#
#   binaries.sh RID FOLDER    linux-x64 or linux-arm64; where the archive goes
set -euo pipefail
. "$(dirname "$0")/../common.sh"

rid=${1:?linux-x64 or linux-arm64}
mkdir -p "${2:?where to}"
folder=$(realpath "$2")
version=$(.ci/release/version.sh)
name=source-kintone-$version-$rid
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

.ci/release/publish.sh "$rid" "$scratch/published" >&2
mkdir "$scratch/$name"
cp "$scratch/published/source-kintone" LICENSE "$scratch/$name/"
cp docs/licences/unicode.txt "$scratch/$name/LICENSE.unicode"
# Names, owners and times as the commit has them, not as this machine does.
tar -C "$scratch" --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --mtime="@$(git log -1 --format=%ct)" \
  -c "$name" | gzip -9 --no-name >"$folder/$name.tar.gz"

# What was packed is run where it can be.
if [ "$rid" = "$(native_rid)" ]; then
  tar -C "$scratch" -xzf "$folder/$name.tar.gz" --one-top-level=unpacked
  said=$("$scratch/unpacked/$name/source-kintone" --version 2>&1)
  [ "$said" = "$version" ] || fail "the packed program says that it is '$said'"
fi
echo "$folder/$name.tar.gz"
