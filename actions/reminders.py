"""Deletion reminders: owed, said, accepted, void. The rule is `rules.retention`.

A reminder is one row; its copies are notices, whose facts say which reminder it is and which
date that copy says. The first acceptance that counts fixes the promised date for ever, and every
copy says that date: one that is still owed is written with it, and a chat copy that had left
with an earlier one is followed by a fresh copy.
"""

from datetime import date, datetime

from actions.deeds import SYSTEM, Deed, NoSuchCandidate, lock_candidate
from models.database import transaction
from models.reads.retention import Standing, reminder_value, settings_of
from models.tables import Notice, Provider, Reminder
from rules import retention as rules
from rules.checklist import checklist
from rules.history import EventKind
from rules.letters import Situation
from rules.notices import NoticeKind
from rules.retention import RetentionSettings, VoidReason, warned_at
from rules.vocabulary import Channel, NoticeState, Status

KIND = NoticeKind.DELETION_REMINDER
LIVELY = (NoticeState.OWED, NoticeState.ACCEPTED)


async def quiet_deed(candidate_id: str, now: datetime) -> Deed:
    """Lock the candidate in the open transaction; the version stays: no form is outdated.

    Raises NoSuchCandidate.
    """
    candidate = await lock_candidate(candidate_id)
    provider = await Provider.get(id=candidate.provider_id)
    return Deed(candidate, provider, SYSTEM, now)


async def owe(doing: Deed, standing: Standing) -> Reminder:
    """Write the reminder down and owe its copies, on the channels that can carry them."""
    settings = settings_of(doing.provider)
    value = rules.owe_reminder(settings, standing.retained)
    row = await Reminder.create(
        candidate_id=doing.candidate.id,
        clock_start=value.clock_start,
        due=value.due,
        owed_at=doing.now,
    )
    say = rules.date_to_say(settings, standing.retained, doing.now)
    situation = await _situation(doing)
    await doing.record(EventKind.REMINDER_OWED, after={"date": say.isoformat(), "kind": situation})
    await _owe_copies(doing, row, say, await open_channels(doing), once=str(row.id))
    return row


async def _owe_copies(
    doing: Deed, row: Reminder, say: date, channels: tuple[Channel, ...], *, once: str
) -> None:
    facts = {"reminder": row.id, "date": say.isoformat(), "kind": await _situation(doing)}
    await doing.owe(KIND, facts, once=once, channels=channels)


async def _situation(doing: Deed) -> Situation:
    if doing.candidate.ended_at is not None:
        return "ended"
    if checklist(await doing.dossier()).unmet:
        return "unmet"
    return "to_correct" if doing.candidate.status == Status.TO_CORRECT else "incomplete"


async def open_channels(doing: Deed) -> tuple[Channel, ...]:
    """Where a copy may still arrive."""
    channels = []
    if doing.candidate.email and doing.candidate.email_refused_at is None:
        channels.append(Channel.MAIL)
    chat = await doing.chat()
    if chat is not None and chat.blocked_at is None:
        channels.append(Channel.CHAT)
    return tuple(channels)


async def owe_lost_copies(doing: Deed, row: Reminder, standing: Standing) -> None:
    """Owe again what nobody carries any more: failed, or void while nothing could carry it."""
    copies = await _copies(row)
    lively = {one.channel for one in copies if one.state in LIVELY}
    lost = tuple(one for one in await open_channels(doing) if one not in lively)
    if lost:
        say = rules.date_to_say(settings_of(doing.provider), standing.retained, doing.now)
        await _owe_copies(doing, row, say, lost, once=f"{row.id}:{len(copies)}")


async def void(doing: Deed, row: Reminder, why: VoidReason) -> None:
    """Close a reminder; its copies that are not being sent at this moment never leave."""
    await Reminder.filter(id=row.id).update(void_at=doing.now)
    for copy in await _copies(row):
        sending = copy.lease_until is not None and copy.lease_until > doing.now
        if copy.state == NoticeState.OWED and not sending:
            await Notice.filter(id=copy.id, state=NoticeState.OWED).update(
                state=NoticeState.VOID, settled_at=doing.now
            )
    await doing.record(EventKind.REMINDER_VOID, after={"why": why})


async def _copies(row: Reminder) -> list[Notice]:
    """The notices of one reminder, oldest first."""
    found = await Notice.filter(candidate_id=row.candidate_id, kind=KIND).order_by("id")
    return [one for one in found if one.facts.get("reminder") == row.id]


async def note_said(notice: Notice, day: date) -> None:
    """Write down the date that what is about to leave says; its acceptance promises it.

    Of every kind that tells a date (`TELLING_A_DATE`), reminder or not. Called by whoever
    holds the lease, before sending.
    """
    notice.facts = {**notice.facts, "date": day.isoformat()}
    await Notice.filter(id=notice.id).update(facts=notice.facts)


