"""The database: reachable, up to date, opened by our keys, and worked on by somebody."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import asyncpg

from actions.sealed import SEALED, Sealed
from commands.probes.kit import PATIENCE, Finding, Kit, ok, warning, wrong
from models import database
from models.reads.backlog import backlog
from models.tables import Provider
from store.sealing import CannotOpen, key_of
from words.language import lasting

SAMPLE = 300
"""Values of each kind that are opened: keys are changed for all of a kind at once."""
LATE = timedelta(minutes=10)


async def reachable(kit: Kit) -> Finding:
    """Whether it can be opened at all; opens the connection of this process."""
    _ = kit.say
    about, url = _("Database"), kit.settings.database_url
    refused = await (_sqlite(kit) if kit.settings.embedded else _postgres(kit))
    if refused is not None:
        return refused
    await database.connect(url)
    try:
        pending = await database.pending_migrations()
        version = await _version()
    except database.TRANSIENT as error:
        told = _("It cannot be read ({error}).", error=type(error).__name__)
        return wrong(about, told, _("Look at the server's own log."))
    if not pending:
        return ok(about, _("{version}, and its schema is up to date.", version=version))
    told = _("{version}; its schema is behind this release.", version=version)
    if kit.settings.embedded:
        return warning(about, told, _("The next start brings it up to date by itself."))
    return wrong(about, told, _("Run: antichambre migrate"))


async def _sqlite(kit: Kit) -> Finding | None:
    _ = kit.say
    path = Path(database.sqlite_path(kit.settings.database_url))
    if await asyncio.to_thread(path.exists):
        return None
    told = _("There is no database yet at {path}.", path=path)
    return warning(_("Database"), told, _("The first start makes it: antichambre run"))


async def _postgres(kit: Kit) -> Finding | None:
    """Ask the server itself: its refusals say what to change."""
    _ = kit.say
    about, parts = _("Database"), urlsplit(kit.settings.database_url)
    place, name = f"{parts.hostname}:{parts.port or 5432}", parts.path.strip("/")
    remedy = _("Check DATABASE_URL, and that the server listens there.")
    try:
        line = await asyncpg.connect(kit.settings.database_url, timeout=PATIENCE)
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError):
        told = _("PostgreSQL at {place} refuses our user or password.", place=place)
        return wrong(about, told, _("Check the user and the password in DATABASE_URL."))
    except asyncpg.InvalidCatalogNameError:
        told = _("PostgreSQL at {place} has no database “{name}”.", place=place, name=name)
        return wrong(about, told, _("Make it: createdb {name}", name=name))
    except asyncpg.TooManyConnectionsError:
        told = _("PostgreSQL at {place} has no connection left for us.", place=place)
        return wrong(about, told, _("Raise max_connections there, or run fewer processes."))
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        why = type(error).__name__
        told = _("PostgreSQL at {place} cannot be reached ({why}).", place=place, why=why)
        return wrong(about, told, remedy)
    await line.close()
    return None


async def _version() -> str:
    """`PostgreSQL 15.8`, `SQLite 3.40.1`."""
    if database.dialect() == "sqlite":
        (found,) = await database.rows("SELECT sqlite_version() AS version")
        return f"SQLite {found['version']}"
    (found,) = await database.rows("SHOW server_version")
    return f"PostgreSQL {str(found['server_version']).split(' ')[0]}"


async def server_clock(kit: Kit) -> datetime | None:
    """The time on the database's machine; None when it is our own."""
    if kit.settings.embedded or not kit.database:
        return None
    (found,) = await database.rows("SELECT clock_timestamp() AS now")
    now: datetime = found["now"]
    return now


async def keys(kit: Kit) -> list[Finding]:
    """Whether our encryption keys open what is kept."""
    _ = kit.say
    about = _("Encryption keys")
    if not kit.database:
        return []
    opened, missing, changed = 0, set[str](), set[str]()
    for one in SEALED:
        for part, purpose in await _sealed(one):
            try:
                kit.ring.open(part, purpose)
                opened += 1
            except CannotOpen:
                known = key_of(part) in kit.ring.keys
                (changed if known else missing).add(key_of(part))
    if missing:
        told = _("The database uses keys that we do not have: {ids}.", ids=_listed(missing))
        remedy = _("Put them back into ENCRYPTION_KEYS: without them these documents are lost.")
        return [wrong(about, told, remedy)]
    if changed:
        told = _(
            "These keys are others than those that sealed the data: {ids}.", ids=_listed(changed)
        )
        remedy = _("Put the former values back into ENCRYPTION_KEYS.")
        return [wrong(about, told, remedy)]
    told = _("They open what is kept (values tried: {number}).", number=opened)
    return [ok(about, told)]


async def _sealed(one: Sealed) -> list[tuple[str, str]]:
    """Some sealed values of one kind, each with its purpose."""
    query: Any = one.model.filter(**{f"{one.column}__isnull": False})
    first = one.model._meta.pk_attr
    found = {
        row.pk: row
        for way in (first, f"-{first}")
        for row in await query.order_by(way).limit(SAMPLE)
    }
    parts = ((one.part(getattr(row, one.column)), row) for row in found.values())
    return [(part, one.purpose(row)) for part, row in parts if part is not None]


def _listed(ids: set[str]) -> str:
    return ", ".join(sorted(ids))


async def zones(kit: Kit) -> list[Finding]:
    """Whether the time zone of every provider is known on this machine."""
    _ = kit.say
    about = _("Time zones")
    names = {"Europe/Paris", "Indian/Reunion"}
    if kit.database:
        names |= {str(one) for one in await Provider.all().values_list("timezone", flat=True)}
    unknown = sorted(name for name in names if not _known(name))
    if unknown:
        told = _("This machine does not know: {names}.", names=", ".join(unknown))
        return [wrong(about, told, _("Install its time zone data: pip install tzdata"))]
    return [ok(about, _("Known, those of all providers too."))]


def _known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


async def work(kit: Kit) -> list[Finding]:
    """Whether a worker runs, and what is late."""
    return list(_work(kit, await backlog(kit.clock()))) if kit.database else []


def _work(kit: Kit, found: Any) -> Iterator[Finding]:
    _ = kit.say
    about, now = _("Work in the background"), kit.clock()
    if found.worker_seen is None:
        yield warning(
            about, _("No worker was seen yet."), _("Start one: antichambre worker (or run)")
        )
    elif not found.worker_runs(now):
        told = _(
            "No worker was seen for {long}.", long=lasting(now - found.worker_seen, kit.language)
        )
        yield wrong(about, told, _("Start one: antichambre worker (or run)"))
    else:
        yield ok(about, _("A worker runs."))
    since = found.oldest()
    if since is not None and now - since > LATE:
        told = _(
            "The oldest of what is due waits for {long}.", long=lasting(now - since, kit.language)
        )
        yield warning(about, told, _("The page “How the service is” of the panel says why."))
    if found.kept_updates:
        told = _("{number} updates met a fault and are kept.", number=found.kept_updates)
        yield warning(about, told, _("After the next release: antichambre updates replay"))
