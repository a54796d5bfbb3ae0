"""Work on many people, one after the other: a bug with one of them holds up nobody else."""

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
    def one(self, candidate_id: str) -> Iterator[None]:
        """Work on one person.

        Raises what a database that is away raises: that is nobody's bug, and the work as a whole
        begins again later.
        """
        try:
            yield
        except Exception as error:
            if is_passing(error):
                raise
            self.left_out += 1
            log.error(
                "person left out", candidate=candidate_id, error=place_of(error)
            )  # no text of an error in a log
