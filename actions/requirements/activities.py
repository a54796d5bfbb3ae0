"""The activities that a provider declares: they permit items that the law reserves."""

from collections.abc import Collection
from datetime import datetime

from actions.deeds import Actor
from actions.provider_journal import lock_provider, record
from actions.settings import SettingsChangedMeanwhile, last_to_change
from models.database import transaction
from models.reads.drafts import drafting
from models.tables import Provider
from rules.catalogue import PROVIDER_ACTIVITIES
from rules.errors import Refusal
from rules.history import ProviderEventKind
from rules.requirements import EntryRefused
from rules.requirements.checks import PERMITTED_BY


class UnknownActivity(Refusal):
    """Declaring what is not in the list."""

    sentence = "Choose your activities in the list."


class ActivityInUse(EntryRefused):
    """Taking back a declaration that an item stands on."""

    sentence = (
        "“{item}” is only permitted by this activity. Take it out of your list first, and publish."
    )


async def declare_activities(
    provider_id: str,
    activities: Collection[str],
    settings_version: int,
    actor: Actor,
    now: datetime,
) -> Provider:
    """Declare these activities, and no others; nothing is written when nothing changes.

    Taking one back is refused while an item stands on it, in what is asked or in the draft:
    archiving it here would change what is asked without anybody having looked at it.

    Raises:
        UnknownActivity, ActivityInUse, SettingsChangedMeanwhile.
    """
    known = [one.key for one in PROVIDER_ACTIVITIES]
    if set(activities) - set(known):
        raise UnknownActivity
    async with transaction():
        provider = await lock_provider(provider_id)
        if provider.settings_version != settings_version:
            raise SettingsChangedMeanwhile(who=await last_to_change(provider_id))
        before = list(provider.declared_activities or [])
        after = [one for one in known if one in activities]
        if before == after:
            return provider
        await _refuse_in_use(provider, frozenset(after))
        provider.declared_activities = after
        provider.settings_version += 1
        provider.touched_at = now
        await provider.save()
        await record(
            provider_id,
            ProviderEventKind.ACTIVITIES_DECLARED,
            actor.id,
            actor.name,
            now,
            before={"activities": before},
            after={"activities": after},
        )
    return provider


async def _refuse_in_use(provider: Provider, activities: frozenset[str]) -> None:
    draft = (await drafting(provider)).draft
    for entry in (*draft.ground.published, *draft.entries):
        permitting = PERMITTED_BY.get(entry.key)
        if permitting is not None and not permitting & activities:
            raise ActivityInUse("key", key=entry.key, item=entry.label)
