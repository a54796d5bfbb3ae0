"""The demo, started as anybody starts it: complete, once, and after whatever happens to it."""

from __future__ import annotations

import re
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from actions.providers import NewProvider, create_provider
from models import database as db
from seed.season import DOUCEUR, VERT
from tests.demo.running import Demo, Visitor

pytestmark = pytest.mark.slow

DELETED = 2
"""Whom the clock deletes while the past is told: Jules and Rose."""
STATUSES = "SELECT status, COUNT(*) FROM candidate GROUP BY status"
EVERYTHING = (
    "SELECT (SELECT COUNT(*) FROM candidate), (SELECT COUNT(*) FROM provider), "
    "(SELECT COUNT(*) FROM operator), (SELECT COUNT(*) FROM upload), "
    "(SELECT COUNT(*) FROM message), (SELECT COUNT(*) FROM tombstone)"
)
FILLED = "SELECT COUNT(*) FROM installation WHERE key = 'demo_filled'"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A demo that was never started."""
    one = Demo(tmp_path)
    yield one
    one.clear()


def test_it_prints_its_addresses_and_is_full_of_people_once(demo: Demo) -> None:
    demo.start()
    visitor = Visitor()
    assert "Amina Benali" in visitor.sign_in(demo, "odile@example.org")
    listed = visitor.get(demo.address("Panel") + "candidates")
    for name in ("Bruno Kowalski", "Katarzyna Wiśniewska", "Olivier Blanc"):
        assert name in listed
    assert "Chloé" not in listed, "she applies elsewhere"
    assert "supprimée le" in visitor.get(demo.address("Mailbox"))
    assert "Amina Benali" in visitor.get(demo.address("Chat"))
    statuses = Counter(dict(demo.rows(STATUSES)))
    assert set(statuses) == {"incomplete", "submitted", "to_correct", "accepted", "binned"}
    assert min(statuses.values()) >= 2
    ways = {source for (source,) in demo.rows("SELECT DISTINCT source FROM candidate")}
    assert ways == {"tract", "site-internet", None}
    before, people = demo.rows(EVERYTHING), demo.password("victor@example.org")
    assert demo.end() == 0
    assert demo.left_behind() == []

    demo.start()
    assert demo.rows(EVERYTHING) == before
    assert demo.password("victor@example.org") == people
    assert "Chloé Marchand" in Visitor().sign_in(demo, "victor@example.org")


def test_killed_while_it_makes_up_its_people_it_begins_anew(demo: Demo) -> None:
    demo.launch()
    demo.wait_until(lambda: demo.rows("SELECT COUNT(*) FROM upload")[:1] > [(9,)])
    demo.end(signal.SIGKILL)
    assert demo.rows(FILLED) == [(0,)]
    assert demo.rows("SELECT COUNT(*) FROM candidate") > [(3,)]

    demo.start()
    everybody = len(DOUCEUR) + len(VERT) - DELETED
    assert demo.rows("SELECT COUNT(*) FROM candidate") == [(everybody,)]
    assert demo.rows("SELECT COUNT(*) FROM provider") == [(2,)]
    mailed = "SELECT COUNT(*) FROM notice WHERE channel = 'mail' AND state = 'accepted'"
    erased = "SELECT COUNT(*) FROM tombstone"
    letters = len(list((demo.folder / "mailbox").glob("*.eml")))
    (owed,), (gone,) = demo.rows(mailed)[0], demo.rows(erased)[0]
    # A reminder went to each of the deleted too; it went with them, and so did the farewells.
    assert owed <= letters <= owed + 2 * gone


def test_interrupted_while_it_makes_up_its_people_it_ends_at_once(demo: Demo) -> None:
    demo.launch()
    demo.wait_until(lambda: bool(demo.rows("SELECT 1 FROM candidate LIMIT 1")))
    assert demo.end() == 0
    assert "Traceback" not in demo.printed
    assert demo.left_behind() == []


def test_a_busy_port_is_told_with_the_setting_that_changes_it(demo: Demo) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", demo.port + 1))
        other.listen()
        demo.launch()
        assert demo.process is not None
        assert demo.process.wait(60) == 1
    assert str(demo.port + 1) in demo.printed
    assert "PORT=" in demo.printed
    assert not (demo.folder / "antichambre.sqlite3").exists()


@pytest.fixture
async def real_installation(demo: Demo) -> Demo:
    """Somebody's own database in the demo's folder."""
    url = f"sqlite:///{demo.folder}/antichambre.sqlite3"
    await db.migrate(url)
    await db.connect(url)
    await create_provider(NewProvider(name="Vraie Maison"), datetime(2026, 3, 2, tzinfo=UTC))
    await db.close()
    return demo


def test_a_real_database_is_never_made_a_demo(real_installation: Demo, backend: str) -> None:
    if backend != "sqlite":
        pytest.skip("one backend in one process")
    real_installation.launch()
    assert real_installation.process is not None
    assert real_installation.process.wait(60) == 1
    assert re.search(r"not a demo", real_installation.printed)
    assert real_installation.rows("SELECT name FROM provider") == [("Vraie Maison",)]
    assert real_installation.rows("SELECT COUNT(*) FROM candidate") == [(0,)]
