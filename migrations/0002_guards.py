"""What the schema itself refuses: changed history, two open decisions, lost order of words."""

from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops

PARTIAL_INDEXES = (
    "CREATE UNIQUE INDEX IF NOT EXISTS decision_one_pending ON decision (candidate_id) "
    "WHERE state = 'pending'",
    "CREATE UNIQUE INDEX IF NOT EXISTS reminder_one_open ON reminder (candidate_id) "
    "WHERE void_at IS NULL",
    "CREATE UNIQUE INDEX IF NOT EXISTS join_link_one_current ON join_link (provider_id) "
    "WHERE renewed_at IS NULL",
    "CREATE INDEX IF NOT EXISTS notice_owed ON notice (channel, not_before) WHERE state = 'owed'",
    "CREATE INDEX IF NOT EXISTS upload_waiting ON upload (due_at) WHERE state = 'waiting'",
    "CREATE INDEX IF NOT EXISTS candidate_awaiting ON candidate (provider_id, awaiting_reply_since) "
    "WHERE awaiting_reply_since IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS candidate_running ON candidate (provider_id, clock_start, id) "
    "WHERE status IN ('incomplete', 'to_correct') AND admitted_at IS NULL",
)

SQLITE = (
    """CREATE TRIGGER IF NOT EXISTS event_unchanged BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'history is never changed'); END""",
    """CREATE TRIGGER IF NOT EXISTS event_kept BEFORE DELETE ON event
    WHEN NOT EXISTS (SELECT 1 FROM tombstone WHERE candidate_id = OLD.candidate_id)
    BEGIN SELECT RAISE(ABORT, 'history is deleted only with its candidate'); END""",
    """CREATE TRIGGER IF NOT EXISTS provider_event_unchanged BEFORE UPDATE ON provider_event
    BEGIN SELECT RAISE(ABORT, 'history is never changed'); END""",
    """CREATE TRIGGER IF NOT EXISTS provider_event_kept BEFORE DELETE ON provider_event
    BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END""",
    """CREATE TRIGGER IF NOT EXISTS tombstone_unchanged BEFORE UPDATE ON tombstone
    BEGIN SELECT RAISE(ABORT, 'a tombstone is never changed'); END""",
    """CREATE TRIGGER IF NOT EXISTS tombstone_kept BEFORE DELETE ON tombstone
    BEGIN SELECT RAISE(ABORT, 'a tombstone is never deleted'); END""",
)

POSTGRES = (
    """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '% is never changed or deleted', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE OR REPLACE FUNCTION refuse_orphan_history() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      IF EXISTS (SELECT 1 FROM tombstone WHERE candidate_id = OLD.candidate_id)
      THEN RETURN OLD; END IF;
      RAISE EXCEPTION 'history is deleted only with its candidate'
      USING ERRCODE = 'integrity_constraint_violation';
    END $$""",
    """CREATE OR REPLACE TRIGGER event_unchanged BEFORE UPDATE ON event
    FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    """CREATE OR REPLACE TRIGGER event_kept BEFORE DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION refuse_orphan_history()""",
    """CREATE OR REPLACE TRIGGER event_untruncated BEFORE TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    """CREATE OR REPLACE TRIGGER provider_event_unchanged BEFORE UPDATE OR DELETE
    ON provider_event FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    """CREATE OR REPLACE TRIGGER tombstone_unchanged BEFORE UPDATE OR DELETE ON tombstone
    FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    'ALTER TABLE search_word ALTER COLUMN word TYPE varchar(80) COLLATE "C"',
)

TRIGGERS = {
    "event_unchanged": "event",
    "event_kept": "event",
    "event_untruncated": "event",
    "provider_event_unchanged": "provider_event",
    "provider_event_kept": "provider_event",
    "tombstone_unchanged": "tombstone",
    "tombstone_kept": "tombstone",
}

INDEXES = (
    "decision_one_pending",
    "reminder_one_open",
    "join_link_one_current",
    "notice_owed",
    "upload_waiting",
    "candidate_awaiting",
    "candidate_running",
)


async def put_guards(_apps: Any, editor: Any) -> None:
    """Create indexes and triggers; each statement may be repeated."""
    own = SQLITE if editor.client.capabilities.dialect == "sqlite" else POSTGRES
    for statement in (*PARTIAL_INDEXES, *own):
        await editor.client.execute_query(statement)


async def remove_guards(_apps: Any, editor: Any) -> None:
    """Drop them again."""
    sqlite = editor.client.capabilities.dialect == "sqlite"
    for trigger, table in TRIGGERS.items():
        place = "" if sqlite else f" ON {table}"
        await editor.client.execute_query(f"DROP TRIGGER IF EXISTS {trigger}{place}")
    for index in INDEXES:
        await editor.client.execute_query(f"DROP INDEX IF EXISTS {index}")


class Migration(migrations.Migration):
    """Guards of the first schema."""

    dependencies = [("antichambre", "0001_initial")]

    operations = [ops.RunPython(put_guards, remove_guards)]