async def reminder_accepted(notice: Notice, channel: Channel, now: datetime) -> None:
    """A copy was accepted for delivery; called in the transaction that settles it.

    Mail counts; the chat alone counts only if there is no address, or it is refused for good.
    The first acceptance fixes the promise, also of a reminder that is void by now: whoever was
    told a date gets it.
    """
    if notice.candidate_id is None:
        return
    async with transaction():
        try:
            doing = await quiet_deed(notice.candidate_id, now)
        except NoSuchCandidate:
            return
        row = await Reminder.get_or_none(
            id=notice.facts.get("reminder"), candidate_id=doing.candidate.id
        )
        if row is None:
            return
        copies = await _copies(row)
        for copy in copies:
            if copy.id == notice.id:  # whether the caller wrote its fate before or writes it after
                copy.state, copy.settled_at = NoticeState.ACCEPTED, now
        await weigh(doing, row, copies)


async def reconsider_reminder(candidate_id: str, now: datetime) -> None:
    """The address was refused for good: a chat copy accepted before counts from now on."""
    async with transaction():
        try:
            doing = await quiet_deed(candidate_id, now)
        except NoSuchCandidate:
            return
        row = await open_reminder(candidate_id)
        if row is not None:
            await weigh(doing, row)


async def open_reminder(candidate_id: str) -> Reminder | None:
    """The reminder that is not void."""
    return await Reminder.get_or_none(candidate_id=candidate_id, void_at=None)


async def weigh(doing: Deed, row: Reminder, copies: list[Notice] | None = None) -> bool:
    """Fix the promise if an accepted copy counts as a warning; True when it was fixed now."""
    copies = await _copies(row) if copies is None else copies
    fixed = row.accepted_at is None and await _fix(doing, row, copies)
    if row.void_at is None and row.promised is not None:
        await _tell_promise(doing, row, copies)
    return fixed


async def _fix(doing: Deed, row: Reminder, copies: list[Notice]) -> bool:
    copy, at = await _first_that_counts(doing, copies)
    value = reminder_value(row)
    if copy is None or value is None:
        return False
    said = date.fromisoformat(copy.facts["date"])
    accepted = rules.accept_reminder(_settings(doing), value, at, said)
    row.accepted_at, row.accepted_by = accepted.accepted_at, copy.channel
    row.promised, row.zone = accepted.promised, str(accepted.zone)
    await row.save(update_fields=["accepted_at", "accepted_by", "promised", "zone"])
    promise = {"date": str(row.promised), "by": row.accepted_by}
    await doing.record(EventKind.REMINDER_ACCEPTED, after=promise)
    await Provider.filter(id=doing.provider.id).update(touched_at=doing.now)
    return True


def _settings(doing: Deed) -> RetentionSettings:
    """Those that concern this person: an admission that ended has a delay of its own."""
    settings = settings_of(doing.provider)
    return settings.of_ended if doing.candidate.ended_at is not None else settings


async def _first_that_counts(doing: Deed, copies: list[Notice]) -> tuple[Notice | None, datetime]:
    """The copy that warned the person, and when.

    A chat copy that counts only because the address was given up counts from now, when we find
    it out, and only if the chat still is open: else nothing reaches this person any more.
    """
    candidate = doing.candidate
    mail = _first_accepted(copies, Channel.MAIL)
    chat = _first_accepted(copies, Channel.CHAT)
    if chat is not None and candidate.email and Channel.CHAT not in await open_channels(doing):
        chat = None
    at = warned_at(
        mail.settled_at if mail else None,
        chat.settled_at if chat else None,
        has_address=bool(candidate.email),
        address_refused_at=doing.now if candidate.email_refused_at else None,
    )
    if at is None:
        return None, doing.now
    return (mail if mail and mail.settled_at == at else chat), at


def _first_accepted(copies: list[Notice], channel: Channel) -> Notice | None:
    accepted = [
        (one.settled_at, one.id, one)
        for one in copies
        if one.channel == channel and one.state == NoticeState.ACCEPTED and one.settled_at
    ]
    return min(accepted)[2] if accepted else None


async def _tell_promise(doing: Deed, row: Reminder, copies: list[Notice]) -> None:
    """Send a fresh chat copy after one that had left with another date than the promised one."""
    in_chat = [one for one in copies if one.channel == Channel.CHAT]
    told = [one for one in in_chat if one.state == NoticeState.ACCEPTED]
    owed = [one for one in in_chat if one.state == NoticeState.OWED]
    if owed or not told or told[-1].facts["date"] == str(row.promised):
        return
    channels = tuple(one for one in await open_channels(doing) if one is Channel.CHAT)
    assert row.promised is not None
    await _owe_copies(doing, row, row.promised, channels, once=f"{row.id}:{row.promised}")
