"""Limits of a field: which ones each kind of answer has, and whether any answer can meet them."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from rules.answers.numbers import MOST as MOST_NUMBER
from rules.answers.texts import LINE_LENGTH, LONG_LENGTH

LIMITS: Final[Mapping[str, frozenset[str]]] = {
    "text": frozenset({"max_length", "name"}),
    "long_text": frozenset({"max_length"}),
    "number": frozenset({"min", "max", "decimals", "example"}),
    "date": frozenset({"min", "max", "past", "future", "min_age"}),
}
"""By kind; the kinds that are not here have none."""

MOST_DECIMALS: Final = 6
MOST_AGE: Final = 100


def bounds_are_sane(kind: str, limits: Mapping[str, Any]) -> bool:
    """Whether this kind has these limits, and some answer meets them all."""
    if set(limits) - LIMITS.get(kind, frozenset()):
        return False
    if kind in ("text", "long_text"):
        most = LINE_LENGTH if kind == "text" else LONG_LENGTH
        return _whole(limits.get("max_length", 1), 1, most)
    if kind == "number":
        return _number_is_sane(limits)
    return kind != "date" or _date_is_sane(limits)


def _whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _number_is_sane(limits: Mapping[str, Any]) -> bool:
    least, most = limits.get("min", -MOST_NUMBER), limits.get("max", MOST_NUMBER)
    for bound in (least, most):
        if isinstance(bound, bool) or not isinstance(bound, int | float):
            return False
        if not -MOST_NUMBER <= bound <= MOST_NUMBER:  # not a number is refused here too
            return False
    return least <= most and _whole(limits.get("decimals", 2), 0, MOST_DECIMALS)


def _date_is_sane(limits: Mapping[str, Any]) -> bool:
    if limits.get("past") and limits.get("future"):
        return False
    if "min_age" in limits and (
        limits.get("future") or not _whole(limits["min_age"], 1, MOST_AGE)
    ):
        return False
    try:
        bounds = [date.fromisoformat(limits[one]) for one in ("min", "max") if one in limits]
    except (TypeError, ValueError):
        return False
    return bounds == sorted(bounds)
