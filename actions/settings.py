"""The provider's settings: each change checked and journaled, none written over another's."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from actions.deeds import Actor
from actions.provider_journal import lock_provider, record
from actions.providers import new_link
from models.database import transaction
from models.reads.quiet import hours_of
from models.reads.retention import ended_days_of, settings_if
from models.tables import Field, JoinLink, Provider, ProviderEvent
from rules.errors import Outdated, Refusal
from rules.history import ProviderEventKind
from rules.quiet import check_quiet_hours
from rules.retention import (
    ENDED_DAYS,
    DelayOutOfRange,
    RetentionSettings,
    check_delays,
    check_ended_days,
)
from rules.switches import FRENCH
from rules.vocabulary import Stage, WorkStatus

MOST_BIN_DAYS = 365
NOTICE_SAYS = frozenset({"name", "reply_to", "module_on", "deletion_days", "ended_days"})
"""Settings that the privacy notice speaks of, besides whether a reminder is sent."""

SETTINGS_KINDS = frozenset(
    {
        ProviderEventKind.SETTINGS_CHANGED,
        ProviderEventKind.REQUIREMENTS_PUBLISHED,
        ProviderEventKind.ACTIVITIES_DECLARED,
    }
)
"""Lines of the journal that go with a new settings version."""

LONGEST_SENTENCE = 500
Changes = tuple[dict[str, Any], dict[str, Any]]
"""What was, and what is now, of the columns that differ."""


class SettingsChangedMeanwhile(Outdated):
    """A form drawn from older settings."""

    sentence = (
        "{who} changed these settings in the meantime. Nothing of yours was saved: look at what "
        "they are now, then save again."
    )


class NoStatusAccepted(Refusal):
    """Accepting neither independents nor employees."""

    sentence = "Tick at least one status: otherwise nobody could apply."


class FrenchNotAsked(Refusal):
    """Requiring fluent French where nobody, or not everybody, is asked about it."""

    sentence = (
        "Candidates are not all asked whether they speak French. First put that question into "
        "your list, as required and for everybody, and publish."
    )


class SentenceTooLong(Refusal):
    """A closed sentence that does not fit on a phone."""

    sentence = "This is too long: {limit} characters at most."


@dataclass(frozen=True, slots=True)
class Recruitment:
    """The settings of "Module recrutement", as a form sends them."""

    module_on: bool
    signups_open: bool
    closed_sentence: Mapping[str, str]
    accepted_statuses: tuple[str, ...]
    french_required: bool
    deletion_days: int
    """0: nobody is deleted automatically."""
    reminder_days: int
    """0: nobody is warned."""
    bin_days: int
    quiet_from: int
    quiet_until: int
    """Local hours between which no reminder leaves; equal ones: it leaves at any time."""
    ended_days: int = ENDED_DAYS
    """From the end of an admission; 0: such people are never deleted automatically."""

    @classmethod
    def of(cls, provider: Provider) -> "Recruitment":
        """What they are now."""
        quiet = hours_of(provider)
        return cls(
            module_on=provider.module_on,
            signups_open=provider.signups_open,
            closed_sentence=dict(provider.closed_sentence),
            accepted_statuses=tuple(provider.accepted_statuses),
            french_required=provider.french_required,
            deletion_days=provider.deletion_days,
            reminder_days=provider.reminder_days,
            bin_days=provider.bin_days,
            ended_days=ended_days_of(provider),
            quiet_from=quiet.begin,
            quiet_until=quiet.end,
        )

    @property
    def deletes(self) -> bool:
        """Whether the deletion clock runs for anybody."""
        return self.module_on and (self.deletion_days > 0 or self.ended_days > 0)

    def columns(self) -> dict[str, Any]:
        """The values as the provider's row and the journal keep them."""
        return {
            "module_on": self.module_on,
            "signups_open": self.signups_open,
            "closed_sentence": {code: text for code, text in self.closed_sentence.items() if text},
            "accepted_statuses": list(self.accepted_statuses),
            "french_required": self.french_required,
            "deletion_days": self.deletion_days,
            "reminder_days": self.reminder_days,
            "bin_days": self.bin_days,
            "ended_days": self.ended_days,
            "quiet_from": self.quiet_from,
            "quiet_until": self.quiet_until,
        }


def check_recruitment(wanted: Recruitment) -> None:
    """Raise why these settings make no sense, if there is a why.

    Raises:
        NoStatusAccepted, SentenceTooLong, DelayOutOfRange, ReminderNotBeforeDeletion, NotAnHour,
        TooQuiet.
    """
    if not wanted.accepted_statuses or set(wanted.accepted_statuses) - set(WorkStatus):
        raise NoStatusAccepted
    if any(len(text) > LONGEST_SENTENCE for text in wanted.closed_sentence.values()):
        raise SentenceTooLong(limit=LONGEST_SENTENCE)
    if not 0 <= wanted.bin_days <= MOST_BIN_DAYS:
        raise DelayOutOfRange(maximum=MOST_BIN_DAYS)
    check_delays(wanted.deletion_days, wanted.reminder_days)
    check_ended_days(wanted.ended_days, wanted.reminder_days)
    check_quiet_hours(wanted.quiet_from, wanted.quiet_until)


