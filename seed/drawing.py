"""The people's papers as files: drawn, then opened by the product's own decoders.

Runs in processes of its own, and imports little for that. Files from strangers are opened in a
child process under limits. These come from this program, so they are opened where they are
drawn, which is a hundred times faster.
"""

import os
import signal
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from jobs.decode import images, pdfs, sieve
from rules.answers.tidy import fold
from seed.cast import CITIES, STREETS, TRADES, Person
from seed.paper import pdf, photo, scan
from seed.specimens import DRAWN, Holder

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


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """One page as two JPEG images, and the size of the larger one in pixels."""

    image: bytes
    thumbnail: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as the product keeps it."""

    content_type: str
    clean: bytes
    pages: tuple[OpenedPage, ...]


def begin() -> None:
    """A drawing process leaves Ctrl+C to the demo, and ends when the demo is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    demo = parent_process()
    if demo is not None:
        Thread(target=_end_with, args=(demo,), daemon=True).start()


def _end_with(demo: BaseProcess) -> None:
    demo.join()
    os._exit(0)


def draw_and_open(order: Order) -> tuple[Paper, dict[bytes, Opened]]:
    """A paper, and what the product keeps of each of its named files."""
    paper = draw(order)
    if not paper.name:
        return paper, {}
    return paper, {data: open_file(data) for data in paper.files}


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


def open_file(data: bytes) -> Opened:
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
        pages = tuple(
            OpenedPage(
                (folder / f"page-{number}").read_bytes(),
                (folder / f"thumb-{number}").read_bytes(),
                width,
                height,
            )
            for number, (width, height) in enumerate(result.pages, 1)
        )
        content_type = "application/pdf" if kind == "pdf" else "image/jpeg"
        return Opened(content_type, (folder / "clean").read_bytes(), pages)
