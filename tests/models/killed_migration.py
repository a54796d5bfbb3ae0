"""Migrates a database and kills itself with SIGKILL at one point, as a process of its own.

Arguments: the URL, the point (`statement` or `mark`), and at which crossing of it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any

from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_editor.sqlite import SqliteSchemaEditor

from models import database as db

left = 0


def fused(step: Any) -> Any:
    """The step, after which this process ends at the nth time."""

    async def crossed(*args: Any, **more: Any) -> Any:
        global left
        done = await step(*args, **more)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    return crossed


def main() -> None:
    """Migrate until the fuse is crossed."""
    global left
    url, point, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if point == "mark":
        MigrationRecorder.record_applied = fused(MigrationRecorder.record_applied)  # type: ignore[method-assign]  # nothing else is changed
    else:
        for editor in (BaseSchemaEditor, SqliteSchemaEditor):
            editor._run_sql = fused(editor._run_sql)  # type: ignore[method-assign]  # as above
    asyncio.run(db.migrate(url))


if __name__ == "__main__":
    main()
