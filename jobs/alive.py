"""A worker says now and then that it lives, for the health page and the metrics."""

from datetime import timedelta

from actions.installation import note_worker
from jobs.context import Workshop

EVERY = timedelta(seconds=15)


async def say_alive(workshop: Workshop) -> None:
    """Note it, unless it was noted just now."""
    now = workshop.clock()
    if workshop.rounds.due("alive", EVERY, now):
        await note_worker(now)
