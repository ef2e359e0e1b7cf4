#!/usr/bin/env bash
# Asks GitHub's own language service and actionlint whether GitHub would take the workflows: nothing else can say it before a push.
# What our own rules say of them is a test (tests/KintoneSource.Tests/Packaging/WorkflowTests.cs).
set -euo pipefail
. "$(dirname "$0")/common.sh"

source=acceptance-tests/AcceptanceTests/Workflows
folder=artifacts/workflows
mkdir -p "$folder"
if ! cmp -s "$source/package-lock.json" "$folder/package-lock.json" || [ ! -d "$folder/node_modules" ]; then
  cp "$source/package.json" "$source/package-lock.json" "$folder/"
  npm ci --prefix "$folder" --no-audit --no-fund --ignore-scripts --silent || { rm "$folder/package-lock.json"; fail "npm ci"; }
fi
cp "$source"/*.mjs "$source/accepted.txt" "$folder/"

# refused VALIDATOR EDIT: a workflow that was broken on purpose is one that the validator refuses.
refused() {
  sed "$2" .github/workflows/release.yml >"$folder/broken.yml"
  ! cmp -s .github/workflows/release.yml "$folder/broken.yml" || fail "the edit '$2' breaks nothing"
  node "$folder/validate.mjs" "$folder/broken.yml" >"$folder/said" && fail "nobody refused: $2"
  grep -m 1 ": $1: " "$folder/said" || fail "$1 did not refuse: $2"
}

node "$folder/validate.mjs" .github/workflows/*.yml
echo "and broken on purpose:"
refused 'language service' 's/timeout-minutes: 30/timeout-minute: 30/'
refused 'language service' 's/needs: publish/needs: nothing/'
refused actionlint 's/steps\.index\.outputs/steps.indices.outputs/'
refused actionlint 's/matrix\.rid }}/matrix.rids }}/'
