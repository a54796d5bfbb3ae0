"""Statements on whole tables for backups: each name in them is one of `models.tables`."""

# ruff: noqa: S608  # nothing that anybody typed comes near this file

from models.plain import Shape


def counting(table: str) -> str:
    """How many rows the table has."""
    return f'SELECT count(*) FROM "{table}"'


def probing(table: str) -> str:
    """One row, if the table has any."""
    return f'SELECT 1 FROM "{table}" LIMIT 1'


def emptying(table: str) -> str:
    """The table without its rows."""
    return f'DELETE FROM "{table}"'


def holding(reason: str) -> str:
    """Every provider's clock held, for a reason of `models.reads.retention`."""
    return f"UPDATE provider SET clock_waits_for = '{reason}'"


def reading(shape: Shape, dialect: str) -> str:
    """Every row, in the order of its key, the same on both databases."""
    columns = ", ".join(f'"{name}"' for name in shape.names)
    collation = ' COLLATE "C"' if shape.text_key and dialect != "sqlite" else ""
    return f'SELECT {columns} FROM "{shape.table}" ORDER BY "{shape.key}"{collation}'


def inserting(shape: Shape, dialect: str) -> str:
    """One row, each column by a placeholder."""
    columns = ", ".join(f'"{name}"' for name in shape.names)
    numbers = range(1, len(shape.names) + 1)
    places = ", ".join("?" if dialect == "sqlite" else f"${number}" for number in numbers)
    return f'INSERT INTO "{shape.table}" ({columns}) VALUES ({places})'
