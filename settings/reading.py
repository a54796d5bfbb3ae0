"""The settings of this installation, read once from the environment."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from settings import parsing
from settings.parsing import Smtp
from settings.secrets import kept_encryption_keys, kept_secret_key

T = TypeVar("T")
TELEGRAM_API = "https://api.telegram.org"


class SettingError(Exception):
    """Settings that cannot work: all of them at once, each with what to do about it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """Each field is the environment's variable of the same name in capitals, but `demo`."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    """Empty: a Redis of our own, on `embedded_redis_socket`."""
    storage_url: str = field(repr=False)
    smtp_url: str = field(repr=False)
    """Empty: no mail leaves; mails stay owed and are shown as such."""
    public_url: str
    secret_key: bytes = field(repr=False)
    """Signs (links, the webhook's secret); encrypts nothing."""
    encryption_keys: tuple[tuple[str, bytes], ...] = field(repr=False)
    """(id, 32 bytes): the first encrypts, all decrypt."""
    telegram_token: str = field(repr=False)
    """Empty in the demo only, until the sandbox has given one."""
    telegram_api_url: str
    clamd_url: str
    """Empty: files are not scanned for viruses."""
    decision_delay: timedelta
    data_dir: Path
    host: str
    port: int
    metrics_token: str = field(default="", repr=False)
    """Opens /metrics; empty: only programs of this machine may read it."""
    metrics_port: int = 0
    """Where a worker that serves no pages tells its metrics; 0: nowhere."""
    demo: bool = False
    """Set by the command, never by the environment: everything outside is played locally."""

    @classmethod
    def from_environment(
        cls, env: Mapping[str, str] | None = None, *, demo: bool = False
    ) -> Settings:
        """Read and check every setting; secrets that an embedded installation lacks are made.

        The demo reads neither the bot's token nor the mail server: it can reach nobody.

        Raises:
            SettingError: naming every problem at once.
        """
        reader = Reader(os.environ if env is None else env)
        data_dir = Path(reader.text("DATA_DIR", "data/demo" if demo else "data")).absolute()
        database_url = reader.value(
            "DATABASE_URL", parsing.database_url, f"sqlite:///{data_dir}/antichambre.sqlite3"
        )
        host = reader.value("HOST", parsing.host, "127.0.0.1")
        port = reader.value("PORT", parsing.port, "8080")
        outside = reader.outside(data_dir, f"http://{parsing.own_name(host)}:{port}", demo=demo)
        decision_delay = reader.value("DECISION_DELAY", parsing.delay, "300")
        metrics_port = reader.value("METRICS_PORT", parsing.port_or_none, "0")
        embedded = database_url.startswith("sqlite:")
        secret_key, encryption_keys = reader.secrets(data_dir, embedded)
        reader.finish()
        return cls(
            database_url=database_url,
            secret_key=secret_key,
            encryption_keys=encryption_keys,
            decision_delay=decision_delay,
            data_dir=data_dir,
            host=host,
            port=port,
            metrics_port=metrics_port,
            demo=demo,
            **outside,
        )

    @property
    def embedded(self) -> bool:
        """Whether the database is a file of this machine: then web and worker are one process."""
        return self.database_url.startswith("sqlite:")

    @property
    def embedded_redis_socket(self) -> Path | None:
        """Where our own Redis listens; None when REDIS_URL names another."""
        return None if self.redis_url else self.data_dir / "redis.sock"

    @property
    def smtp(self) -> Smtp | None:
        """The mail server; None when there is none."""
        return parsing.smtp(self.smtp_url) if self.smtp_url else None

    @property
    def mailbox(self) -> Path:
        """Where the demo keeps the mails that it does not send."""
        return self.data_dir / "mailbox"

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies are Secure and carry the __Host- prefix."""
        return self.public_url.startswith("https://")

    @property
    def uses_webhook(self) -> bool:
        """Whether Telegram calls us; else we ask it (long polling, one process)."""
        return self.public_url.startswith("https://") or parsing.is_loopback(self.telegram_api_url)

    def webhook_url(self, bot: str) -> str:
        """The address that Telegram is told for the bot of this (random) id."""
        return f"{self.public_url}/telegram/{bot}"

    def webhook_secret(self, bot_id: int) -> str:
        """The header X-Telegram-Bot-Api-Secret-Token that this bot's updates must carry.

        43 characters of A-Z a-z 0-9 _ -, as Telegram wants (setWebhook, secret_token).
        """
        digest = hmac.digest(self.secret_key, f"webhook:{bot_id}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class Reader:
    """Takes values from an environment and keeps every problem for one message at the end."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.problems: list[str] = []

    def text(self, name: str, default: str) -> str:
        """The variable, or the default when it is absent or blank."""
        return self.env.get(name, "").strip() or default

    def value(self, name: str, parse: Callable[[str], T], default: str) -> T:
        """The parsed variable; with a problem noted, the parsed default."""
        try:
            return parse(self.text(name, default))
        except ValueError as error:
            self.problems.append(f"{name} {error}")
            return parse(default)

    def optional(self, name: str, parse: Callable[[str], str]) -> str:
        """The parsed variable, or an empty string."""
        return self.parsed(name, self.text(name, ""), parse, "")

    def outside(self, data_dir: Path, own: str, *, demo: bool) -> dict[str, str]:
        """Everything that is reached by an address or a token, by the field's name.

        own: our own address, when PUBLIC_URL says no other.
        """
        return {
            "redis_url": self.optional("REDIS_URL", parsing.redis_url),
            "storage_url": self.value(
                "STORAGE_URL", parsing.storage_url, f"file://{data_dir}/files"
            ),
            "smtp_url": "" if demo else self.optional("SMTP_URL", parsing.smtp_url),
            "public_url": self.value("PUBLIC_URL", parsing.web_origin, own),
            "telegram_token": "" if demo else self.telegram_token(),
            "telegram_api_url": self.value("TELEGRAM_API_URL", parsing.web_origin, TELEGRAM_API),
            "clamd_url": self.optional("CLAMD_URL", parsing.clamd_url),
            "metrics_token": self.optional("METRICS_TOKEN", parsing.metrics_token),
        }

    def telegram_token(self) -> str:
        """The bot's token, which only the demo can do without."""
        if not self.text("TELEGRAM_TOKEN", ""):
            self.problems.append(
                "TELEGRAM_TOKEN is missing: ask @BotFather for a bot and give its token, "
                "or try everything without Telegram: antichambre demo"
            )
            return ""
        return self.optional("TELEGRAM_TOKEN", parsing.telegram_token)

    def secrets(
        self, data_dir: Path, embedded: bool
    ) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
        """The two secrets: given, else kept in `data_dir` when embedded, else a problem."""
        signing, encrypting = self.text("SECRET_KEY", ""), self.text("ENCRYPTION_KEYS", "")
        if not embedded:
            self.required("SECRET_KEY", signing, "openssl rand -hex 32")
            example = "echo k1:$(openssl rand -base64 32 | tr +/ -_)"
            self.required("ENCRYPTION_KEYS", encrypting, example)
        elif not self.problems:
            try:
                signing = signing or kept_secret_key(data_dir)
                encrypting = encrypting or kept_encryption_keys(data_dir)
            except OSError as error:
                self.problems.append(f"DATA_DIR does not work: {error}")
        return (
            self.parsed("SECRET_KEY", signing, parsing.secret_key, b""),
            self.parsed("ENCRYPTION_KEYS", encrypting, parsing.encryption_keys, ()),
        )

    def required(self, name: str, text: str, command: str) -> None:
        """Note a missing secret: machines that share a database must share it."""
        if not text:
            self.problems.append(f"{name} is required with PostgreSQL; make one: {command}")

    def parsed(self, name: str, text: str, parse: Callable[[str], T], otherwise: T) -> T:
        """The value of `text`; `otherwise` when it is empty, or wrong (noted)."""
        if not text:
            return otherwise
        try:
            return parse(text)
        except ValueError as error:
            self.problems.append(f"{name} {error}")
            return otherwise

    def finish(self) -> None:
        """Raise what was noted."""
        if self.problems:
            raise SettingError(self.problems)
