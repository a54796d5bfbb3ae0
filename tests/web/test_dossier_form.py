"""The form of one item: every part of it, what is refused beside its field, and nothing lost."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from models.tables import Operator, ProviderEvent
from rules.answers import KINDS
from rules.catalogue import DOCUMENTS, FIELDS
from rules.dossier import Condition
from rules.requirements import DocumentEntry, Entry, FieldEntry
from tests.factories import an_operator
from tests.web.conftest import Browser, Browsing, Page, Town
from tests.web.dossier import HOME, changed, draft_of, fields, keys, saves, version
from tests.web.test_dossier import plain, press

EVIL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}",
    "</textarea><svg onload=alert(1)>",
    "%(name)s {name} %s",
)


@pytest.fixture
async def odile(town: Town, browser: Browser) -> Browsing:
    """Odile's browser; she reads English."""
    await Operator.all().update(language="en")
    return await browser(town.odile)


async def entry(town: Town, key: str) -> Entry:
    """An item of the draft."""
    return (await draft_of(town.douceur)).draft.entry(key)


async def own(town: Town) -> Entry:
    """The one item of the provider's own."""
    (found,) = [one for one in (await draft_of(town.douceur)).draft.entries if one.own]
    return found


def error(page: Page, name: str) -> str:
    """What is said beside a field."""
    found = re.search(rf'id="{name}-error">.*?<span>(.*?)</span>', page.text, re.S)
    return unescape(found[1]) if found else ""


@pytest.mark.parametrize("item", [*FIELDS, *DOCUMENTS], ids=lambda item: item.key)
async def test_a_form_saved_as_it_was_drawn_changes_nothing(
    town: Town, odile: Browsing, item: Any
) -> None:
    if item.key not in await keys(town.douceur):
        if item.phase == "blocked":
            await odile.post(
                f"{HOME}/activities", {"settings_version": "1", "activities": item.permitted_by[0]}
            )
        await press(odile, town, "add", key=item.key)
    before = await entry(town, item.key)
    answer = await saves(odile, item.key)
    assert answer.status == 303, error(answer, "label_fr") or plain(answer)
    assert await entry(town, item.key) == before


@pytest.mark.parametrize("kind", [*KINDS, "document"])
@pytest.mark.parametrize("language", ["fr", "en"])
async def test_each_kind_can_be_made_in_one_language(
    town: Town, odile: Browsing, kind: str, language: str
) -> None:
    words: dict[str, Any] = {f"label_{language}": "Porter un uniforme ?"}
    if kind in ("choice", "choices"):
        words |= {f"row_{language}__+0": "Oui, volontiers", f"row_{language}__+1": "Non merci"}
    answer = await saves(odile, f"{HOME}/new?kind={kind}", confirmed="yes", **words)
    assert answer.status == 303, plain(answer)
    made = await own(town)
    assert [text.replace("\u00a0", " ") for text in made.label.values()] == [
        "Porter un uniforme ?"
    ]
    assert made.is_document == (kind == "document")
    page = await odile.get(HOME)
    assert f"in {'French' if language == 'fr' else 'English'} only" in page.text or (
        language == "en"
    )
    assert "uniforme" in page.text


async def test_an_unknown_kind_is_no_page(town: Town, odile: Browsing) -> None:
    assert (await odile.get(f"{HOME}/new?kind=colour")).status == 404
    assert (await odile.post(f"{HOME}/new", {"act": "save"})).status == 404


