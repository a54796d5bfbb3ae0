"""What is logged names classes and places, never what people sent or what opens doors."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from commands.logs import Quiet, place_of_error
from settings.reading import Settings

SECRET = "secret-of-amina"


def failed(text: str) -> logging.LogRecord:
    """What a library logs of an exception that it caught."""
    try:
        raise ValueError(f"could not read {SECRET}")
    except ValueError:
        return logging.LogRecord("aiohttp.server", 40, __file__, 1, text, (), sys.exc_info())


@pytest.mark.parametrize(
    "text",
    [
        "Error handling request from 127.0.0.1",
        f"Task exception was never retrieved\nfuture: <Task exception=ValueError('{SECRET}')>",
    ],
)
def test_a_librarys_error_is_told_without_its_text(text: str) -> None:
    line = Quiet().format(failed(text))
    assert SECRET not in line
    assert text.splitlines()[0] in line
    assert "ValueError" in line
    assert "test_logs.py" in line


def test_our_own_error_is_told_without_its_text() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        line = place_of_error(None, "error", {"event": "request failed", "exc_info": True})
    assert SECRET not in str(line)
    assert line["error"] == "ValueError"


def test_settings_show_no_password(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "DATA_DIR": str(tmp_path),
            "DATABASE_URL": f"postgres://web:{SECRET}@127.0.0.1/db",
            "REDIS_URL": f"redis://:{SECRET}@127.0.0.1:6379/0",
            "SMTP_URL": f"smtp://post:{SECRET}@127.0.0.1:25",
            "TELEGRAM_TOKEN": "424242:" + "A" * 35,
            "SECRET_KEY": "ab" * 32,
            "ENCRYPTION_KEYS": "k1:" + "A" * 43 + "=",
        }
    )
    assert settings.database_url
    for secret in (SECRET, "A" * 35, "ab" * 32):
        assert secret not in repr(settings)
