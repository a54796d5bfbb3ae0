"""Providers and operators made from the command line."""

from __future__ import annotations

from typing import Any

import click
import pytest

from commands.people import add_person, add_provider


async def test_a_known_account_keeps_its_password_and_says_so(
    make_database: Any,
    migrated_template: str,
    settings_for: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = settings_for(await make_database(migrated_template))
    for name in ("Douceur", "Vert"):
        await add_provider(settings, name, "", "fr", "Europe/Paris")
    await add_person(settings, "douceur", "Odile", "odile@example.org", "admin", "")
    assert "Password: " in capsys.readouterr().out
    await add_person(settings, "vert", "Odile", "Odile@example.org", "reviewer", "")
    said = capsys.readouterr().out
    assert "keeps its password" in said
    assert "Password: " not in said


@pytest.mark.parametrize(
    ("email", "password", "says"),
    [("odile", "", "not an e-mail address"), ("odile@example.org", "court", "characters")],
)
async def test_a_refusal_is_told_in_words(
    make_database: Any,
    migrated_template: str,
    settings_for: Any,
    email: str,
    password: str,
    says: str,
) -> None:
    settings = settings_for(await make_database(migrated_template))
    await add_provider(settings, "Douceur", "", "fr", "Europe/Paris")
    with pytest.raises(click.ClickException, match=says):
        await add_person(settings, "douceur", "Odile", email, "admin", password)
    with pytest.raises(click.ClickException, match="name"):
        await add_provider(settings, "\n", "", "fr", "Europe/Paris")
