"""Erasure: what goes, what stays, and that nothing of the person is left anywhere."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tortoise import fields
from tortoise.models import Model

from actions import decisions
from actions.bin import empty_due, empty_now
from actions.deeds import SYSTEM, Actor, NoSuchCandidate
from actions.erasure import Reason, erase
from actions.farewells import FAREWELL_LASTS, STRANGER_LASTS, open_farewell, wipe_farewells
from actions.removals import sweep_removals
from models import database as ours
from models import tables
from models.ids import new_id
from models.tables import (
    Bot,
    Candidate,
    Chat,
    Event,
    LedgerEntry,
    Notice,
    Operator,
    Page,
    Provider,
    ProviderEvent,
    StoredFile,
    Tombstone,
)
from rules.notices import NoticeKind
from rules.statuses import NotBinned
from rules.vocabulary import ActorKind, Outcome
from store.room import Room
from store.sealing import Keyring
from tests.clock.world import World, new_candidate

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
MARK = "Zyxwvq"
"""Written into every text of the marked person: nothing else contains it."""
USER = 777_000_777_001
"""The marked person's Telegram account, as rare as the mark."""

ANONYMOUS: dict[str, set[str]] = {
    "tombstone": {"candidate_id"},
    "provider_event": {"subject"},
}
"""Columns that may name a candidate for ever: by a random id."""

NOT_ABOUT_CANDIDATES = {
    "bot",
    "clock_run",
    "document_type",
    "field",
    "installation",
    "join_link",
    "mail_text",
    "membership",
    "operator",
    "provider",
    "provider_event",
    "recovery_code",
    "requirements_draft",
    "session",
    "tombstone",
}
"""Tables in which nothing is a candidate's; the test below writes the mark into all others."""


def all_tables() -> list[type[Model]]:
    """Every table of the product."""
    return [getattr(tables, name) for name in tables.__all__]


def own_tables() -> list[type[Model]]:
    """Every table that holds something of candidates."""
    return [one for one in all_tables() if one._meta.db_table not in NOT_ABOUT_CANDIDATES]


class Marked:
    """A candidate who has left the mark in every column of every table that is about people."""

    def __init__(self, provider: Provider, bot: Bot, candidate: Candidate, chat: Chat) -> None:
        self.provider, self.bot, self.candidate, self.chat = provider, bot, candidate, chat
        self.made: dict[str, Model] = {"candidate": candidate, "chat": chat}
        self.number = 0

    async def fill(self, operator: Operator) -> None:
        """Make a row in each table, parents before children."""
        self.made |= {"provider": self.provider, "bot": self.bot, "operator": operator}
        waiting = [one for one in own_tables() if one._meta.db_table not in self.made]
        while waiting:
            ready = [one for one in waiting if set(self._parents(one)) <= set(self.made)]
            assert ready, f"cannot fill {waiting}"
            for table in ready:
                self.made[table._meta.db_table] = await table.create(**self._values(table))
                waiting.remove(table)

    def _parents(self, table: type[Model]) -> list[str]:
        return [
            table._meta.fields_map[name].related_model._meta.db_table  # type: ignore[attr-defined]  # it is a foreign key
            for name in table._meta.fk_fields
        ]

    def _values(self, table: type[Model]) -> dict[str, Any]:
        """A value for each column, marked wherever a text fits."""
        meta, values = table._meta, dict[str, Any]()
        links = {meta.fields_map[name].source_field: name for name in meta.fk_fields}
        for name, column in meta.fields_map.items():
            if name in links:
                parent = meta.fields_map[links[name]].related_model._meta.db_table  # type: ignore[attr-defined]  # a foreign key
                values[name] = self.made[parent].pk
            elif name in meta.db_fields and not (column.pk and column.generated):
                values[name] = self._value(table, name, column)
        return values

    def _value(self, table: type[Model], name: str, column: fields.Field[Any]) -> Any:
        self.number += 1
        if name == "candidate_id":
            return self.candidate.id
        if name == "provider_id":
            return self.provider.id
        if name in ("user_id", "chat_user_id", "telegram_id"):
            return USER
        if isinstance(column, fields.DatetimeField):
            return NOW
        if isinstance(column, fields.DateField):
            return NOW.date()
        if isinstance(column, fields.BooleanField):
            return False
        if isinstance(column, fields.BigIntField | fields.IntField | fields.SmallIntField):
            return self.number
        if isinstance(column, fields.JSONField):
            return {"text": f"{MARK}-{self.number}"}
        if name == "state" and table is Notice:
            return "failed"
        if column.pk:
            return new_id()
        if name == "content_type" and table is StoredFile:
            return "application/pdf"
        return f"{MARK}-{self.number}"[: getattr(column, "max_length", 200)]


