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
    """From the last kill until everything was done, the wait for a lease included."""
    remark: str = ""
    """A figure that only this scenario has, in a few words."""

    def tell(self, record: Record) -> None:
        """Tell them before anything is asserted, so that a failure shows its figures, too."""
        record(PROPERTY, asdict(self))
