#!/usr/bin/env bash
# Make the virtual environment: venv.sh PYTHON FOLDER. Says what to do when something is missing.
set -eu
python=$1 folder=$2
if [ -z "$python" ]; then
  echo "Python 3.11 or newer is needed. On Debian or Ubuntu: apt-get install python3 python3-venv" >&2
  echo "If it is somewhere else: make run PYTHON=/path/to/python3.11" >&2
  exit 1
fi
# Debian keeps what makes a virtual environment in a package of its own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing python$version-venv"
    apt-get update -qq >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "python$version-venv" >/dev/null
  else
    echo "$python cannot make a virtual environment: sudo apt-get install python$version-venv" >&2
    exit 1
  fi
fi
rm -rf "$folder"
"$python" -m venv "$folder"
