#!/bin/sh
# Makes sure that there is Podman for the engines' tests; elsewhere than in CI they are skipped by name without it.
set -eu
if command -v podman >/dev/null && command -v runc >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends podman runc conmon >/dev/null
else
    echo "no Podman: its tests will be skipped (sudo apt-get install podman runc)" >&2
fi
