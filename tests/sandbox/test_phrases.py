"""The chat page speaks French and English: nothing is missing, nothing is left over."""

from __future__ import annotations

import re
from pathlib import Path

from sandbox.page import ACTIONS
from sandbox.phrases import FRENCH

TEMPLATES = Path(__file__).parents[2] / "sandbox" / "templates"
SAID = re.compile(r'\bt\("([^"]+)"')
CHOSEN = re.compile(r't\("([^"]+)" if [\w.]+ else "([^"]+)"\)')


def test_every_phrase_of_the_page_is_in_french_and_none_is_left_over() -> None:
    used = {*ACTIONS.values(), "busy…"}
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text()
        used |= set(SAID.findall(text))
        used |= {phrase for pair in CHOSEN.findall(text) for phrase in pair}
    assert used == set(FRENCH)
