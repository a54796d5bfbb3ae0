"""Rows as plain JSON, the same on SQLite and PostgreSQL: what a backup keeps.

A table's shape comes from its Tortoise model: column by column a kind, and how a value of that
kind is read from either database, written as JSON, and given to either database again.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from tortoise import fields
from tortoise.models import Model

from models import tables
from models.sqlite import stored_moment

LEFT_OUT = frozenset({"session"})
"""Signed-in browsers: after a restore everybody signs in again, so no closed session revives."""

KINDS: Mapping[type[fields.Field[Any]], str] = {
    fields.JSONField: "json",
    fields.DatetimeField: "moment",
    fields.DateField: "date",
    fields.BooleanField: "flag",
    fields.BigIntField: "number",
    fields.IntField: "number",
    fields.CharField: "text",
    fields.TextField: "text",
}
INT_BYTES: Mapping[type[fields.Field[Any]], int] = {fields.BigIntField: 8, fields.IntField: 4}
LONE = re.compile("[\x00\ud800-\udfff]")
"""What Python and SQLite keep in a text and PostgreSQL does not."""
SUSPECT = re.compile(rb"\\u0000|\\ud[89a-f]|NaN|Infinity", re.IGNORECASE)


class Unfit(Exception):
    """A value that the database cannot hold."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its kind of value, and what the database asks of it."""

    name: str
    kind: str
    null: bool
    default: Any
    longest: int | None
    """Characters of a text, bytes of a number; None: no limit."""

    @property
    def absent(self) -> Any:
        """What a row has here that was kept before the column existed."""
        if self.null:
            return None
        return self.default() if callable(self.default) else self.default


@dataclass(frozen=True, slots=True)
class Shape:
    """One table: columns in the order of their names."""

    table: str
    key: str
    numbered: bool
    """Whether the database itself gives the key."""
    text_key: bool
    parents: frozenset[str]
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(one.name for one in self.columns)

    def line(self, row: Iterable[Any]) -> bytes:
        """One row of either database as a line of JSON."""
        pairs = zip(self.columns, row, strict=True)
        plain = {one.name: FROM_DATABASE[one.kind](value) for one, value in pairs}
        return json.dumps(plain, separators=(",", ":")).encode() + b"\n"

    def record(self, plain: Mapping[str, Any], dialect: str) -> tuple[Any, ...]:
        """A parsed line as values for the database."""
        return tuple(
            for_database(one, plain.get(one.name, one.absent), dialect) for one in self.columns
        )

    def check(self, line: bytes, dialect: str) -> dict[str, Any]:
        """The parsed line.

        Raises:
            Unfit: it is not a row of this table, or PostgreSQL cannot hold one of its values.
        """
        try:
            plain = json.loads(line)
        except ValueError:
            raise Unfit(f"{self.table}: a line that is not JSON") from None
        if not isinstance(plain, dict) or self.key not in plain:
            raise Unfit(f"{self.table}: a line that is not a row")
        unknown = plain.keys() - set(self.names)
        if unknown:
            raise Unfit(f"{self.table}: this release has no column {sorted(unknown)[0]}")
        if dialect != "sqlite":
            self._check_values(plain, suspect=bool(SUSPECT.search(line)))
        return plain

    def _check_values(self, plain: Mapping[str, Any], *, suspect: bool) -> None:
        for one in self.columns:
            value = plain.get(one.name)
            problem = _problem(one, value) or (suspect and _unstorable(value))
            if problem:
                where = f"{self.table} {plain[self.key]!r}, column {one.name}"
                raise Unfit(f"{where}: {problem}, which PostgreSQL cannot hold")


def _problem(column: Column, value: Any) -> str | None:
    if column.longest is None or value is None:
        return None
    if column.kind == "text" and len(value) > column.longest:
        return f"a text of {len(value)} characters instead of {column.longest}"
    if column.kind == "number" and not -(2 ** (8 * column.longest - 1)) <= value < 2 ** (
        8 * column.longest - 1
    ):
        return f"the number {value}"
    return None


def _unstorable(value: Any) -> str | None:
    """What is wrong with a value, wherever it is inside."""
    if isinstance(value, str):
        return "a NUL or half a character" if LONE.search(value) else None
    if isinstance(value, float):
        return None if math.isfinite(value) else "a number without end"
    inside = value if isinstance(value, list) else []
    if isinstance(value, dict):
        inside = [*value, *value.values()]
    return next((found for one in inside if (found := _unstorable(one))), None)


def _moment(value: Any) -> str | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return stored_moment(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _day(value: Any) -> str | None:
    if value is None:
        return None
    return value[:10] if isinstance(value, str) else date.isoformat(value)


def _tidy(value: Any) -> Any:
    """JSON as both databases would give it: PostgreSQL keeps neither order nor 1e2."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_tidy(one) for one in value]
    if isinstance(value, dict):
        return {name: _tidy(value[name]) for name in sorted(value)}
    return value


# SQLite gives a number for JSON that is only a number: the column's type has numeric affinity.
FROM_DATABASE: Mapping[str, Callable[[Any], Any]] = {
    "json": lambda value: _tidy(json.loads(value) if isinstance(value, str) else value),
    "moment": _moment,
    "date": _day,
    "flag": lambda value: None if value is None else bool(value),
    "number": lambda value: value,
    "text": lambda value: value,
}


def for_database(column: Column, value: Any, dialect: str) -> Any:
    """A plain value as this database takes it."""
    if column.kind == "json":
        # An empty column and JSON's own null look alike: only one of them fits here.
        return None if value is None and column.null else json.dumps(value, separators=(",", ":"))
    if value is None or column.kind in {"text", "number"}:
        return value
    if column.kind == "flag":
        return int(value) if dialect == "sqlite" else value
    if dialect == "sqlite":
        return value
    parse = datetime.fromisoformat if column.kind == "moment" else date.fromisoformat
    return parse(value)


@cache
def shapes() -> tuple[Shape, ...]:
    """Every table that is kept, parents before children."""
    waiting = [_shape(getattr(tables, name)) for name in sorted(tables.__all__)]
    waiting = [one for one in waiting if one.table not in LEFT_OUT]
    found: list[Shape] = []
    while waiting:
        known = {one.table for one in found}
        ready = [one for one in waiting if one.parents - {one.table} <= known]
        assert ready, "tables point at each other in a circle"
        found += ready
        waiting = [one for one in waiting if one not in ready]
    return tuple(found)


def _shape(model: type[Model]) -> Shape:
    meta = model._meta
    columns = [
        _column(column, meta.fields_map[field])
        for field, column in meta.fields_db_projection.items()
    ]
    parents = (getattr(meta.fields_map[name], "related_model", model) for name in meta.fk_fields)
    one_to_one = (
        getattr(meta.fields_map[name], "related_model", model) for name in meta.o2o_fields
    )
    return Shape(
        table=meta.db_table,
        key=meta.db_pk_column,
        numbered=meta.pk.generated,
        text_key=isinstance(meta.pk, fields.CharField),
        parents=frozenset(one._meta.db_table for one in (*parents, *one_to_one)),
        columns=tuple(sorted(columns, key=lambda one: one.name)),
    )


def _column(name: str, field: fields.Field[Any]) -> Column:
    kind = next(KINDS[one] for one in type(field).__mro__ if one in KINDS)
    longest = getattr(field, "max_length", None) if kind == "text" else None
    if kind == "number":
        longest = next(INT_BYTES[one] for one in type(field).__mro__ if one in INT_BYTES)
    return Column(name, kind, field.null, field.default, longest)
