#!/usr/bin/env bash
# Fetches the program of the last release and prints its path; prints nothing where there is no release yet.
#
#   last.sh FOLDER
set -euo pipefail
. "$(dirname "$0")/../common.sh"

folder=${1:?where to}
rid=$(native_rid)
tag=$(gh release list --exclude-drafts --exclude-pre-releases --limit 1 --json tagName --jq '.[0].tagName // empty')
[ -n "$tag" ] || exit 0
rm -rf "$folder"
gh release download "$tag" --dir "$folder" --pattern "*-$rid.tar.gz" --pattern SHA256SUMS
(cd "$folder" && sha256sum --check --quiet --ignore-missing SHA256SUMS >&2 && tar -xzf ./*.tar.gz --strip-components 1)
realpath "$folder/source-kintone"
