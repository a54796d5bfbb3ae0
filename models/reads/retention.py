"""What the deletion clock must know of candidates, and what awaits each of them.

Panel, preview before saving and nightly run all go through here, so they cannot disagree.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.tables import Candidate, Chat, Decision, Notice, Provider, Reminder, Upload
from rules import retention as rules
from rules.notices import TELLING_A_DATE
from rules.retention import Outlook, Retained, RetentionSettings, local_date
from rules.vocabulary import Channel, DecisionState, NoticeState, UploadState

RESTORE = "restore"
BRAKE = "brake"
"""Values of Provider.clock_waits_for."""


@dataclass(frozen=True, slots=True)
class Warned:
    """That somebody was told the date: when, by which channel, and which date."""

    on: date
    by: Channel
    promised: date


@dataclass(frozen=True, slots=True)
class Standing:
    """A candidate and what awaits them."""

    candidate: Candidate
    retained: Retained
    outlook: Outlook
    warned: Warned | None = None
    """By the reminder that still holds."""


def settings_of(provider: Provider) -> RetentionSettings:
    """The provider's settings of the clock, as of now."""
    return RetentionSettings(
        module_on=provider.module_on,
        deletion_days=provider.deletion_days,
        reminder_days=provider.reminder_days,
        zone=ZoneInfo(provider.timezone),
        counting_since=provider.counting_since,
        waits_for_word=provider.clock_waits_for == RESTORE,
        ended_days=ended_days_of(provider),
    )


def ended_days_of(provider: Provider) -> int:
    """Days from the end of an admission to the deletion; 0: never."""
    return rules.ENDED_DAYS if provider.ended_days is None else provider.ended_days


def settings_if(
    provider: Provider,
    now: datetime,
    *,
    module_on: bool,
    deletion_days: int,
    reminder_days: int,
    ended_days: int | None = None,
    timezone: str | None = None,
) -> RetentionSettings:
    """What the settings would become if these were saved now.

    Switching on (module, or either delay from 0) starts the counting: whoever saves them writes
    `counting_since` of the result into the provider.

    Args:
        ended_days: None: what it is.
    """
    was = settings_of(provider)
    wanted = replace(
        was,
        module_on=module_on,
        deletion_days=deletion_days,
        reminder_days=reminder_days,
        ended_days=was.ended_days if ended_days is None else ended_days,
        zone=ZoneInfo(timezone or provider.timezone),
    )
    return replace(wanted, counting_since=now) if wanted.starts_after(was) else wanted


async def retained(candidate: Candidate) -> Retained:
    """What the rule must know of one candidate; read it under their lock to decide."""
    return (await _facts_of([candidate]))[candidate.id][0]


async def outlook_of(candidate: Candidate, provider: Provider, now: datetime) -> Outlook:
    """What awaits one candidate."""
    return (await standing_of(candidate, provider, now)).outlook


async def standing_of(candidate: Candidate, provider: Provider, now: datetime) -> Standing:
    """What awaits one candidate, and whether they were told."""
    return (await standings([candidate], settings_of(provider), now))[0]


async def standings(
    candidates: Sequence[Candidate], settings: RetentionSettings, now: datetime
) -> list[Standing]:
    """What awaits these candidates of one provider, in their order, at the cost of one."""
    facts = await _facts_of(candidates)
    return [_standing(one, *facts[one.id], settings, now) for one in candidates]


def _standing(
    candidate: Candidate,
    retained: Retained,
    row: Reminder | None,
    settings: RetentionSettings,
    now: datetime,
) -> Standing:
    outlook = rules.outlook(settings, retained, now)
    warned = None if outlook.reminder_void else _warned(row, settings.zone)
    return Standing(candidate, retained, outlook, warned)


def _warned(row: Reminder | None, zone: ZoneInfo) -> Warned | None:
    if row is None or row.accepted_at is None or row.promised is None:
        return None
    by = Channel(row.accepted_by or Channel.MAIL)
    return Warned(local_date(row.accepted_at, zone), by, row.promised)


_Facts = tuple[Retained, Reminder | None]


