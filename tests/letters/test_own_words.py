"""Mails in the provider's own words: equal in both parts, and never without what they need."""

from __future__ import annotations

import pytest

from rules.letters import LetterFacts
from rules.mails import MailName, name_of
from rules.notices import NoticeKind
from tests.letters.test_golden import CASES, LANGUAGES, html_words
from tests.letters.test_golden import MAILS as GOLDEN
from words.letters import letter
from words.letters.originals import original

OF_MAIL = {name_of(*CASES[case]): case for case in reversed(GOLDEN)}
"""One golden case for each mail."""


def facts_of(name: MailName) -> tuple[NoticeKind, LetterFacts]:
    return CASES[OF_MAIL[name]]


def seen(html: str) -> list[str]:
    """The lines of the HTML part, without the hidden one that mail programs show beforehand."""
    return html_words(html).splitlines()[1:]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", GOLDEN)
def test_the_text_that_the_editor_starts_from_says_what_the_product_says(
    case: str, language: str
) -> None:
    kind, facts = CASES[case]
    name = name_of(kind, facts)
    ours = letter(kind, facts, language)
    own = letter(kind, facts, language, original(name, language))
    assert own.subject == ours.subject
    assert own.text == ours.text
    assert seen(own.html) == seen(ours.html)
