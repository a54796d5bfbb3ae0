"""Who may change what, send, and take back: tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.catalogue.reasons import NAME_DIFFERS
from rules.dossier import Dossier
from rules.errors import Refusal
from rules.statuses import (
    ConditionNotMet,
    FileStillChecked,
    Locked,
    NotComplete,
    NothingToTakeBack,
    NotYourTurn,
    SpaceClosed,
    check_change,
    check_submit,
    check_take_back,
    is_open,
    may_change,
    whose_turn,
)
from rules.vocabulary import DocumentState, Status, WorkStatus
from tests.rules.people import dossier, without

ALL = {"certificates": DocumentState.TO_REVIEW}
REJECTED = {"certificates": DocumentState.REJECTED}


@pytest.mark.parametrize(
    ("status", "keys"),
    [
        (Status.INCOMPLETE, "first_name email french iban certificates cv identity"),
        (Status.SUBMITTED, "email"),
        (Status.TO_CORRECT, "email cv"),
        (Status.ACCEPTED, "email iban identity"),
        (Status.BINNED, ""),
    ],
)
def test_what_may_be_changed_follows_the_status(status: Status, keys: str) -> None:
    where = dossier(documents=ALL, status=status)
    asked = ("first_name", "email", "french", "iban", "certificates", "cv", "identity", "unknown")
    assert [key for key in asked if may_change(where, key)] == keys.split()


@pytest.mark.parametrize(
    ("status", "keys"),
    [
        (Status.INCOMPLETE, "first_name email french iban certificates cv identity"),
        (Status.SUBMITTED, "email iban identity"),
        (Status.TO_CORRECT, "email iban cv identity"),
        (Status.ACCEPTED, "email iban identity"),
        (Status.BINNED, ""),
    ],
)
def test_with_the_module_off_the_second_stage_is_open_to_everybody(
    status: Status, keys: str
) -> None:
    where = dossier(documents=ALL, status=status, policy={"module_on": False})
    asked = ("first_name", "email", "french", "iban", "certificates", "cv", "identity", "unknown")
    assert [key for key in asked if may_change(where, key)] == keys.split()


def test_what_a_rejection_names_and_what_is_missing_is_open_to_correction() -> None:
    where = dossier(
        without("permit_kind"),
        REJECTED,
        status=Status.TO_CORRECT,
        unlocked=frozenset({"first_name"}),
    )
    asked = ("first_name", "french", "permit_kind", "certificates", "cv")
    assert [key for key in asked if may_change(where, key)] == [
        "first_name",
        "permit_kind",
        "certificates",
        "cv",
    ]


@pytest.mark.parametrize(
    ("reason", "state", "opened"),
    [
        (NAME_DIFFERS.key, DocumentState.REJECTED, True),
        (NAME_DIFFERS.key, DocumentState.TO_REVIEW, False),
        ("illegible", DocumentState.REJECTED, False),
        (None, DocumentState.REJECTED, False),
    ],
)
def test_a_name_that_a_document_does_not_bear_can_be_corrected(
    reason: str | None, state: DocumentState, opened: bool
) -> None:
    where = dossier(documents={"certificates": state}, status=Status.TO_CORRECT)
    sent = replace(where.documents["certificates"], reason_key=reason)
    where = replace(where, documents={"certificates": sent})
    assert may_change(where, "first_name") is opened


@pytest.mark.parametrize(
    ("status", "why"), [(Status.SUBMITTED, Locked), (Status.BINNED, SpaceClosed)]
)
def test_a_locked_item_says_why(status: Status, why: type[Refusal]) -> None:
    with pytest.raises(why):
        check_change(dossier(status=status), "first_name")


@pytest.mark.parametrize(
    ("where", "why"),
    [
        (dossier(documents=ALL), None),
        (dossier(documents=ALL, status=Status.TO_CORRECT), None),
        (dossier(documents=ALL, status=Status.SUBMITTED), NotYourTurn),
        (dossier(documents=ALL, status=Status.ACCEPTED), NotYourTurn),
        (dossier(documents=ALL, status=Status.BINNED), NotYourTurn),
        (dossier(), NotComplete),
        (dossier(without("email"), ALL), NotComplete),
        (dossier(documents=REJECTED), NotComplete),
        (dossier(without(french=False), ALL), ConditionNotMet),
        (dossier(documents=ALL | {"cv": DocumentState.CHECKING}), FileStillChecked),
        (
            dossier(documents=ALL, policy={"accepted_statuses": (WorkStatus.INDEPENDENT,)}),
            ConditionNotMet,
        ),
    ],
)
def test_an_application_is_sent_complete_or_not_at_all(
    where: Dossier, why: type[Refusal] | None
) -> None:
    if why is None:
        check_submit(where)
        return
    with pytest.raises(why):
        check_submit(where)


@pytest.mark.parametrize("status", list(Status))
def test_only_what_was_sent_can_be_taken_back(status: Status) -> None:
    if status is Status.SUBMITTED:
        check_take_back(dossier(status=status))
        return
    with pytest.raises(NothingToTakeBack):
        check_take_back(dossier(status=status))


@pytest.mark.parametrize(
    ("status", "turn", "opened", "opened_off"),
    [
        (Status.INCOMPLETE, "candidate", False, True),
        (Status.TO_CORRECT, "candidate", False, True),
        (Status.SUBMITTED, "operator", False, True),
        (Status.ACCEPTED, "nobody", True, True),
        (Status.BINNED, "nobody", False, False),
    ],
)
def test_the_status_says_whose_turn_it_is_and_whether_the_space_is_open(
    status: Status, turn: str, opened: bool, opened_off: bool
) -> None:
    assert whose_turn(dossier(status=status)) == turn
    assert is_open(dossier(status=status)) is opened
    assert is_open(dossier(status=status, policy={"module_on": False})) is opened_off
