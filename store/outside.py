"""What must survive a restored database: kept beside the files, in the same store.

Two things: a number that only grows, to notice that the database went back in time, and the
random ids of everybody who was erased, to erase them again. Neither says anything about anybody.
"""

import obstore

from store.room import FileMissing, Room, failures

BEAT = "outside/beat"
ERASED = "outside/erased"


class Outside:
    """The corner of the store that no backup of the database brings back."""

    def __init__(self, room: Room) -> None:
        self.room = room

    async def beat(self, number: int) -> None:
        """Keep the number. Raises StoreDown."""
        await self._put(BEAT, str(number).encode())

    async def last_beat(self) -> int:
        """The number that was kept last, 0 when none was. Raises StoreDown."""
        self.room.guard("store get")
        try:
            with failures():
                found = await obstore.get_async(self.room.store, BEAT)
                return int(bytes(await found.bytes_async()))
        except FileMissing:
            return 0

    async def note_erased(self, candidate_id: str) -> None:
        """Remember an id for ever. Raises StoreDown."""
        await self._put(f"{ERASED}/{candidate_id}", b".")

    async def erased(self) -> list[str]:
        """Every id that was noted. Raises StoreDown."""
        self.room.guard("store list")
        ids = list[str]()
        with failures():
            async for batch in obstore.list(self.room.store, prefix=ERASED, chunk_size=1000):
                ids += [one["path"].rpartition("/")[2] for one in batch]
        return ids

    async def _put(self, path: str, content: bytes) -> None:
        self.room.guard("store put")
        with failures():
            await obstore.put_async(self.room.store, path, content)
