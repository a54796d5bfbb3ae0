"""From the text of one setting to its value; a ValueError says what is wrong, and the remedy."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import string
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from typing import Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

KEY_BYTES = 32
SECRET_LENGTH = 32
TOKEN_LENGTH = 24
LONGEST_DELAY = timedelta(days=1)
MAILS_A_MINUTE = 60
MOST_MAILS = 100_000
SMTP_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


@dataclass(frozen=True)
class Smtp:
    """Where mails are handed over. `sender` is the envelope's address, empty: the provider's.

    per_minute: mails of one provider that the server takes in a minute; 0: as many as there are.
    """

    host: str
    port: int
    security: Literal["plain", "tls", "starttls"]
    user: str
    password: str
    sender: str
    per_minute: int = MAILS_A_MINUTE


def address(text: str) -> SplitResult:
    """Any URL; without the pitfalls of urlsplit (a bad port only fails when it is read)."""
    parts = urlsplit(text)
    if parts.port == 0:
        raise ValueError("port 0 cannot be reached")
    return parts


def database_url(text: str) -> str:
    """sqlite:///relative, sqlite:////absolute or postgres://…"""
    parts = address(text)
    if parts.scheme == "sqlite" and text.startswith("sqlite:///") and len(parts.path) > 1:
        return text
    if parts.scheme in {"postgres", "postgresql"} and len(parts.path) > 1:
        return text
    raise ValueError(
        "is neither sqlite:///folder/file.sqlite3 nor postgres://user:password@host/name"
    )


def redis_url(text: str) -> str:
    """redis://, rediss:// or unix://"""
    parts = address(text)
    if parts.scheme in {"redis", "rediss"} and parts.hostname:
        return text
    if parts.scheme == "unix" and parts.path:
        return text
    raise ValueError("is none of redis://host:6379/0, rediss://…, unix:///path/to/socket")


def storage_url(text: str) -> str:
    """file:///folder or s3://key:secret@host/bucket?region=…"""
    parts = address(text)
    if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
        return text
    if parts.scheme in {"s3", "s3+http"} and parts.hostname and len(parts.path) > 1:
        return text
    raise ValueError(
        "is neither file:///absolute/folder nor s3://key:secret@host/bucket?region=name"
    )


def smtp_url(text: str) -> str:
    """smtp://, smtps:// or smtp+starttls://, checked whole."""
    smtp(text)
    return text


def smtp(text: str) -> Smtp:
    """The parts of an SMTP_URL."""
    parts = address(text)
    if parts.scheme not in SMTP_PORTS or not parts.hostname:
        raise ValueError(
            "is none of smtp://host:25, smtps://user:password@host:465, "
            "smtp+starttls://user:password@host:587"
        )
    if bool(parts.username) != bool(parts.password):
        raise ValueError("has a user without a password, or the reverse")
    options = parse_qs(parts.query)
    sender = options.get("from", [""])[-1]
    if sender and (parseaddr(sender)[1] != sender or "@" not in sender):
        raise ValueError("has ?from= with something else than a bare e-mail address")
    security: dict[str, Literal["plain", "tls", "starttls"]] = {
        "smtp": "plain",
        "smtps": "tls",
        "smtp+starttls": "starttls",
    }
    return Smtp(
        host=parts.hostname,
        port=parts.port or SMTP_PORTS[parts.scheme],
        security=security[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=sender,
        per_minute=_mails_a_minute(options.get("per_minute", [str(MAILS_A_MINUTE)])[-1]),
    )


def _mails_a_minute(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) <= MOST_MAILS):
        raise ValueError(f"has ?per_minute= with something else than 0 (no limit) to {MOST_MAILS}")
    return int(text)


def web_origin(text: str) -> str:
    """A scheme and a host, nothing after: https://recrutement.example.org"""
    parts = address(text)
    bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    if parts.scheme in {"http", "https"} and parts.hostname and bare:
        return text.rstrip("/")
    raise ValueError(
        "is not like https://recrutement.example.org (no path, nothing after the host)"
    )


def secret_key(text: str) -> bytes:
    """The key that signs: long enough not to be guessed."""
    if len(text) < SECRET_LENGTH:
        raise ValueError(
            f"is shorter than {SECRET_LENGTH} characters; make one: openssl rand -hex 32"
        )
    return text.encode()


def encryption_keys(text: str) -> tuple[tuple[str, bytes], ...]:
    """id:base64 pairs between commas or spaces; the first encrypts, all decrypt."""
    keys = tuple(encryption_key(pair) for pair in text.replace(",", " ").split())
    names = [name for name, _ in keys]
    if not keys or len(set(names)) < len(names):
        raise ValueError("needs at least one id:base64 pair, and each id once")
    return keys


def encryption_key(pair: str) -> tuple[str, bytes]:
    """One id:base64 pair; the errors never show the key."""
    name, _, encoded = pair.partition(":")
    allowed = set(string.ascii_lowercase + string.digits + "-")
    if not 0 < len(name) <= 16 or set(name) - allowed:
        raise ValueError("has an id that is not 1 to 16 of a-z, 0-9 and -")
    try:
        key = base64.b64decode(encoded.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(
            f"has a key {name} that is not {KEY_BYTES} bytes in URL-safe base64; "
            "make one: openssl rand -base64 32 | tr +/ -_"
        )
    return name, key


def telegram_token(text: str) -> str:
    """123456:letters, as BotFather gives it; the error never shows it."""
    number, _, rest = text.partition(":")
    if number.isascii() and number.isdigit() and rest and not set(rest) & set("/ ?#%"):
        return text
    raise ValueError("is not like 123456789:AAF…; ask @BotFather for /token")


def clamd_url(text: str) -> str:
    """tcp://host:3310 or unix:///path."""
    parts = address(text)
    if (parts.scheme == "tcp" and parts.hostname) or (parts.scheme == "unix" and parts.path):
        return text
    raise ValueError("is neither tcp://host:3310 nor unix:///path/to/clamd.sock")


def delay(text: str) -> timedelta:
    """Seconds, from 0 to a day."""
    seconds = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= seconds <= LONGEST_DELAY.total_seconds():
        raise ValueError("is not a number of seconds from 0 to 86400")
    return timedelta(seconds=seconds)


def port(text: str) -> int:
    """A TCP port."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= 65535:
        raise ValueError("is not a port number from 1 to 65535")
    return number


def port_or_none(text: str) -> int:
    """A TCP port, or 0 for none."""
    return 0 if text == "0" else port(text)


def metrics_token(text: str) -> str:
    """A word that nobody guesses, as it is sent in a header; the error never shows it."""
    if len(text) < TOKEN_LENGTH or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(
            f"is not at least {TOKEN_LENGTH} plain characters; make one: openssl rand -hex 24"
        )
    return text


def host(text: str) -> str:
    """The address to listen on: a name or an IP address."""
    if set(text) & set("/ @") or "://" in text:
        raise ValueError("is not a bare host name or IP address, such as 127.0.0.1 or 0.0.0.0")
    return text


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this machine."""
    name = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def own_name(host: str) -> str:
    """How this machine reaches itself where it listens on `host`."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 — compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