async def _facts_of(candidates: Sequence[Candidate]) -> dict[str, _Facts]:
    """Everything about them, in as many statements as about one."""
    ids = [one.id for one in candidates]
    waiting = Upload.filter(candidate_id__in=ids, state=UploadState.WAITING).distinct()
    checking = {found[0] for found in await waiting.values_list("candidate_id")}
    pending = Decision.filter(candidate_id__in=ids, state=DecisionState.PENDING)
    deciding = {found[0] for found in await pending.values_list("candidate_id")}
    open_ones, promises = await _reminders(ids)
    reachable = await _reachable_chats(candidates)
    return {
        one.id: (
            Retained(
                status=one.status,
                ever_admitted=one.admitted_at is not None,
                clock_start=one.clock_start,
                kept_until=one.kept_until,
                awaiting_reply=one.awaiting_reply_since is not None,
                checking_file=one.id in checking,
                decision_pending=one.id in deciding,
                reminder=reminder_value(open_ones.get(one.id)),
                latest_promise=promises.get(one.id),
                has_address=bool(one.email),
                address_refused=one.email_refused_at is not None,
                chat_reachable=(one.bot_id, one.telegram_id) in reachable,
                ended_at=one.ended_at,
            ),
            open_ones.get(one.id),
        )
        for one in candidates
    }


async def _reminders(ids: list[str]) -> tuple[dict[str, Reminder], Mapping[str, date]]:
    """The open reminder of each candidate, and the latest date ever promised, void ones too.

    A date in anything that was taken binds like a promise, also where it is no reminder or does
    not count as a warning: whoever read a date, in a mail or in the chat, gets it.
    """
    open_ones: dict[str, Reminder] = {}
    promises: dict[str, date] = {}
    found = await Reminder.filter(candidate_id__in=ids)
    for row in found:
        if row.void_at is None:
            open_ones[row.candidate_id] = row
    said = [(row.candidate_id, row.promised) for row in found if row.promised is not None]
    said += await _said(ids)
    for candidate_id, day in said:
        promises[candidate_id] = max(promises.get(candidate_id, day), day)
    return open_ones, promises


async def _said(ids: list[str]) -> list[tuple[str, date]]:
    """(candidate, date) of each letter or piece of news that was taken and said a date."""
    if not ids:
        return []
    taken = await Notice.filter(
        candidate_id__in=ids, kind__in=TELLING_A_DATE, state=NoticeState.ACCEPTED
    )
    days = [(one.candidate_id, _day_in(one.facts)) for one in taken]
    return [(who, day) for who, day in days if who is not None and day is not None]


def _day_in(facts: Mapping[str, str]) -> date | None:
    """The date that a notice said; "until": what an operator who kept somebody chose."""
    day = facts.get("date") or facts.get("until")
    return date.fromisoformat(day) if day else None


async def _reachable_chats(
    candidates: Sequence[Candidate],
) -> set[tuple[str | None, int | None]]:
    """(bot, Telegram user) of the chats that are not blocked.

    Asked with both: the index begins with the bot, and without it a million chats are read.
    """
    bots = {one.bot_id for one in candidates if one.bot_id is not None}
    users = {one.telegram_id for one in candidates if one.telegram_id is not None}
    if not bots or not users:
        return set()
    open_ones = Chat.filter(bot_id__in=bots, user_id__in=users, blocked_at=None)
    return {(bot, user) for bot, user in await open_ones.values_list("bot_id", "user_id")}


def reminder_value(row: Reminder | None) -> rules.Reminder | None:
    """A reminder's row as the rule eats it."""
    if row is None:
        return None
    return rules.Reminder(
        clock_start=row.clock_start,
        due=row.due,
        accepted_at=row.accepted_at,
        promised=row.promised,
        zone=ZoneInfo(row.zone) if row.zone else None,
    )


def in_order(found: Iterable[Standing]) -> list[Standing]:
    """Whoever is deleted first, first; those without a date last."""
    return sorted(found, key=lambda one: (one.outlook.deletion_date or date.max, one.candidate.id))
