"""The legal guard: which notes are shown, when they are asked again, and what is blocked."""

from __future__ import annotations

import pytest

from rules.catalogue import DOCUMENTS, FIELDS
from rules.requirements import Draft, cautions, confirm, is_confirmed, unconfirmed
from rules.requirements.entries import Entry, FieldEntry, from_catalogue
from rules.vocabulary import Stage
from tests.rules.requirements.drafts import a_draft, options, with_own

RETAINED = [item for item in (*FIELDS, *DOCUMENTS) if item.phase == "R"]


def about(entry: Entry) -> set[str]:
    """What the notes of this entry are about."""
    return {caution.about for caution in cautions(entry)}


@pytest.mark.parametrize("item", RETAINED, ids=lambda item: item.key)
def test_what_belongs_to_people_retained_shows_its_note_with_the_application_only(
    item: object,
) -> None:
    entry = from_catalogue(item)  # type: ignore[arg-type]  # one of the catalogue
    assert cautions(entry) == ()
    early = entry.but(stage=Stage.APPLICATION)
    (note,) = [one for one in cautions(early) if one.about == "phase"]
    assert note.note["fr"]
    assert note.note["en"]


@pytest.mark.parametrize("item", [*FIELDS, *DOCUMENTS], ids=lambda item: item.key)
def test_the_words_of_the_catalogue_are_never_held_against_it(item: object) -> None:
    entry = from_catalogue(item)  # type: ignore[arg-type]  # one of the catalogue
    assert about(entry.but(stage=Stage.APPLICATION)) <= {"phase"}


@pytest.mark.parametrize(
    ("words", "sort"),
    [
        ({"fr": "Votre numéro de sécurité sociale"}, "nir"),
        ({"en": "Social Security number"}, "nir"),
        ({"fr": "Quelle est votre NATIONALITÉ ?"}, "origin"),
        ({"fr": "Une question", "en": "Your nationality"}, "origin"),
        ({"fr": "Extrait de casier judiciaire"}, "criminal_record"),
        ({"fr": "Êtes-vous enceinte ?"}, "private_life"),
        ({"fr": "Votre RIB"}, "bank"),
        ({"fr": "Votre religion"}, "beliefs"),
        ({"fr": "Votre âge", "en": "How old are you?"}, "civil_status"),
        ({"fr": "Attestation d’honorabilité"}, "criminal_record"),
        ({"fr": "Casiers judiciaires"}, "criminal_record"),
        ({"fr": "Avez-vous été condamnée ?"}, "criminal_record"),
        ({"fr": "Vos nationalités"}, "origin"),
        ({"fr": "Pays d'origine"}, "origin"),
        ({"fr": "Numéro de sécu"}, "nir"),
        ({"fr": "Êtes-vous en situation de handicap ?"}, "health"),
        ({"fr": "Avez-vous des enfants ?"}, "private_life"),
        ({"fr": "Pièces d’identité"}, "identity"),
        ({"fr": "Compte en banque"}, "bank"),
        ({"fr": "Carte de séjour"}, "identity"),
        ({"en": "Do you have children?"}, "private_life"),
    ],
)
def test_an_own_label_that_suggests_forbidden_data_shows_its_note_in_either_language(
    words: dict[str, str], sort: str
) -> None:
    draft = a_draft().add_own_field("a", "text", words)
    assert sort in about(draft.entry("own_a"))
    later = draft.edit("own_a", stage=Stage.ADMITTED)
    assert about(later.entry("own_a")) == set(), "once accepted it may be asked"
    document = a_draft().add_own_document("d", words)
    assert sort in about(document.entry("own_d"))


@pytest.mark.parametrize(
    "label",
    [
        "Aimez-vous travailler avec des enfants ?",
        "Gardez-vous des enfants de plus de 3 ans ?",
        "Accompagnement de personnes âgées ou handicapées : votre expérience",
        "Avez-vous une carte de transport ?",
        "Diplôme d’État d’aide-soignant",
        "Numéro de SIRET",
        "Permis de conduire",
        "Vos disponibilités",
        "Do you work with children?",
    ],
)
def test_the_trades_own_words_show_no_note(label: str) -> None:
    draft = a_draft().add_own_field("a", "text", {"fr": label})
    assert about(draft.entry("own_a")) == set()


def test_help_and_choices_are_read_too() -> None:
    draft = with_own(a_draft(), help={"fr": "Par exemple votre syndicat."})
    assert about(draft.entry("own_a")) == {"beliefs"}
    draft = with_own(a_draft(), "choice", options=options("Célibataire", "Marié"))
    assert about(draft.entry("own_a")) == {"private_life"}


@pytest.mark.parametrize(
    ("kind", "sort"), [("nir", "nir"), ("iban", "bank"), ("address", "civil_status")]
)
def test_some_kinds_of_answer_are_notes_by_themselves(kind: str, sort: str) -> None:
    draft = a_draft().add_own_field("a", kind, {"fr": "Une question"})
    assert about(draft.entry("own_a")) == {sort}


def test_an_ordinary_question_shows_no_note() -> None:
    draft = with_own(a_draft(), "text", help={"fr": "Aimez-vous les chats ?"})
    assert cautions(draft.entry("own_a")) == ()
    assert unconfirmed(a_draft()) == ()


def test_words_put_into_an_item_of_the_catalogue_are_read_as_ones_own() -> None:
    draft = a_draft().edit("cv", help={"fr": "Avec votre date de naissance."})
    assert about(draft.entry("cv")) == {"civil_status"}
    (note,) = unconfirmed(draft)
    assert note.key == "cv"


def asking_too_early() -> Draft:
    """The identity document, asked with the application."""
    draft = a_draft().add_from_catalogue("identity_document")
    return draft.edit("identity_document", stage=Stage.APPLICATION)


def test_a_confirmation_counts_for_these_words_at_this_stage() -> None:
    draft = asking_too_early()
    assert [one.key for one in unconfirmed(draft)] == ["identity_document"]
    draft = confirm(draft, "identity_document")
    assert unconfirmed(draft) == ()
    moved = draft.edit("identity_document", required=True, max_pages=2)
    assert unconfirmed(moved) == (), "nothing that the note is about"
    assert unconfirmed(draft.edit("identity_document", label={"fr": "Passeport"}))
    away = draft.edit("identity_document", stage=Stage.ADMITTED)
    assert unconfirmed(away) == ()
    assert unconfirmed(away.edit("identity_document", stage=Stage.APPLICATION)) == ()


def test_what_is_published_was_confirmed() -> None:
    early = asking_too_early().entries
    draft = Draft.begun(a_draft().ground.__class__(published=early))
    assert unconfirmed(draft) == ()
    entry = draft.entry("identity_document")
    assert is_confirmed(draft, entry)
    assert unconfirmed(draft.edit("identity_document", help={"fr": "Votre passeport"}))


def test_a_blocked_item_is_permitted_by_a_declared_activity_and_then_shows_its_note() -> None:
    draft = a_draft(activities=frozenset({"early_childhood_structure"}))
    draft = draft.add_from_catalogue("honourability_certificate")
    entry = draft.entry("honourability_certificate")
    assert entry.stage is Stage.ADMITTED
    assert cautions(entry) == ()
    early = draft.edit("honourability_certificate", stage=Stage.APPLICATION)
    assert about(early.entry("honourability_certificate")) == {"phase"}


def test_a_question_of_the_catalogue_keeps_its_kind() -> None:
    entry = a_draft().add_from_catalogue("nir").entry("nir")
    assert isinstance(entry, FieldEntry)
    assert entry.sensitive
