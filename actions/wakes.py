"""Waking those who work later: rung after commit, heard by whoever registered in this process.

Nobody depends on a wake: the rows carry their due time, and every worker looks by itself too.
"""

from collections.abc import Callable
from dataclasses import dataclass

from models.database import after_commit

CHECKS = "checks"
"""Kind of wake for files to check; notices wake by their channel."""

Listener = Callable[[str], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Have `listener(kind)` called after each commit that left work of that kind."""
    _listeners.append(listener)


def forget(listener: Listener) -> None:
    """Undo `listen`."""
    _listeners.remove(listener)


@dataclass(frozen=True, slots=True)
class _Wake:
    """Equal for equal kinds, so that one commit rings each kind once."""

    kind: str

    def __call__(self) -> None:
        for listener in _listeners:
            listener(self.kind)


def wake(kind: str) -> None:
    """Ring once the open transaction has committed (at once outside of one)."""
    after_commit(_Wake(str(kind)))
