"""Settings: defaults, refusals, secrets, and what is derived from them."""

from __future__ import annotations

import base64
import dataclasses
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from settings import SettingError, Settings, Smtp, add_encryption_key

TOKEN = "123456:AAFabcdefghijklmnopqrstuvwxyz"
KEY = base64.urlsafe_b64encode(b"k" * 32).decode()


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """The least that an embedded installation needs."""
    return {"TELEGRAM_TOKEN": TOKEN, "DATA_DIR": str(tmp_path / "data")}


def test_a_token_is_all_that_an_embedded_installation_needs(env: dict[str, str]) -> None:
    settings = Settings.from_environment(env)
    assert settings.embedded
    assert settings.database_url == f"sqlite:///{env['DATA_DIR']}/antichambre.sqlite3"
    assert settings.storage_url == f"file://{env['DATA_DIR']}/files"
    assert settings.embedded_redis_socket == Path(env["DATA_DIR"]) / "redis.sock"
    assert settings.smtp is None
    assert settings.decision_delay == timedelta(minutes=5)
    assert settings.public_url == "http://127.0.0.1:8080"


def test_without_a_token_it_refuses_and_names_the_demo() -> None:
    with pytest.raises(SettingError, match=r"TELEGRAM_TOKEN is missing.*antichambre demo"):
        Settings.from_environment({})


def test_the_demo_needs_nothing_and_can_reach_nobody(env: dict[str, str]) -> None:
    env["SMTP_URL"] = "smtp://mail.example.org"
    settings = Settings.from_environment(env, demo=True)
    assert settings.demo
    assert settings.telegram_token == settings.smtp_url == ""


def test_every_problem_is_said_at_once() -> None:
    wrong = {
        "DATABASE_URL": "mysql://host/name",
        "REDIS_URL": "host:6379",
        "STORAGE_URL": "/folder",
        "SMTP_URL": "smtp://user@host",
        "PUBLIC_URL": "https://host/path",
        "SECRET_KEY": "short",
        "ENCRYPTION_KEYS": "k1:short",
        "TELEGRAM_TOKEN": "letters",
        "TELEGRAM_API_URL": "ftp://host",
        "CLAMD_URL": "host:3310",
        "DECISION_DELAY": "-1",
        "HOST": "http://host",
        "PORT": "70000",
    }
    with pytest.raises(SettingError) as refused:
        Settings.from_environment(wrong)
    assert {problem.split()[0] for problem in refused.value.problems} == set(wrong)


@pytest.mark.parametrize("url", ["postgres://u:p@h:port/n", "postgres://[::1/n", "sqlite://x"])
def test_a_broken_address_is_a_problem_and_not_a_crash(env: dict[str, str], url: str) -> None:
    with pytest.raises(SettingError, match="DATABASE_URL"):
        Settings.from_environment(env | {"DATABASE_URL": url})


def test_postgresql_requires_both_secrets(env: dict[str, str]) -> None:
    env["DATABASE_URL"] = "postgres://user:password@db/antichambre"
    with pytest.raises(SettingError) as refused:
        Settings.from_environment(env)
    said = str(refused.value)
    assert "SECRET_KEY is required" in said
    assert "ENCRYPTION_KEYS is required" in said
    assert not Path(env["DATA_DIR"]).exists()


def test_embedded_secrets_are_made_once_and_private(env: dict[str, str]) -> None:
    first = Settings.from_environment(env)
    again = Settings.from_environment(env)
    assert (first.secret_key, first.encryption_keys) == (again.secret_key, again.encryption_keys)
    for name in ("secret_key", "encryption_keys"):
        path = Path(env["DATA_DIR"]) / name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(list(Path(env["DATA_DIR"]).iterdir())) == 2


def test_secrets_that_others_may_read_are_refused(env: dict[str, str]) -> None:
    Settings.from_environment(env)
    (Path(env["DATA_DIR"]) / "encryption_keys").chmod(0o644)
    with pytest.raises(SettingError, match="chmod 600"):
        Settings.from_environment(env)


