#!/bin/sh
# Makes sure that there is a Slurm for the engines' tests; elsewhere than in CI they are skipped by name without one.
set -eu
PATH=$PATH:/usr/sbin:/sbin
if command -v slurmctld >/dev/null && command -v slurmd >/dev/null && command -v munged >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    # The tests start daemons of their own; those of the packages are not to run besides.
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
        printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slurm-wlm slurmctld slurmd munge >/dev/null
else
    echo "no Slurm: its tests will be skipped (sudo apt-get install slurm-wlm slurmctld slurmd munge)" >&2
fi