async def test_everything_of_a_question_is_kept(town: Town, odile: Browsing) -> None:
    answer = await saves(
        odile,
        f"{HOME}/new?kind=choice",
        label_fr="Taille",
        label_en="Size",
        help_fr="Pour la tenue.",
        row=["+0", "+1", "+2"],
        **{"row_fr__+0": "Petite", "row_fr__+1": "Grande", "row_en__+1": "Large"},
        required=None,
        who="employee",
        stage="admitted",
        condition_key="speaks_french",
        condition_values=["=yes"],
    )
    assert answer.status == 303, plain(answer)
    made = await own(town)
    assert isinstance(made, FieldEntry)
    assert (made.label, made.help) == ({"fr": "Taille", "en": "Size"}, {"fr": "Pour la tenue."})
    assert [one.label for one in made.choices] == [
        {"fr": "Petite"},
        {"fr": "Grande", "en": "Large"},
    ]
    assert (made.required, made.statuses, made.stage) == (False, ("employee",), "admitted")
    assert made.condition == Condition("speaks_french", (True,))


async def test_everything_of_a_document_is_kept(town: Town, odile: Browsing) -> None:
    answer = await saves(
        odile,
        f"{HOME}/new?kind=document",
        label_fr="Carte du club",
        formats=["pdf"],
        max_pages="2",
        megabytes="5",
        asks_expiry="on",
        validity_days="365",
        remind_days="3; 30",
        view_and_forget="on",
        sensitive="on",
        row=["+1"],
        **{
            "row_fr__+1": "Trop petite",
            "advice_fr__+1": "Recommencez de plus près.",
        },
    )
    assert answer.status == 303, plain(answer)
    made = await own(town)
    assert isinstance(made, DocumentEntry)
    assert (made.formats, made.max_pages, made.max_bytes) == (("pdf",), 2, 5_000_000)
    assert (made.asks_expiry, made.validity_days, made.remind_days) == (True, 365, (30, 3))
    assert (made.view_and_forget, made.sensitive) == (True, True)
    (reason,) = made.reasons
    assert (reason.label, reason.advice) == (
        {"fr": "Trop petite"},
        {"fr": "Recommencez de plus près."},
    )


@pytest.mark.parametrize(
    ("kind", "sent", "limits"),
    [
        ("text", {"max_length": "40"}, {"max_length": 40}),
        (
            "number",
            {"min": "-2,5", "max": "1 000", "decimals": "1"},
            {"min": -2.5, "max": 1000, "decimals": 1},
        ),
        ("number", {"min": "", "max": ""}, {}),
        ("number", {"min": "0", "decimals": "0"}, {"min": 0, "decimals": 0}),
        ("date", {"dates": "past", "min_age": "16"}, {"past": True, "min_age": 16}),
        ("date", {"dates": "any"}, {}),
    ],
)
async def test_limits_are_kept(
    town: Town, odile: Browsing, kind: str, sent: dict[str, str], limits: dict[str, Any]
) -> None:
    answer = await saves(odile, f"{HOME}/new?kind={kind}", label_fr="Une question", **sent)
    assert answer.status == 303, plain(answer)
    made = await own(town)
    assert isinstance(made, FieldEntry)
    assert made.limits == limits


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("text", {}, "label_fr", "Give this item a name"),
    ("text", {"label_fr": "x" * 121}, "label_fr", "too long"),
    ("text", {"label_fr": "a", "help_fr": "x" * 501}, "help_fr", "too long"),
    ("text", {"label_fr": "a", "max_length": "0"}, "limits", "limits"),
    ("text", {"label_fr": "a", "max_length": "many"}, "limits", "limits"),
    ("number", {"label_fr": "a", "min": "5", "max": "4"}, "limits", "limits"),
    ("number", {"label_fr": "a", "min": "five"}, "limits", "limits"),
    ("date", {"label_fr": "a", "dates": "future", "min_age": "16"}, "limits", "limits"),
    ("choice", {"label_fr": "a", "row_fr__+0": "seul"}, "rows", "at least two choices"),
    ("choice", {"label_fr": "a", "row_fr__+0": "b", "row_fr__+1": "B"}, "rows", "read the same"),
    ("yes_no", {"label_fr": "a", "must": "on", "must_be": "=yes"}, "unmet_fr", "write what those"),
    (
        "yes_no",
        {"label_fr": "a", "must": "on", "unmet_fr": "b"},
        "must_be",
        "needs answers that meet it",
    ),
    (
        "yes_no",
        {"label_fr": "a", "must": "on", "must_be": ["=yes", "=no"], "unmet_fr": "b"},
        "must_be",
        "answers that do not",
    ),
    (
        "yes_no",
        {"label_fr": "a", "must": "on", "must_be": "=yes", "unmet_fr": "b", "required": None},
        "required",
        "has to be required",
    ),
    (
        "yes_no",
        {"label_fr": "a", "must": "on", "must_be": "=yes", "unmet_fr": "b", "stage": "admitted"},
        "stage",
        "with the application",
    ),
    ("text", {"label_fr": "a", "condition_key": "nothing"}, "condition_key", "is not asked"),
    (
        "text",
        {"label_fr": "a", "condition_key": "speaks_french"},
        "condition_key",
        "tick at least one",
    ),
    (
        "text",
        {"label_fr": "a", "condition_key": "phone", "condition_values": "x"},
        "condition_key",
        "yes or no",
    ),
    ("document", {"label_fr": "a", "formats": None}, "formats", "at least one kind of file"),
    ("document", {"label_fr": "a", "formats": "exe"}, "formats", "at least one kind of file"),
    ("document", {"label_fr": "a", "max_pages": "0"}, "max_pages", "between 1 and"),
    ("document", {"label_fr": "a", "megabytes": "21"}, "megabytes", "between 1 and 20"),
    ("document", {"label_fr": "a", "megabytes": ""}, "megabytes", "between 1 and 20"),
    ("document", {"label_fr": "a", "validity_days": "soon"}, "validity_days", "between 1 and"),
    ("document", {"label_fr": "a", "remind_days": "30, x"}, "remind_days", "numbers of days"),
    ("document", {"label_fr": "a", "row": ["+0"], "advice_fr__+0": "b"}, "rows", "its own words"),
]


