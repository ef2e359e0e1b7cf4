#!/usr/bin/env bash
# Prints the version, once every place that names one says the same.
#
#   version.sh          the version that is being worked on
#   version.sh TAG      the one to release: the tag (v1.2.3) says it too, CHANGELOG.md gives its day, its states are kept
set -euo pipefail
. "$(dirname "$0")/../common.sh"

tag=${1:-}
version=$(sed -nE 's|.*<Version>(.*)</Version>.*|\1|p' Directory.Build.props)
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "Directory.Build.props: the version is '$version', not three numbers"

wrong=0
# says WHERE WHAT: a place that says another version.
says() { [ "$2" = "$version" ] || { echo "$1: the version is '$2', in Directory.Build.props $version" >&2; wrong=1; }; }
# demand WHAT COMMAND...: something that a release needs.
demand() { local what=$1; shift; "$@" || { echo "$what" >&2; wrong=1; }; }

says metadata.yaml "$(sed -nE 's/^  dockerImageTag: "?([^" ]+)"?$/\1/p' metadata.yaml)"
says 'Dockerfile, io.airbyte.version' "$(sed -nE 's/.*io\.airbyte\.version="([^"]*)".*/\1/p' Dockerfile)"
says 'Dockerfile, org.opencontainers.image.version' "$(sed -nE 's/.*image\.version="([^"]*)".*/\1/p' Dockerfile)"
heading=$(grep -m 1 '^## ' CHANGELOG.md || true)
says 'CHANGELOG.md, first heading' "$(sed -E 's/^## ([^ ]*).*/\1/' <<<"$heading")"

if [ -n "$tag" ]; then
  says "the tag $tag" "${tag#v}"
  demand "the tag '$tag' does not start with v" test "$tag" != "${tag#v}"
  demand "CHANGELOG.md: '$heading' names no day, as in '## $version (2026-12-31)'" \
    grep -qE '^## [^ ]+ \([0-9]{4}-[0-9]{2}-[0-9]{2}\)$' <<<"$heading"
  states=tests/KintoneSource.Tests/Reading/States/$version
  demand "$states holds no states: CONTRIBUTING.md says how they are written" compgen -G "$states/*.means.json" >/dev/null
fi
[ "$wrong" = 0 ] || fail "one version must stand in every place"
echo "$version"