async def marked() -> Marked:
    """Douceur & Cie, its bot, and Zyxwvq with a row everywhere."""
    provider = await Provider.create(slug="douceur", name="Douceur & Cie", created_at=NOW)
    bot = await Bot.create(telegram_id=4242, username="douceur_bot")
    operator = await Operator.create(email="odile@example.org", name="Odile", created_at=NOW)
    candidate = await new_candidate(provider, bot, MARK, USER, NOW)
    chat = await Chat.get(user_id=USER)
    chat.username, chat.asking, chat.card_digest = MARK, f"answer:{MARK}", MARK
    chat.card_message_id = 55
    await chat.save()
    person = Marked(provider, bot, candidate, chat)
    await person.fill(operator)
    return person


async def traces(candidate_id: str, marks: tuple[str, ...] = (MARK, str(USER))) -> list[str]:
    """Every place in the database where the person still shows: by mark, account or id."""
    found = []
    for table in all_tables():
        kept = ANONYMOUS.get(table._meta.db_table, set())
        for row in await ours.rows(f'SELECT * FROM "{table._meta.db_table}"'):
            for name, value in row.items():
                text = value if isinstance(value, str) else json.dumps(value, default=str)
                hit = any(mark.lower() in text.lower() for mark in marks)
                if hit or (candidate_id in text and name not in kept):
                    found.append(f"{table._meta.db_table}.{name} = {text}")
    return found


def bytes_found(folder: Path, *needles: str) -> list[str]:
    """Files under `folder` that contain one of these texts, in any case of letters."""
    wanted = [one.lower().encode() for one in needles]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(p) for p in files if any(one in p.read_bytes().lower() for one in wanted)]


@pytest.fixture
def store(tmp_path: Path, keys: Keyring) -> Room:
    """A file room in a folder."""
    return Room(f"file://{tmp_path}/store", keys, ours.refuse_inside_transaction)


async def keep_files(room: Room, candidate_id: str) -> None:
    """Give each stored file of the candidate its object, which says the mark in clear."""
    for row in await StoredFile.filter(candidate_id=candidate_id):
        key = room.new_key(row.id)
        await room.put(row.id, key, f"%PDF {MARK}".encode())
        await StoredFile.filter(id=row.id).update(key=key, state="kept")


def test_every_table_is_either_filled_with_the_mark_or_is_about_no_candidate() -> None:
    names = {one._meta.db_table for one in all_tables()}
    assert names >= NOT_ABOUT_CANDIDATES
    personal = {"candidate", "candidate_id", "user_id", "chat_user_id", "telegram_id"}
    for table in all_tables():
        if table._meta.db_table in NOT_ABOUT_CANDIDATES - {"tombstone", "bot"}:
            assert not personal & set(table._meta.fields_map), f"{table} is about candidates"


async def test_no_byte_is_left_in_database_and_store(
    database: str, store: Room, tmp_path: Path, backend: str
) -> None:
    person = await marked()
    await keep_files(store, person.candidate.id)
    assert len(await traces(person.candidate.id)) > 60, "the mark is nearly nowhere"
    await erase(person.candidate.id, Reason.OWN_WISH, Actor(ActorKind.CANDIDATE), NOW)
    left = [one for one in await traces(person.candidate.id) if not one.startswith("chat.")]
    assert left == [], "only the chat stays, until its farewell has left"
    await Notice.filter(kind=NoticeKind.ERASED).update(state="accepted", settled_at=NOW)
    await wipe_farewells(NOW)
    await sweep_removals(store, NOW + timedelta(hours=1))
    assert await traces(person.candidate.id) == []
    assert not await StoredFile.exists()
    assert await ours.checkpoint()
    if backend == "sqlite":
        assert bytes_found(tmp_path, MARK, str(USER)) == []
        assert not list((tmp_path / "store").rglob("files/*/*"))


async def test_the_search_for_bytes_finds_what_was_not_erased(
    database: str, store: Room, tmp_path: Path, backend: str
) -> None:
    person = await marked()
    assert await traces(person.candidate.id)
    if backend == "sqlite":
        assert bytes_found(tmp_path, MARK)


