#!/bin/sh
# Makes a virtual environment from a lock file: environment.sh PYTHON FOLDER LOCK
set -eu
python=$1 folder=$2 lock=$3

command -v "$python" >/dev/null || { echo "need $python on the PATH (set PYTHON=... to use another name)" >&2; exit 1; }

if [ ! -x "$folder/bin/python" ]; then
    # Debian splits the part of venv that brings pip into a package of its own.
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        [ "$(id -u)" = 0 ] || { echo "need python3-venv: sudo apt-get install python3-venv" >&2; exit 1; }
        apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv
    fi
    "$python" -m venv "$folder"
fi
"$folder/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$lock"
