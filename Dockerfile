# The connector's image: the program compiled to native code on the SDK image, set on the image that holds only what
# native code needs. Both are Ubuntu with a shell, not chiseled: platforms start a connector through `sh`.
# A release names the two base images by digest (.ci/release/base-images.sh) and says which commit it is; whoever builds for
# themselves gets the newest bases.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble

FROM ${SDK_IMAGE} AS build
ARG TARGETARCH
ENV NUGET_PACKAGES=/nuget
WORKDIR /build
RUN command -v clang >/dev/null \
 || (apt-get update && apt-get install --yes --no-install-recommends clang zlib1g-dev && rm -rf /var/lib/apt/lists/*)
RUN case "${TARGETARCH:-$(dpkg --print-architecture)}" in \
      amd64) echo linux-x64 ;; \
      arm64) echo linux-arm64 ;; \
      *) echo "No native compiler for ${TARGETARCH}: build for amd64 or arm64." >&2; exit 1 ;; \
    esac > /rid
COPY Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig global.json ./
COPY .ci/release/locked.sh .ci/release/
COPY src/KintoneSource/KintoneSource.csproj src/KintoneSource/packages.lock.json src/KintoneSource/
RUN dotnet restore src/KintoneSource -r "$(cat /rid)" -p:PublishAot=true \
 && .ci/release/locked.sh src/KintoneSource/packages.lock.json artifacts/obj/KintoneSource.aot.lock.json
COPY spec.json ./
COPY src src
RUN dotnet publish src/KintoneSource -c Release -r "$(cat /rid)" -p:PublishAot=true --no-restore --nologo -o /published

FROM ${RUNTIME_IMAGE}
ARG RUNTIME_IMAGE
# Ubuntu's images keep uid 1000 for a user of their own; the platforms expect it to be the connector's. The folders are
# those that platforms mount or write to; anybody may write there, since some runners choose another uid.
RUN if getent passwd 1000 >/dev/null; then userdel --remove "$(getent passwd 1000 | cut -d: -f1)"; fi \
 && useradd --uid 1000 --user-group --create-home --shell /bin/sh airbyte \
 && mkdir -p /airbyte /config /configs /custom_cache /local /secrets /source \
 && chmod 1777 /airbyte /config /configs /custom_cache /local /secrets /source /tmp
COPY --from=build /published/source-kintone /airbyte/source-kintone

# Without diagnostics the runtime opens no socket in /tmp, which some runners mount read-only or from the host.
ENV DOTNET_EnableDiagnostics=0 \
    AIRBYTE_TO_FLOW_STATE_FORMAT=per_stream \
    AIRBYTE_ENTRYPOINT=/airbyte/source-kintone
ARG REVISION=
ARG CREATED=
LABEL io.airbyte.name="ghcr.io/source-kintone/source-kintone" \
      io.airbyte.version="0.1.0" \
      org.opencontainers.image.title="source-kintone" \
      org.opencontainers.image.description="Reads the apps and records of a Kintone domain, as an Airbyte source." \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.base.name="${RUNTIME_IMAGE}" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.source="https://github.com/source-kintone/source-kintone" \
      org.opencontainers.image.documentation="https://github.com/source-kintone/source-kintone/blob/main/docs/kintone.md"
WORKDIR /airbyte
# By number, so that a cluster that refuses root can see that it is not.
USER 1000:1000
ENTRYPOINT ["/airbyte/source-kintone"]