async def test_a_tombstone_stays_and_the_journal_names_only_an_id(database: str) -> None:
    person = await marked()
    who = Actor(ActorKind.CANDIDATE, person.candidate.id, MARK)
    await erase(person.candidate.id, Reason.OWN_WISH, who, NOW)
    stone = await Tombstone.get()
    assert (stone.candidate_id, stone.reason) == (person.candidate.id, "own_wish")
    assert (stone.last_status, stone.actor_kind) == ("incomplete", "candidate")
    assert (stone.created_on, stone.erased_on) == (date(2026, 11, 1), date(2026, 11, 1))
    line = await ProviderEvent.get(kind="candidate_erased")
    assert (line.subject, line.actor_name) == (person.candidate.id, "")
    assert MARK not in str(line.after)


async def test_an_erased_candidate_cannot_be_erased_again(database: str) -> None:
    person = await marked()
    await erase(person.candidate.id, Reason.OWN_WISH, SYSTEM, NOW)
    with pytest.raises(NoSuchCandidate):
        await erase(person.candidate.id, Reason.OWN_WISH, SYSTEM, NOW)
    assert await Tombstone.all().count() == 1
    assert await Notice.filter(kind=NoticeKind.ERASED).count() == 2


async def test_another_providers_candidate_cannot_be_erased(database: str) -> None:
    person = await marked()
    vert = await Provider.create(slug="vert", name="Vert Jardin", created_at=NOW)
    with pytest.raises(NoSuchCandidate):
        await erase(person.candidate.id, Reason.BIN, SYSTEM, NOW, provider_id=vert.id)
    assert await Candidate.exists(id=person.candidate.id)


