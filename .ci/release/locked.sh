#!/bin/sh
# Makes sure that a restore took the packages of the committed lock file, by name and content. The SDK's own packages (the
# linker's tasks, the native compiler) are left out: they have the version of the SDK at hand, which the base image's digest decides.
# NuGet's locked mode cannot leave them out, so it would fail with every SDK but one. Runs in the image's build too, where sh is all there is.
#
#   locked.sh COMMITTED RESTORED      two packages.lock.json
set -eu

packages() {
  awk '
    /^      "/ { name = $1; gsub(/[":]/, "", name) }
    /"contentHash"/ { gsub(/[",]/, "", $2); print name, $2 }
  ' "$1" | grep -vE '^(Microsoft\.NET\.ILLink\.Tasks|(runtime\.[a-z0-9-]+\.)?Microsoft\.DotNet\.ILCompiler) ' | sort -u
}

committed=$(packages "$1")
restored=$(packages "$2")
[ -n "$committed" ] || { echo "FAILED: $1 names no package" >&2; exit 1; }
[ "$committed" = "$restored" ] || {
  printf 'FAILED: other packages than %s names. It says:\n%s\nThe restore took:\n%s\n' "$1" "$committed" "$restored" >&2
  exit 1
}
