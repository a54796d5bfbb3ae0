"""Several corrections within minutes become one mail; `rules.merging` says which and when.

The chat tells each at once, with the card and the space that say the same.

What gives way is void before what takes its place is owed, in one transaction, and only if no
worker has it in hand: so nothing is told twice, and nothing is told by neither.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from actions.deeds import Deed
from models.tables import Event, Notice
from rules import merging as rules
from rules.history import EventKind
from rules.notices import CHANNELS, NoticeKind
from rules.vocabulary import ActorKind, Channel, NoticeState

PLANNED = "planned"
"""Fact of corrections: when the first of them would have been final by itself."""


async def owe_corrections(
    doing: Deed, facts: Mapping[str, Any], *, once: str, planned: datetime
) -> None:
    """Owe the mail and the news of a rejection, with what was not told yet of earlier ones.

    What the candidate is asked for by that stays open to correction.
    """
    facts = {**facts, PLANNED: planned.isoformat()}
    for channel in CHANNELS[NoticeKind.CORRECTIONS]:
        told = await _joined(doing, channel, facts)
        if channel is Channel.CHAT:
            told = await _with_notes(doing, told)
        first = datetime.fromisoformat(told[PLANNED])
        last = await _last_mail(doing) if channel is Channel.MAIL else None
        leaves = rules.corrections_leave(doing.now, first, last)
        await doing.owe(
            NoticeKind.CORRECTIONS, told, once=once, not_before=leaves, channels=(channel,)
        )
        keys = [one["key"] for one in told["items"]]
        doing.candidate.unlocked = list(dict.fromkeys([*doing.candidate.unlocked, *keys]))


async def _joined(doing: Deed, channel: Channel, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """These corrections with those that are owed on this channel, which give way."""
    for earlier in await _owed(doing, NoticeKind.CORRECTIONS, channel):
        acts = await _acts(doing, earlier.owed_at)
        if any(kind == EventKind.SUBMITTED for kind, _ in acts):
            # It was looked at anew since: only what is said now counts.
            await _gives_way(earlier, doing.now)
            continue
        touched = {item for _, item in acts if item}
        both = rules.merged_corrections(earlier.facts, facts, touched)
        if both is not None and await _gives_way(earlier, doing.now):
            facts = {**both, PLANNED: _earliest(earlier.facts, facts)}
    return facts


async def _last_mail(doing: Deed) -> datetime | None:
    """When the newest mail with corrections left, or will; what only waited has given way."""
    mails = Notice.filter(
        candidate_id=doing.candidate.id, kind=NoticeKind.CORRECTIONS, channel=Channel.MAIL
    ).filter(state__in=[NoticeState.OWED, NoticeState.ACCEPTED])
    found = await mails.order_by("-not_before").first()
    return found.not_before if found else None


def _earliest(earlier: Mapping[str, Any], newer: Mapping[str, Any]) -> str:
    """What joins the first waits no longer than the first would have; an older release is mute."""
    said: list[str] = [one[PLANNED] for one in (earlier, newer) if PLANNED in one]
    return min(said, key=datetime.fromisoformat)


async def end_corrections(doing: Deed) -> None:
    """Corrections that were not told yet are not told any more: the candidate is accepted."""
    for channel in CHANNELS[NoticeKind.CORRECTIONS]:
        for earlier in await _owed(doing, NoticeKind.CORRECTIONS, channel):
            await _gives_way(earlier, doing.now, why=rules.ACCEPTED)


async def _with_notes(doing: Deed, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The notes of rejected documents that these corrections repeat give way, too."""
    items = {one["key"]: one for one in facts["items"]}
    for note in await _owed(doing, NoticeKind.DOCUMENT_REJECTED, Channel.CHAT):
        points = rules.points_of(note.facts)
        if all(one["key"] in items for one in points) and await _gives_way(note, doing.now):
            for one in points:
                items[one["key"]] = {**items[one["key"]], "advice": one.get("advice", "")}
    return {**facts, "items": list(items.values())}


async def owe_note(doing: Deed, point: Mapping[str, Any], *, once: str, grace: timedelta) -> None:
    """Owe the news of a rejected document, with those that were not told yet."""
    joined = [
        one
        for one in await _owed(doing, NoticeKind.DOCUMENT_REJECTED, Channel.CHAT)
        if await _gives_way(one, doing.now)
    ]
    since = min((_since(one) for one in joined), default=None)
    facts = {
        "points": rules.merged_notes((one.facts for one in joined), point),
        "since": (since or doing.now).isoformat(),
    }
    leaves = rules.note_leaves(doing.now, since, grace)
    await doing.owe(NoticeKind.DOCUMENT_REJECTED, facts, once=once, not_before=leaves)


def _since(note: Notice) -> datetime:
    """When the first of its documents was rejected."""
    said = note.facts.get("since")
    return datetime.fromisoformat(said) if said else note.owed_at


async def take_back_note(doing: Deed, key: str) -> None:
    """A rejection that was not told yet is not told any more; the others of its note are."""
    for note in await _owed(doing, NoticeKind.DOCUMENT_REJECTED, Channel.CHAT):
        points = rules.points_of(note.facts)
        left = [one for one in points if one["key"] != key]
        if not left:
            await _gives_way(note, doing.now, why=rules.CHANGED)
        elif len(left) < len(points):
            facts = {**note.facts, "points": left}
            await _unheld(note).update(facts=facts)


async def _owed(doing: Deed, kind: NoticeKind, channel: Channel) -> Iterable[Notice]:
    """What is owed of this kind and in nobody's hands, in order."""
    owed = Notice.filter(
        candidate_id=doing.candidate.id, kind=kind, channel=channel, state=NoticeState.OWED
    )
    return await owed.filter(lease_until=None).order_by("id")


async def _gives_way(notice: Notice, now: datetime, why: str = rules.JOINED) -> bool:
    """Make it void; False when a worker took it meanwhile."""
    gone = _unheld(notice).update(state=NoticeState.VOID, settled_at=now, last_error=why)
    return bool(await gone)


def _unheld(notice: Notice) -> Any:
    return Notice.filter(id=notice.id, state=NoticeState.OWED, lease_until=None)


async def _acts(doing: Deed, since: datetime) -> list[tuple[str, str | None]]:
    """What the candidate did since then, and to which item."""
    mine = Event.filter(
        candidate_id=doing.candidate.id, actor_kind=ActorKind.CANDIDATE, at__gte=since
    )
    return [(one.kind, one.subject) for one in await mine]
