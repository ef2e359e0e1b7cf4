#!/usr/bin/env bash
# Rules about what is written in the files under version control, that no compiler knows.
set -euo pipefail
export LC_ALL=C.UTF-8 # lengths are counted in characters
. "$(dirname "$0")/common.sh"

broken=0
# forbid WHY PATTERN [PATHSPEC...]: says which lines match, if any.
forbid() {
  local why=$1 pattern=$2 lines
  shift 2
  lines=$(git grep -nIE "$pattern" -- "$@" || true)
  [ -z "$lines" ] || { printf '%s:\n%s\n' "$why" "$lines"; broken=1; }
}

forbid "A path of somebody's machine" '(^|[^A-Za-z0-9_.])/(work|root|Users|home/[a-z]+)/' .
forbid "A package registry's address: clients take it from their own settings" \
  '(api|www)\.nuget[.]org|registry\.(npmjs|yarnpkg)[.]|(deb|security)\.debian[.]org|pypi[.]org' .
forbid "A test that is switched off" '(Fact|Theory)\(.*Skip *=' '*.cs'
forbid "A line of the program that does not end before 160 characters" '^.{160}' 'src/*.cs' ':!*KanjiReadings.Table.cs'
open_ends=$(git grep -nIE '\b(TO[D]O|FI[X]ME|HA[C]K)\b' -- . | grep -vE '#[0-9]+' || true)
[ -z "$open_ends" ] || { printf 'Work left open without the number of its issue:\n%s\n' "$open_ends"; broken=1; }
received=$(git ls-files '*.received.*')
[ -z "$received" ] || { printf 'Snapshots that nobody has accepted:\n%s\n' "$received"; broken=1; }

[ "$broken" = 0 ] && echo "all kept"
