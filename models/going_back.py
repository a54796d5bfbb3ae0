"""Taking migrations back: to which one can be gone, and what would be lost on the way."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from tortoise.migrations import operations as ops
from tortoise.models import Model

from models import database, tables
from models.statements import counting, counting_filled

OLDEST = "0002"
"""Before it there are no guards of history: no release ever ran on such a database."""
HARMLESS = (ops.AddIndex, ops.RunPython)
"""Operations whose way back takes no rows and no column away."""


class CannotGo(Exception):
    """Why the schema stays as it is, in a sentence for whoever runs the installation."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What a migration added, and that holds something."""

    migration: str
    place: str
    """A table, or a column as `table.column`."""
    rows: int


class WouldLose(Exception):
    """Going back would take rows or values away; nothing was changed."""

    def __init__(self, losses: list[Loss]) -> None:
        super().__init__(f"{len(losses)} places")
        self.losses = losses


def named(word: str) -> str:
    """The migration of this release that is called so, or whose number it is.

    Raises:
        CannotGo: there is none, or it is too old.
    """
    found = [name for name in database.released() if word in (name, name.partition("_")[0])]
    if not found:
        raise CannotGo(f"There is no migration {word}. There are: {', '.join(released_names())}.")
    if found[0] < OLDEST:
        raise CannotGo(f"No release works below {OLDEST}: {found[0]} would leave it unguarded.")
    return found[0]


def released_names() -> list[str]:
    """Those that one may name."""
    return [name for name in database.released() if name >= OLDEST]


async def go_to(url: str, name: str, *, lose: bool = False) -> None:
    """Migrate up or down to `name`, all or nothing, while nobody else migrates.

    lose: whether what later migrations brought may be lost; else it is counted first.

    Raises:
        CannotGo: a newer release was here, or there is no way back.
        WouldLose: something would be, and `lose` is not set.
    """

    async def judge() -> None:
        done = await database.applied_migrations()
        _refuse_foreign(done)
        back = sorted((one for one in done if one > name), reverse=True)
        found = [loss for one in back for loss in await _losses(one)]
        if found and not lose:
            raise WouldLose(found)

    await database.migrate(url, name, judge)


def _refuse_foreign(done: frozenset[str]) -> None:
    foreign = sorted(done - set(database.released()))
    if foreign:
        raise CannotGo(
            f"A newer release has migrated this database ({foreign[-1]}): go back with that one."
        )


async def _losses(migration: str) -> list[Loss]:
    """What this migration added and that holds something. Raises CannotGo."""
    found = list[Loss]()
    for place, sql in _places(migration):
        (counted,) = await database.rows(sql)
        (number,) = counted.values()
        if number:
            found.append(Loss(migration, place, int(number)))
    return found


def _places(migration: str) -> Iterator[tuple[str, str]]:
    """Tables and columns that it added, and the question how many rows hold something there."""
    for one in import_module(f"migrations.{migration}").Migration.operations:
        if isinstance(one, ops.CreateModel):
            table = str((one.options or {})["table"])
            yield table, counting(table)
        elif isinstance(one, ops.AddField):
            table = _table(one.model_name)
            column = getattr(one.field, "source_field", None) or one.name
            yield f"{table}.{column}", counting_filled(table, column)
        elif not isinstance(one, HARMLESS) or not one.reversible:
            raise CannotGo(f"There is no way back before {migration}: restore a backup instead.")


def _table(model: str) -> str:
    kind: type[Model] = getattr(tables, model)
    return str(kind._meta.db_table)
