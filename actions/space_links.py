"""The links of the open space, kept with the provider's settings."""

from collections.abc import Sequence
from datetime import datetime

from actions.deeds import Actor
from actions.settings import differences, locked_settings, write_changes
from models.tables import Provider
from rules.space_links import SpaceLink, tidied


def links_of(provider: Provider) -> tuple[SpaceLink, ...]:
    """What they are now, in order."""
    return tuple(SpaceLink(one["label"], one["url"]) for one in provider.links)


async def change_links(
    provider_id: str, wanted: Sequence[SpaceLink], version: int, actor: Actor, now: datetime
) -> None:
    """Save them in this order, empty ones left out; nothing is written when nothing changes.

    Args:
        version: the settings_version that the form was drawn from.

    Raises:
        SettingsChangedMeanwhile, LinkRefused.
    """
    kept = [one.column() for one in tidied(wanted)]
    async with locked_settings(provider_id, version) as provider:
        changes = differences({"links": provider.links}, {"links": kept})
        await write_changes(provider, "space_links", changes, actor, now)
