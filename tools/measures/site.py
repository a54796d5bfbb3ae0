"""What the parts of a measurement share: where things are, and the people who were made up."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from settings import Settings

TOKEN = "1234567890:AAmade-up-token-for-the-measurements"  # noqa: S105 — nobody's
PEOPLE = 10_000
DUE = 100
"""Whom the nightly run deletes; as many more must be reminded."""
TALKERS = 40
"""People who write to the operator."""
FIRST_USER = 100_000


@dataclass(frozen=True, slots=True)
class Site:
    """One installation that is measured."""

    database_url: str
    folder: str
    telegram_url: str
    smtp_url: str
    redis_url: str
    port: int

    @classmethod
    def read(cls, text: str) -> Site:
        """From the command line of a part."""
        return cls(**json.loads(text))

    def __str__(self) -> str:
        """For the command line of a part."""
        return json.dumps(asdict(self))

    @property
    def environment(self) -> dict[str, str]:
        """What the product is told."""
        key = base64.urlsafe_b64encode(b"k" * 32).decode()
        return {
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(Path(self.folder) / "data"),
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_URL": self.telegram_url,
            "SMTP_URL": self.smtp_url,
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": "s" * 40,
            "ENCRYPTION_KEYS": f"k1:{key}",
            "PORT": str(self.port),
        }

    @property
    def settings(self) -> Settings:
        """The same, read."""
        return Settings.from_environment(self.environment)

    @property
    def url(self) -> str:
        """Where the web process answers."""
        return f"http://127.0.0.1:{self.port}"