def test_a_new_encryption_key_comes_first_and_the_old_one_stays(env: dict[str, str]) -> None:
    (old,) = Settings.from_environment(env).encryption_keys
    assert add_encryption_key(Path(env["DATA_DIR"])) == "k2"
    keys = Settings.from_environment(env).encryption_keys
    assert [name for name, _ in keys] == ["k2", "k1"]
    assert keys[1] == old


def test_encryption_keys_are_read_from_a_list(env: dict[str, str]) -> None:
    env["ENCRYPTION_KEYS"] = f"new:{KEY},old:{KEY}"
    assert Settings.from_environment(env).encryption_keys == (
        ("new", b"k" * 32),
        ("old", b"k" * 32),
    )


@pytest.mark.parametrize("keys", [f"a:{KEY},a:{KEY}", f":{KEY}", f"A:{KEY}", "a:é", ",", "a:YQ=="])
def test_a_wrong_list_of_keys_is_refused_without_showing_it(
    env: dict[str, str], keys: str
) -> None:
    with pytest.raises(SettingError) as refused:
        Settings.from_environment(env | {"ENCRYPTION_KEYS": keys})
    assert KEY not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail", Smtp("mail", 25, "plain", "", "", "")),
        ("smtps://mail:4465", Smtp("mail", 4465, "tls", "", "", "")),
        (
            "smtp+starttls://u%40x:p%3Aw@mail?from=no-reply@example.org",
            Smtp("mail", 587, "starttls", "u@x", "p:w", "no-reply@example.org", 60),
        ),
        ("smtp://mail?per_minute=300", Smtp("mail", 25, "plain", "", "", "", 300)),
        ("smtp://mail?per_minute=0", Smtp("mail", 25, "plain", "", "", "", 0)),
    ],
)
def test_the_three_forms_of_a_mail_server(env: dict[str, str], url: str, expected: Smtp) -> None:
    assert Settings.from_environment(env | {"SMTP_URL": url}).smtp == expected


@pytest.mark.parametrize(
    ("public", "api", "webhook"),
    [
        ("https://r.example.org", "https://api.telegram.org", True),
        ("http://127.0.0.1:8080", "https://api.telegram.org", False),
        ("http://127.0.0.1:8080", "http://127.0.0.1:9000", True),
        ("http://127.0.0.1:8080", "http://[::1]:9000", True),
        ("http://127.0.0.1:8080", "http://localhost:9000", True),
    ],
)
def test_webhook_with_https_or_a_local_telegram_else_polling(
    env: dict[str, str], public: str, api: str, webhook: bool
) -> None:
    settings = Settings.from_environment(env | {"PUBLIC_URL": public, "TELEGRAM_API_URL": api})
    assert settings.uses_webhook is webhook
    assert settings.secure_cookies is public.startswith("https")


def test_the_webhook_secret_depends_on_bot_and_key(env: dict[str, str]) -> None:
    one = Settings.from_environment(env | {"SECRET_KEY": "a" * 32})
    other = Settings.from_environment(env | {"SECRET_KEY": "b" * 32})
    secrets = {one.webhook_secret(1), one.webhook_secret(2), other.webhook_secret(1)}
    assert len(secrets) == 3
    assert one.webhook_secret(1) == one.webhook_secret(1)
    assert all(len(s) == 43 and set(s) <= set(ALLOWED_IN_HEADER) for s in secrets)
    assert one.webhook_url(7) == "http://127.0.0.1:8080/telegram/7"


ALLOWED_IN_HEADER = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


def test_no_secret_shows_when_settings_are_printed(env: dict[str, str]) -> None:
    env |= {"SMTP_URL": "smtp://user:hunter2@mail", "SECRET_KEY": "s" * 32}
    shown = repr(Settings.from_environment(env | {"ENCRYPTION_KEYS": f"k1:{KEY}"}))
    assert not [s for s in (TOKEN, "hunter2", "s" * 32, "k" * 32) if s in shown]


def test_settings_cannot_be_changed(env: dict[str, str]) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings.from_environment(env).port = 1  # type: ignore[misc]  # the point of the test
