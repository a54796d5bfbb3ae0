"""Work on many, one after the other: a bug with one of them holds up nobody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from models.database import is_passing
from rules.faults import place_of

log = structlog.get_logger()

REST = timedelta(minutes=1)
"""So long a loop that looks every second leaves alone those with whom it met a bug."""


@dataclass(slots=True)
class Apart:
    """Counts those who had to be left out; the log says where the bug is."""

    left_out: int = 0
    ends_with: tuple[type[Exception], ...] = ()
    """What concerns everybody, and ends the work as a whole: a store that is away."""

    @contextmanager
    def one(self, **who: str) -> Iterator[None]:
        """Work on one person, or at one provider; `who`, by id, is for the log.

        Raises what a database that is away raises: that is nobody's bug, and the work as a whole
        begins again later.
        """
        try:
            yield
        except Exception as error:  # whatever our bug is, the others do not wait for it
            if is_passing(error) or isinstance(error, self.ends_with):
                raise
            self.left_out += 1
            told = place_of(error)  # never its text: that may hold personal data
            log.error("left out", error=told, **who)


@dataclass(slots=True)
class Resting:
    """Whom a loop that looks every second leaves alone for now; each process for itself."""

    _until: dict[str, datetime] = field(default_factory=dict)

    def those(self, now: datetime) -> frozenset[str]:
        """With whom it is too soon to try again; nobody once the machine's time was set back."""
        self._until = {
            who: until for who, until in self._until.items() if until - REST <= now < until
        }
        return frozenset(self._until)

    @contextmanager
    def one(self, key: str, now: datetime, **who: str) -> Iterator[None]:
        """`Apart.one`, and a rest after a bug."""
        apart = Apart()
        with apart.one(**who):
            yield
        if apart.left_out:
            self._until[key] = now + REST
