"""A provider's colour is always readable, in light and in dark."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from words.colours import (
    DARK_SURFACE,
    ENOUGH,
    LIGHT_SURFACE,
    accent_sheet,
    contrast,
    is_colour,
    on,
    readable,
)

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(COLOURS)
def test_every_colour_becomes_readable(colour: str) -> None:
    for surface in (LIGHT_SURFACE, DARK_SURFACE):
        found = readable(colour, surface)
        assert is_colour(found)
        assert contrast(found, surface) >= ENOUGH
        assert contrast(found, on(found)) >= ENOUGH


def test_a_readable_colour_stays_as_it_is() -> None:
    assert readable("#0f766e", LIGHT_SURFACE) == "#0f766e"
    assert readable("#4fb8ac", DARK_SURFACE) == "#4fb8ac"


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48)]
)
def test_contrast_is_that_of_the_guidelines(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)


def test_the_sheet_knows_both_themes() -> None:
    sheet = accent_sheet("#ffff00")
    assert sheet.count("--accent") == 3
    assert "prefers-color-scheme: dark" in sheet
