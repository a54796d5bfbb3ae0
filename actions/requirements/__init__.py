"""Composing, publishing and asking again what a provider asks (docs/requirements.md)."""

from actions.requirements.activities import ActivityInUse, declare_activities
from actions.requirements.asking import Asked, ask_running, ask_some, finish_asking
from actions.requirements.drafting import (
    DraftChangedMeanwhile,
    confirm_note,
    discard_draft,
    edit_draft,
    new_token,
)
from actions.requirements.examples import NotCheckedNow, keep_example, remove_example
from actions.requirements.publishing import Published, publish

__all__ = [
    "ActivityInUse",
    "Asked",
    "DraftChangedMeanwhile",
    "NotCheckedNow",
    "Published",
    "ask_running",
    "ask_some",
    "confirm_note",
    "declare_activities",
    "discard_draft",
    "edit_draft",
    "finish_asking",
    "keep_example",
    "new_token",
    "publish",
    "remove_example",
]
