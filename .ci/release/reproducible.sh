#!/usr/bin/env bash
# Builds the program a second time, from a copy of the files in another place and without .git, and compares it with the first.
#
#   SOURCE_KINTONE=…    the program that was published from here
set -euo pipefail
. "$(dirname "$0")/../common.sh"

first=${SOURCE_KINTONE:?}
rid=$(native_rid)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

mkdir "$scratch/copy"
git ls-files -z | xargs -0 cp --parents --target-directory "$scratch/copy"
"$scratch/copy/.ci/release/publish.sh" "$rid" "$scratch/published"
sha256sum "$first" "$scratch/published/source-kintone" | sed "s|$scratch|…|"
cmp "$first" "$scratch/published/source-kintone" || fail "two builds from the same files differ"
