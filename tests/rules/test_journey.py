"""Which one thing comes next, and what may be sent: tables."""

from __future__ import annotations

from typing import Any

import pytest

from rules.dossier import Dossier
from rules.journey import next_step, progress, question_before, wanted_documents
from rules.vocabulary import DocumentState, Status, WorkStatus
from tests.rules.people import dossier, without

CHECKING, REJECTED = DocumentState.CHECKING, DocumentState.REJECTED
REVIEW, VALIDATED = DocumentState.TO_REVIEW, DocumentState.VALIDATED
ALL = {"certificates": REVIEW}
OFF = {"module_on": False}

NEXT: list[tuple[str, Dossier, tuple[str, str | None]]] = [
    ("nothing answered", dossier({}), ("question", "first_name")),
    ("one answer", dossier({"first_name": "A"}), ("question", "email")),
    ("an earlier gap", dossier(without("email")), ("question", "email")),
    ("optional, not skipped", dossier(without("nickname")), ("question", "nickname")),
    ("a condition asked", dossier(without("permit_kind")), ("question", "permit_kind")),
    ("all answered", dossier(), ("document", "certificates")),
    ("an independent", dossier(without(work_status="independent")), ("question", "siret")),
    (
        "an independent with SIRET",
        dossier(without(work_status="independent", siret="1")),
        ("document", "sirene"),
    ),
    ("not met, gaps left", dossier({"first_name": "A", "french": False}), ("unmet", "french")),
    ("a file checked", dossier(documents={"certificates": CHECKING}), ("checking", None)),
    (
        "a file refused",
        dossier(documents={"certificates": REJECTED}),
        ("document", "certificates"),
    ),
    ("all there", dossier(documents=ALL), ("submit", None)),
    ("optional checked", dossier(documents=ALL | {"cv": CHECKING}), ("checking", None)),
    ("optional refused", dossier(documents=ALL | {"cv": REJECTED}), ("submit", None)),
    ("sent", dossier(documents=ALL, status=Status.SUBMITTED), ("waiting", None)),
    ("accepted", dossier(documents=ALL, status=Status.ACCEPTED), ("open", None)),
    ("in the bin", dossier(documents=ALL, status=Status.BINNED), ("closed", None)),
    ("in the bin, off", dossier(status=Status.BINNED, policy=OFF), ("closed", None)),
    (
        "to correct",
        dossier(documents={"certificates": REJECTED}, status=Status.TO_CORRECT),
        ("document", "certificates"),
    ),
    (
        "to correct, nothing left",
        dossier(documents=ALL, status=Status.TO_CORRECT),
        ("submit", None),
    ),
    ("module off, unknown", dossier({}, policy=OFF), ("question", "first_name")),
    ("module off, known", dossier(without("french"), policy=OFF), ("open", None)),
    ("module off, sent", dossier({}, policy=OFF, status=Status.SUBMITTED), ("open", None)),
    (
        "a status taken away",
        dossier(policy={"accepted_statuses": (WorkStatus.INDEPENDENT,)}),
        ("unmet", "work_status"),
    ),
    (
        "a status taken away, exempted",
        dossier(
            documents=ALL,
            policy={"accepted_statuses": (WorkStatus.INDEPENDENT,)},
            status_exempted=True,
        ),
        ("submit", None),
    ),
]


@pytest.mark.parametrize(("case", "where", "expected"), NEXT, ids=[one[0] for one in NEXT])
def test_one_thing_comes_next(case: str, where: Dossier, expected: tuple[str, str | None]) -> None:
    step = next_step(where)
    assert (step.kind, step.key) == expected, case


def test_the_way_is_counted_over_questions_and_documents() -> None:
    step = next_step(dossier(without("email")))
    assert (step.number, step.total) == (2, 8)
    step = next_step(dossier())
    assert (step.number, step.total) == (7, 8)


def test_the_way_is_as_long_as_it_may_become_before_the_status_is_known() -> None:
    """An independent has the SIRET to give, a paper of theirs instead of an employee's."""
    met = dossier({"first_name": "A", "email": "a@example.org", "french": True})
    assert met.candidate.work_status is None
    longest = next_step(dossier(without(work_status="independent"))).total
    assert next_step(met).total == progress(met, "french")[1] == longest == 9
    assert next_step(dossier(without("permit_kind"))).total == 8, "an employee's, once known"
    one = dossier({"first_name": "A"}, policy={"accepted_statuses": (WorkStatus.EMPLOYEE,)})
    assert next_step(one).total == 6, "not asked, and no condition is met yet"


def test_with_the_module_off_only_who_one_is_counts() -> None:
    step = next_step(dossier({"first_name": "A"}, policy=OFF))
    assert (step.number, step.total) == (2, 2)


@pytest.mark.parametrize(
    ("key", "expected"),
    [("first_name", (1, 8)), ("cv", (8, 8)), ("siret", (0, 8)), ("iban", (1, 2)), ("?", (0, 8))],
)
def test_an_item_knows_its_place(key: str, expected: tuple[int, int]) -> None:
    assert progress(dossier(), key) == expected


@pytest.mark.parametrize(
    ("key", "candidate", "before"),
    [
        ("first_name", {}, None),
        ("email", {}, "first_name"),
        ("nickname", {}, "french"),
        ("siret", {}, None),
        ("iban", {}, None),
        ("french", {"status": Status.TO_CORRECT, "unlocked": frozenset({"french"})}, "email"),
        ("email", {"status": Status.SUBMITTED}, None),
    ],
)
def test_back_leads_to_the_question_before_that_may_be_changed(
    key: str, candidate: dict[str, Any], before: str | None
) -> None:
    item = question_before(dossier(**candidate), key)
    assert (item.key if item else None) == before


@pytest.mark.parametrize(
    ("where", "keys"),
    [
        (dossier(), ["certificates", "cv"]),
        (dossier(documents=ALL), ["cv", "certificates"]),
        (dossier({}), ["cv"]),
        (dossier(documents=ALL, status=Status.SUBMITTED), []),
        (dossier(status=Status.BINNED), []),
        (dossier(documents=ALL, status=Status.ACCEPTED), ["identity"]),
        (
            dossier(documents={"certificates": VALIDATED}, status=Status.TO_CORRECT),
            ["cv"],
        ),
        (
            dossier(documents={"certificates": REJECTED}, status=Status.TO_CORRECT),
            ["certificates", "cv"],
        ),
    ],
)
def test_a_loose_file_is_offered_to_what_may_be_sent_most_wanted_first(
    where: Dossier, keys: list[str]
) -> None:
    assert [item.key for item in wanted_documents(where)] == keys
