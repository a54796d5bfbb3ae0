"""The chat played through for the provider: the real screens, with nobody behind them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rules.answers import Question
from rules.dossier import Condition, DocumentRule, FieldRule, Policy
from rules.vocabulary import Stage, WorkStatus
from tests.rules.people import EMPLOYEE, FIELDS, INDEPENDENT, NOW, field, paper, words
from words.chat.bubbles import exchanges
from words.chat.rehearsal import Stagecraft, rehearse, rehearse_item

POLICY = Policy(provider_id="p" * 16, name="Douceur & Cie", language="fr", timezone="Europe/Paris")
PAPERS = (
    paper("sirene", statuses=INDEPENDENT),
    paper("certificates", 51, statuses=EMPLOYEE),
    paper("cv", 52, required=False),
    paper("identity", 53, stage=Stage.ADMITTED),
)


def play(
    status: str = "independent",
    fields: tuple[FieldRule, ...] = FIELDS,
    documents: tuple[DocumentRule, ...] = PAPERS,
    language: str = "fr",
) -> Stagecraft:
    """A rehearsal of these rules."""
    return Stagecraft(
        policy=POLICY,
        fields=fields,
        documents=documents,
        work_status=WorkStatus(status),
        language=language,
        now=NOW,
    )


def keys(made: Stagecraft) -> list[str]:
    """The items that come up, in order."""
    return [turn.key for turn in rehearse(made) if turn.key]


def test_an_independent_meets_everything_in_order() -> None:
    first = ["first_name", "email", "work_status", "french", "siret", "nickname", "permit_kind"]
    assert keys(play()) == [*first, "sirene", "cv", "iban", "identity"]


def test_an_employee_meets_what_is_for_employees() -> None:
    met = keys(play("employee"))
    assert "certificates" in met
    assert {"siret", "sirene"}.isdisjoint(met)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_turn_shows_something(language: str) -> None:
    turns = rehearse(play(language=language))
    assert all(turn.screens for turn in turns)
    assert all(turn.said for turn in turns if turn.key)


def test_what_hangs_on_an_answer_is_brought_up() -> None:
    asked = field("permit", "choice", 7, choices=("eu", "permit", "no"))
    card = paper("card", 60, condition=Condition("permit", ("permit",)))
    met = keys(play(fields=(*FIELDS, asked), documents=(*PAPERS, card)))
    assert met.index("permit") < met.index("card")


def test_but_never_by_an_answer_that_ends_the_application() -> None:
    asked = field("car", "yes_no", 7, must_be=(True,))
    why = paper("why", 60, condition=Condition("car", (False,)))
    made = play(fields=(*FIELDS, asked), documents=(*PAPERS, why))
    assert "why" not in keys(made)
    assert keys(made)[-1] == "identity"


@pytest.mark.parametrize("stage", list(Stage))
def test_one_condition_shows_its_sentence_too(stage: Stage) -> None:
    car = replace(
        field("car", "yes_no", 7, must_be=(True,), stage=stage), unmet=words("Il faut une voiture")
    )
    shown = rehearse_item(play(fields=(*FIELDS, car)), "car")
    assert [turn.said for turn in shown] == ["Oui", "Non", ""]
    assert "Il faut une voiture" in shown[2].screens[0].text


def test_a_condition_of_choices_shows_its_sentence() -> None:
    area = replace(
        field("area", "choice", 7, choices=("here", "there"), must_be=("here",)),
        unmet=words("Trop loin"),
    )
    shown = rehearse_item(play(fields=(*FIELDS, area)), "area")
    assert [turn.said for turn in shown] == ["here", "there", ""]


def test_a_choice_that_offers_nothing_yet_is_answered_with_no_made_up_word() -> None:
    asked = replace(field("days", "choices", 7), question=Question("days", "choices"))
    shown = rehearse_item(play(fields=(*FIELDS, asked)), "days")
    assert [turn.said for turn in shown] == [""]


def test_what_a_person_is_never_asked_has_nothing_to_show() -> None:
    assert rehearse_item(play("employee"), "siret") == ()
    assert rehearse_item(play(), "nothing") == ()


LIMITS: list[tuple[str, dict[str, Any], str]] = [
    ("number", {}, "3"),
    ("number", {"min": 10}, "10"),
    ("number", {"max": 2}, "2"),
    ("date", {"min_age": 16, "past": True}, "01/11/1996"),
    ("date", {"future": True}, "22/12/2026"),
    ("phone", {}, "06 12 34 56 78"),
    ("iban", {}, "FR76 3000 6000 0112 3456 7890 189"),
    ("nir", {}, "2 90 01 75 001 123 45"),
    ("long_text", {}, "Ma réponse"),
    ("address", {}, "12 rue des Lilas, 69003 Lyon"),
]


@pytest.mark.parametrize(("kind", "limits", "said"), LIMITS, ids=str)
def test_answers_are_such_as_people_give(kind: str, limits: dict[str, Any], said: str) -> None:
    asked = field("own", kind, 7)
    asked = replace(asked, question=replace(asked.question, limits=limits))
    (turn,) = rehearse_item(play(fields=(*FIELDS, asked)), "own")
    assert turn.said.replace("\u00a0", " ").replace("\u202f", " ") == said


def test_harsh_words_are_text_in_bubbles() -> None:
    evil = '<img src=x onerror=alert(1)></b><script>alert("1")</script>'
    asked = replace(field("own", "choice", 7, choices=("a", "b")), label=words(evil))
    (shown,) = exchanges(rehearse_item(play(fields=(*FIELDS, asked)), "own"))
    text = str(shown.bubbles[0].text)
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;" in text
    assert text.startswith("<b>")
    assert text.count("<b>") == text.count("</b>")


def test_a_number_can_be_shared_by_a_button_below_the_chat() -> None:
    asked = field("phone", "phone", 7)
    (shown,) = exchanges(rehearse_item(play(fields=(*FIELDS, asked)), "phone"))
    assert [one.keyboard != "" for one in shown.bubbles] == [False, True]
