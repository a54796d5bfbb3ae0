"""Composing and publishing: what becomes of the rows, of the journal, of two admins at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from actions.deeds import Actor
from actions.requirements import (
    ActivityInUse,
    DraftChangedMeanwhile,
    confirm_note,
    declare_activities,
    discard_draft,
    edit_draft,
    publish,
)
from actions.requirements.drafting import Operation
from actions.settings import (
    FrenchNotAsked,
    Recruitment,
    SettingsChangedMeanwhile,
    change_recruitment,
)
from models.reads.drafts import drafting, effect
from models.reads.requirements import requirements
from models.tables import (
    Answer,
    DocumentType,
    Field,
    Provider,
    ProviderEvent,
    RequirementsDraft,
)
from rules.answers import display
from rules.dossier import Condition
from rules.history import ProviderEventKind as Kind
from rules.requirements import Draft, FieldEntry, NothingToPublish, Option
from rules.requirements.entries import DocumentEntry
from rules.requirements.refusals import FrenchIsRequired, NotConfirmed, NotPermitted
from rules.vocabulary import Stage
from tests.composing import an_admin, compose, publishes
from tests.factories import NOW, a_candidate, a_provider


@pytest.fixture
async def douceur(database: str) -> Provider:
    """Douceur & Cie, with the usual requirements."""
    return await a_provider()


@pytest.fixture
async def odile(douceur: Provider) -> Actor:
    """Its first admin."""
    return await an_admin(douceur)


async def asked(provider: Provider, version: int) -> list[str]:
    """Keys that this version asks, questions first, in order."""
    found = await requirements(provider, version)
    return [one.key for one in (*found.fields, *found.document_types)]


async def journal(provider: Provider, *kinds: Kind) -> list[tuple[str | None, Any, Any]]:
    """Subject, before and after of the lines of these kinds, oldest first."""
    lines = await ProviderEvent.filter(provider_id=provider.id, kind__in=kinds).order_by("id")
    return [(one.subject, one.before, one.after) for one in lines]


async def test_nobody_is_asked_a_draft(douceur: Provider, odile: Actor) -> None:
    before = await asked(douceur, 1)
    found = await compose(douceur, odile, lambda d: d.archive("phone"))
    assert found.begun
    assert found.changed_by == "Odile"
    assert await asked(await Provider.get(id=douceur.id), 1) == before
    assert (await Provider.get(id=douceur.id)).settings_version == douceur.settings_version


async def test_a_draft_that_is_put_back_is_none(douceur: Provider, odile: Actor) -> None:
    found = await compose(
        douceur, odile, lambda d: d.move("phone", "up"), lambda d: d.move("phone", "down")
    )
    assert not found.begun
    with pytest.raises(NothingToPublish):
        await publish(douceur.id, found.version, False, odile, NOW)


async def test_publishing_supersedes_under_the_same_key_and_the_old_version_stays(
    douceur: Provider, odile: Actor
) -> None:
    before = await asked(douceur, 1)
    after = await publishes(
        douceur,
        odile,
        lambda d: d.add_own_field("cat", "yes_no", {"fr": "Un chat ?"}).put("own_cat", 0),
        lambda d: d.archive("phone"),
        lambda d: d.edit("cv", required=True),
        lambda d: d.add_from_catalogue("residence_permit"),
    )
    assert after.requirements_version == 2
    assert after.settings_version == douceur.settings_version + 1
    assert await asked(after, 1) == before
    now = await asked(after, 2)
    assert now.index("own_cat") == 3
    assert "phone" not in now
    assert now[-1] == "residence_permit"
    old = await requirements(after, 1)
    new = await requirements(after, 2)
    assert [one.required for one in old.document_types if one.key == "cv"] == [False]
    assert [one.required for one in new.document_types if one.key == "cv"] == [True]
    row = await Field.get(provider_id=douceur.id, key="phone")
    assert (row.until, row.archived_at) == (2, NOW)


async def test_what_helps_to_answer_reaches_everybody_at_once_without_a_new_version(
    douceur: Provider, odile: Actor
) -> None:
    await requirements(douceur, 1)  # kept in memory as it is now
    after = await publishes(douceur, odile, lambda d: d.edit("phone", help={"fr": "Le portable."}))
    assert after.requirements_version == 1
    phone = [one for one in (await requirements(after, 1)).fields if one.key == "phone"]
    assert phone[0].help == {"fr": "Le portable."}


async def test_another_label_is_another_version_and_the_old_one_keeps_its_help(
    douceur: Provider, odile: Actor
) -> None:
    after = await publishes(
        douceur,
        odile,
        lambda d: d.edit("phone", label={"fr": "Portable"}, help={"fr": "Le portable."}),
    )
    assert after.requirements_version == 2
    for version, label, help_ in ((1, "Téléphone", "06"), (2, "Portable", "Le portable.")):
        found = await requirements(after, version)
        (phone,) = [one for one in found.fields if one.key == "phone"]
        assert phone.label["fr"] == label
        assert help_ in phone.help["fr"]


async def test_help_reaches_those_of_older_versions_who_read_the_same_label(
    douceur: Provider, odile: Actor
) -> None:
    await publishes(douceur, odile, lambda d: d.edit("phone", required=False))
    after = await publishes(douceur, odile, lambda d: d.edit("phone", help={"fr": "Le portable."}))
    assert after.requirements_version == 2
    for version in (1, 2):
        (phone,) = [o for o in (await requirements(after, version)).fields if o.key == "phone"]
        assert phone.help == {"fr": "Le portable."}


async def test_what_concerns_the_operators_holds_for_every_version(
    douceur: Provider, odile: Actor
) -> None:
    after = await publishes(
        douceur,
        odile,
        lambda d: d.edit("diploma", label={"fr": "Le diplôme"}, sensitive=True),
    )
    for version in (1, 2):
        found = await requirements(after, version)
        (diploma,) = [one for one in found.document_types if one.key == "diploma"]
        assert diploma.sensitive


async def test_an_answer_keeps_its_words_when_its_choice_is_archived(
    douceur: Provider, odile: Actor
) -> None:
    amina = await a_candidate(douceur)
    await Answer.create(
        candidate_id=amina.id, key="activities", value=["cleaning"], answered_at=NOW
    )

    def fewer(draft: Any) -> Any:
        entry = draft.entry("activities")
        return draft.edit("activities", options=entry.options[1:])

    after = await publishes(douceur, odile, fewer, ask=True)
    (activities,) = [o for o in (await requirements(after, 2)).fields if o.key == "activities"]
    assert "cleaning" not in [one.key for one in activities.question.choices]
    assert display(activities.question, ["cleaning"], "fr") == "Ménage et repassage"
    assert (await Answer.get(candidate_id=amina.id, key="activities")).value == ["cleaning"]


async def test_what_was_archived_is_asked_again_under_its_key(
    douceur: Provider, odile: Actor
) -> None:
    await publishes(douceur, odile, lambda d: d.archive("phone"))
    after = await publishes(douceur, odile, lambda d: d.bring_back("phone"))
    assert after.requirements_version == 3
    found = {version: "phone" in await asked(after, version) for version in (1, 2, 3)}
    assert found == {1: True, 2: False, 3: True}
    assert await Field.filter(provider_id=douceur.id, key="phone").count() == 2


async def test_the_journal_says_before_and_after_item_by_item(
    douceur: Provider, odile: Actor
) -> None:
    await publishes(
        douceur,
        odile,
        lambda d: d.add_own_field(
            "cat",
            "choice",
            {"fr": "Un animal ?"},
            options=(Option("cat", {"fr": "Un chat"}), Option("dog", {"fr": "Un chien"})),
            condition=Condition("speaks_french", (True,)),
        ),
        lambda d: d.archive("phone"),
        lambda d: d.edit("cv", required=True, condition=Condition("speaks_french", (True,))),
        ask=True,
    )
    ((_, none, added),) = await journal(douceur, Kind.REQUIREMENT_ADDED)
    assert none is None
    assert added["label"] == {"fr": "Un animal\u00a0?"}
    assert (added["answer"], added["options"]) == (
        "choice",
        [{"fr": "Un chat"}, {"fr": "Un chien"}],
    )
    assert added["condition"]["answers"] == [True]
    ((key, archived, gone),) = await journal(douceur, Kind.REQUIREMENT_ARCHIVED)
    assert (key, archived["label"]["fr"], gone) == ("phone", "Téléphone", None)
    ((key, before, after),) = await journal(douceur, Kind.REQUIREMENT_CHANGED)
    assert (key, before["required"], after["required"]) == ("cv", False, True)
    assert before["condition"] is None
    assert after["condition"]["question"]["en"] == "Do you speak French fluently?"
    ((_, _, whole),) = await journal(douceur, Kind.REQUIREMENTS_PUBLISHED)
    assert whole == {"version": 2, "reordered": False, "asked_too": True}


async def test_the_journal_says_which_advice_changed(douceur: Provider, odile: Actor) -> None:
    def advised(draft: Draft, words: str) -> Draft:
        entry = draft.entry("cv")
        assert isinstance(entry, DocumentEntry)
        first, *others = entry.reasons
        return draft.edit("cv", reasons=(replace(first, advice={"fr": words}), *others))

    await publishes(douceur, odile, lambda d: advised(d, "Posez-le à plat."))
    ((_, before, after),) = await journal(douceur, Kind.REQUIREMENT_CHANGED)
    assert before["reasons"][0] != after["reasons"][0]
    assert after["reasons"][0]["advice"] == {"fr": "Posez-le à plat."}
    assert before["reasons"][1:] == after["reasons"][1:]


async def test_the_effect_is_known_before_publishing(douceur: Provider, odile: Actor) -> None:
    for number in range(22):
        await a_candidate(douceur, f"Personne {number:02}")
    await a_candidate(douceur, "Bruno Petit", "to_correct")
    await a_candidate(douceur, "Carla Roux", "submitted")
    await a_candidate(douceur, "Denis Blanc", "accepted")
    other = await a_provider("Vert Jardin")
    await a_candidate(other, "Chloé Martin")
    found = await compose(
        douceur, odile, lambda d: d.archive("phone"), lambda d: d.move("cv", "up")
    )
    would = await effect(douceur, found.draft)
    assert [one.key for one in would.difference.archived] == ["phone"]
    assert would.difference.reordered
    assert (would.running.number, len(would.running.names)) == (23, 20)
    assert (would.submitted, would.admitted, would.behind) == (1, 1, 0)
    assert "Chloé Martin" not in would.running.names


async def test_of_two_admins_on_one_draft_the_second_is_told_and_nothing_is_overwritten(
    douceur: Provider, odile: Actor
) -> None:
    oscar = await an_admin(douceur, "Oscar")
    seen = await drafting(douceur)
    mine = await edit_draft(douceur.id, seen.version, lambda d: d.archive("phone"), oscar, NOW)
    with pytest.raises(DraftChangedMeanwhile, match="Oscar"):
        await edit_draft(douceur.id, seen.version, lambda d: d.archive("cv"), odile, NOW)
    with pytest.raises(DraftChangedMeanwhile, match="Oscar"):
        await publish(douceur.id, seen.version, True, odile, NOW)
    with pytest.raises(DraftChangedMeanwhile):
        await discard_draft(douceur.id, seen.version, odile, NOW)
    assert (await drafting(douceur)).draft == mine.draft


async def test_a_page_from_before_a_publication_never_changes_a_later_draft(
    douceur: Provider, odile: Actor
) -> None:
    oscar = await an_admin(douceur, "Oscar")
    seen = await compose(douceur, odile, lambda d: d.archive("phone"))
    await publish(douceur.id, seen.version, False, oscar, NOW)
    again = await compose(douceur, oscar, lambda d: d.archive("cv"))
    assert again.version > seen.version
    with pytest.raises(DraftChangedMeanwhile, match="Oscar"):
        await edit_draft(douceur.id, seen.version, lambda d: d.archive("diploma"), odile, NOW)


async def test_publishing_from_a_page_with_older_settings_is_refused_by_name(
    douceur: Provider, odile: Actor
) -> None:
    oscar = await an_admin(douceur, "Oscar")
    found = await compose(douceur, odile, lambda d: d.archive("phone"))
    wanted = Recruitment.of(douceur)
    changed = Recruitment(**{**_as_dict(wanted), "bin_days": 3})
    await change_recruitment(douceur.id, changed, douceur.settings_version, oscar, NOW)
    with pytest.raises(SettingsChangedMeanwhile, match="Oscar"):
        await publish(
            douceur.id,
            found.version,
            False,
            odile,
            NOW,
            settings_version=douceur.settings_version,
        )
    assert (await Provider.get(id=douceur.id)).requirements_version == 1


def _as_dict(recruitment: Recruitment) -> dict[str, Any]:
    return {name: getattr(recruitment, name) for name in Recruitment.__slots__}


async def test_who_published_is_who_the_settings_name_next(
    douceur: Provider, odile: Actor
) -> None:
    await publishes(douceur, odile, lambda d: d.archive("phone"))
    changed = Recruitment(**{**_as_dict(Recruitment.of(douceur)), "bin_days": 3})
    with pytest.raises(SettingsChangedMeanwhile, match="Odile"):
        await change_recruitment(douceur.id, changed, douceur.settings_version, odile, NOW)


async def test_a_discarded_draft_leaves_nothing(douceur: Provider, odile: Actor) -> None:
    found = await compose(douceur, odile, lambda d: d.archive("phone"))
    after = await discard_draft(douceur.id, found.version, odile, NOW)
    assert not after.begun
    assert after.draft.entry("phone").key == "phone"
    kept = await RequirementsDraft.get(provider_id=douceur.id)
    assert kept.content == {}


async def test_a_legal_note_is_confirmed_once_and_journaled(
    douceur: Provider, odile: Actor
) -> None:
    found = await compose(
        douceur,
        odile,
        lambda d: d.add_from_catalogue("iban"),
        lambda d: d.edit("iban", stage=Stage.APPLICATION),
    )
    with pytest.raises(NotConfirmed, match="IBAN"):
        await publish(douceur.id, found.version, False, odile, NOW)
    found = await confirm_note(douceur.id, found.version, "iban", odile, NOW)
    ((key, _, after),) = await journal(douceur, Kind.REQUIREMENT_CONFIRMED)
    assert key == "iban"
    assert "candidat" in after["notes"][0]["fr"]
    await publish(douceur.id, found.version, False, odile, NOW)
    found = await compose(douceur, odile, lambda d: d.edit("iban", required=False))
    await publish(douceur.id, found.version, False, odile, NOW)
    found = await compose(douceur, odile, lambda d: d.edit("iban", label={"fr": "Votre RIB"}))
    with pytest.raises(NotConfirmed, match="RIB"):
        await publish(douceur.id, found.version, False, odile, NOW)


async def test_a_blocked_item_needs_a_declared_activity_which_then_cannot_be_taken_back(
    douceur: Provider, odile: Actor
) -> None:
    key = "honourability_certificate"
    with pytest.raises(NotPermitted):
        await compose(douceur, odile, lambda d: d.add_from_catalogue(key))
    declared = await declare_activities(
        douceur.id, ["child_protection"], douceur.settings_version, odile, NOW
    )
    assert await journal(douceur, Kind.ACTIVITIES_DECLARED) == [
        (None, {"activities": []}, {"activities": ["child_protection"]})
    ]
    await compose(declared, odile, lambda d: d.add_from_catalogue(key))
    with pytest.raises(ActivityInUse):
        await declare_activities(douceur.id, [], declared.settings_version, odile, NOW)
    found = await compose(declared, odile, lambda d: d.archive(key))
    after = await declare_activities(douceur.id, [], declared.settings_version, odile, NOW)
    assert after.declared_activities == []
    assert found.draft.archived == ()


async def test_declaring_from_older_settings_is_refused(douceur: Provider, odile: Actor) -> None:
    await declare_activities(douceur.id, ["child_protection"], 1, odile, NOW)
    with pytest.raises(SettingsChangedMeanwhile, match="Odile"):
        await declare_activities(douceur.id, [], 1, odile, NOW)


async def test_another_provider_keeps_its_own(douceur: Provider, odile: Actor) -> None:
    vert = await a_provider("Vert Jardin")
    victor = await an_admin(vert, "Victor")
    await publishes(douceur, odile, lambda d: d.archive("phone"), ask=True)
    assert "phone" in await asked(vert, 1)
    assert not (await drafting(vert)).begun
    await compose(vert, victor, lambda d: d.archive("cv"))
    assert not (await drafting(douceur)).begun


async def test_rows_of_a_version_never_overlap(douceur: Provider, odile: Actor) -> None:
    """After many publications each version still asks each key once, in a place of its own."""
    steps: list[Operation] = [
        lambda d: d.move("phone", "up"),
        lambda d: d.archive("cv"),
        lambda d: d.add_own_document("badge", {"fr": "Badge"}),
        lambda d: d.bring_back("cv"),
        lambda d: d.edit("phone", stage=Stage.ADMITTED),
        lambda d: d.put("own_badge", 0),
    ]
    provider, told = douceur, [await asked(douceur, 1)]
    for step in steps:
        provider = await publishes(provider, odile, step)
        told.append(await asked(provider, provider.requirements_version))
    for version, keys in enumerate(told, 1):
        assert await asked(provider, version) == keys
        assert len(set(keys)) == len(keys)
        found = await requirements(provider, version)
        rules = (*found.fields, *found.document_types)
        assert len({one.position for one in rules}) == len(rules)


async def test_own_choices_are_asked_under_their_keys(douceur: Provider, odile: Actor) -> None:
    labels = (Option("", {"fr": "Le matin"}), Option("", {"fr": "Le soir", "en": "Evenings"}))
    after = await publishes(
        douceur,
        odile,
        lambda d: d.add_own_field("when", "choice", {"fr": "Quand ?"}, options=labels),
    )
    (rule,) = [o for o in (await requirements(after, 2)).fields if o.key == "own_when"]
    assert [one.key for one in rule.question.choices] == ["le_matin", "le_soir"]
    entry = (await drafting(after)).draft.entry("own_when")
    assert isinstance(entry, FieldEntry)
    assert [one.label for one in entry.options] == [one.label for one in labels]


async def test_documents_are_kept_with_all_their_columns(douceur: Provider, odile: Actor) -> None:
    await publishes(
        douceur,
        odile,
        lambda d: d.add_own_document(
            "badge",
            {"fr": "Badge"},
            formats=("pdf",),
            max_pages=2,
            asks_expiry=True,
            validity_days=90,
            remind_days=(5, 20),
            view_and_forget=True,
        ),
    )
    row = await DocumentType.get(provider_id=douceur.id, key="own_badge")
    assert (row.formats, row.max_pages, row.remind_days) == (["pdf"], 2, [20, 5])
    assert row.asks_expiry
    assert row.view_and_forget
    assert row.validity_days == timedelta(days=90).days


async def test_french_is_only_required_where_everybody_is_asked_about_it(
    douceur: Provider, odile: Actor
) -> None:
    without = await publishes(douceur, odile, lambda d: d.archive("speaks_french"))
    required = Recruitment(**{**_as_dict(Recruitment.of(without)), "french_required": True})
    with pytest.raises(FrenchNotAsked):
        await change_recruitment(douceur.id, required, without.settings_version, odile, NOW)
    asked_again = await publishes(without, odile, lambda d: d.bring_back("speaks_french"))
    gone = await compose(asked_again, odile, lambda d: d.archive("speaks_french"))
    after = await change_recruitment(
        douceur.id, required, asked_again.settings_version, odile, NOW
    )
    assert after.french_required
    with pytest.raises(FrenchIsRequired):
        await publish(douceur.id, gone.version, False, odile, NOW)
    found = await effect(after, (await drafting(after)).draft)
    assert [type(one) for one in found.faults] == [FrenchIsRequired]
