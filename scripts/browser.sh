#!/bin/sh
# Makes sure that there is a Chromium for the browser tests; elsewhere than in CI they are skipped by name without one.
set -eu
if command -v chromium >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
else
    echo "no chromium: the browser tests will be skipped (sudo apt-get install chromium)" >&2
fi
