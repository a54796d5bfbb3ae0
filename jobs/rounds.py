"""What is done once a minute, once an hour…: remembered by each process for itself.

Every round is safe to make twice, so a process that knows nothing simply makes it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from actions.apart import Resting


@dataclass(slots=True)
class Rounds:
    """When each round was last made, and what the rounds remember."""

    erased: int = -1
    """How many people had been erased when SQLite's log was last emptied."""
    noted_up_to: int = 0
    """Line of the journals up to which erasures were noted outside the database."""
    noted: set[str] = field(default_factory=set)
    back: frozenset[str] = frozenset()
    """Noted as erased, and perhaps back with a backup: still to be looked at."""
    mornings: dict[str, date] = field(default_factory=dict)
    """The last local date whose mails to operators were owed, by provider."""
    renewed: dict[str, date] = field(default_factory=dict)
    """By provider: the local date on which documents that run out were last asked for."""
    resting: Resting = field(default_factory=Resting)
    """Whom a bug keeps waiting: tried again after a while, not every second."""
    _made: dict[str, datetime] = field(default_factory=dict)

    def due(self, name: str, every: timedelta, now: datetime) -> bool:
        """Whether it is time for this round; if so, the next one is `every` later.

        A machine's time that was set back makes a round at once rather than wait for years.
        """
        last = self._made.get(name)
        if last is not None and last <= now < last + every:
            return False
        self._made[name] = now
        return True
