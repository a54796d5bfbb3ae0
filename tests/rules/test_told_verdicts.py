"""What a candidate sees of verdicts: nothing before somebody tells them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rules.reviews import as_told
from rules.vocabulary import DocumentState, Stage, Status
from tests.rules.people import dossier, paper

VALIDATED, REJECTED = DocumentState.VALIDATED, DocumentState.REJECTED
TO_REVIEW, CHECKING = DocumentState.TO_REVIEW, DocumentState.CHECKING
APPLICATION, ADMITTED = Stage.APPLICATION, Stage.ADMITTED

CASES = [
    ("the operator is still reading", Status.SUBMITTED, APPLICATION, VALIDATED, TO_REVIEW),
    ("the operator is still reading", Status.SUBMITTED, APPLICATION, REJECTED, TO_REVIEW),
    ("nothing was judged yet", Status.SUBMITTED, APPLICATION, CHECKING, CHECKING),
    ("it can be sent again at once", Status.INCOMPLETE, APPLICATION, REJECTED, REJECTED),
    ("good news can be told at once", Status.INCOMPLETE, APPLICATION, VALIDATED, VALIDATED),
    ("the decision told it", Status.TO_CORRECT, APPLICATION, REJECTED, REJECTED),
    ("the decision told it", Status.TO_CORRECT, APPLICATION, VALIDATED, VALIDATED),
    ("admitted all the same", Status.ACCEPTED, APPLICATION, REJECTED, TO_REVIEW),
    ("admitted with it", Status.ACCEPTED, APPLICATION, VALIDATED, VALIDATED),
    ("the second stage is open", Status.ACCEPTED, ADMITTED, REJECTED, REJECTED),
]


@pytest.mark.parametrize(("why", "status", "stage", "state", "seen"), CASES)
def test_a_verdict_is_seen_when_it_was_told(
    why: str, status: Status, stage: Stage, state: DocumentState, seen: DocumentState
) -> None:
    whole = replace(
        dossier(documents={"diploma": state}, status=status),
        document_types=(paper("diploma", stage=stage),),
    )
    judged = replace(whole.documents["diploma"], reason="Expirée", reason_key="expired")
    whole = replace(whole, documents={"diploma": judged})
    told = as_told(whole).documents["diploma"]
    assert told.state is seen, why
    assert bool(told.reason) == (state is seen)


@pytest.mark.parametrize(("minutes", "seen"), [(-1, VALIDATED), (0, TO_REVIEW), (1, TO_REVIEW)])
def test_what_an_earlier_decision_told_stays_told_when_it_is_sent_again(
    minutes: int, seen: DocumentState
) -> None:
    whole = dossier(documents={"certificates": VALIDATED}, status=Status.SUBMITTED)
    judged = replace(
        whole.documents["certificates"],
        reviewed_at=whole.candidate.status_since + timedelta(minutes=minutes),
    )
    whole = replace(whole, documents={"certificates": judged})
    assert as_told(whole).documents["certificates"].state is seen
