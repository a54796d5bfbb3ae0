"""The project's own pages name files that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
ROOMS = (
    "actions|bot|commands|jobs|locales|migrations|models|rules|sandbox|seed|settings|static|store"
    "|templates|tests|tools|webhooks|words"
)
NAMED = re.compile(rf"`((?:{ROOMS})/[\w/.-]+\.(?:py|html|txt|js|css|po|svg))\b")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    named = set(NAMED.findall(page.read_text()))
    assert [one for one in sorted(named) if not (ROOT / one).exists()] == []


def test_the_two_ways_are_told_file_by_file() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    ways = text.split("## A photo's way")[1].split("## Decisions")[0]
    assert len(set(NAMED.findall(ways))) >= 15
