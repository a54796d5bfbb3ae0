"""Upgrades: a migration that is cut off anywhere, and an old release beside a newer schema."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from tortoise import Tortoise
from tortoise.migrations.api.migrate import migrate as run_migrations

from actions.deeds import SYSTEM
from actions.invitations import Invited, invite
from actions.providers import NewProvider, create_provider
from jobs.context import utc_now
from models import database as db
from models.sqlite import statements
from models.tables import Candidate, Event, Notice, Provider, Reminder
from rules.vocabulary import Role
from tests.backup.conftest import environment
from tests.figures import Figures, Record
from tests.models.test_schema_guards import (
    NOW,
    a_candidate,
    a_line,
    a_provider,
    refused,
    schema,
)
from tests.servers import Mailbox, leashed, wait_until

ROOT = Path(__file__).parents[2]


def killed(url: str, point: str, crossing: int) -> bool:
    """Migrate in a process that kills itself there; False when it came to its end before."""
    words = [sys.executable, "-m", "tests.models.killed_migration", url, point, str(crossing)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr.decode()
    return done.returncode != 0


async def migrated(url: str) -> None:
    """Migrate once more; the database is open afterwards, and lacks nothing."""
    await db.close()
    await db.migrate(url)
    await db.connect(url)
    assert await db.pending_migrations() == []


@pytest.mark.parametrize(("point", "crossing"), [("statement", 40), ("mark", 1)])
async def test_a_first_migration_that_was_killed_is_made_again(
    blank_database: str, database: str, point: str, crossing: int
) -> None:
    wanted = await schema()
    assert killed(blank_database, point, crossing)
    await migrated(blank_database)
    assert await schema() == wanted


@pytest.mark.parametrize(("point", "crossing"), [("statement", 1), ("mark", 2)])
async def test_an_upgrade_that_was_killed_is_made_again_and_keeps_every_row(
    database: str, point: str, crossing: int, record_property: Record
) -> None:
    """F23."""
    provider = await a_provider()
    for _ in range(3):
        await a_line((await a_candidate(provider)).id)
    wanted = await schema()
    await db.close()
    config = db.configuration(database)
    await run_migrations(config=config, target="antichambre.0002_guards", direction="backward")
    await Tortoise.close_connections()

    assert killed(database, point, crossing)
    began = time.monotonic()
    await migrated(database)
    kept = await Candidate.all().count() + await Event.all().count()
    seconds = time.monotonic() - began
    Figures(kills=1, lost=6 - kept, seconds=seconds).tell(record_property)
    assert kept == 6
    assert await schema() == wanted
    line = await Event.first()
    assert line is not None
    await refused(lambda: Event.filter(id=line.id).delete())
    assert not await Reminder.exists()


def test_a_script_is_cut_where_a_statement_ends_and_nowhere_else() -> None:
    trigger = "CREATE TRIGGER t BEFORE UPDATE ON a BEGIN SELECT RAISE(ABORT, 'no; never'); END"
    script = f"CREATE TABLE a (b TEXT DEFAULT ';');\n{trigger};\n\nDROP TABLE c"
    assert [one.strip() for one in statements(script)] == [
        "CREATE TABLE a (b TEXT DEFAULT ';')",
        trigger,
        "DROP TABLE c",
    ]


async def newer_schema() -> None:
    """What the next release's migration does: a column more, and its mark."""
    for table in ("candidate", "notice", "provider"):
        await db.rows(f'ALTER TABLE "{table}" ADD COLUMN "of_tomorrow" varchar(20) NULL')
    await db.rows(
        "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES (?, ?, ?)",
        "antichambre",
        "9999_of_tomorrow",
        NOW,
    )


@contextmanager
def serving(
    url: str, folder: Path, port: int, part: str, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A real process of this release."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    log = folder / f"{part}.log"
    folder.mkdir(exist_ok=True)
    with log.open("wb") as out:
        process = subprocess.Popen(
            leashed([sys.executable, "-m", "manage", part], at_death="INT"),
            cwd=ROOT,
            env={**kept, **environment(url, folder), "PORT": str(port), **more},
            stdout=out,
            stderr=out,
        )
    try:
        if part != "worker":
            wait_until(lambda: answers(port, "healthz") == 200, process, log, seconds=90)
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(40) == 0, log.read_text()


def answers(port: int, path: str) -> int:
    """The status of a page; 0 when nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


async def test_an_old_release_works_on_beside_a_newer_schema(
    database: str,
    backend: str,
    smtp: Mailbox,
    redis_url: str,
    tmp_path: Path,
    free_port: Callable[[], int],
) -> None:
    """F23: the new release has migrated; web and worker of the old one still run, and start."""
    provider = await create_provider(NewProvider(name="Douceur & Cie"), utc_now())
    await newer_schema()
    assert await db.pending_migrations() == []
    await db.rows("UPDATE provider SET of_tomorrow = ?", "kept")
    await invite(
        provider.id, Invited("Oscar", "oscar@example.org", Role.REVIEWER), SYSTEM, utc_now()
    )
    ours = await Notice.get()
    newer = await Notice.create(
        provider_id=provider.id,
        operator_id=ours.operator_id,
        channel="mail",
        kind="of_tomorrow",
        facts={"moon": "full"},
        unique_key="of_tomorrow",
        message_id="of_tomorrow",
        owed_at=ours.owed_at,
        not_before=ours.not_before - timedelta(hours=1),
    )
    port = free_port()
    more = {
        "SMTP_URL": f"{smtp.url}?from=robot@example.org",
        "REDIS_URL": redis_url,
        "TELEGRAM_API_URL": "http://127.0.0.1:9",
    }
    parts = ["run"] if backend == "sqlite" else ["web", "worker"]
    await db.close()
    with serving(database, tmp_path / "data", port, parts[0], **more):
        assert answers(port, "readyz") == 200
        assert answers(port, "login") == 200
        assert answers(port, f"join/{provider.slug}") == 200
        if len(parts) == 2:
            with serving(database, tmp_path / "data", port, parts[1], **more):
                await smtp.wait_for("oscar@example.org", seconds=60)
        else:
            await smtp.wait_for("oscar@example.org", seconds=60)
    await db.connect(database)
    assert (await Notice.get(id=ours.id)).state == "accepted"
    waits = await Notice.get(id=newer.id)
    assert (waits.state, waits.attempts) == ("owed", 0), "left to the newer worker"
    assert await db.rows("SELECT of_tomorrow FROM provider") == [{"of_tomorrow": "kept"}]


async def test_a_new_release_beside_an_old_schema_waits_for_the_migration(
    database: str, backend: str, redis_url: str, tmp_path: Path
) -> None:
    if backend == "sqlite":
        pytest.skip("an embedded database is migrated by the process that starts")
    await db.rows("DELETE FROM tortoise_migrations WHERE name = ?", "0005_asking_up_to")

    words = [sys.executable, "-m", "manage", "worker"]
    env = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    env |= environment(database, tmp_path) | {"REDIS_URL": redis_url}
    done = subprocess.run(
        words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "antichambre migrate" in done.stderr
    assert not await Provider.exists()
