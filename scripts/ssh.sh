#!/bin/sh
# Makes sure that there is an SSH server for the agent's tests; elsewhere than in CI they are skipped by name without it.
set -eu
PATH=$PATH:/usr/sbin:/sbin
if command -v sshd >/dev/null && command -v ssh >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    # The tests start one of their own; that of the package is not to run besides.
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
        printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openssh-server openssh-client >/dev/null
else
    echo "no SSH server: its tests will be skipped (sudo apt-get install openssh-server)" >&2
fi
