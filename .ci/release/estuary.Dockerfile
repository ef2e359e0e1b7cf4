# The connector as Estuary runs it: with the adapter that speaks Estuary's protocol, in JSON.
ARG CONNECTOR_IMAGE
ARG ADAPTER_IMAGE=ghcr.io/estuary/airbyte-to-flow:dev
FROM ${ADAPTER_IMAGE} AS adapter
FROM ${CONNECTOR_IMAGE}
COPY --from=adapter /airbyte-to-flow /airbyte-to-flow
ENTRYPOINT ["/airbyte-to-flow", "--connector-entrypoint", "/airbyte/source-kintone"]
LABEL FLOW_RUNTIME_PROTOCOL=capture FLOW_RUNTIME_CODEC=json
