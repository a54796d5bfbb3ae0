"""Days in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from words.language import full_moment, long_date


@pytest.mark.parametrize(
    ("day", "language", "written"),
    [
        (date(2026, 12, 16), "fr", "mercredi 16 décembre 2026"),
        (date(2028, 3, 1), "fr", "mercredi 1er mars 2028"),
        (date(2021, 1, 1), "fr", "vendredi 1er janvier 2021"),
        (date(2021, 1, 11), "fr", "lundi 11 janvier 2021"),
        (date(2026, 12, 31), "fr", "jeudi 31 décembre 2026"),
        (date(2028, 3, 1), "en", "Wednesday 1 March 2028"),
    ],
)
def test_a_day_is_written_as_people_write_it(day: date, language: str, written: str) -> None:
    assert long_date(day, language).replace(",", "") == written


def test_so_is_a_moment() -> None:
    moment = datetime(2028, 2, 29, 23, 30, tzinfo=UTC)
    assert full_moment(moment, "Europe/Paris", "fr") == "1er mars 2028 à 00:30"
