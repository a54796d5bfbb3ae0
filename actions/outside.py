"""Noting outside the database who was erased, right after the commit, by whichever process did it.

A database that a backup brings back knows nothing of later erasures; the list in the store does.
What could not be noted here (the store is away, the process died) the worker's next round notes
from the journals, within five minutes: `jobs.clock.watch_for_restore`.
"""

import asyncio
from dataclasses import dataclass

import structlog

from store.outside import Outside
from store.room import StoreDown, has_room, room

log = structlog.get_logger()

PATIENCE = 3.0
"""Seconds that an erasure waits for the store; whoever asked for it waits as long."""


@dataclass(frozen=True, slots=True)
class NoteOutside:
    """To be called after the commit, see `models.database.after_commit`."""

    candidate_id: str

    async def __call__(self) -> None:
        """Note the id; a store that is away is no reason to say that the erasure failed."""
        if not has_room():  # a process without files: the worker's round does it
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await Outside(room()).note_erased(self.candidate_id)
        except (StoreDown, TimeoutError) as error:
            log.warning("erasure not noted outside the database yet", error=type(error).__name__)
