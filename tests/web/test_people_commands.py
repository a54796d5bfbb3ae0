"""Providers and operators made from the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click
import pyotp
import pytest

from actions.passwords import right_password
from actions.second_factor import new_setup, turn_on
from actions.sessions import open_session
from commands.people import (
    add_person,
    add_provider,
    give_new_password,
    invite_person,
    list_operators,
    list_providers,
    reset_second_factor,
)
from commands.serving import opened
from models.reads.desks import open_memberships
from models.tables import (
    Notice,
    Operator,
    Provider,
    ProviderEvent,
    RecoveryCode,
    Session,
    Token,
)


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


async def test_a_provider_is_made_with_its_first_administrator_invited(
    make_database: Any,
    migrated_template: str,
    settings_for: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No password is ever known to whoever runs the installation."""
    settings = settings_for(await make_database(migrated_template))
    admin = ("Odile Perret", "Odile@Example.org")
    await add_provider(settings, "Douceur", "", "fr", "Europe/Paris", admin)
    assert "invitation for Odile@Example.org" in capsys.readouterr().out
    async with opened(settings):
        row = await Token.get(kind="invitation")
        assert (row.facts["email"], row.facts["role"]) == ("odile@example.org", "admin")
        assert (await Notice.get(kind="invitation")).provider_id == row.provider_id
        assert (await ProviderEvent.get(kind="operator_invited")).actor_name == ""


async def test_without_a_good_address_no_provider_is_made_either(
    make_database: Any, migrated_template: str, settings_for: Any
) -> None:
    settings = settings_for(await make_database(migrated_template))
    with pytest.raises(click.ClickException, match="not an e-mail address"):
        await add_provider(settings, "Douceur", "", "fr", "Europe/Paris", ("Odile", "odile"))
    async with opened(settings):
        assert not await Provider.exists()


async def test_the_lists_say_who_is_where(
    make_database: Any,
    migrated_template: str,
    settings_for: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = settings_for(await make_database(migrated_template))
    for name in ("Vert", "Douceur"):
        await add_provider(settings, name, "", "fr", "Europe/Paris")
    await add_person(settings, "douceur", "Odile", "odile@example.org", "admin", "")
    await invite_person(settings, "douceur", "Oscar", "oscar@example.org", "reviewer")
    capsys.readouterr()
    await list_providers(settings)
    assert capsys.readouterr().out.splitlines() == [
        "douceur\tDouceur\t1 operators\t1 invited",
        "vert\tVert\t0 operators\t0 invited",
    ]
    await list_operators(settings, "")
    assert capsys.readouterr().out == "douceur\tadmin\tOdile\todile@example.org\t\n"
    with pytest.raises(click.ClickException, match="no provider"):
        await list_operators(settings, "nowhere")


async def test_a_lost_second_factor_is_switched_off_and_journaled(
    make_database: Any,
    migrated_template: str,
    settings_for: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = settings_for(await make_database(migrated_template))
    await add_provider(settings, "Douceur", "", "fr", "Europe/Paris")
    await add_person(settings, "douceur", "Odile", "odile@example.org", "admin", "")
    async with opened(settings):
        odile = await Operator.get(email="odile@example.org")
        setup = new_setup(odile)
        now = datetime.now(UTC)
        await turn_on(odile, setup, pyotp.TOTP(setup.secret).at(now), now)
    await reset_second_factor(settings, " Odile@example.org")
    assert "password alone" in capsys.readouterr().out
    await reset_second_factor(settings, "odile@example.org")
    assert "without a code already" in capsys.readouterr().out
    with pytest.raises(click.ClickException, match="no operator"):
        await reset_second_factor(settings, "nobody@example.org")
    async with opened(settings):
        assert not (await Operator.get(email="odile@example.org")).totp_secret
        assert not await RecoveryCode.exists()
        line = await ProviderEvent.get(kind="second_factor_off")
        assert (line.actor_kind, line.after) == ("system", {"name": "Odile"})


async def test_a_new_password_is_printed_once_and_ends_the_sessions(
    make_database: Any,
    migrated_template: str,
    settings_for: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = settings_for(await make_database(migrated_template))
    await add_provider(settings, "Douceur", "", "fr", "Europe/Paris")
    await add_person(settings, "douceur", "Odile", "odile@example.org", "admin", "")
    async with opened(settings):
        odile = await Operator.get(email="odile@example.org")
        await open_session(odile, await open_memberships(odile.id), datetime.now(UTC))
    capsys.readouterr()
    await give_new_password(settings, "odile@example.org")
    password = capsys.readouterr().out.rsplit("Password: ", 1)[1].strip()
    async with opened(settings):
        row = await Operator.get(email="odile@example.org")
        assert await right_password(row.password_hash, password)
        assert not await Session.exists()
        line = await ProviderEvent.get(kind="password_changed")
        assert (line.actor_kind, line.after) == ("system", {"name": "Odile"})