@pytest.mark.parametrize(("kind", "sent", "field", "said"), REFUSED, ids=str)
async def test_what_makes_no_sense_is_said_beside_its_field_and_kept(
    town: Town, odile: Browsing, kind: str, sent: dict[str, Any], field: str, said: str
) -> None:
    page = await saves(odile, f"{HOME}/new?kind={kind}", **sent)
    assert page.status == 422
    assert said in error(page, field), plain(page)
    typed = fields(page)
    for name, value in sent.items():
        for one in value if isinstance(value, list) else [value] if value else []:
            if (
                name != "condition_key"
                and one != "exe"
                and (name, one) != ("condition_values", "x")
            ):
                assert (name.replace("__", ":"), one) in typed, name
    assert not any(key.startswith("own_") for key in await keys(town.douceur))


async def test_rows_are_added_moved_and_removed_without_saving(
    town: Town, odile: Browsing
) -> None:
    address = f"{HOME}/items/may_work_in_france"
    drawn = fields(await odile.get(address))
    page = await odile.post(address, changed(drawn, act="row", label_en="Typed"))
    rows = [value for name, value in fields(page) if name == "row"]
    assert rows == ["eu", "permit", "no", "+0"]
    assert ("label_en", "Typed") in fields(page)
    page = await odile.post(address, changed(fields(page), act="higher:permit"))
    page = await odile.post(address, changed(fields(page), act="drop:no"))
    assert [value for name, value in fields(page) if name == "row"] == ["permit", "eu", "+0"]
    assert (await draft_of(town.douceur)).begun is False
    answer = await odile.post(
        address, changed(fields(page), act="save", **{"row_fr__+0": "Je ne sais pas"})
    )
    assert answer.status == 303, plain(answer)
    kept = await entry(town, "may_work_in_france")
    assert isinstance(kept, FieldEntry)
    assert [one.key for one in kept.choices] == ["permit", "eu", "je_ne_sais_pas"]
    assert [one.key for one in kept.options if one.archived] == ["no"]


