"""What the demo's past is made of: people, papers, time."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, date, datetime, timedelta

import phonenumbers
import pytest
from PIL import Image
from stdnum.fr import siret

from actions.operators import tidy_address
from seed.cast import Person
from seed.drawing import Order, draw, open_file
from seed.papers import Press
from seed.season import DOUCEUR, VERT
from seed.specimens import DRAWN, Holder
from seed.timeline import Timeline

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
PEOPLE = [who for who, _ in (*DOUCEUR, *VERT) if who.first_name]
SPECIMEN_INK = (231, 138, 138)


def holder(who: Person) -> Holder:
    """A person as their papers know them."""
    return Holder(
        first_name=who.first_name,
        last_name=who.last_name,
        siret=who.siret,
        city="Grenoble",
        postal_code="38000",
        street="14 rue des Érables",
        trade="Aide à domicile",
        dated=date(2026, 10, 1),
    )


def test_everybody_has_an_address_a_number_and_a_siret_of_their_own() -> None:
    assert len(DOUCEUR) >= 40
    for made_up in ("email", "phone", "siret"):
        values = [str(getattr(who, made_up)) for who in PEOPLE]
        assert len(set(values)) == len(values), made_up
    for who in PEOPLE:
        assert tidy_address(who.email) == who.email
        assert phonenumbers.is_valid_number(phonenumbers.parse(who.phone))
        assert siret.is_valid(who.siret)
        assert who.siret.startswith("0"), "no real business has such a number"


@pytest.mark.parametrize("key", DRAWN)
def test_every_paper_says_specimen_across(key: str) -> None:
    for sheet in DRAWN[key](holder(PEOPLE[0])):
        reddish = sum(
            count
            for count, colour in sheet.image.getcolors(maxcolors=1 << 24) or ()
            if isinstance(colour, tuple) and colour[0] > colour[1] + 30 and colour[0] > 200
        )
        assert reddish > sheet.image.width * sheet.image.height * 0.01


def test_papers_come_as_pdfs_scans_and_photos_that_the_product_can_open() -> None:
    kinds = set()
    for who in PEOPLE[:8]:
        paper = draw(Order(who, "diploma", date(2026, 10, 1)))
        kinds.add(paper.name.rpartition(".")[2] or "photo")
        checked = open_file(paper.files[0])
        assert len(checked.pages) == 1
        assert Image.open(io.BytesIO(checked.pages[0].thumbnail)).height <= 240
    assert kinds == {"pdf", "jpg", "photo"}


def test_a_paper_is_drawn_the_same_again_and_ahead() -> None:
    order = Order(PEOPLE[0], "cv", date(2026, 10, 1))

    async def ahead() -> bytes:
        press = Press()
        press.order(NOW, order)
        press.start()
        try:
            paper = await press.drawn(order)
            assert (await press.opened(paper.files[0])).content_type == "application/pdf"
            return paper.files[0]
        finally:
            press.close()

    first = asyncio.run(ahead())
    assert len(first) == len(draw(order).files[0])


async def test_stories_are_told_in_the_order_of_time_and_not_beyond_its_end() -> None:
    time = Timeline(NOW - timedelta(days=3), NOW)
    told: list[tuple[str, int]] = []

    async def story(name: str, *days: int) -> None:
        for days_ago in days:
            await time.until(NOW - timedelta(days=days_ago))
            told.append((name, (NOW - time.now).days))

    begun = []
    await time.play(
        [story("amina", 2, 0, -1), story("bruno", 3, 1)], begun=lambda: begun.append(len(told))
    )
    assert told == [("bruno", 3), ("amina", 2), ("bruno", 1), ("amina", 0)]
    assert begun == [0]
    assert time.now == NOW


async def test_a_story_that_fails_fails_the_whole() -> None:
    time = Timeline(NOW - timedelta(days=3), NOW)

    async def wrong() -> None:
        await time.wait(hours=1)
        raise ValueError("a bug in a story")

    async def right() -> None:
        await time.wait(days=1)

    with pytest.raises(ValueError, match="a bug in a story"):
        await time.play([right(), wrong()], begun=lambda: None)


def test_operators_work_on_weekdays_when_they_can() -> None:
    time = Timeline(NOW - timedelta(days=20), NOW)  # a Sunday
    assert time.at_work(8, 10).weekday() == 0
    assert time.at_work(0, 10) == time.day(0, 10), "Monday is still to come"
