"""What every probe gets, and what it gives."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import partial

from settings import Settings
from store.sealing import Keyring
from words.language import translate

PATIENCE = 8.0
"""Seconds that one step of a probe may take."""


class Verdict(IntEnum):
    """How something is; the worst one decides the exit code."""

    OK = 0
    WARNING = 1
    """It works, or will; somebody should look at it."""
    WRONG = 2
    """It does not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what it is about, how it is, and how to mend it."""

    about: str
    verdict: Verdict
    told: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Kit:
    """The settings, the language, the time, and whether the database can be asked."""

    settings: Settings
    language: str
    clock: Callable[[], datetime]
    database: bool = False
    """It is reachable and up to date."""
    mail_to: str = ""
    """Where a mail is sent to try everything; empty: none is."""

    @property
    def say(self) -> Callable[..., str]:
        """A sentence in the operator's language."""
        return partial(translate, self.language)

    @property
    def ring(self) -> Keyring:
        """The installation's keys."""
        return Keyring(dict(self.settings.encryption_keys))


def ok(about: str, told: str) -> Finding:
    """It works."""
    return Finding(about, Verdict.OK, told)


def warning(about: str, told: str, remedy: str = "") -> Finding:
    """Somebody should look at it."""
    return Finding(about, Verdict.WARNING, told, remedy)


def wrong(about: str, told: str, remedy: str = "") -> Finding:
    """It does not work."""
    return Finding(about, Verdict.WRONG, told, remedy)