async def test_a_condition_shows_the_answers_of_its_question(town: Town, odile: Browsing) -> None:
    address = f"{HOME}/items/cv"
    drawn = fields(await odile.get(address))
    page = await odile.post(
        address, changed(drawn, act="answers", condition_key="may_work_in_france")
    )
    assert page.text.count('name="condition_values"') == 3
    answer = await odile.post(
        address, changed(fields(page), act="save", condition_values=["permit", "no"])
    )
    listed = plain(await odile.get(answer.to))
    assert "only if: May you work in France? Yes, I have a permit for it or No" in listed


async def test_only_earlier_questions_can_be_a_condition(town: Town, odile: Browsing) -> None:
    page = await odile.get(f"{HOME}/items/speaks_french")
    offered = re.findall(r'<option value="(\w+)"', page.text)
    assert offered == []
    assert "speaks_french" in (await odile.get(f"{HOME}/items/activities")).text


async def test_a_condition_of_admission_shows_its_sentence_in_the_chat(
    town: Town, odile: Browsing
) -> None:
    sent = {"must": "on", "must_be": "=yes", "unmet_fr": "Il faut une voiture."}
    answer = await saves(odile, f"{HOME}/new?kind=yes_no", label_fr="Une voiture", **sent)
    assert "condition of admission" in (await odile.get(answer.to)).text
    page = await odile.get(f"{HOME}/items/{(await own(town)).key}")
    chat = page.text[page.text.index("data-chat") :]
    assert "Il faut une voiture." in chat


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("text", "Votre numéro de sécurité sociale"),
        ("text", "Nationalité"),
        ("document", "Extrait de casier judiciaire"),
        ("iban", "Votre compte"),
    ],
)
async def test_forbidden_words_need_an_explicit_confirmation(
    town: Town, odile: Browsing, kind: str, label: str
) -> None:
    page = await saves(odile, f"{HOME}/new?kind={kind}", label_fr=label)
    assert page.status == 422
    assert "Please read this before you go on" in page.text
    assert ("label_fr", label) in fields(page)
    assert not any(key.startswith("own_") for key in await keys(town.douceur))
    confirmed = changed(fields(page), act="save", confirmed="yes")
    answer = await odile.post(f"{HOME}/new?kind={kind}", confirmed)
    assert answer.status == 303
    line = await ProviderEvent.filter(kind="requirement_confirmed").first()
    assert line is not None
    assert (line.actor_name, line.subject) == ("Odile", (await own(town)).key)
    assert "legal note confirmed" in (await odile.get(HOME)).text
    assert (await saves(odile, (await own(town)).key, help_fr="Merci.")).status == 422


async def test_asked_later_it_needs_none(town: Town, odile: Browsing) -> None:
    answer = await saves(odile, f"{HOME}/new?kind=text", label_fr="Nationalité", stage="admitted")
    assert answer.status == 303
    assert await ProviderEvent.filter(kind="requirement_confirmed").count() == 0


async def test_what_belongs_to_later_asked_at_once_shows_its_note(
    town: Town, odile: Browsing
) -> None:
    await press(odile, town, "add", key="identity_document")
    page = await saves(odile, "identity_document", stage="application")
    assert page.status == 422
    assert "No copy is asked of a candidate." in page.text
    confirmed = changed(fields(page), act="save", confirmed="yes")
    assert (await odile.post(f"{HOME}/items/identity_document", confirmed)).status == 303


async def test_two_admins_on_one_item_lose_nothing(
    town: Town, odile: Browsing, browser: Browser
) -> None:
    octave = await browser(await an_operator(town.douceur, "Octave"))
    drawn = fields(await odile.get(f"{HOME}/items/cv"))
    await saves(octave, "cv", label_en="Résumé", max_pages="2")
    page = await odile.post(f"{HOME}/items/cv", changed(drawn, act="save", label_en="Life story"))
    assert page.status == 409
    words = plain(page)
    assert "Octave changed these requirements in the meantime" in words
    assert "kept now: CV / Résumé in your form: CV / Life story" in words
    assert "kept now: 2 in your form: 5" in words
    assert (await entry(town, "cv")).label["en"] == "Résumé"
    assert ("label_en", "Life story") in fields(page)
    assert ("version", await version(town.douceur)) in fields(page)
    again = await odile.post(f"{HOME}/items/cv", changed(fields(page), act="save"))
    assert again.status == 303
    assert (await entry(town, "cv")).label["en"] == "Life story"


