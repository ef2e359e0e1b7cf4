#!/usr/bin/env bash
# Holds what the benchmarks allocate to tests/KintoneSource.Benchmarks/allocations.json.
#
#   update    as the argument: writes the figures as they are
set -euo pipefail
. "$(dirname "$0")/common.sh"

dotnet build tests/KintoneSource.Benchmarks -c Release --no-restore --nologo -v q
# Compiled once and for all: code that is compiled in stages allocates differently from stage to stage.
DOTNET_TieredCompilation=0 dotnet run -c Release --no-build --project tests/KintoneSource.Benchmarks -- \
  gate "$PWD/tests/KintoneSource.Benchmarks/allocations.json" "$@"
