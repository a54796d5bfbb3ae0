"""The default catalogue: complete in both languages, and never ahead of the law's phases."""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest

from models.tables import DocumentType, Field
from rules.answers import KINDS, SENSITIVE_KINDS, parse_text
from rules.catalogue import (
    ACTIVITIES,
    CORE,
    DEFAULT,
    DEMO,
    DOCUMENTS,
    FIELDS,
    PROVIDER_ACTIVITIES,
    REASONS,
    RECORDS,
    CatalogueDocument,
    CatalogueField,
    CatalogueItem,
    activity_note,
    forbidden_data,
)
from rules.catalogue.forbidden import FORBIDDEN
from tests.rules.test_answers import TODAY

ITEMS: tuple[CatalogueItem, ...] = (*FIELDS, *DOCUMENTS)
FIELD = {field.key: field for field in FIELDS}
DOCUMENT = {document.key: document for document in DOCUMENTS}

FIELD_ROWS = """
    first_name          both         C  on   required
    last_name           both         C  on   required
    email               both         C  on   required
    work_status         both         C  on   required
    speaks_french       both         C  on   required
    phone               both         C  on   required
    postal_code         both         C  on   required
    may_work_in_france  both         C  on   required
    activities          both         C  on   required
    availability        both         C  on   required
    driving_licence     both         C  off  required
    car                 both         C  off  required
    siret               independent  C  on   required
    birth_date          employee     R  off  required
    address             employee     R  off  required
    nir                 employee     R  off  required
    iban                both         R  off  required
    account_holder      both         R  off  required
"""
DOCUMENT_ROWS = """
    sirene_notice            independent  C        on   required
    sap_declaration          independent  C        on   optional
    work_certificates        employee     C        on   required
    cv                       both         C        on   optional
    training_certificate     both         C        on   optional
    diploma                  both         C        on   optional
    identity_document        both         R        off  required
    residence_permit         both         R        off  required
    vigilance_certificate    independent  R        off  required
    registration_proof       independent  R        off  optional
    foreign_workers_list     independent  R        off  optional
    liability_insurance      independent  R        off  required
    bank_details             both         R        off  required
    health_insurance_card    employee     R        off  required
    proof_of_address         employee     R        off  required
    driving_licence_copy     employee     R        off  required
    criminal_record_b3       both         R        off  required
    honourability_certificate both        blocked  off  required
"""


def row(item: CatalogueItem) -> list[str]:
    return [
        item.key,
        "both" if len(item.statuses) == 2 else str(item.statuses[0]),
        item.phase,
        "on" if item.default_on else "off",
        "required" if item.required else "optional",
    ]


