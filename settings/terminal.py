"""The language of whoever sits at the terminal."""

from __future__ import annotations

import os
from collections.abc import Mapping

NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set counts (POSIX, Environment Variables)."""


def terminal_language(env: Mapping[str, str] | None = None) -> str:
    """`fr`, `en`… of the locale; empty when it names no language (C, POSIX)."""
    given = os.environ if env is None else env
    locale = next((given[name] for name in NAMES if given.get(name)), "")
    code = locale.split(".")[0].split("_")[0].lower()
    return "" if code in {"c", "posix"} else code
