"""Figures: rates, and how long the slow ones took."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

Rows = dict[str, str]
"""Name of a figure: what is printed."""


@dataclass(frozen=True, slots=True)
class Run:
    """Something done many times."""

    seconds: Sequence[float]
    """How long each took."""
    wall: float

    @property
    def rate(self) -> float:
        """How many a second."""
        return len(self.seconds) / self.wall

    def share(self, part: float) -> float:
        """Milliseconds within which that part of them was done."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000

    def __str__(self) -> str:
        """Rate, median, 95th percentile."""
        return f"{self.rate:,.1f}/s  {self.share(0.5):,.0f} / {self.share(0.95):,.0f} ms"


def tell(rows: Rows) -> None:
    """The last line that a part prints."""
    print(json.dumps(rows), flush=True)
