"""Adding a column to a filled table, for migrations: safe to repeat, and to take back on SQLite.

Tortoise's own way back rebuilds the table on SQLite, which loses child rows, indexes and
triggers (see docs/architecture.md); SQLite drops a column by itself since 3.35.
"""

from typing import Any

from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor

COLUMNS = {
    "sqlite": "SELECT name FROM pragma_table_info('{table}')",
    "postgres": "SELECT column_name AS name FROM information_schema.columns "
    "WHERE table_name = '{table}' AND table_schema = current_schema()",
}


class AddColumn(ops.AddField):
    """`AddField` for a plain column that may be empty and has no index."""

    async def database_forward(
        self,
        app_label: str,
        old_state: Any,
        new_state: Any,
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        """Add the column, unless an interrupted run has."""
        if state_editor and not await self._exists(app_label, new_state, state_editor):
            await super().database_forward(app_label, old_state, new_state, state_editor)

    async def database_backward(
        self,
        app_label: str,
        old_state: Any,
        new_state: Any,
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        """Drop the column alone; the table stays."""
        if not state_editor or not await self._exists(app_label, old_state, state_editor):
            return
        model = old_state.apps.get_model(f"{app_label}.{self.model_name}")
        field = model._meta.fields_map[self.name]
        await BaseSchemaEditor.remove_field(state_editor, model, field)

    async def _exists(self, app_label: str, state: Any, editor: BaseSchemaEditor) -> bool:
        model = state.apps.get_model(f"{app_label}.{self.model_name}")
        kind = "sqlite" if editor.client.capabilities.dialect == "sqlite" else "postgres"
        sql = COLUMNS[kind].format(table=model._meta.db_table)
        found = await editor.client.execute_query_dict(sql)
        return self.name in {row["name"] for row in found}
