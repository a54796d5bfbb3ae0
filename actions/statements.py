"""Statements that change whole tables, to restore: each name in them is one of `models.tables`."""

# ruff: noqa: S608  # nothing that anybody typed comes near this file

from models.plain import Shape


def emptying(table: str) -> str:
    """The table without its rows."""
    return f'DELETE FROM "{table}"'


def holding(reason: str) -> str:
    """Every provider's clock held, for a reason of `models.reads.retention`."""
    return f"UPDATE provider SET clock_waits_for = '{reason}'"


def inserting(shape: Shape, dialect: str) -> str:
    """One row, each column by a placeholder."""
    columns = ", ".join(f'"{name}"' for name in shape.names)
    numbers = range(1, len(shape.names) + 1)
    places = ", ".join("?" if dialect == "sqlite" else f"${number}" for number in numbers)
    return f'INSERT INTO "{shape.table}" ({columns}) VALUES ({places})'
