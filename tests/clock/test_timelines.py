"""Every timeline of the rule, on a real database: real deeds, real outbox, real nightly run."""

import pytest

from tests.clock.story import tell
from tests.rules import (
    test_retention_changes,
    test_retention_ended,
    test_retention_timelines,
)

GROUPS = {
    **test_retention_timelines.GROUPS,
    **test_retention_changes.GROUPS,
    **test_retention_ended.GROUPS,
}
STORIES = [
    pytest.param(story, id=f"{rule}: {title}")
    for rule, stories in GROUPS.items()
    for title, story in stories.items()
]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("story", STORIES)
async def test_timeline(story: str) -> None:
    """Each line of the story comes true."""
    await tell(story)
