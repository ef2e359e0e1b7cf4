#!/usr/bin/env bash
# Signs images as the workflow that runs this, and verifies the signatures as the guide tells people to.
#
#   sign.sh TAG DIGEST...
set -euo pipefail
. "$(dirname "$0")/../common.sh"

tag=${1:?the tag}
shift
image=$(image_name)
for digest in "$@"; do
  cosign sign --yes "$image@$digest" >&2
  cosign verify "$image@$digest" --certificate-oidc-issuer https://token.actions.githubusercontent.com \
    --certificate-identity "https://github.com/source-kintone/source-kintone/.github/workflows/release.yml@refs/tags/$tag" >/dev/null
  echo "signed and verified: $image@$digest"
done
