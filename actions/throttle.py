"""Counting tries at a door: a few free ones, then a pause that never lasts longer than 15 minutes.

Kept in memory: each web process counts by itself, and a restart forgets. The count goes up before
the try, so many at once cannot slip through together.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
ENTRIES = 20_000
"""Keys remembered at most: memory stays flat under a flood of made-up accounts."""

Limit = tuple[str, int]
"""What is counted, and how many tries it has within the window."""


@dataclass(slots=True)
class Throttle:
    """Tries by key; a key's window begins with its first try and ends by itself."""

    _counts: OrderedDict[str, tuple[datetime, int]] = field(default_factory=OrderedDict)

    def blocked_for(self, limits: Iterable[Limit], now: datetime) -> timedelta | None:
        """How long to wait until every key has a try left; None when there is nothing to wait."""
        waits = [left for key, limit in limits if (left := self._left(key, limit, now))]
        return max(waits, default=None)

    def count(self, limits: Iterable[Limit], now: datetime) -> None:
        """Count one try for each key."""
        for key, _ in limits:
            began, tries = self._counts.pop(key, (now, 0))
            if now - began >= WINDOW:
                began, tries = now, 0
            self._counts[key] = (began, tries + 1)
        while len(self._counts) > ENTRIES:
            self._counts.popitem(last=False)

    def forgive(self, limits: Iterable[Limit]) -> None:
        """Take back one try for each key: it was the right person."""
        for key, _ in limits:
            began, tries = self._counts.get(key, (None, 0))
            if began is not None and tries > 1:
                self._counts[key] = (began, tries - 1)
            else:
                self._counts.pop(key, None)

    def _left(self, key: str, limit: int, now: datetime) -> timedelta | None:
        began, tries = self._counts.get(key, (now, 0))
        left = began + WINDOW - now
        return left if tries >= limit and left > timedelta(0) else None
