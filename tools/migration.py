"""Write the migration for what changed in models/tables since the last one.

Read what it wrote before you commit it: on SQLite some operations rebuild a table, and its child
rows, indexes and triggers are lost (docs/architecture.md, "Migrations").
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.writer import MigrationWriter, format_migration_name

from models.database import configuration


async def missing_migrations() -> list[MigrationWriter]:
    """What the migrations do not yet say of the tables; reads code only, no database."""
    config = configuration("sqlite:///:memory:")
    context = await Tortoise.init(config=config)
    try:
        assert context.apps is not None
        return await MigrationAutodetector(context.apps, config["apps"]).changes()
    finally:
        await Tortoise.close_connections()


async def main(arguments: list[str]) -> int:
    """Write the missing migration under the given name."""
    writers = await missing_migrations()
    if not writers:
        print("The migrations say everything that models/tables says.")
        return 0
    if len(arguments) != 1 or not arguments[0].isidentifier():
        print("Say what it does: make migration name=what_changed", file=sys.stderr)
        return 2
    for writer in writers:
        writer.name = format_migration_name(int(writer.name.split("_")[0]), arguments[0])
        path = Path(writer.write())
        _make_safe(path)
        print(f"wrote {path}")
    return 0


def _make_safe(path: Path) -> None:
    """Columns added in the way that SQLite can take back without rebuilding the table."""
    source = path.read_text()
    if "ops.AddField(" in source:
        source = source.replace("ops.AddField", "AddColumn")
        source = f"from models.adding import AddColumn\n{source}"
        if "ops." not in source:
            source = source.replace("from tortoise.migrations import operations as ops\n", "")
        path.write_text(source)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
