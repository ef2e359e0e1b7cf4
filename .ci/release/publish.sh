#!/usr/bin/env bash
# Publishes the program as native code, from the libraries that the lock file names.
#
#   publish.sh RID FOLDER     linux-x64 or linux-arm64; the program is FOLDER/source-kintone
set -euo pipefail
. "$(dirname "$0")/../common.sh"

rid=${1:?linux-x64 or linux-arm64} folder=$(realpath -m "${2:?where to}")
# In a tree of its own, so that it disturbs neither the everyday build nor its lock files.
artifacts=$folder.build
native=(-r "$rid" -p:PublishAot=true --artifacts-path "$artifacts" -v q)
dotnet restore src/KintoneSource "${native[@]}"
.ci/release/locked.sh src/KintoneSource/packages.lock.json artifacts/obj/KintoneSource.aot.lock.json
dotnet publish src/KintoneSource -c Release "${native[@]}" --no-restore --nologo -o "$folder"
