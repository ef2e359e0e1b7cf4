#!/usr/bin/env bash
# Stands for the connector where a program is asked for, and runs it in the image as the Kubernetes platform does: uid
# 1000 without any capability, through `sh` and AIRBYTE_ENTRYPOINT, its answer going to a file or, for read, to a named
# pipe. Files among the arguments are found in the container at the same path.
#
#   ENGINE=docker|podman   IMAGE=…   AS_USER=uid:gid (1000:1000 if not given)
set -euo pipefail

files=() words=
for word in "$@"; do
  [ ! -f "$word" ] || files+=(--volume "$(realpath "$word"):$(realpath "$word"):ro")
  words+=" '$word'"
done

# The folder that files are taken from is a volume that both containers of a sync write to.
if [ -n "${AIRBYTE_STAGING_DIRECTORY:-}" ]; then
  chmod a+rwx "$AIRBYTE_STAGING_DIRECTORY"
  files+=(--volume "$AIRBYTE_STAGING_DIRECTORY:$AIRBYTE_STAGING_DIRECTORY" --env AIRBYTE_STAGING_DIRECTORY)
fi

if [ "${1:-}" = read ]; then
  folder=/source
  script='mkfifo stdout && { cat stdout & eval "$AIRBYTE_ENTRYPOINT $WORDS" > stdout; code=$?; wait; exit $code; }'
else
  folder=/config
  script='eval "$AIRBYTE_ENTRYPOINT $WORDS" > jobOutput.json; code=$?; cat jobOutput.json; exit $code'
fi

exec "${ENGINE:?}" run --rm --network=host --user "${AS_USER:-1000:1000}" --cap-drop=all --security-opt=no-new-privileges \
  --workdir "$folder" --env "WORDS=$words" "${files[@]}" --entrypoint sh "${IMAGE:?}" -c "$script"
