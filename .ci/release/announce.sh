#!/usr/bin/env bash
# Makes the release on GitHub, with its notes and files. Run again, it completes what it had begun.
#
#   announce.sh TAG DIGEST FOLDER
set -euo pipefail
. "$(dirname "$0")/../common.sh"

tag=${1:?the tag} digest=${2:?the digest} folder=${3:?the folder}
notes=$(mktemp)
trap 'rm -f "$notes"' EXIT
.ci/release/notes.sh "${tag#v}" "$digest" >"$notes"
# Made as a draft: nobody sees a release without its files.
gh release view "$tag" >/dev/null 2>&1 || gh release create "$tag" --draft --verify-tag --title "${tag#v}" --notes-file "$notes"
gh release upload "$tag" --clobber "$folder"/*
gh release edit "$tag" --draft=false --notes-file "$notes"
