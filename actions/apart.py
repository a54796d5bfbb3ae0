"""Work on many, one after the other: a bug with one of them holds up nobody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from models.database import is_passing
from rules.faults import place_of

log = structlog.get_logger()


@dataclass(slots=True)
class Apart:
    """Counts those who had to be left out; the log says where the bug is."""

    left_out: int = 0

    @contextmanager
    def one(self, **who: str) -> Iterator[None]:
        """Work on one person, or at one provider; `who`, by id, is for the log.

        Raises what a database that is away raises: that is nobody's bug, and the work as a whole
        begins again later.
        """
        try:
            yield
        except Exception as error:  # whatever our bug is, the others do not wait for it
            if is_passing(error):
                raise
            self.left_out += 1
            told = place_of(error)  # never its text: that may hold personal data
            log.error("left out", error=told, **who)
