"""A way down: migrations taken back on a filled database, and what is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tortoise.exceptions import OperationalError

from models import database as db
from models.going_back import CannotGo, WouldLose, go_to, named
from models.tables import Candidate, Event, Operator, Provider, RecoveryCode, Reminder
from tests.backup.conftest import environment
from tests.models.test_schema_guards import (
    NOW,
    a_candidate,
    a_line,
    a_provider,
    refused,
    schema,
)

ROOT = Path(__file__).parents[2]
FIVE = "0005_asking_up_to"


async def filled() -> Provider:
    """Three people with history and reminders."""
    provider = await a_provider()
    for _ in range(3):
        person = await a_candidate(provider)
        await a_line(person.id)
        await Reminder.create(
            candidate_id=person.id, clock_start=NOW, due=date(2027, 1, 1), owed_at=NOW
        )
    return provider


async def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of some tables, to compare."""
    return {
        kind.__name__: [dict(row) for row in await kind.all().order_by("id").values()]
        for kind in (Provider, Candidate, Event, Reminder)
    }


def migrate(url: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command, as whoever runs the installation gives it."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "manage", "migrate", *words],
        cwd=ROOT,
        env=kept | environment(url, folder),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


async def test_down_and_up_again_every_row_index_and_trigger_is_there(
    database: str, tmp_path: Path
) -> None:
    await filled()
    rows, marks = await everything(), await schema()
    await db.close()
    down = migrate(database, tmp_path, "--to", "0005")
    assert (down.returncode, down.stderr) == (0, "")
    assert f"The schema is at {FIVE}" in down.stdout
    await db.connect(database)
    below = await schema()
    assert (await db.pending_migrations())[0].startswith("0006")
    assert below < marks, "indexes of later releases are gone, and nothing else"
    assert {line for line in marks if line.startswith("trigger")} <= below
    with pytest.raises(OperationalError, match="ended_at"):
        await db.rows("SELECT ended_at FROM candidate")
    line = (await db.rows("SELECT id FROM event"))[0]["id"]
    await refused(lambda: Event.filter(id=line).delete())
    await db.close()
    assert migrate(database, tmp_path).returncode == 0
    await db.connect(database)
    assert await schema() == marks
    assert await everything() == rows


async def test_what_would_be_lost_is_counted_named_and_kept_unless_one_insists(
    database: str, tmp_path: Path
) -> None:
    provider = await filled()
    first = await Candidate.first()
    assert first is not None
    await Candidate.filter(id=first.id).update(ended_at=NOW)
    odile = await Operator.create(email="odile@example.org", name="Odile", created_at=NOW)
    await RecoveryCode.create(operator_id=odile.id, digest="d" * 64)
    await Provider.filter(id=provider.id).update(quiet_from=0)
    rows, marks = await everything(), await schema()
    with pytest.raises(WouldLose) as told:
        await go_to(database, named("0002"))
    assert {(one.place, one.rows) for one in told.value.losses} == {
        ("candidate.ended_at", 1),
        ("provider.quiet_from", 1),
        ("recovery_code", 1),
    }
    await db.close()
    said = migrate(database, tmp_path, "--to", FIVE)
    assert said.returncode == 1
    assert "candidate.ended_at: 1 row (0006_ended_quiet_digest)" in said.stderr
    assert "recovery_code" not in said.stderr, "older than that"
    await db.connect(database)
    assert (await schema(), await everything()) == (marks, rows), "nothing was changed"
    await db.close()
    await go_to(database, FIVE, lose=True)
    await db.migrate(database)
    await db.connect(database)
    assert await schema() == marks
    assert not await Candidate.exists(ended_at__isnull=False)
    assert await Candidate.all().count() == 3
    assert await RecoveryCode.exists()


async def test_nobody_goes_back_while_others_work_or_past_what_a_newer_release_did(
    database: str, tmp_path: Path
) -> None:
    await db.rows("SELECT 1")
    busy = migrate(database, tmp_path, "--to", "0005")
    assert busy.returncode == 1
    assert "stop web and worker first" in busy.stderr
    sql = "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES (?, ?, ?)"
    await db.rows(sql, "antichambre", "9999_of_tomorrow", NOW)
    await db.close()
    with pytest.raises(CannotGo, match="9999_of_tomorrow"):
        await go_to(database, FIVE)
    await db.connect(database)
    assert await db.pending_migrations() == []


@pytest.mark.parametrize(
    ("word", "why"), [("0001", "unguarded"), ("0000", "no migration"), ("six", "no migration")]
)
def test_only_a_known_migration_that_keeps_the_guards_is_gone_to(word: str, why: str) -> None:
    with pytest.raises(CannotGo, match=why):
        named(word)


def test_a_number_or_the_whole_name_will_do() -> None:
    assert named("0005") == named(FIVE) == FIVE
