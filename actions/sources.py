"""The provider's source tags: made and removed on the page of the personal link."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime

from actions.deeds import Actor
from actions.settings import locked_settings, write_changes
from rules.sources import Tag, read_tags, with_tag, without_tag

SUBJECT = "source_tags"


async def add_tag(provider_id: str, name: str, version: int, actor: Actor, now: datetime) -> Tag:
    """A new tag, from its name.

    Raises:
        SettingsChangedMeanwhile, and what rules.sources.with_tag raises.
    """
    tags = await _change(provider_id, lambda tags: with_tag(tags, name), version, actor, now)
    return tags[-1]


async def remove_tag(
    provider_id: str, key: str, version: int, actor: Actor, now: datetime
) -> None:
    """Count nobody by this tag any more; links that carry it go on working.

    Raises:
        SettingsChangedMeanwhile, NoSuchTag.
    """
    await _change(provider_id, lambda tags: without_tag(tags, key), version, actor, now)


async def _change(
    provider_id: str,
    changed: Callable[[Sequence[Tag]], tuple[Tag, ...]],
    version: int,
    actor: Actor,
    now: datetime,
) -> tuple[Tag, ...]:
    async with locked_settings(provider_id, version) as provider:
        was = read_tags(provider.source_tags)
        tags = changed(was)
        await write_changes(
            provider,
            SUBJECT,
            ({SUBJECT: provider.source_tags}, {SUBJECT: [asdict(tag) for tag in tags]}),
            actor,
            now,
            told=({SUBJECT: _names(was)}, {SUBJECT: _names(tags)}),
        )
    return tags


def _names(tags: Sequence[Tag]) -> list[str]:
    return [tag.name for tag in tags]
