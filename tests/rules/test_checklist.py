"""What remains to be done, and what no longer applies: tables."""

from __future__ import annotations

import pytest

from rules.checklist import ItemState, checklist, document_state, sent_but_hidden
from rules.dossier import Dossier
from rules.vocabulary import DocumentState, Stage, Status, WorkStatus
from tests.rules.people import dossier, without

REVIEW = DocumentState.TO_REVIEW


@pytest.mark.parametrize(
    ("where", "keys"),
    [
        (dossier({}), "first_name email work_status french nickname cv"),
        (dossier(), "first_name email work_status french nickname permit_kind certificates cv"),
        (
            dossier(without(work_status="independent")),
            "first_name email work_status french siret nickname permit_kind sirene cv",
        ),
        (
            dossier(without(french=False)),
            "first_name email work_status french nickname certificates cv",
        ),
        (
            dossier(policy={"accepted_statuses": (WorkStatus.EMPLOYEE,)}),
            "first_name email french nickname permit_kind certificates cv",
        ),
    ],
)
def test_only_what_concerns_somebody_is_on_their_list(where: Dossier, keys: str) -> None:
    assert [item.key for item in checklist(where).items] == keys.split()


def test_the_second_stage_is_a_list_of_its_own() -> None:
    assert [item.key for item in checklist(dossier(), Stage.ADMITTED).items] == [
        "iban",
        "identity",
    ]


@pytest.mark.parametrize(
    ("where", "key", "state", "blocks"),
    [
        (dossier({}), "first_name", ItemState.MISSING, True),
        (dossier(), "first_name", ItemState.GIVEN, False),
        (dossier(), "nickname", ItemState.SKIPPED, False),
        (dossier(without(first_name=None)), "first_name", ItemState.MISSING, True),
        (dossier(without(french=False)), "french", ItemState.UNMET, True),
        (dossier(), "cv", ItemState.MISSING, False),
        (dossier(documents={"cv": DocumentState.CHECKING}), "cv", ItemState.CHECKING, True),
        (dossier(documents={"cv": DocumentState.REJECTED}), "cv", ItemState.REJECTED, False),
        (
            dossier(documents={"certificates": DocumentState.UNUSABLE}),
            "certificates",
            ItemState.UNUSABLE,
            True,
        ),
        (
            dossier(documents={"certificates": DocumentState.VALIDATED}),
            "certificates",
            ItemState.VALIDATED,
            False,
        ),
    ],
)
def test_each_item_has_its_state(where: Dossier, key: str, state: ItemState, blocks: bool) -> None:
    item = checklist(where).item(key)
    assert item is not None
    assert (item.state, item.blocks) == (state, blocks)


def test_complete_means_that_nothing_blocks() -> None:
    assert not checklist(dossier()).complete
    assert [item.key for item in checklist(dossier()).missing] == ["certificates"]
    assert checklist(dossier(documents={"certificates": REVIEW})).complete


def test_what_an_earlier_status_asked_is_hidden_not_lost() -> None:
    answers = without(siret="73282932000074")
    given = dossier(answers, {"sirene": REVIEW, "cv": REVIEW})
    assert sent_but_hidden(given) == ("siret", "sirene")


def test_nothing_is_hidden_of_a_key_that_nobody_knows() -> None:
    assert sent_but_hidden(dossier(without(forgotten="x"))) == ()


def test_second_stage_answers_are_never_hidden_by_the_first() -> None:
    assert sent_but_hidden(dossier(without(iban="FR76"), status=Status.ACCEPTED)) == ()


@pytest.mark.parametrize(
    ("states", "verdict", "expected"),
    [
        (("waiting",), None, DocumentState.CHECKING),
        (("kept", "waiting"), DocumentState.VALIDATED, DocumentState.CHECKING),
        (("refused",), None, DocumentState.UNUSABLE),
        ((), None, DocumentState.UNUSABLE),
        (("kept", "refused"), None, DocumentState.TO_REVIEW),
        (("kept",), DocumentState.REJECTED, DocumentState.REJECTED),
    ],
)
def test_a_documents_state_follows_its_files(
    states: tuple[str, ...], verdict: DocumentState | None, expected: DocumentState
) -> None:
    assert document_state(states, verdict) is expected