async def test_an_item_that_went_away_meanwhile_is_said_to_be_gone(
    town: Town, odile: Browsing
) -> None:
    drawn = fields(await odile.get(f"{HOME}/items/cv"))
    await press(odile, town, "archive", key="cv")
    page = await odile.post(f"{HOME}/items/cv", changed(drawn, act="save"))
    assert page.status == 404
    assert "no longer exists" in page.text


async def test_only_the_words_of_what_is_fixed_change(town: Town, odile: Browsing) -> None:
    page = await odile.get(f"{HOME}/items/first_name")
    assert 'name="required"' not in page.text
    answer = await saves(
        odile, "first_name", label_en="Given name", required=None, stage="admitted"
    )
    assert answer.status == 303
    kept = await entry(town, "first_name")
    assert (kept.label["en"], kept.required, kept.stage) == ("Given name", True, "application")


@pytest.mark.parametrize("evil", EVIL)
async def test_words_are_text_and_nothing_else(town: Town, odile: Browsing, evil: str) -> None:
    answer = await saves(
        odile,
        f"{HOME}/new?kind=choice",
        label_fr=evil,
        help_fr=evil,
        **{"row_fr__+0": evil, "row_fr__+1": "b"},
    )
    assert answer.status == 303, plain(answer)
    key = (await own(town)).key
    for path in ("", f"/items/{key}", "/publish", f"/items/{key}?shown=employee:en"):
        page = await odile.get(HOME + path)
        assert page.status == 200
        assert evil in unescape(page.text), path
        for sign in ("<script>alert", "<img src=x", "<svg onload", ">49<"):
            assert sign not in page.text, path
    shown = await odile.post(
        f"{HOME}/preview", {"kind": "text", "label_fr": evil, "unmet_fr": evil, "shown": evil}
    )
    assert shown.status == 200
    assert evil in unescape(shown.text)
    assert not re.search(r"<(script|img|svg)\b", shown.text)


ODD = ("\0", "\u202e", "x" * 3000, "-1", "9" * 40, "nan", "+0", "%s")


@pytest.mark.parametrize("kind", ["choice", "number", "date", "document", "yes_no"])
async def test_odd_forms_are_never_a_bug(town: Town, odile: Browsing, kind: str) -> None:
    """Each field alone, and all at once."""
    address = f"{HOME}/new?kind={kind}"
    drawn = fields(await odile.get(address))
    names = {name for name, _ in drawn} | {"row", "must", "must_be", "condition_key", "act"}
    names |= {"condition_values", "confirmed", "stage", "who"}
    sent = changed(drawn, label_fr="Bon", act="save", required=None)
    forms = [[*sent, (name, "9" * 40)] for name in sorted(names)]
    forms += [[*sent, *((name, odd) for name in sorted(names - {"act"}))] for odd in ODD]
    for form in forms:
        page = await odile.post(address, form)
        assert page.status in (200, 303, 409, 422), form
        shown = await odile.post(f"{HOME}/preview", form)
        assert shown.status in (200, 404), form


async def test_the_chat_follows_what_is_typed(town: Town, odile: Browsing) -> None:
    drawn = fields(await odile.get(f"{HOME}/items/cv"))
    shown = await odile.post(
        f"{HOME}/preview", changed(drawn, label_fr="Votre parcours", shown="employee:fr")
    )
    assert "Votre parcours" in shown.text
    assert "<html" not in shown.text
    assert (await entry(town, "cv")).label["fr"] == "CV"
    never = await odile.post(f"{HOME}/preview", changed(drawn, who="employee"))
    assert "never asked this" in never.text
