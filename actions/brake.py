"""The brake on mass deletions, and the admin's word that lets the clock go on."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from actions.deeds import Actor
from actions.farewells import Reason
from actions.provider_journal import lock_provider, record
from models.database import transaction
from models.reads.due import People, people_of, too_many
from models.reads.retention import BRAKE
from models.tables import ClockRun, Provider, Tombstone
from rules.errors import Refusal
from rules.history import ProviderEventKind
from rules.vocabulary import ActorKind, Status


class ClockDoesNotWait(Refusal):
    """An admin's word that nobody waits for any more."""

    sentence = "Automatic deletion is already running again: somebody gave the word before you."


async def must_stop(night: ClockRun, provider: Provider, wanted: People, now: datetime) -> bool:
    """Pull the brake, or leave it pulled, unless an admin has agreed to that many."""
    there = await people_of(provider.id)
    stops = too_many(there, wanted, await _done(night))
    async with transaction():
        # As it is now: an admin may have given the word since the run began.
        waits = (await lock_provider(provider.id)).clock_waits_for
        if waits is None and (not stops or await _agreed(night, wanted.both + night.deleted)):
            return False
        if waits not in (None, BRAKE):
            return True
        await Provider.filter(id=provider.id).update(clock_waits_for=BRAKE, touched_at=now)
        await ClockRun.filter(id=night.id).update(
            braked=True, to_delete=wanted.both + night.deleted, released_at=None
        )
        if waits is None:
            after = {"to_delete": wanted.both, "running": there.both}
            await record(provider.id, ProviderEventKind.CLOCK_BRAKED, None, "", now, after=after)
    return True


async def _done(night: ClockRun) -> People:
    """Whom this run deleted before it was killed or repeated."""
    if not night.deleted:
        return People()
    ended = await Tombstone.filter(
        provider_id=night.provider_id,
        erased_on__gte=night.local_date,
        reason=Reason.AUTOMATIC,
        last_status=Status.ACCEPTED,
    ).count()
    return People(night.deleted - min(ended, night.deleted), min(ended, night.deleted))


async def _agreed(night: ClockRun, wanted: int) -> bool:
    """Whether an admin let this run, or the one of the night before, delete that many."""
    last = (
        await ClockRun.filter(
            provider_id=night.provider_id, braked=True, local_date__lte=night.local_date
        )
        .order_by("-local_date")
        .first()
    )
    if last is None or last.released_at is None:
        return False
    recent = night.local_date - last.local_date <= timedelta(days=1)
    return recent and wanted <= last.to_delete


async def release_brake(provider_id: str, actor: Actor, now: datetime) -> None:
    """An admin agrees to the deletions that the brake stopped; the run goes on at once.

    Raises ClockDoesNotWait.
    """
    async with transaction():
        await stop_waiting(provider_id, BRAKE)
        last = (
            await ClockRun.filter(provider_id=provider_id, braked=True)
            .order_by("-local_date")
            .first()
        )
        if last is not None:
            await ClockRun.filter(id=last.id).update(
                released_at=now, finished_at=None, lease_by=None, lease_until=None
            )
        after = {"to_delete": last.to_delete if last else 0}
        await note_released(provider_id, actor, now, after)


async def stop_waiting(provider_id: str, what: str) -> None:
    """Nothing holds the clock any more.

    Raises ClockDoesNotWait.
    """
    waited = Provider.filter(id=provider_id, clock_waits_for=what)
    if not await waited.update(clock_waits_for=None):
        raise ClockDoesNotWait


async def note_released(
    provider_id: str, actor: Actor, now: datetime, after: Mapping[str, object]
) -> None:
    """The journal's line of an admin's word."""
    operator = actor.id if actor.kind is ActorKind.OPERATOR else None
    kind = ProviderEventKind.CLOCK_RELEASED
    await record(provider_id, kind, operator, actor.name, now, after=after)
    await Provider.filter(id=provider_id).update(touched_at=now)
