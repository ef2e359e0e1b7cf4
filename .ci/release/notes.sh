#!/usr/bin/env bash
# Prints the notes of a release: what CHANGELOG.md says of the version, then how to get it and how to make sure of it.
#
#   notes.sh VERSION DIGEST      the digest of the image's index, sha256:…
set -euo pipefail
. "$(dirname "$0")/../common.sh"

version=${1:?the version} digest=${2:?the digest of the image}
[[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || fail "'$digest' is no digest"
changes=$(awk -v version="$version" '/^## / { within = ($2 == version); next } within' CHANGELOG.md)
[ -n "${changes//[[:space:]]/}" ] || fail "CHANGELOG.md says nothing of $version"
image=$(image_name)
repository=source-kintone/source-kintone

# The blank lines around the section go.
sed -e '/./,$!d' <<<"$changes"
cat <<NOTES

### Get it

\`\`\`sh
docker pull $image:$version
\`\`\`

The image is \`$image@$digest\`, for amd64 and arm64; \`$image:$version-estuary\` is the same with Estuary's adapter. The archives below hold the
program alone, for Linux with glibc 2.35 or newer. [Installation](https://github.com/$repository/blob/v$version/docs/kintone.md#install),
[日本語](https://github.com/$repository/blob/v$version/docs/kintone.ja.md#install).

### Make sure of it

\`\`\`sh
gh attestation verify oci://$image:$version --repo $repository
cosign verify $image@$digest --certificate-oidc-issuer https://token.actions.githubusercontent.com \\
  --certificate-identity https://github.com/$repository/.github/workflows/release.yml@refs/tags/v$version
sha256sum --check --ignore-missing SHA256SUMS
\`\`\`

\`base-images.txt\` names the images that it was built on: with them and the tag's commit, the same program can be built again, byte for byte.
NOTES
