#!/bin/sh
# Makes sure that there is a PostgreSQL for the store's tests; elsewhere than in CI they are skipped by name without one.
set -eu
if command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    # The tests make clusters of their own; nothing is to run besides.
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
else
    echo "no PostgreSQL: its tests will be skipped (sudo apt-get install postgresql)" >&2
fi
