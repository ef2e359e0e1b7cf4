#!/usr/bin/env bash
# Writes the bill of materials, as CycloneDX: the libraries that are compiled into the program, and the runtime of .NET, which no
# project file names.
#
#   sbom.sh RID FILE      linux-x64 or linux-arm64
set -euo pipefail
. "$(dirname "$0")/../common.sh"

rid=${1:?linux-x64 or linux-arm64} file=$(realpath -m "${2:?where to}")
version=$(.ci/release/version.sh)
runtime=$(dotnet msbuild src/KintoneSource -getProperty:BundledNETCoreAppPackageVersion)
mkdir -p "$(dirname "$file")"
dotnet tool restore >/dev/null
dotnet restore src/KintoneSource -v q
dotnet CycloneDX src/KintoneSource/KintoneSource.csproj --exclude-dev --disable-package-restore --base-intermediate-output-path artifacts/obj \
  --no-serial-number --set-name source-kintone --set-version "$version" --output "$(dirname "$file")" --filename "$(basename "$file")" \
  --output-format Json >"$file.log" || { cat "$file.log" >&2; exit 1; }
rm "$file.log"
pack=Microsoft.NETCore.App.Runtime.NativeAOT.$rid
sed -i "/^  \"components\": \[/a\\    { \"type\": \"framework\", \"bom-ref\": \"pkg:nuget/$pack@$runtime\", \"name\": \"$pack\", \"version\": \"$runtime\",\\
      \"licenses\": [{ \"license\": { \"id\": \"MIT\" } }], \"purl\": \"pkg:nuget/$pack@$runtime\" }," "$file"
echo "$file"
