"""What can be done to a draft, and what cannot, by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from rules.catalogue import CatalogueDocument, CatalogueField
from rules.dossier import Condition
from rules.requirements import (
    CATALOGUE,
    Draft,
    FieldEntry,
    NoSuchEntry,
    Option,
    of_content,
    offers,
    refusals,
)
from rules.requirements.entries import DocumentEntry, from_catalogue
from rules.requirements.refusals import EntryRefused
from rules.requirements.tidying import tidied
from rules.vocabulary import Stage
from tests.rules.requirements.drafts import a_draft, if_permit, keys, options, with_own


def test_a_draft_begins_as_what_is_asked_in_the_order_of_the_chat() -> None:
    draft = a_draft()
    assert keys(draft)[:4] == ["first_name", "last_name", "email", "work_status"]
    kinds = [entry.is_document for entry in draft.entries]
    assert kinds == sorted(kinds), "questions come before documents"


def test_an_item_of_the_catalogue_is_added_at_its_own_stage() -> None:
    draft = a_draft().add_from_catalogue("residence_permit").add_from_catalogue("iban")
    assert keys(draft)[-2:] == ["iban", "residence_permit"], "once accepted, questions first"
    permit = draft.entry("residence_permit")
    assert permit.stage is Stage.ADMITTED
    assert permit.condition == if_permit()


def test_an_own_question_joins_the_questions_under_a_key_of_its_own() -> None:
    draft = with_own(a_draft(), "choice", "x7", options=options("Le bus", "Le vélo", "Le vélo !"))
    entry = draft.entry("own_x7")
    assert isinstance(entry, FieldEntry)
    assert [one.key for one in entry.options] == ["le_bus", "le_velo", "le_velo_2"]
    assert keys(draft).index("own_x7") == len(draft.fields) - 1


def test_an_own_document_comes_with_the_usual_reasons_and_formats() -> None:
    draft = a_draft().add_own_document("d", {"en": "Badge", "fr": ""})
    entry = draft.entry("own_d")
    assert isinstance(entry, DocumentEntry)
    assert entry.label == {"en": "Badge"}
    assert entry.reasons
    assert "pdf" in entry.formats
    assert keys(draft)[-1] == "own_d"


def test_moving_stays_within_its_group() -> None:
    draft = a_draft().move("phone", "up")
    assert keys(draft).index("phone") < keys(draft).index("speaks_french")
    assert keys(draft.move("phone", "down")) == keys(a_draft())
    assert keys(a_draft().put("cv", 0))[11:13] == ["cv", "sirene_notice"]
    assert keys(a_draft().put("sirene_notice", 99))[-1] == "sirene_notice"


@pytest.mark.parametrize(
    ("key", "way"),
    [("email", "down"), ("work_status", "up"), ("diploma", "down"), ("first_name", "up")],
)
def test_core_questions_stay_first_and_ends_are_ends(key: str, way: str) -> None:
    with pytest.raises(refusals.CannotMove):
        a_draft().move(key, way)


def test_what_is_archived_comes_back_as_it_was() -> None:
    edited = a_draft().edit("phone", help={"fr": "Le portable"}, required=False)
    gone = edited.archive("phone")
    assert "phone" not in keys(gone)
    back = gone.bring_back("phone")
    assert back.entry("phone") == a_draft().entry("phone"), "as it is asked now"
    assert keys(back).index("phone") == len(back.fields) - 1


def test_what_was_archived_long_ago_comes_back_from_the_catalogue_too() -> None:
    old = a_draft().entry("phone").but(label={"fr": "Portable"})
    draft = a_draft(archived=(old.but(key="car"),))
    assert draft.add_from_catalogue("car").entry("car").label == {"fr": "Portable"}


def test_an_entry_that_comes_back_leaves_out_a_condition_on_what_is_gone() -> None:
    draft = with_own(a_draft(), token="a")
    draft = with_own(draft, token="b", condition=Condition("own_a", (True,)))
    later = Draft.begun(a_draft(archived=(draft.entry("own_b"),)).ground)
    assert later.bring_back("own_b").entry("own_b").condition is None


def test_a_new_own_item_that_is_taken_out_is_forgotten() -> None:
    draft = with_own(a_draft()).archive("own_a")
    assert draft == a_draft()
    with pytest.raises(NoSuchEntry):
        draft.bring_back("own_a")


def test_a_stage_is_changed_to_the_end_of_the_other_one() -> None:
    draft = a_draft().edit("cv", stage=Stage.ADMITTED)
    assert keys(draft)[-1] == "cv"
    draft = draft.edit("phone", stage=Stage.ADMITTED)
    assert keys(draft)[-2:] == ["phone", "cv"]


def test_a_label_in_one_language_is_enough_and_spaces_are_tidied() -> None:
    draft = a_draft().edit("cv", label={"fr": "  Votre   CV ", "en": " "})
    assert draft.entry("cv").label == {"fr": "Votre CV"}


@pytest.mark.parametrize("item", CATALOGUE.values(), ids=lambda item: item.key)
def test_saving_an_item_of_the_catalogue_as_it_is_changes_nothing(
    item: CatalogueField | CatalogueDocument,
) -> None:
    entry = from_catalogue(item)
    assert tidied(entry) == entry


def test_all_statuses_are_none_in_particular() -> None:
    draft = a_draft().edit("cv", statuses=("employee", "independent"))
    assert draft.entry("cv").statuses == ()


def test_choices_that_were_published_are_archived_and_come_back_by_their_words() -> None:
    draft = a_draft()
    activities = draft.entry("activities")
    assert isinstance(activities, FieldEntry)
    fewer = draft.edit("activities", options=activities.options[1:])
    entry = fewer.entry("activities")
    assert isinstance(entry, FieldEntry)
    assert [one.key for one in entry.options if one.archived] == ["cleaning"]
    assert "cleaning" not in [one.key for one in entry.choices]
    label = activities.options[0].label
    again = fewer.edit("activities", options=(*entry.choices, Option("", label)))
    entry = again.entry("activities")
    assert isinstance(entry, FieldEntry)
    assert [one.key for one in entry.choices][-1] == "cleaning"


def test_choices_that_nobody_was_offered_yet_are_simply_gone() -> None:
    draft = with_own(a_draft(), "choice", options=options("A", "B", "C"))
    entry = draft.entry("own_a")
    assert isinstance(entry, FieldEntry)
    entry = draft.edit("own_a", options=entry.options[:2]).entry("own_a")
    assert isinstance(entry, FieldEntry)
    assert [one.key for one in entry.options] == ["a", "b"]


def test_a_label_changes_and_the_keys_of_choices_stay() -> None:
    draft = with_own(a_draft(), "choice", options=options("Matin", "Soir"))
    entry = draft.entry("own_a")
    assert isinstance(entry, FieldEntry)
    renamed = tuple(replace(one, label={"fr": f"Autrement {one.key}"}) for one in entry.options)
    after = draft.edit("own_a", options=renamed).entry("own_a")
    assert isinstance(after, FieldEntry)
    assert [one.key for one in after.options] == ["matin", "soir"]


def test_a_condition_of_admission_forgets_choices_that_are_gone() -> None:
    draft = a_draft().edit("may_work_in_france", must_be=("eu", "permit"))
    entry = draft.entry("may_work_in_france")
    assert isinstance(entry, FieldEntry)
    left = tuple(one for one in entry.options if one.key != "permit")
    entry = draft.edit("may_work_in_france", options=left).entry("may_work_in_france")
    assert isinstance(entry, FieldEntry)
    assert entry.must_be == ("eu",)


def test_a_draft_survives_being_kept_as_json() -> None:
    draft = with_own(
        a_draft().add_from_catalogue("residence_permit"),
        "choice",
        options=options("Oui", "Non, jamais"),
        must_be=("oui",),
        unmet={"fr": "Dommage."},
        condition=if_permit(),
    ).add_own_document("d", {"fr": "Badge"}, remind_days=(3, 30), validity_days=20)
    kept = json.loads(json.dumps(draft.content()))
    assert of_content(kept, draft.ground) == draft


def test_the_catalogue_says_what_can_be_added() -> None:
    states = {one.item.key: one.state for one in offers(a_draft().archive("phone"))}
    assert states["cv"] == "asked"
    assert states["phone"] == "archived"
    assert states["iban"] == "available"
    assert states["honourability_certificate"] == "blocked"
    permitted = a_draft(activities=frozenset({"child_protection"}))
    states = {one.item.key: one.state for one in offers(permitted)}
    assert states["honourability_certificate"] == "available"


Deed = Callable[[Draft], Draft]


def _choice_question(draft: Draft) -> Draft:
    return with_own(draft, "choice", options=options("A", "B"))


REFUSED: list[tuple[str, type[EntryRefused], str, Deed]] = [
    ("added twice", refusals.AlreadyAsked, "key", lambda d: d.add_from_catalogue("cv")),
    ("no label", refusals.LabelNeeded, "label", lambda d: d.edit("cv", label={"fr": " "})),
    (
        "label of 121",
        refusals.TextTooLong,
        "label",
        lambda d: d.edit("cv", label={"en": "x" * 121}),
    ),
    ("help of 501", refusals.TextTooLong, "help", lambda d: d.edit("cv", help={"en": "x" * 501})),
    ("a book", refusals.TextTooLong, "help", lambda d: d.edit("cv", help={"en": "x" * 20_000})),
    ("bidi", refusals.TextUnreadable, "label", lambda d: d.edit("cv", label={"fr": "a\u202eb"})),
    (
        "nothing seen",
        refusals.TextUnreadable,
        "label",
        lambda d: d.edit("cv", label={"fr": "\u3164"}),
    ),
    ("core archived", refusals.FixedEntry, "key", lambda d: d.archive("email")),
    ("status archived", refusals.FixedEntry, "key", lambda d: d.archive("work_status")),
    ("core optional", refusals.FixedEntry, "required", lambda d: d.edit("email", required=False)),
    ("core later", refusals.FixedEntry, "stage", lambda d: d.edit("email", stage=Stage.ADMITTED)),
    (
        "status of some",
        refusals.FixedEntry,
        "statuses",
        lambda d: d.edit("work_status", statuses=("employee",)),
    ),
    (
        "status choices",
        refusals.FixedEntry,
        "options",
        lambda d: d.edit("work_status", options=options("X", "Y")),
    ),
    (
        "status condition",
        refusals.FixedEntry,
        "condition",
        lambda d: d.edit("work_status", condition=Condition("speaks_french", (True,))),
    ),
    (
        "French as a condition",
        refusals.SetElsewhere,
        "must_be",
        lambda d: d.edit("speaks_french", must_be=(True,)),
    ),
    (
        "unknown status",
        refusals.UnknownStatuses,
        "statuses",
        lambda d: d.edit("cv", statuses=("boss",)),
    ),
    ("unknown kind", refusals.UnknownKind, "kind", lambda d: with_own(d, "selfie")),
    (
        "condition on nothing",
        refusals.ConditionUnknown,
        "condition",
        lambda d: d.edit("cv", condition=Condition("car", (True,))),
    ),
    (
        "condition on a document",
        refusals.ConditionUnknown,
        "condition",
        lambda d: d.edit("cv", condition=Condition("diploma", (True,))),
    ),
    (
        "condition on a text",
        refusals.ConditionWithoutChoice,
        "condition",
        lambda d: d.edit("cv", condition=Condition("phone", ("x",))),
    ),
    (
        "condition on the status",
        refusals.ConditionWithoutChoice,
        "condition",
        lambda d: d.edit("cv", condition=Condition("work_status", ("employee",))),
    ),
    (
        "condition on no answer",
        refusals.ConditionAnswersWrong,
        "condition",
        lambda d: d.edit("cv", condition=Condition("speaks_french", ())),
    ),
    (
        "condition on another's answer",
        refusals.ConditionAnswersWrong,
        "condition",
        lambda d: d.edit("cv", condition=Condition("speaks_french", ("eu",))),
    ),
    (
        "condition on oneself",
        refusals.ConditionTooLate,
        "condition",
        lambda d: d.edit("speaks_french", condition=Condition("speaks_french", (True,))),
    ),
    (
        "condition on what comes later",
        refusals.ConditionTooLate,
        "condition",
        lambda d: d.edit("speaks_french", condition=Condition("may_work_in_france", ("eu",))),
    ),
    (
        "one choice",
        refusals.TooFewChoices,
        "options",
        lambda d: with_own(d, "choice", options=options("A")),
    ),
    ("no choice", refusals.TooFewChoices, "options", lambda d: with_own(d, "choices")),
    (
        "31 choices",
        refusals.TooManyChoices,
        "options",
        lambda d: with_own(d, "choice", options=options(*map(str, range(31)))),
    ),
    (
        "a mute choice",
        refusals.ChoiceWithoutLabel,
        "options",
        lambda d: with_own(d, "choice", options=options("A", "B", " ")),
    ),
    (
        "choices alike",
        refusals.ChoicesAlike,
        "options",
        lambda d: with_own(d, "choice", options=options("Été", "ete")),
    ),
    (
        "a long choice",
        refusals.TextTooLong,
        "options",
        lambda d: with_own(d, "choice", options=options("A", "x" * 81)),
    ),
    (
        "min above max",
        refusals.LimitsWrong,
        "limits",
        lambda d: with_own(d, "number", limits={"min": 5, "max": 4}),
    ),
    (
        "past and future",
        refusals.LimitsWrong,
        "limits",
        lambda d: with_own(d, "date", limits={"past": True, "future": True}),
    ),
    (
        "another kind's limit",
        refusals.LimitsWrong,
        "limits",
        lambda d: with_own(d, "email", limits={"max": 4}),
    ),
    (
        "no room",
        refusals.LimitsWrong,
        "limits",
        lambda d: with_own(d, "text", limits={"max_length": -1}),
    ),
    (
        "more than a line",
        refusals.LimitsWrong,
        "limits",
        lambda d: with_own(d, "text", limits={"max_length": 201}),
    ),
    (
        "no date",
        refusals.LimitsWrong,
        "limits",
        lambda d: with_own(d, "date", limits={"min": "demain"}),
    ),
    (
        "not a number",
        refusals.LimitsWrong,
        "limits",
        lambda d: with_own(d, "number", limits={"max": float("nan")}),
    ),
    (
        "everybody meets it",
        refusals.MustBeWrong,
        "must_be",
        lambda d: with_own(d, must_be=(True, False), unmet={"fr": "x"}),
    ),
    (
        "a text as a condition",
        refusals.MustBeWrong,
        "must_be",
        lambda d: with_own(d, "text", must_be=("x",), unmet={"fr": "x"}),
    ),
    (
        "several as a condition",
        refusals.MustBeWrong,
        "must_be",
        lambda d: with_own(
            d, "choices", options=options("A", "B"), must_be=("a",), unmet={"fr": "x"}
        ),
    ),
    (
        "optional condition",
        refusals.MustBeOptional,
        "required",
        lambda d: with_own(d, required=False, must_be=(True,), unmet={"fr": "x"}),
    ),
    (
        "condition once accepted",
        refusals.MustBeOptional,
        "stage",
        lambda d: with_own(d, stage=Stage.ADMITTED, must_be=(True,), unmet={"fr": "x"}),
    ),
    (
        "no word for the others",
        refusals.UnmetNeeded,
        "unmet",
        lambda d: with_own(d, must_be=(True,)),
    ),
    ("no format", refusals.FormatsWrong, "formats", lambda d: d.edit("cv", formats=())),
    ("unknown format", refusals.FormatsWrong, "formats", lambda d: d.edit("cv", formats=("svg",))),
    ("no page", refusals.LimitOutOfRange, "max_pages", lambda d: d.edit("cv", max_pages=0)),
    ("51 pages", refusals.LimitOutOfRange, "max_pages", lambda d: d.edit("cv", max_pages=51)),
    ("21 MB", refusals.LimitOutOfRange, "max_bytes", lambda d: d.edit("cv", max_bytes=21_000_000)),
    (
        "valid for ever",
        refusals.LimitOutOfRange,
        "validity_days",
        lambda d: d.edit("cv", validity_days=99_999),
    ),
    (
        "valid before it was made",
        refusals.LimitOutOfRange,
        "validity_days",
        lambda d: d.edit("cv", validity_days=-1),
    ),
    (
        "reminded too late",
        refusals.RemindersWrong,
        "remind_days",
        lambda d: d.edit("cv", remind_days=(0,)),
    ),
    (
        "seven reminders",
        refusals.RemindersWrong,
        "remind_days",
        lambda d: d.edit("cv", remind_days=tuple(range(1, 8))),
    ),
    (
        "reserved by law",
        refusals.NotPermitted,
        "key",
        lambda d: d.add_from_catalogue("honourability_certificate"),
    ),
    ("already there", refusals.NotArchived, "key", lambda d: d.bring_back("cv")),
]


@pytest.mark.parametrize(
    ("refusal", "part", "deed"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_it_is_refused_by_name_and_the_part_is_known(
    refusal: type[EntryRefused], part: str, deed: Deed
) -> None:
    with pytest.raises(refusal) as refused:
        deed(a_draft())
    assert type(refused.value) is refusal
    assert refused.value.part == part
    assert "{" not in str(refused.value)


def test_what_another_entry_looks_at_is_neither_archived_nor_moved_behind_it() -> None:
    draft = with_own(a_draft(), token="a")
    draft = with_own(draft, token="b", condition=Condition("own_a", (True,)))
    with pytest.raises(refusals.ShownElsewhere, match="“Question b” depends on “Question a”"):
        draft.archive("own_a")
    with pytest.raises(refusals.ConditionTooLate, match="“Question b” depends on “Question a”"):
        draft.move("own_a", "down")
    with pytest.raises(refusals.ConditionTooLate):
        draft.edit("own_a", stage=Stage.ADMITTED)


def test_an_answer_that_a_condition_names_cannot_be_taken_out_of_the_list() -> None:
    draft = _choice_question(a_draft()).add_own_document(
        "d", {"fr": "Badge"}, condition=Condition("own_a", ("a",))
    )
    entry = draft.entry("own_a")
    assert isinstance(entry, FieldEntry)
    with pytest.raises(refusals.ConditionAnswersWrong) as refused:
        draft.edit("own_a", options=(entry.options[1], *options("C")))
    assert refused.value.key == "own_d"


def test_french_that_is_required_is_asked_of_everybody_with_the_application() -> None:
    draft = a_draft(french_required=True)
    with pytest.raises(refusals.FrenchIsRequired):
        draft.archive("speaks_french")
    with pytest.raises(refusals.MustBeOptional):
        draft.edit("speaks_french", required=False)
    with pytest.raises(refusals.UnmetNeeded):
        draft.edit("speaks_french", unmet={})
    assert a_draft().archive("speaks_french").edit("cv", required=True)


def test_more_than_sixty_items_are_refused() -> None:
    draft = a_draft()
    for number in range(60 - len(draft.entries)):
        draft = with_own(draft, "text", f"n{number}")
    with pytest.raises(refusals.TooMuchAsked):
        with_own(draft, "text", "last")


def test_an_unknown_key_is_unknown_everywhere() -> None:
    deeds: list[Deed] = [
        lambda d: d.edit("nope", required=True),
        lambda d: d.move("nope", "up"),
        lambda d: d.archive("nope"),
        lambda d: d.bring_back("nope"),
        lambda d: d.add_from_catalogue("nope"),
    ]
    for deed in deeds:
        with pytest.raises(NoSuchEntry):
            deed(a_draft())


def test_an_old_fault_of_another_item_holds_nothing_up() -> None:
    broken = a_draft().entry("cv").but(label={})
    entries = tuple(broken if one.key == "cv" else one for one in a_draft().entries)
    draft = Draft(a_draft().ground, entries)
    assert keys(draft.move("phone", "up")) == keys(a_draft().move("phone", "up"))
    with pytest.raises(refusals.LabelNeeded):
        draft.edit("cv", required=True)
