"""Who goes first is found by looking at few people: the same as by looking at everybody."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from models.reads import soonest as reads
from models.reads.home import COUNTED_LOST, SHOWN, home
from models.reads.retention import Standing, settings_of, standings
from models.reads.soonest import soonest, unreachable
from models.tables import Bot, Candidate, Chat, Provider, Reminder
from tests.factories import a_provider

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
WEEK = timedelta(days=7)
PEOPLE = 160


def a_reminder(person: Candidate, dice: random.Random) -> Reminder:
    """Open or void, accepted or not, for the present start or an older one."""
    accepted = dice.random() < 0.7
    clock_start = person.clock_start - timedelta(days=dice.choice((0, 0, 0, 5)))
    return Reminder(
        candidate_id=person.id,
        clock_start=clock_start,
        due=NOW.date(),
        owed_at=NOW - timedelta(days=3),
        accepted_at=NOW - timedelta(days=3) if accepted else None,
        accepted_by="mail" if accepted else None,
        promised=NOW.date() + timedelta(days=dice.randint(-3, 12)) if accepted else None,
        zone="Europe/Paris",
        void_at=NOW if dice.random() < 0.3 else None,
    )


def a_person(number: int, provider: Provider, bot: Bot, dice: random.Random) -> Candidate:
    """Anybody: of every age, held, kept, admitted, ended, with and without address."""
    at = NOW - timedelta(hours=dice.choice((dice.randint(24, 60 * 24), dice.randint(820, 1100))))
    ended = dice.random() < 0.2
    chance = dice.random
    return Candidate(
        provider_id=provider.id,
        bot_id=bot.id,
        telegram_id=number,
        first_name=f"N{number}",
        email="" if chance() < 0.3 else f"n{number}@example.org",
        email_refused_at=NOW if chance() < 0.1 else None,
        status="accepted" if ended else dice.choice(("incomplete", "to_correct", "submitted")),
        admitted_at=at if ended or chance() < 0.1 else None,
        ended_at=at if ended else None,
        status_since=at,
        created_at=at,
        clock_start=at + timedelta(days=dice.choice((0, 0, 1))),
        kept_until=NOW.date() + timedelta(days=dice.randint(-5, 20)) if chance() < 0.2 else None,
        awaiting_reply_since=NOW if chance() < 0.1 else None,
    )


async def a_town(provider: Provider, seed: int) -> None:
    dice = random.Random(seed)
    bot = await Bot.create(telegram_id=1, username="a_bot")
    people = [a_person(number, provider, bot, dice) for number in range(1, PEOPLE + 1)]
    await Candidate.bulk_create(people)
    chats = [
        Chat(
            bot_id=bot.id,
            user_id=one.telegram_id,
            candidate_id=one.id,
            created_at=NOW,
            blocked_at=NOW if dice.random() < 0.4 else None,
        )
        for one in people
        if dice.random() < 0.8
    ]
    await Chat.bulk_create(chats)
    await Reminder.bulk_create([a_reminder(one, dice) for one in people if dice.random() < 0.4])


async def by_looking_at_everybody(provider: Provider) -> list[Standing]:
    people = await Candidate.filter(provider_id=provider.id)
    return await standings(people, settings_of(provider), NOW)


RULES: tuple[dict[str, Any], ...] = (
    {},
    {"reminder_days": 0},
    {"reminder_days": 3},
    {"reminder_days": 10},
    {"deletion_days": 5, "reminder_days": 2},
    {"counting_since": NOW - timedelta(days=39)},
    {"counting_since": NOW - timedelta(days=2)},
    {"ended_days": 40},
    {"ended_days": 0, "timezone": "Pacific/Noumea"},
    {"clock_waits_for": "restore"},
    {"module_on": False},
)


@pytest.mark.parametrize("seed", [1, 2])
async def test_few_looks_find_what_all_looks_find(
    database: str, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(reads, "FIRST_LOOK", 2)
    monkeypatch.setattr(reads, "LONGEST_LOOK", 5)
    provider = await a_provider(now=NOW - timedelta(days=200))
    await a_town(provider, seed)
    for rules in RULES:
        changed = await Provider.get(id=provider.id)
        changed.update_from_dict(rules)
        everybody = await by_looking_at_everybody(changed)
        last = NOW.astimezone(settings_of(changed).zone).date() + WEEK
        dates = sorted(
            one.outlook.deletion_date or date.max
            for one in everybody
            if one.outlook.state in reads.ENDING
        )
        dates = [day for day in dates if day <= last]
        for limit in (1, 3, 8, PEOPLE):
            found = await soonest(changed, NOW, WEEK, limit)
            assert [one.outlook.deletion_date for one in found] == dates[:limit], (rules, limit)
            assert len({one.candidate.id for one in found}) == len(found)
        lost = {one.candidate.id for one in everybody if one.outlook.state == "unreachable"}
        assert {one.candidate.id for one in await unreachable(changed, NOW, PEOPLE)} == lost
        assert len(await unreachable(changed, NOW, 2)) == min(2, len(lost)), rules


async def test_a_crowd_costs_home_no_more_than_a_few(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two thousand who pile up out of reach do not stand before those who go."""
    provider = await a_provider(now=NOW - timedelta(days=300))
    bot = await Bot.create(telegram_id=1, username="a_bot")
    ages = [(90, "")] * 2_100 + [(39, "x@example.org")] * 400
    people = [
        Candidate(
            provider_id=provider.id,
            bot_id=bot.id,
            telegram_id=number,
            email=email,
            status="incomplete",
            status_since=NOW - timedelta(days=days),
            created_at=NOW - timedelta(days=days),
            clock_start=NOW - timedelta(days=days),
        )
        for number, (days, email) in enumerate(ages)
    ]
    await Candidate.bulk_create(people, batch_size=400)
    judged = 0

    async def counted(some: list[Candidate], *rest: Any) -> list[Standing]:
        nonlocal judged
        judged += len(some)
        return await standings(some, *rest)

    monkeypatch.setattr(reads, "standings", counted)
    found = await home(provider, NOW)
    assert [one.candidate.email for one in found.ending] == ["x@example.org"] * SHOWN
    assert (found.unreachable, found.many_unreachable) == (COUNTED_LOST, True)
    assert judged < 200