async def test_a_failure_in_the_middle_leaves_everything_as_it_was(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await marked()
    before = await traces(person.candidate.id)

    async def fails(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("actions.erasure._forget_account", fails)
    with pytest.raises(OSError, match="disk full"):
        await erase(person.candidate.id, Reason.OWN_WISH, SYSTEM, NOW)
    assert await traces(person.candidate.id) == before
    assert not await Tombstone.exists()
    assert not await Notice.filter(kind=NoticeKind.ERASED).exists()


async def test_the_farewell_says_who_signs_and_names_nobody(database: str) -> None:
    person = await marked()
    await erase(person.candidate.id, Reason.AUTOMATIC, SYSTEM, NOW)
    mail = await Notice.get(channel="mail", kind=NoticeKind.ERASED)
    chat = await Notice.get(channel="chat", kind=NoticeKind.ERASED)
    assert mail.candidate_id is None
    assert chat.candidate_id is None
    assert person.candidate.id not in mail.unique_key + chat.unique_key
    opened = open_farewell(mail)
    assert opened is not None
    assert opened.address == f"{MARK.lower()}@example.org"
    assert (opened.facts.provider, opened.facts.first_name) == ("Douceur & Cie", MARK)
    in_chat = open_farewell(chat)
    assert in_chat is not None
    assert in_chat.address is None
    assert in_chat.card_message_id == 55, "it takes the place of the card"


async def test_a_final_rejection_that_had_not_left_still_leaves_once(database: str) -> None:
    world = await World.at(NOW, "Europe/Paris", 45, 7)
    world.mail = "down"
    await Provider.filter(id=world.provider_id).update(bin_days=0)
    await world.decide(NOW, Outcome.BIN)
    owed = await Notice.get(channel="mail", kind=NoticeKind.FINAL_REJECTION)
    assert await empty_due(NOW) == 1
    kept = await Notice.get(channel="mail", kind=NoticeKind.FINAL_REJECTION)
    assert (kept.id, kept.message_id) == (owed.id, owed.message_id), "the same letter"
    assert kept.candidate_id is None
    assert world.candidate_id not in kept.unique_key
    opened = open_farewell(kept)
    assert opened is not None
    assert (opened.address, opened.facts.comment) == ("amina@example.org", "Merci")


async def test_a_farewell_that_nobody_takes_is_wiped_after_three_days(database: str) -> None:
    person = await marked()
    await erase(person.candidate.id, Reason.AUTOMATIC, SYSTEM, NOW)
    end = NOW + FAREWELL_LASTS
    assert await wipe_farewells(end - timedelta(seconds=1)) == 0
    assert await Chat.exists(user_id=USER)
    assert await wipe_farewells(end) == 2
    assert await traces(person.candidate.id) == []


async def test_a_farewell_being_sent_is_not_wiped_under_the_senders_hands(database: str) -> None:
    person = await marked()
    await erase(person.candidate.id, Reason.AUTOMATIC, SYSTEM, NOW)
    end = NOW + FAREWELL_LASTS
    minute = timedelta(minutes=1)
    await Notice.filter(channel="mail").update(lease_by="w", lease_until=end + minute)
    assert await wipe_farewells(end) == 1
    assert await wipe_farewells(end + minute) == 1


async def test_the_other_space_of_the_same_person_stays_whole(database: str) -> None:
    person = await marked()
    vert = await Provider.create(slug="vert", name="Vert Jardin", created_at=NOW)
    other = await Candidate.create(
        provider_id=vert.id,
        bot_id=person.bot.id,
        telegram_id=USER,
        created_at=NOW,
        status_since=NOW,
        clock_start=NOW,
        first_name="Chloé",
    )
    await erase(person.candidate.id, Reason.OWN_WISH, SYSTEM, NOW)
    await Notice.all().update(settled_at=NOW, state="accepted")
    await wipe_farewells(NOW)
    chat = await Chat.get(user_id=USER)
    assert chat.candidate_id is None
    assert chat.display_name == MARK, "the other space still needs the chat"
    assert await Candidate.exists(id=other.id)
    assert await LedgerEntry.exists(chat_user_id=USER)


async def test_somebody_who_came_back_meanwhile_keeps_the_chat(database: str) -> None:
    person = await marked()
    await erase(person.candidate.id, Reason.OWN_WISH, SYSTEM, NOW)
    again = await Candidate.create(
        provider_id=person.provider.id,
        bot_id=person.bot.id,
        telegram_id=USER,
        created_at=NOW,
        status_since=NOW,
        clock_start=NOW,
    )
    await Chat.filter(user_id=USER).update(candidate_id=again.id, display_name="Amina")
    await wipe_farewells(NOW + FAREWELL_LASTS)
    assert (await Chat.get(user_id=USER)).candidate_id == again.id


async def test_a_stranger_is_forgotten_after_a_month(database: str) -> None:
    bot = await Bot.create(telegram_id=4242, username="douceur_bot")
    await Chat.create(bot_id=bot.id, user_id=5, display_name="Bruno", created_at=NOW)
    await wipe_farewells(NOW + STRANGER_LASTS - timedelta(seconds=1))
    assert await Chat.exists(user_id=5)
    await wipe_farewells(NOW + STRANGER_LASTS)
    assert not await Chat.exists(user_id=5)


async def test_the_doors_own_chat_row_is_emptied_too(database: str) -> None:
    person = await marked()
    held = await Chat.get(user_id=USER)
    async with ours.transaction():
        await erase(person.candidate.id, Reason.OWN_WISH, SYSTEM, NOW, chat=held)
        await held.save()
    chat = await Chat.get(user_id=USER)
    assert (chat.candidate_id, chat.asking) == (None, "")
    assert (chat.username, chat.display_name) == (None, "")


async def test_nobody_is_told_twice_when_a_backup_brings_them_back(database: str) -> None:
    person = await marked()
    await erase(person.candidate.id, Reason.AGAIN, SYSTEM, NOW)
    assert not await Notice.exists()


async def test_the_bin_is_emptied_on_time_and_not_before(database: str) -> None:
    world = await World.at(NOW, "Europe/Paris", 45, 7)
    await world.decide(NOW, Outcome.BIN)
    candidate = await world.candidate()
    assert candidate.erase_at == NOW + timedelta(days=7)
    assert await empty_due(NOW + timedelta(days=7, seconds=-1)) == 0
    assert await empty_due(NOW + timedelta(days=7)) == 1
    assert (await Tombstone.get()).reason == "bin"


async def test_a_restored_candidate_is_not_emptied_with_the_bin(database: str) -> None:
    world = await World.at(NOW, "Europe/Paris", 45, 7)
    await world.decide(NOW, Outcome.BIN)
    await decisions.restore(world.candidate_id, world.odile, NOW, provider_id=world.provider_id)
    assert await empty_due(NOW + timedelta(days=30)) == 0
    with pytest.raises(NotBinned):
        await empty_now(world.candidate_id, world.odile, NOW, provider_id=world.provider_id)


async def test_an_operator_empties_the_bin_at_once(database: str) -> None:
    world = await World.at(NOW, "Europe/Paris", 45, 7)
    await world.decide(NOW, Outcome.BIN)
    await empty_now(world.candidate_id, world.odile, NOW, provider_id=world.provider_id)
    assert (await Tombstone.get()).actor_kind == "operator"
    assert (await ProviderEvent.get(kind="candidate_erased")).actor_name == "Odile"
    assert not await Event.exists()
    assert not await Page.exists()
