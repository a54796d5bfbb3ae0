"""Backup and restore from the command line, with a bar for each part."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import click

from actions import restoring
from actions.backups import Place, Report, back_up
from actions.inspecting import Known, inspect
from jobs.context import utc_now
from models import database
from models.raw import others_connected
from settings import Settings
from settings.parsing import storage_url
from store.archive import ArchiveError
from store.room import Room, StoreDown, use_room
from store.sealing import Keyring, use_keyring

BARS = {
    "rows": "Rows",
    "files": "Files",
    "check": "Checking the file",
    "look": "Looking at the rows",
    "compare": "Comparing",
}


class Bars:
    """Shows progress: a bar on a terminal, nothing in a log."""

    def __init__(self) -> None:
        self.what = ""
        self._bar: Any = None
        self._done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def tell(self, what: str, done: int, total: int) -> None:
        """So many of so many; another `what` begins another bar."""
        if not sys.stderr.isatty():
            return
        if what != self.what:
            self._end()
            self.what, self._done = what, 0
            self._bar = click.progressbar(
                length=max(total, 1), label=f"{BARS[what]:20}", file=sys.stderr
            )
            self._bar.__enter__()
        self._bar.update(done - self._done)
        self._done = done

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
        self._bar = None


@contextmanager
def told() -> Iterator[None]:
    """A failure in words instead of a traceback."""
    try:
        yield
    except ArchiveError as problem:
        raise click.ClickException(str(problem)) from None
    except StoreDown as problem:
        raise click.ClickException(
            f"The store does not work at the moment ({problem}). Nothing is lost: give the same "
            "command again, and it goes on."
        ) from None
    except OSError as problem:
        where = f"{problem.filename}: " if problem.filename else ""
        why = problem.strerror or type(problem).__name__
        raise click.ClickException(
            f"{where}{why}. Nothing half done is left: give the same command again."
        ) from None
    except database.TRANSIENT as problem:
        raise click.ClickException(
            f"The database failed ({type(problem).__name__}). Nothing half done is left: give "
            "the same command again."
        ) from None


def _room(settings: Settings) -> Room:
    ring = Keyring(dict(settings.encryption_keys))
    use_keyring(ring)
    room = Room(settings.storage_url, ring, database.refuse_inside_transaction)
    use_room(room)
    return room


async def backup(settings: Settings, path: Path) -> None:
    """Write a backup, then read it back whole: one that nobody has read is none."""
    room = _room(settings)
    await database.connect(settings.database_url)
    try:
        with told(), Bars() as bars:
            report = await back_up(Place(settings.database_url, room), path, utc_now(), bars.tell)
            dialect = "sqlite" if settings.embedded else "postgres"
            await asyncio.to_thread(inspect, path, room.keyring, dialect, bars.tell)
    finally:
        await database.close()
    click.echo("\n".join(_said(report, path)))
    if report.lost:
        sys.exit(2)


def _said(report: Report, path: Path) -> Iterator[str]:
    size = path.stat().st_size / 1_000_000
    yield f"{path}: {report.rows} rows, {report.files} files, {size:.1f} MB, read back and right."
    if report.went_on:
        yield "It was begun by an earlier run, and shows the moment when that one began."
    if report.gone:
        yield f"{report.gone} files were erased meanwhile and are not in it."
    if report.lost:
        yield (
            f"WARNING: the store has lost {report.lost} files. The archive lists them under "
            "lost/; look for them in older backups."
        )
    yield (
        "The keys are not in it: keep ENCRYPTION_KEYS elsewhere, without them no document of "
        "this backup can be opened."
    )


async def check(settings: Settings, path: Path) -> None:
    """Read a backup whole, and say whether it could be restored here; nothing is written."""
    ring = Keyring(dict(settings.encryption_keys))
    dialect = "sqlite" if settings.embedded else "postgres"
    await database.connect(settings.database_url)
    try:
        with told(), Bars() as bars:
            known = inspect(path, ring, dialect, bars.tell)
    finally:
        await database.close()
    click.echo(
        f"{path}: whole, {known.rows} rows and {known.files} files of {_moment(known)}, and these "
        "keys open them. It can be restored here."
    )


async def restore(settings: Settings, path: Path, *, replacing: int, old_store: str) -> None:
    """Bring a backup back into the database and the store of these settings.

    Args:
        replacing: how often it was said that what is there may go; once is asked again.
        old_store: STORAGE_URL of before, whose list of erased people is brought over.
    """
    room = _room(settings)
    url, dialect = settings.database_url, "sqlite" if settings.embedded else "postgres"
    with told(), Bars() as bars:
        await database.connect(url)
        known = inspect(path, room.keyring, dialect, bars.tell)
        await database.close()
        await _stand_alone(url)
        await database.migrate(url)
        await database.connect(url)
        try:
            await _ask(url, replacing)
            brought = await restoring.bring_objects(room, path, known, bars.tell)
            if old_store:
                await restoring.note_old_store(room, _other_room(old_store, room))
            await restoring.load(url, path, known, bars.tell, replacing=replacing > 0)
            done = await restoring.settle(room, known, brought, utc_now())
            await database.checkpoint()
        finally:
            await database.close()
    click.echo("\n".join(_restored(done, known)))


async def _stand_alone(url: str) -> None:
    if database.is_sqlite(url):
        Path(database.sqlite_path(url)).parent.mkdir(parents=True, exist_ok=True)
    if await others_connected(url):
        raise click.ClickException(
            "Another process uses this database: stop web, worker and run, then try again."
        )


async def _ask(url: str, replacing: int) -> None:
    """Whether the database may be written to; what it holds is lost only when asked twice."""
    held = await restoring.held(url)
    if not held:
        return
    if not replacing:
        raise click.ClickException(
            f"The database is not empty: it has {held} rows. Restore into an empty one, or give "
            "--replace, and what it holds is lost."
        )
    if replacing == 1:
        click.confirm(
            f"The {held} rows of this database will be LOST. Replace them by the backup?",
            abort=True,
        )


def _other_room(url: str, room: Room) -> Room:
    try:
        return Room(storage_url(url), room.keyring, room.guard)
    except ValueError as problem:
        raise click.ClickException(f"--old-store {problem}") from None


def _moment(known: Known) -> str:
    return f"{known.made_at:%Y-%m-%d %H:%M} UTC"


def _restored(done: restoring.Restored, known: Known) -> Iterator[str]:
    yield (
        f"Restored: {done.rows} rows and {done.files} files ({done.brought} were not in the "
        f"store), as of {_moment(known)}; every table and every file was read again and is the "
        "same."
    )
    if known.lost:
        yield f"{known.lost} files were lost before that: the archive lists them under lost/."
    if done.erased_again:
        yield f"Erased again: {done.erased_again} people who were erased since the backup."
    if not done.knows_erasures:
        yield (
            "WARNING: this store has no list of who was erased since the backup. If the store of "
            "before still exists, restore again with --replace and --old-store URL; else "
            "erase them by hand."
        )
    yield (
        "Automatic deletion waits, for each company, for an administrator's word (Paramètre & "
        "Services, Suppression automatique). Everybody has to sign in again."
    )
