"""Asking applications in progress what was published since: one person at a time, resumable.

The provider's row says up to which version people are being brought (`asking_up_to`) until all
of them are; who is left is seen from the candidates themselves. So it may be killed at any point
and done by two at once: each person is looked at again under their own lock. Only incomplete
applications and those to correct move; a pending decision is waited for.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from actions.apart import Apart, Resting
from actions.deeds import Actor, Deed, NoSuchCandidate, deed
from actions.provider_journal import lock_provider, record
from models.database import dialect, transaction
from models.reads.drafts import still_to_ask
from models.tables import Chat, Provider, ProviderEvent
from rules.asking import read
from rules.checklist import checklist
from rules.dossier import Dossier
from rules.history import EventKind, ProviderEventKind
from rules.holding import held
from rules.notices import NoticeKind
from rules.vocabulary import RUNNING, ActorKind, Stage, Status

FIRST: Final = 20
"""People asked while the admin waits for the page."""
BATCH: Final = 200
"""People asked at a time in the background, for one provider."""


class _LeftAlone(Exception):
    """Submitted, decided on or asked by somebody else meanwhile: nothing is written."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How far it got."""

    number: int
    left: bool
    """Whether somebody is still to be asked, or a decision is waited for."""


async def ask_running(provider_id: str, actor: Actor, now: datetime) -> Asked:
    """Ask everybody in course what newcomers are asked, without publishing anything new."""
    async with transaction():
        provider = await lock_provider(provider_id)
        provider.asking_up_to = provider.requirements_version
        provider.touched_at = now
        await provider.save()
        await record(
            provider_id,
            ProviderEventKind.REQUIREMENTS_ASKED,
            actor.id,
            actor.name,
            now,
            after={"version": provider.requirements_version},
        )
    return await ask_some(provider_id, actor, now, limit=FIRST)


async def finish_asking(now: datetime, resting: Resting | None = None) -> int:
    """Go on for every provider where somebody is still to be asked; how many were asked.

    resting: remembers, between two looks, those with whom a bug was met.
    """
    number, apart, resting = 0, Apart(), resting or Resting()
    for provider in await Provider.filter(asking_up_to__isnull=False):
        with apart.one(provider=provider.id):
            actor = await _who_published(provider.id)
            asked = await ask_some(provider.id, actor, now, limit=BATCH, resting=resting)
            number += asked.number
    return number


async def ask_some(
    provider_id: str,
    actor: Actor,
    now: datetime,
    *,
    limit: int,
    resting: Resting | None = None,
) -> Asked:
    """Bring up to `limit` people to the version that the provider's row says.

    Those with whom a bug is met stay to be asked, and hold up nobody else.
    """
    resting = resting or Resting()
    provider = await Provider.get(id=provider_id)
    version = provider.asking_up_to
    if version is None:
        return Asked(0, left=False)
    number = 0
    for candidate_id in await still_to_ask(provider_id, version, limit, but=resting.those(now)):
        with resting.one(candidate_id, now, candidate=candidate_id):
            number += await _ask(candidate_id, provider_id, version, actor, now)
    if await still_to_ask(provider_id, version, 1, waited_for=True):
        return Asked(number, left=True)
    # Unless somebody published again meanwhile.
    await Provider.filter(id=provider_id, asking_up_to=version).update(asking_up_to=None)
    return Asked(number, left=False)


async def _ask(
    candidate_id: str, provider_id: str, version: int, actor: Actor, now: datetime
) -> bool:
    """Bring one person to this version; False when they were left alone."""
    try:
        async with transaction():
            chat = await _lock_chat(candidate_id)  # before the candidate, like the door
            async with deed(candidate_id, actor, now, provider_id=provider_id) as doing:
                await _bring(doing, version, chat)
    except (_LeftAlone, NoSuchCandidate):
        return False
    return True


async def _lock_chat(candidate_id: str) -> Chat | None:
    """The chat that is in this person's space now, locked."""
    query = Chat.filter(candidate_id=candidate_id)
    if dialect() != "sqlite":  # there the whole transaction holds the write lock
        query = query.select_for_update(no_key=True)
    return await query.first()


async def _bring(doing: Deed, version: int, chat: Chat | None) -> None:
    """What was given stays; the clock of deletion is not touched: nobody wrote to anybody."""
    candidate = doing.candidate
    before = await doing.dossier()
    running = Status(candidate.status) in RUNNING
    if not running or candidate.requirements_version >= version or before.pending:
        raise _LeftAlone
    former, candidate.requirements_version = candidate.requirements_version, version
    after = await doing.dossier(fresh=True)
    if chat is not None:
        chat.asking = str(held(read(chat.asking), before, after))
        await chat.save(update_fields=["asking"])
    added = _only_in(after, before)
    await doing.record(
        EventKind.REQUIREMENTS_CHANGED,
        before={"requirements": former},
        after={
            "requirements": version,
            "added": added,
            "set_aside": [one for one in _only_in(before, after) if _was_given(before, one)],
        },
    )
    first = {item.key for item in checklist(after, Stage.APPLICATION).items}
    if candidate.email and any(one["key"] in first for one in added):
        await doing.owe(NoticeKind.ASKED_MORE, {"items": added}, once=str(version))


def _only_in(one: Dossier, other: Dossier) -> list[dict[str, Any]]:
    """What the first asks of this person and the second does not."""
    asked = {item.key for stage in Stage for item in checklist(other, stage).items}
    return [
        {"key": item.key, "label": dict(item.rule.label)}
        for stage in Stage
        for item in checklist(one, stage).items
        if item.key not in asked
    ]


def _was_given(dossier: Dossier, item: dict[str, Any]) -> bool:
    return item["key"] in dossier.answers or item["key"] in dossier.documents


async def _who_published(provider_id: str) -> Actor:
    """Who had it done, as the provider's journal names them."""
    kinds = (ProviderEventKind.REQUIREMENTS_PUBLISHED, ProviderEventKind.REQUIREMENTS_ASKED)
    lines = ProviderEvent.filter(provider_id=provider_id, kind__in=kinds).order_by("-id")
    async for line in lines:
        asked = line.kind == ProviderEventKind.REQUIREMENTS_ASKED or line.after["asked_too"]
        if asked:
            return Actor(ActorKind(line.actor_kind), line.actor_id, line.actor_name)
    return Actor(ActorKind.SYSTEM)
