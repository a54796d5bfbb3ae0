"""The people's papers as files: drawn, then opened by the product's own decoders.

Files from strangers are opened in a child process under limits. These come from this program, so
they are opened here, which is a hundred times faster.
"""

import asyncio
import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from actions import checks
from actions.checks import Checked, Claim, NewFile, NewPage
from jobs.decode import images, pdfs, sieve
from models.ids import new_file_id
from rules.answers.tidy import fold
from sandbox.world import World
from seed.cast import CITIES, STREETS, TRADES, Person
from seed.paper import pdf, photo, scan
from seed.specimens import DRAWN, Holder
from seed.timeline import Timeline
from store.room import Room

MOST_PAGES = 20
NAMES = {
    "sirene_notice": "avis-sirene",
    "sap_declaration": "declaration-sap",
    "diploma": "diplome",
    "work_certificates": "certificats",
    "training_certificate": "attestation-psc1",
    "cv": "cv",
    "vigilance_certificate": "attestation-vigilance",
    "liability_insurance": "assurance-rc-pro",
    "identity_document": "piece-identite",
}
"""How people name the files that they send."""
BATCH = 50


@dataclass(frozen=True, slots=True)
class Paper:
    """One file, or the photos of an album."""

    files: tuple[bytes, ...]
    name: str
    """Empty for photos: Telegram gives them none."""


@dataclass(frozen=True, slots=True)
class Order:
    """A paper that somebody is going to send.

    flaw: `old`, `blurred`, `cropped`, `siret` (another number) or `name` (another name).
    """

    person: Person
    key: str
    dated: date
    flaw: str = ""


class Press:
    """Draws papers ahead in a thread, those that are sent first first, and opens the PDFs."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "papers")  # pdfium knows one thread only
        self._orders: list[tuple[datetime, Order]] = []
        self._drawn: dict[Order, Future[Paper]] = {}
        self._opened: dict[str, Checked] = {}

    def order(self, moment: datetime, order: Order) -> None:
        """Somebody is going to send this at about that moment."""
        self._orders.append((moment, order))

    def start(self) -> None:
        """Begin to draw."""
        for _, order in sorted(self._orders, key=lambda one: one[0]):
            self._drawn[order] = self._thread.submit(self._draw, order)

    def close(self) -> None:
        """End; what is not drawn yet is not needed."""
        self._thread.shutdown(cancel_futures=True)

    async def drawn(self, order: Order) -> Paper:
        """The paper, drawn now if nobody ordered it."""
        ahead = self._drawn.pop(order, None) or self._thread.submit(self._draw, order)
        return await asyncio.wrap_future(ahead)

    async def opened(self, data: bytes) -> Checked:
        """What the product keeps of this file."""
        ahead = self._opened.pop(_mark(data), None)
        if ahead is not None:
            return ahead
        return await asyncio.wrap_future(self._thread.submit(open_file, data))

    def _draw(self, order: Order) -> Paper:
        paper = draw(order)
        for data in paper.files:
            if paper.name:
                self._opened[_mark(data)] = open_file(data)
        return paper


def draw(order: Order) -> Paper:
    """What this person sends: a PDF, a scan as a file, or photos, always the same."""
    person, key = order.person, order.key
    sheets = DRAWN[key](_holder(order))
    if order.flaw in ("blurred", "cropped"):
        flaws = {order.flaw: True}
        return Paper(tuple(photo(one, person.name, **flaws) for one in sheets), "")
    way = (person.number + sum(map(ord, key))) % 4
    stem = f"{NAMES[key]}-{fold(person.last_name).split()[-1]}"
    if way == 0 or key in ("cv", "vigilance_certificate"):
        return Paper((pdf(sheets),), f"{stem}.pdf")
    if way < 3:
        return Paper(tuple(scan(one) for one in sheets), f"{stem}.jpg")
    return Paper(tuple(photo(one, person.name + key) for one in sheets), "")


def _holder(order: Order) -> Holder:
    person, dated, flaw = order.person, order.dated, order.flaw
    return Holder(
        first_name=person.first_name,
        last_name="Exemple" if flaw == "name" else person.last_name,
        siret=Person("Autre", person.last_name).siret if flaw == "siret" else person.siret,
        city=CITIES[person.postal_code],
        postal_code=person.postal_code,
        street=STREETS[person.number % len(STREETS)],
        trade=TRADES[person.activities[0]],
        dated=dated - timedelta(days=2300 if flaw == "old" else 20 + person.number % 30),
    )


async def check_all(world: World, press: Press, room: Room, clock: Timeline) -> int:
    """Check and keep every file that waits; how many."""
    done = 0
    while claims := await checks.claim(clock.now, BATCH):
        for claim in claims:
            checked = await press.opened(world.files[claim.facts.telegram_file_id].data)
            await _keep(room, claim, checked, clock)
            done += 1
    return done


def open_file(data: bytes) -> Checked:
    """Clean and draw a file, as the worker's child process does."""
    kind = "pdf" if data.startswith(b"%PDF") else "jpeg"
    with TemporaryDirectory(prefix="antichambre-seed-") as name:
        folder = Path(name)
        (folder / "original").write_bytes(data)
        if kind == "pdf":
            order = sieve.Order(claims=["pdf"], formats=["pdf"], max_pages=MOST_PAGES)
            result = pdfs.clean(folder, order, lambda _: None)
        else:
            result = images.clean(folder, kind)
        clean_type = "application/pdf" if kind == "pdf" else "image/jpeg"
        pages = tuple(
            NewPage(
                image=_new((folder / f"page-{number}").read_bytes(), "image/jpeg"),
                thumbnail=_new((folder / f"thumb-{number}").read_bytes(), "image/jpeg"),
                width=width,
                height=height,
            )
            for number, (width, height) in enumerate(result.pages, 1)
        )
        cleaned = _new((folder / "clean").read_bytes(), clean_type)
    return Checked(clean_type, _mark(data), cleaned, pages)


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
