"""Asking admitted people for a new document before theirs runs out, and noting that it has.

Each person is looked at again under their lock, in a transaction of their own; what was asked is
read from the notices, so that a round made twice, or by two processes at once, asks once.
"""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from tortoise.expressions import F

from actions.apart import Apart
from actions.deeds import SYSTEM, Deed, NoSuchCandidate, deed
from actions.reminders import open_channels, quiet_deed
from models.database import transaction
from models.reads.renewals import (
    Days,
    asked_column,
    asked_of,
    batches,
    expiries_noted,
    papers_in,
    papers_of,
    remind_days,
)
from models.tables import Candidate, Document, Provider
from rules.history import EventKind
from rules.notices import NoticeKind
from rules.renewals import due
from rules.retention import local_date
from rules.vocabulary import Status

MORNING = time(9)
"""Nobody is woken up for a paper: what is asked for today leaves from nine o'clock on."""


async def ask_for_renewals(provider: Provider, now: datetime) -> int:
    """Ask for what runs out, and note what has expired; how many people were asked."""
    zone = ZoneInfo(provider.timezone)
    today, days = local_date(now, zone), await remind_days(provider.id)
    asked, apart = 0, Apart()
    async for batch in batches(provider.id, today, days):
        for candidate_id in await _worth_a_lock(batch, days, zone, now):
            with apart.one(candidate=candidate_id):
                asked += await _ask(candidate_id, zone, now)
        noted = await expiries_noted(row.candidate_id for row in batch)
        for row in batch:
            mark = (row.candidate_id, row.key, str(row.expires_on))
            if row.expires_on is not None and row.expires_on < today and mark not in noted:
                with apart.one(candidate=row.candidate_id):
                    await _note_expired(row, now)
    return asked


async def _worth_a_lock(
    batch: list[Document], days: Days, zone: ZoneInfo, now: datetime
) -> list[str]:
    """`_with_something_due`; everybody when that cannot be told of the batch as a whole."""
    whole, found = Apart(), list[str]()
    with whole.one(batch_from=batch[0].id):
        found = await _with_something_due(batch, days, zone, now)
    return sorted({row.candidate_id for row in batch}) if whole.left_out else found


async def _with_something_due(
    batch: list[Document], days: Days, zone: ZoneInfo, now: datetime
) -> list[str]:
    """Those of a batch who are worth a lock."""
    ids = {row.candidate_id for row in batch}
    papers, asked = await papers_of(ids, days, zone), await asked_of(ids)
    today = local_date(now, zone)
    return sorted(one for one in ids if due(papers.get(one, ()), asked.get(one, ()), today))


async def _ask(candidate_id: str, zone: ZoneInfo, now: datetime) -> bool:
    """Owe one message about everything that is due for one person; False when nothing is."""
    async with transaction():
        try:
            doing = await quiet_deed(candidate_id, now)
        except NoSuchCandidate:  # erased meanwhile
            return False
        if not await _owe(doing, zone):
            return False
        # The status card is drawn again, with a button for what is to be sent.
        await Candidate.filter(id=candidate_id).update(version=F("version") + 1)
        return True


async def _owe(doing: Deed, zone: ZoneInfo) -> bool:
    candidate = doing.candidate
    if candidate.status != Status.ACCEPTED or candidate.ended_at is not None:
        return False
    today, known = local_date(doing.now, zone), await asked_of([candidate.id])
    found = due(papers_in(await doing.dossier(), zone), known.get(candidate.id, ()), today)
    if not found:
        return False
    facts = {"asked": [asked_column(one) for one in found]}
    morning = datetime.combine(today, MORNING, tzinfo=zone).astimezone(UTC)
    owed = await doing.owe(
        NoticeKind.DOCUMENT_EXPIRES,
        facts,
        once=found[0].mark,
        not_before=max(doing.now, morning),
        channels=await open_channels(doing),
    )
    return bool(owed)


async def _note_expired(row: Document, now: datetime) -> None:
    """Write into the journal that a document has run out; pages and card show it from then on."""
    expires = {"expires_on": str(row.expires_on)}
    try:
        async with deed(row.candidate_id, SYSTEM, now) as doing:
            noted = await expiries_noted([row.candidate_id])
            if (row.candidate_id, row.key, expires["expires_on"]) not in noted:
                await doing.record(EventKind.DOCUMENT_EXPIRED, row.key, after=expires)
    except NoSuchCandidate:  # erased meanwhile
        return
