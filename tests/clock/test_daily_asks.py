"""The rounds that ask for documents and remind of accounts: when, for whom, and how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.send import Sender
from jobs import clock as job
from jobs.context import Workshop
from models.reads.renewals import batches, remind_days
from models.tables import Candidate, Document, Notice, Provider
from settings import Settings
from tests.factories import a_candidate, a_provider

NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
"""In Paris; in Nouméa it is ten in the evening."""


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A worker's workshop, which calls nobody here."""
    settings = Settings.from_environment(
        {"TELEGRAM_TOKEN": "424242:AAE-made-up-token", "DATA_DIR": str(tmp_path)}
    )
    return Workshop(settings, Sender("http://127.0.0.1:9", "424242:AAE-made-up-token"))


async def admitted(provider: Provider, ends: datetime) -> Candidate:
    """Somebody whose SIRENE notice runs out."""
    person = await a_candidate(provider, "Amina Benali", "accepted", now=NOON)
    facts = {"key": "sirene_notice", "state": "validated", "sent_at": NOON, "reviewed_at": None}
    await Document.create(candidate_id=person.id, expires_on=ends.date(), **facts)
    return person


async def asked() -> int:
    return await Notice.filter(kind="document_expires").count()


async def test_each_provider_is_asked_for_once_a_day_of_its_own(
    database: str, workshop: Workshop
) -> None:
    paris = await a_provider(timezone="Europe/Paris")
    noumea = await a_provider("Vert Jardin", timezone="Pacific/Noumea")
    await admitted(paris, NOON + timedelta(days=30))
    await admitted(noumea, NOON + timedelta(days=31))
    assert {job.ask_activation, job.ask_renewals} <= set(job.ROUNDS)
    evening = NOON + timedelta(hours=3)
    await job.ask_renewals(workshop, NOON)
    assert await asked() == 1, "in Nouméa it is the 2nd too: 31 days are left"
    await job.ask_renewals(workshop, evening)
    assert await asked() == 2, "the 3rd has begun there"
    await Notice.all().delete()
    await job.ask_renewals(workshop, evening + timedelta(hours=6))
    assert await asked() == 0, "the day is done"
    workshop.rounds.renewed.clear()
    await job.ask_renewals(workshop, evening + timedelta(hours=6))
    assert await asked() == 2, "another worker, which knows nothing, finds that nothing was asked"


async def test_while_the_module_is_off_nobody_is_asked(database: str, workshop: Workshop) -> None:
    provider = await a_provider(module_on=False)
    await admitted(provider, NOON + timedelta(days=30))
    await job.ask_renewals(workshop, NOON)
    assert await asked() == 0
    await Provider.all().update(module_on=True)
    await job.ask_renewals(workshop, NOON)
    assert await asked() == 1


async def test_hundreds_are_looked_at_in_batches_and_nobody_is_missed(database: str) -> None:
    provider = await a_provider()
    people = [await admitted(provider, NOON + timedelta(days=20 + n // 3)) for n in range(8)]
    days = await remind_days(provider.id)
    seen = [batch async for batch in batches(provider.id, NOON.date(), days, size=3)]
    assert [len(batch) for batch in seen] == [3, 3, 2]
    found = [row.candidate_id for batch in seen for row in batch]
    assert sorted(found) == sorted(person.id for person in people)
