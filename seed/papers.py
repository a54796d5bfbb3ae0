"""The people's papers on the demo's stage: drawn ahead, then checked and kept."""

import asyncio
import hashlib
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context

from actions import checks
from actions.checks import Checked, Claim, NewFile, NewPage
from models.ids import new_file_id
from sandbox.world import World
from seed.drawing import Opened, Order, Paper, begin, draw_and_open, open_file
from seed.timeline import Timeline
from store.room import Room

BATCH = 50
PROCESSES = 2
"""That draw: one would keep the stories waiting, and more would take their core."""


class Press:
    """Draws papers ahead in processes of its own, those that are sent first first."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(PROCESSES, get_context("spawn"), initializer=begin)
        self._orders: list[tuple[datetime, Order]] = []
        self._drawn: dict[Order, Future[tuple[Paper, dict[bytes, Opened]]]] = {}
        self._opened: dict[str, Opened] = {}

    def warm_up(self) -> None:
        """Let its processes start while something else is done."""
        for _ in range(PROCESSES):
            self._pool.submit(int)

    def order(self, moment: datetime, order: Order) -> None:
        """Somebody is going to send this at about that moment."""
        self._orders.append((moment, order))

    def start(self) -> None:
        """Begin to draw."""
        for _, order in sorted(self._orders, key=lambda one: one[0]):
            self._drawn[order] = self._pool.submit(draw_and_open, order)

    def close(self) -> None:
        """End; what is not drawn yet is not needed."""
        self._pool.shutdown(cancel_futures=True)

    async def drawn(self, order: Order) -> Paper:
        """The paper, drawn now if nobody ordered it."""
        ahead = self._drawn.pop(order, None) or self._pool.submit(draw_and_open, order)
        paper, opened = await asyncio.wrap_future(ahead)
        self._opened |= {_mark(data): one for data, one in opened.items()}
        return paper

    async def opened(self, data: bytes) -> Checked:
        """What the product keeps of this file."""
        opened = self._opened.pop(_mark(data), None)
        if opened is None:  # a photo: Telegram has made it anew
            opened = await asyncio.to_thread(open_file, data)
        return _checked(data, opened)


def _checked(data: bytes, opened: Opened) -> Checked:
    pages = tuple(
        NewPage(
            image=_new(page.image, "image/jpeg"),
            thumbnail=_new(page.thumbnail, "image/jpeg"),
            width=page.width,
            height=page.height,
        )
        for page in opened.pages
    )
    clean = _new(opened.clean, opened.content_type)
    return Checked(opened.content_type, _mark(data), clean, pages)


async def check_all(world: World, press: Press, room: Room, clock: Timeline) -> int:
    """Check and keep every file that waits; how many."""
    done = 0
    while claims := await checks.claim(clock.now, BATCH):
        for claim in claims:
            checked = await press.opened(world.files[claim.facts.telegram_file_id].data)
            await _keep(room, claim, checked, clock)
            done += 1
    return done


def _new(data: bytes, content_type: str) -> NewFile:
    return NewFile(data, content_type, _mark(data))


def _mark(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def _keep(room: Room, claim: Claim, checked: Checked, clock: Timeline) -> None:
    ids = [new_file_id() for _ in checked.files]
    keys = [room.new_key(one) for one in ids]
    await checks.make_places(claim, zip(checked.files, ids, keys, strict=True), clock.now)
    puts = zip(ids, keys, checked.files, strict=True)
    await asyncio.gather(*(room.put(one, key, new.data) for one, key, new in puts))
    await checks.keep(claim, checked, ids, clock.now)