def texts(value: object, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every text by language within an item, however deep."""
    if isinstance(value, dict):
        if value and set(value) <= {"fr", "en"}:
            yield path, value
        return
    if isinstance(value, list | tuple):
        for number, one in enumerate(value):
            yield from texts(one, f"{path}[{number}]")
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for slot in dataclasses.fields(value):
            yield from texts(getattr(value, slot.name), f"{path}.{slot.name}")


TEXTS = [
    found
    for group in (FIELDS, DOCUMENTS, REASONS, PROVIDER_ACTIVITIES, FORBIDDEN)
    for one in group
    for found in texts(one, one.key)
] + list(RECORDS.items())


@pytest.mark.parametrize(
    ("items", "rows"),
    [(FIELDS, FIELD_ROWS), (DOCUMENTS, DOCUMENT_ROWS)],
    ids=["fields", "documents"],
)
def test_every_item_has_its_statuses_phase_and_start(
    items: tuple[CatalogueItem, ...], rows: str
) -> None:
    assert [row(item) for item in items] == [line.split() for line in rows.split("\n") if line]


def test_every_text_is_there_in_french_and_in_english() -> None:
    assert len(TEXTS) > 300
    for path, text in TEXTS:
        assert set(text) == {"fr", "en"}, path
        assert all(words == words.strip() and words for words in text.values()), path
        assert "  " not in text["fr"] + text["en"], path


def test_french_punctuation_never_begins_a_line() -> None:
    for path, text in TEXTS:
        assert not any(f" {mark}" in text["fr"] for mark in ";:!?»"), path
        assert "« " not in text["fr"], path
        assert "'" not in text["fr"], path


def test_every_item_has_a_label_a_help_and_a_note_of_its_own() -> None:
    for item in ITEMS:
        assert all((item.label, item.help, item.note)), item.key
        for language in ("fr", "en"):
            assert len(item.help[language]) < 220, item.key


def test_every_legal_note_names_its_source_and_asks_to_be_checked() -> None:
    for noted in (*ITEMS, *FORBIDDEN):
        assert "Source\u00a0: " in noted.note["fr"]
        assert noted.note["fr"].endswith("à vérifier avant de s’y fier.")
        assert "Source: " in noted.note["en"]
        assert noted.note["en"].endswith("check before relying on it.")


def test_keys_are_unique_plain_and_short() -> None:
    keys = [item.key for item in ITEMS]
    assert len(set(keys)) == len(keys)
    assert all(key.isascii() and key.isidentifier() and len(key) <= 60 for key in keys)


def test_the_core_comes_first_then_the_work_status_then_french() -> None:
    assert CORE == ("first_name", "last_name", "email")
    keys = [field.key for field in FIELDS]
    assert keys[:5] == [*CORE, "work_status", "speaks_french"]
    assert all(FIELD[key].core and FIELD[key].required for key in CORE)


def test_every_kind_is_known_and_every_question_can_be_judged() -> None:
    samples = {
        "first_name": "Amina",
        "last_name": "Benali",
        "email": "amina@example.org",
        "work_status": "indépendant",
        "speaks_french": "oui",
        "phone": "06 12 34 56 78",
        "postal_code": "69003",
        "may_work_in_france": "2",
        "activities": "ménage et repassage, jardinage",
        "availability": "Le samedi",
        "driving_licence": "non",
        "car": "non",
        "siret": "732 829 320 00074",
        "birth_date": "31/12/1990",
        "address": "12 rue des Lilas, 69003 Lyon",
        "nir": "2 95 10 99 126 111 93",
        "iban": "FR76 3000 6000 0112 3456 7890 189",
        "account_holder": "M. ou Mme Benali",
    }
    assert set(samples) == set(FIELD)
    for key, sample in samples.items():
        assert FIELD[key].kind in KINDS
        assert parse_text(FIELD[key].question, sample, TODAY, "fr") is not None


def test_sensitive_kinds_are_marked_and_wait_until_the_person_is_retained() -> None:
    for field in FIELDS:
        assert field.sensitive == (field.kind in SENSITIVE_KINDS)
        assert field.phase == "R" or not field.sensitive


def test_a_condition_names_an_answer_that_exists() -> None:
    conditions = [item.condition for item in ITEMS if item.condition]
    assert [condition.key for condition in conditions] == ["may_work_in_france"]
    for condition in conditions:
        keys = {choice.key for choice in FIELD[condition.key].choices}
        assert set(condition.equals) <= keys


def test_what_may_be_required_says_what_those_hear_who_do_not_meet_it() -> None:
    for field in FIELDS:
        assert not field.must_be
        assert bool(field.may_require) == bool(field.unmet), field.key
    assert FIELD["speaks_french"].columns()["must_be"] is None
    assert FIELD["speaks_french"].columns(required_answer=True)["must_be"] == [True]


def test_documents_stay_within_what_telegram_hands_over() -> None:
    for document in DOCUMENTS:
        assert 1 <= document.max_megabytes <= 20
        assert 1 <= document.max_pages <= 20
        assert set(document.records) <= set(RECORDS)


def test_a_document_that_runs_out_can_be_rejected_for_it() -> None:
    for document in DOCUMENTS:
        keys = [reason.key for reason in document.reasons]
        assert len(keys) == len(set(keys)) >= 6
        runs_out = bool(document.validity_days) or document.asks_expiry
        assert ("expired" in keys) or not runs_out, document.key
        assert all(days > 0 for days in document.remind_days)
    assert DOCUMENT["residence_permit"].remind_days == (60, 30)


def test_every_shipped_reason_is_there() -> None:
    assert {reason.key for reason in REASONS} == {
        "illegible",
        "wrong_document",
        "expired",
        "name_differs",
        "incomplete",
        "wrong_proof",
        "siret_differs",
        "screen_photo",
    }


def test_what_is_viewed_and_forgotten_leaves_a_proof() -> None:
    forgotten = {document.key for document in DOCUMENTS if document.view_and_forget}
    assert forgotten >= {"identity_document", "criminal_record_b3", "honourability_certificate"}
    assert all(DOCUMENT[key].records and DOCUMENT[key].sensitive for key in forgotten)


def test_a_blocked_item_names_the_activities_that_permit_it() -> None:
    declared = {activity.key for activity in PROVIDER_ACTIVITIES}
    for item in ITEMS:
        assert (item.phase == "blocked") == bool(item.permitted_by)
        assert set(item.permitted_by) <= declared


def test_a_new_provider_asks_nothing_that_waits_until_the_person_is_retained() -> None:
    assert all(item.phase == "C" for item in (*DEFAULT.fields, *DEFAULT.documents))
    left_out = {field.key for field in FIELDS if field.phase == "C"} - {
        field.key for field in DEFAULT.fields
    }
    assert left_out == {"driving_licence", "car"}
    assert len(DEFAULT.documents) == 6


def test_the_demo_provider_asks_what_it_should() -> None:
    assert [row(document)[:2] + row(document)[4:] for document in DEMO.documents] == [
        ["sirene_notice", "independent", "required"],
        ["sap_declaration", "independent", "required"],
        ["diploma", "independent", "required"],
        ["work_certificates", "employee", "required"],
        ["training_certificate", "employee", "required"],
        ["cv", "both", "optional"],
        ["vigilance_certificate", "independent", "required"],
        ["liability_insurance", "independent", "required"],
        ["identity_document", "both", "required"],
    ]
    stages = [str(document.stage) for document in DEMO.documents]
    assert stages == ["application"] * 6 + ["admitted"] * 3
    assert DEMO.fields == DEFAULT.fields


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.key)
def test_an_item_s_columns_are_those_of_its_table(item: CatalogueItem) -> None:
    assert isinstance(item, CatalogueField | CatalogueDocument)
    table = Field if isinstance(item, CatalogueField) else DocumentType
    columns = item.columns()
    assert set(columns) <= table._meta.fields_map.keys()
    assert json.loads(json.dumps(columns)) == columns


def test_a_copy_can_be_edited_without_touching_the_catalogue() -> None:
    columns = DOCUMENT["cv"].columns()
    columns["label"]["fr"] = "changé"
    columns["reasons"][0]["label"]["fr"] = "changé"
    assert DOCUMENT["cv"].label["fr"] == "CV"
    assert DOCUMENT["cv"].reasons[0].label["fr"] != "changé"


@pytest.mark.parametrize(
    ("label", "kind", "found"),
    [
        ("Votre numéro de sécurité sociale", "text", ["nir"]),
        ("Copie de la Carte Vitale", "text", ["nir"]),
        ("N° de compte", "iban", ["bank"]),
        ("RIB", "text", ["bank"]),
        ("Quelle est votre nationalité ?", "text", ["origin"]),
        ("Where is your place of birth?", "text", ["origin"]),
        ("Avez-vous des problèmes de santé ?", "yes_no", ["health"]),
        ("Casier judiciaire (B3)", "text", ["criminal_record"]),
        ("Photo de votre pièce d’identité", "text", ["identity"]),
        ("Domicile", "address", ["civil_status"]),
        ("Êtes-vous mariée ?", "yes_no", ["private_life"]),
        ("Taille de tee-shirt", "choice", []),
        ("Tribune préférée", "text", []),
        ("Âge des enfants que vous gardez", "text", []),
    ],
)
def test_an_own_item_s_label_that_suggests_forbidden_data_is_noticed(
    label: str, kind: str, found: list[str]
) -> None:
    assert [one.key for one in forbidden_data(label, kind)] == found


@pytest.mark.parametrize(
    ("document", "answered", "which"),
    [
        ("sap_declaration", ["child_care_under_3", "cleaning"], {"child_care_under_3"}),
        (
            "sap_declaration",
            ["elderly_care", "disability_care"],
            {"elderly_care", "disability_care"},
        ),
        ("sap_declaration", ["child_care_over_3", "gardening"], set()),
        ("criminal_record_b3", ["child_care_over_3"], {"child_care_over_3"}),
        ("criminal_record_b3", ["it_help"], set()),
        ("cv", ["child_care_under_3"], set()),
        ("sap_declaration", None, set()),
    ],
)
def test_the_activities_decide_the_notes(document: str, answered: Any, which: set[str]) -> None:
    noted = activity_note(document, answered)
    assert (set(noted[0]) if noted else set()) == which
    if noted:
        assert set(noted[1]) == {"fr", "en"}


def test_the_notes_speak_of_activities_that_can_be_chosen() -> None:
    every = [one.key for one in ACTIVITIES]
    assert len(every) == 10
    for document in ("sap_declaration", "criminal_record_b3"):
        noted = activity_note(document, every)
        assert noted is not None
        assert noted[0] <= set(every)
