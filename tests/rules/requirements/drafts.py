"""Drafts to begin from."""

from __future__ import annotations

from typing import Any

from rules.catalogue import DEFAULT
from rules.dossier import Condition
from rules.requirements import Draft, Ground, Option, in_order
from rules.requirements.entries import from_catalogue

PUBLISHED = in_order(from_catalogue(item) for item in (*DEFAULT.fields, *DEFAULT.documents))


def a_draft(**ground: Any) -> Draft:
    """What a new provider asks, with nothing changed yet."""
    return Draft.begun(Ground(published=PUBLISHED, **ground))


def keys(draft: Draft) -> list[str]:
    """The keys, in order."""
    return [entry.key for entry in draft.entries]


def options(*labels: str) -> tuple[Option, ...]:
    """New choices with these French labels."""
    return tuple(Option("", {"fr": label}) for label in labels)


def if_permit() -> Condition:
    """Only for those who work with a permit."""
    return Condition("may_work_in_france", ("permit",))


def with_own(draft: Draft, kind: str = "yes_no", token: str = "a", **parts: Any) -> Draft:
    """The draft with a question of one's own."""
    return draft.add_own_field(token, kind, {"fr": f"Question {token}"}, **parts)
