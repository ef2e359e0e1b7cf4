#!/usr/bin/env bash
# Verifies what the workflow attested, as the guide tells people to: the image's index and each file of the release.
#
#   verify.sh DIGEST FOLDER
set -euo pipefail
. "$(dirname "$0")/../common.sh"

image=$(image_name)
repository=source-kintone/source-kintone
gh attestation verify "oci://$image@${1:?the digest}" --repo "$repository"
# The bill of materials is another kind of attestation, which has to be asked for.
gh attestation verify "oci://$image@$1" --repo "$repository" --predicate-type https://cyclonedx.org/bom
for file in "${2:?the folder}"/*.tar.gz; do
  gh attestation verify "$file" --repo "$repository"
done