async def change_recruitment(
    provider_id: str,
    wanted: Recruitment,
    version: int,
    actor: Actor,
    now: datetime,
    *,
    french_of_newcomers: bool = False,
) -> Provider:
    """Save the settings of the module; nothing is written when nothing changes.

    Args:
        version: the settings_version that the form was drawn from.
        french_of_newcomers: fluent French, when it becomes required, is required of those only
            who sign up from now on: by a requirements version of its own that asks nothing else.

    Raises:
        SettingsChangedMeanwhile, FrenchNotAsked, and what check_recruitment raises.
    """
    check_recruitment(wanted)
    async with locked_settings(provider_id, version) as provider:
        was = Recruitment.of(provider)
        if wanted.french_required and not was.french_required:
            await _check_french(provider)
            provider.requirements_version += french_of_newcomers
            provider.french_since = provider.requirements_version if french_of_newcomers else None
        provider.counting_since = clock_if(provider, wanted, now).counting_since
        changes = differences(was.columns(), wanted.columns())
        told = _with_french_of(changes, provider)
        await write_changes(provider, "recruitment", changes, actor, now, told=told)
    return provider


def _with_french_of(changes: Changes, provider: Provider) -> Changes:
    """For the journal: of whom French is required, when it becomes so."""
    before, after = changes
    if not after.get("french_required"):
        return changes
    return before, after | {"french_of": "all" if provider.french_since is None else "new"}


def clock_if(provider: Provider, wanted: Recruitment, now: datetime) -> RetentionSettings:
    """What the deletion clock would go by if these were saved now."""
    return settings_if(
        provider,
        now,
        module_on=wanted.module_on,
        deletion_days=wanted.deletion_days,
        reminder_days=wanted.reminder_days,
        ended_days=wanted.ended_days,
    )


async def _check_french(provider: Provider) -> None:
    """Raise FrenchNotAsked unless newcomers are all asked whether they speak French."""
    row = await Field.filter(provider_id=provider.id, key=FRENCH, until=None).first()
    everybody = row is not None and row.required and not row.statuses and not row.condition
    if not everybody or row is None or row.stage != Stage.APPLICATION:
        raise FrenchNotAsked


async def renew_link(provider_id: str, actor: Actor, now: datetime) -> JoinLink:
    """A new personal link; whoever opens the old one is told politely."""
    async with transaction():
        await lock_provider(provider_id)
        link = await new_link(provider_id, now)
        await record(provider_id, ProviderEventKind.LINK_RENEWED, actor.id, actor.name, now)
    return link


@asynccontextmanager
async def locked_settings(provider_id: str, version: int) -> AsyncIterator[Provider]:
    """The provider's row, locked, if its settings still are those of `version`.

    Raises:
        SettingsChangedMeanwhile.
    """
    async with transaction():
        provider = await lock_provider(provider_id)
        if provider.settings_version != version:
            raise SettingsChangedMeanwhile(who=await last_to_change(provider_id))
        yield provider


async def write_changes(
    provider: Provider,
    subject: str,
    changes: Changes,
    actor: Actor,
    now: datetime,
    *,
    told: Changes | None = None,
) -> None:
    """Write what changed, and its line in the journal; inside `locked_settings`.

    Args:
        told: what the journal says instead, where the columns' values tell people nothing.
    """
    before, after = changes
    if not after:
        return
    for name, value in after.items():
        setattr(provider, name, value)
    provider.settings_version += 1
    if _notice_changed(before, after):
        provider.privacy_version += 1
    provider.touched_at = now
    await provider.save()
    was, becomes = told or changes
    await record(
        provider.id,
        ProviderEventKind.SETTINGS_CHANGED,
        actor.id,
        actor.name,
        now,
        subject=subject,
        before=was,
        after=becomes,
    )


def _notice_changed(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether the privacy notice says something else now: it is shown again to everybody."""
    warned = bool(before.get("reminder_days")) != bool(after.get("reminder_days"))
    return warned or not NOTICE_SAYS.isdisjoint(after)


def differences(before: dict[str, Any], after: dict[str, Any]) -> Changes:
    """The columns whose values differ, before and after."""
    changed = [name for name, value in after.items() if before[name] != value]
    return {name: before[name] for name in changed}, {name: after[name] for name in changed}


async def last_to_change(provider_id: str) -> str:
    """Who changed the settings last, as the journal names them."""
    lines = ProviderEvent.filter(provider_id=provider_id, kind__in=sorted(SETTINGS_KINDS))
    last = await lines.order_by("-id").first()
    return last.actor_name if last and last.actor_name else "—"
