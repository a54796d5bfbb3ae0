"""Links of the open space: what is kept, what is refused, and where it is wrong."""

from __future__ import annotations

import pytest

from rules.space_links import (
    LONGEST_LABEL,
    LinkLabelNeeded,
    LinkLabelTooLong,
    LinkRefused,
    NotALink,
    SpaceLink,
    tidied,
)

GOOD = "https://planning.example.org/a?b=1#c"


def test_empty_rows_are_left_out_and_words_are_tidied() -> None:
    rows = [
        SpaceLink({}, " "),
        SpaceLink({"fr": "  Mon   planning "}, f" {GOOD} "),
        SpaceLink({"en": "App"}, "https://example.org:8443"),
    ]
    assert [one.column() for one in tidied(rows)] == [
        {"label": {"fr": "Mon planning"}, "url": GOOD},
        {"label": {"en": "App"}, "url": "https://example.org:8443"},
    ]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "planning.example.org",
        "http://example.org",
        "javascript:alert(1)",
        "tg://resolve?domain=x",
        "data:text/html,x",
        "https://",
        "https://intranet",
        "https://user:word@example.org",
        "https://example.org:port",
        "https://exam ple.org",
        "https://example.org/\u202egpj",
        "https://[::1",
        "https://example.org/" + "x" * 500,
    ],
)
def test_what_a_phone_cannot_open_safely_is_refused(url: str) -> None:
    with pytest.raises(NotALink) as refused:
        tidied([SpaceLink({"fr": "Un"}, GOOD), SpaceLink({"fr": "Deux"}, url)])
    assert (refused.value.row, refused.value.part) == (1, "url")


@pytest.mark.parametrize(
    ("label", "refusal"),
    [({}, LinkLabelNeeded), ({"fr": " "}, LinkLabelNeeded), ({"en": "x" * 41}, LinkLabelTooLong)],
)
def test_a_button_needs_words_that_fit(label: dict[str, str], refusal: type[LinkRefused]) -> None:
    assert LONGEST_LABEL == 40
    with pytest.raises(refusal) as refused:
        tidied([SpaceLink(label, GOOD)])
    assert refused.value.part == "label"
