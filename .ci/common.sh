# shellcheck shell=bash
# Shared by the scripts beside it; sourced, not run.
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# apt_install PACKAGE...: installs Debian or Ubuntu packages, as root or through sudo. Fails where it may not.
apt_install() {
  command -v apt-get >/dev/null || return 1
  local root=()
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || return 1
    root=(sudo -n)
  fi
  "${root[@]}" apt-get update -qq || return 1
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# The image's name, without a tag.
image_name() { sed -nE 's/^  dockerRepository: (.*)$/\1/p' metadata.yaml; }

# What this machine is called where programs are published, linux-x64 or linux-arm64.
native_rid() {
  case $(uname -m) in
    x86_64) echo linux-x64 ;;
    aarch64) echo linux-arm64 ;;
    *) fail "no native compiler for $(uname -m)" ;;
  esac
}

mib() { awk -v bytes="$1" 'BEGIN { printf "%.1f MiB", bytes / 1048576 }'; }

# What differs from the last commit. In lock files a package that comes or goes counts, a version alone does not: the
# SDK's own packages (the linker's tasks) have the version of the SDK at hand.
tree_changes() {
  git status --porcelain -- . ':!*packages.lock.json'
  git diff -U0 -- '*packages.lock.json' | grep -E '^[+-] ' | grep -vE '"(requested|resolved|contentHash)"' || true
}
