"""A JSON column gives back what it was given, texts too."""

from __future__ import annotations

from typing import Any

import pytest

from models.tables import Installation

VALUES = [
    "Amina",
    "69003",
    "true",
    "null",
    '"quoted"',
    "",
    "é “’ \u2028",
    True,
    0,
    1.5,
    None,
    ["69003", 1, None],
    {"sealed": "x", "masked": "•••• 4321"},
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
async def test_a_value_comes_back_as_it_was(database: str, value: Any) -> None:
    created = await Installation.create(key="one", value=value)
    assert created.value == value
    read = await Installation.get(key="one")
    assert (read.value, type(read.value)) == (value, type(value))
    await read.save()
    assert (await Installation.get(key="one")).value == value
    await Installation.filter(key="one").update(value=["other"])
    read.value = value
    await read.save(update_fields=["value"])
    assert (await Installation.get(key="one")).value == value
    if value is not None:
        await Installation.filter(key="one").update(value=value)
        assert (await Installation.get(key="one")).value == value
    await Installation.bulk_create([Installation(key="two", value=value)])
    assert (await Installation.get(key="two")).value == value
