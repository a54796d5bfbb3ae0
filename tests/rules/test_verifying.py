"""What is noted of a document that is verified, and of one that is destroyed afterwards."""

from __future__ import annotations

from datetime import date

import pytest

from rules.answers import InvalidAnswer
from rules.catalogue import DOCUMENTS, RECORDS
from rules.dossier import DocumentRule
from rules.verifying import LONGEST_NOTE, NothingVerified, noted, records, told
from rules.writing import TooLong

TODAY = date(2026, 11, 23)


def paper(key: str = "own_a", *, forget: bool = False) -> DocumentRule:
    """A document type."""
    return DocumentRule(key=key, label={"fr": key}, view_and_forget=forget)


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        (paper("identity_document", forget=True), ("holder", "type", "number")),
        (paper("criminal_record_b3", forget=True), ("holder", "date")),
        (paper("health_insurance_card", forget=True), ("holder",)),
        (paper("vigilance_certificate"), ("security_code", "date")),
        (paper("bank_details"), ("holder",)),
        (paper("cv"), ()),
        (paper("own_a"), ()),
        (paper("own_a", forget=True), ("holder", "number", "date")),
    ],
)
def test_what_can_be_noted_of_each_document(rule: DocumentRule, asked: tuple[str, ...]) -> None:
    assert records(rule) == asked


def test_everything_that_the_catalogue_records_has_a_place() -> None:
    for item in DOCUMENTS:
        rule = paper(item.key, forget=item.view_and_forget)
        assert set(item.records) - set(records(rule)) <= {"expiry", "checked_on"}
        assert set(records(rule)) <= set(RECORDS)


@pytest.mark.parametrize(
    ("ticked", "typed", "kept"),
    [
        (["holder"], {}, {"holder": ""}),
        ([], {"number": " 12AB "}, {"number": "12AB"}),
        (["number"], {"number": ""}, {"number": ""}),
        (["holder", "invented"], {"other": "x"}, {"holder": ""}),
        ([], {"date": "2026-11-02"}, {"date": "2026-11-02"}),
        ([], {"date": "2/11/2026"}, {"date": "2026-11-02"}),
        (["holder"], {"holder": "typed"}, {"holder": ""}),
    ],
)
def test_what_is_ticked_or_typed_is_noted(
    ticked: list[str], typed: dict[str, str], kept: dict[str, str]
) -> None:
    assert noted(paper(forget=True), ticked, typed, TODAY, "fr") == kept


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({}, NothingVerified),
        ({"number": "  "}, NothingVerified),
        ({"number": "x" * (LONGEST_NOTE + 1)}, TooLong),
        ({"date": "2026-11-24"}, InvalidAnswer),
        ({"date": "soon"}, InvalidAnswer),
    ],
)
def test_nothing_is_destroyed_without_a_proof_that_can_be_kept(
    typed: dict[str, str], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        noted(paper(forget=True), [], typed, TODAY, "fr")


def test_of_a_document_that_stays_nothing_has_to_be_noted() -> None:
    assert noted(paper("vigilance_certificate"), [], {}, TODAY, "fr") == {}


@pytest.mark.parametrize(
    ("text", "shown"), [("880692310285", "•••• 0285"), ("1234", "••••"), ("", "")]
)
def test_the_journal_shows_the_end_of_a_number_only(text: str, shown: str) -> None:
    assert told({"number": text}) == [{"label": dict(RECORDS["number"]), "reason": shown}]
    assert told({"type": "Passeport"})[0]["reason"] == "Passeport"
