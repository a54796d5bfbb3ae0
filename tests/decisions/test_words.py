"""The journal in words: every kind has its own, in both languages, and says what changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from rules.answers import Question
from rules.dossier import CandidateFacts, DocumentRule, Dossier, FieldRule, Policy
from rules.history import EventKind
from rules.notices import NoticeKind
from rules.vocabulary import Status
from words import journal

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
DOSSIER = Dossier(
    candidate=CandidateFacts(
        id="a",
        provider_id="p",
        version=1,
        status=Status.SUBMITTED,
        status_since=NOW,
        created_at=NOW,
        language="fr",
        work_status=None,
    ),
    policy=Policy(provider_id="p", name="Douceur", language="fr", timezone="Europe/Paris"),
    fields=(
        FieldRule(key="car", label={"fr": "Voiture"}, question=Question("car", "yes_no")),
        FieldRule(key="siret", label={"fr": "SIRET"}, question=Question("siret", "siret")),
    ),
    document_types=(DocumentRule(key="diploma", label={"fr": "Diplôme", "en": "Diploma"}),),
)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_kind_of_line_and_of_letter_has_a_name(language: str) -> None:
    assert set(journal.KINDS) == set(EventKind)
    assert set(journal.NOTICES) == set(NoticeKind)
    assert len({journal.what(kind, language) for kind in EventKind}) == len(EventKind)
    assert len({journal.notice(kind, language) for kind in NoticeKind}) == len(NoticeKind)


def test_every_kind_is_in_one_group_at_most() -> None:
    grouped = [kind for _, kinds in journal.GROUPS.values() for kind in kinds]
    assert len(grouped) == len(set(grouped))


@pytest.mark.parametrize(
    ("subject", "before", "after", "told"),
    [
        ("car", None, True, [("", "", "Oui")]),
        ("siret", "73282932000074", None, [("", "732 829 320 00074", "")]),
        (
            "diploma",
            {"state": "to_review"},
            {"state": "validated"},
            [("état", "à valider", "validé")],
        ),
        ("diploma", None, {"version": 1, "files": 1, "name": ""}, []),
        ("diploma", {"version": 1}, {"version": 2}, [("version", "1", "2")]),
        (None, None, {"until": "2026-04-16"}, [("jusqu’au", "", "16/04/2026")]),
        (None, "fr", "en", [("", "français", "anglais")]),
        (None, None, {"sha256": "secret", "lease": 3}, []),
        (None, None, {"message": 7}, [("", "", "Bonjour")]),
        (None, None, None, []),
    ],
)
def test_what_changed_is_told_part_by_part(
    subject: str | None, before: Any, after: Any, told: list[tuple[str, str, str]]
) -> None:
    found = journal.changes(subject, before, after, DOSSIER, "fr", {7: "Bonjour"})
    assert [(one.name, one.before, one.after) for one in found] == told


def test_what_is_to_be_corrected_is_told_with_its_reason() -> None:
    items = [{"key": "diploma", "label": {"fr": "Diplôme"}, "reason": "Flou"}]
    (change,) = journal.changes(None, None, {"items": items}, DOSSIER, "fr")
    assert change.after == "Diplôme (Flou)"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", EventKind)
def test_a_conflict_is_told_in_plain_words(kind: EventKind, language: str) -> None:
    told = journal.refusal(journal.ChangedMeanwhile(who="Oscar", what=kind), language)
    assert "Oscar" in told
    assert "_" not in told
