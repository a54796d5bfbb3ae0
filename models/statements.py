"""Questions to whole tables, for backups and going back: all names are of `models.tables`."""

# ruff: noqa: S608  # nothing that anybody typed comes near this file

from models.plain import Shape


def counting(table: str) -> str:
    """How many rows the table has."""
    return f'SELECT count(*) FROM "{table}"'


def counting_filled(table: str, column: str) -> str:
    """How many rows hold something in this column."""
    return f'SELECT count("{column}") FROM "{table}"'


def probing(table: str) -> str:
    """One row, if the table has any."""
    return f'SELECT 1 FROM "{table}" LIMIT 1'


def reading(shape: Shape, dialect: str) -> str:
    """Every row, in the order of its key, the same on both databases."""
    columns = ", ".join(f'"{name}"' for name in shape.names)
    collation = ' COLLATE "C"' if shape.text_key and dialect != "sqlite" else ""
    return f'SELECT {columns} FROM "{shape.table}" ORDER BY "{shape.key}"{collation}'
