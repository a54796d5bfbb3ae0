"""An index on the documents that wait for somebody: few, whoever they are of."""

from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops

INDEX = (
    "CREATE INDEX IF NOT EXISTS document_to_look_at ON document (candidate_id, sent_at) "
    "WHERE state IN ('to_review', 'rejected')"
)


async def put_index(_apps: Any, editor: Any) -> None:
    """Create it, unless an interrupted run has."""
    await editor.client.execute_query(INDEX)


async def remove_index(_apps: Any, editor: Any) -> None:
    """Drop it again."""
    await editor.client.execute_query("DROP INDEX IF EXISTS document_to_look_at")


class Migration(migrations.Migration):
    """Documents to review, or refused."""

    dependencies = [("antichambre", "0006_ended_quiet_digest")]

    operations = [ops.RunPython(put_index, remove_index)]
