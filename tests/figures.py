"""Figures of a test of failures, for the table of `make chaos`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

Record = Callable[[str, object], None]
"""pytest's `record_property`."""
PROPERTY = "chaos"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was done to the product, and what came of it."""

    kills: int = 0
    lost: int | None = None
    """What somebody wrote or was owed, and nobody read or got; None: not counted."""
    doubled: int | None = None
    seconds: float | None = None
    """Measured: from the last kill, or the return of what was away, until everything was done."""
    waited: float = 0.0
    """Seconds besides those that nobody lived through: a clock was moved past a lease."""
    remark: str = ""
    """A figure that only this scenario has, in a few words."""

    @property
    def whole(self) -> float:
        """How long it takes those who do live through it."""
        return self.waited + (self.seconds or 0.0)

    def tell(self, record: Record) -> None:
        """Tell them before anything is asserted, so that a failure shows its figures, too."""
        record(PROPERTY, asdict(self))
