"""The morning's digest in the panel: chosen on one's account, ended by the link in the mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from actions.mornings import owe_morning
from models.tables import Membership, Operator, ProviderEvent
from tests.factories import NOW, a_candidate, an_operator
from tests.web.conftest import Browser, Client, Opens, Town
from tests.web.post import PostOffice
from tests.web.rows import everything
from tests.web.test_browser import faults


async def link_of(town: Town, post: PostOffice) -> str:
    """The path of the link in Odile's digest of today."""
    await a_candidate(town.douceur, "Amina Benali", "submitted")
    await owe_morning(town.douceur.id, NOW.date(), NOW)
    letter = await post.newest(town.odile.email)
    header = str(letter.message["List-Unsubscribe"]).strip("<>")
    assert header in letter.text
    return header.removeprefix(post.settings.public_url)


async def choice(operator: Operator) -> bool | None:
    return (await Membership.get(operator_id=operator.id)).digest


async def test_one_chooses_on_ones_account_for_the_provider_that_is_shown(
    town: Town, browser: Browser
) -> None:
    await Operator.all().update(language="fr")
    elsewhere = await Membership.create(
        provider_id=town.vert.id, operator_id=town.oscar.id, role="reviewer", created_at=NOW
    )
    oscar = await browser(town.oscar)
    assert "Recevoir le résumé du matin" in (await oscar.get("/account")).text
    sent = await oscar.post("/account/digest", {"wanted": "yes", "provider": town.douceur.id})
    assert (sent.status, sent.to) == (303, "/account?digest=on#digest")
    page = (await oscar.get("/account?digest=on")).text
    assert "vous recevrez le résumé" in page
    assert "Ne plus le recevoir" in page
    mine = await Membership.get(operator_id=town.oscar.id, provider_id=town.douceur.id)
    assert mine.digest is True
    await elsewhere.refresh_from_db()
    assert elsewhere.digest is None
    await oscar.post("/account/digest", {"wanted": "no", "provider": town.douceur.id})
    await oscar.post("/account/digest", {"wanted": "no", "provider": town.douceur.id})
    await mine.refresh_from_db()
    assert mine.digest is False
    refused = await oscar.post("/account/digest", {"wanted": "yes", "provider": town.vert.id})
    assert refused.status == 409
    assert "dans un autre onglet" in refused.text
    await mine.refresh_from_db()
    await elsewhere.refresh_from_db()
    assert (mine.digest, elsewhere.digest) == (False, None)
    odile = await browser(town.odile)
    assert "Résumé du matin" in (await odile.get("/settings/journal?kind=people")).text
    assert await ProviderEvent.filter(kind="digest_changed").count() == 2


async def test_looking_at_the_link_ends_nothing_and_one_press_does(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    await Operator.all().update(language="fr")
    link = await link_of(town, post)
    anybody = await browser()
    before = await everything()
    page = await anybody.get(link)
    assert (page.status, await everything()) == (200, before)
    assert "Ne plus le recevoir" in page.text
    assert town.odile.email not in page.text
    pressed = await anybody.post(link)
    assert pressed.status == 200
    assert "ne reçoit plus le résumé du matin" in pressed.text
    assert "<form" not in pressed.text.split("<main")[1]
    assert await choice(town.odile) is False
    assert "ne reçoit plus" in (await anybody.get(link)).text
    assert "Recevoir le résumé" in (await (await browser(town.odile)).get("/account")).text


async def test_a_dead_link_speaks_to_an_operator(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    link, anybody = await link_of(town, post), await browser()
    await Membership.filter(operator_id=town.odile.id).delete()
    for dead in (link, link[:-3]):
        page = await anybody.get(dead, **{"Accept-Language": "fr"})
        assert page.status == 404
        assert "demandez à un administrateur" in page.text
        assert "Telegram" not in page.text.split("<main")[1]


async def test_a_mail_program_ends_it_without_a_page(
    town: Town, client: Client, post: PostOffice
) -> None:
    """As RFC 8058 says: no cookie, no Origin, the answer is not a redirection."""
    link = await link_of(town, post)
    for _ in range(2):
        answer = await client.post(
            link, data={"List-Unsubscribe": "One-Click"}, allow_redirects=False
        )
        assert answer.status == 200
    assert await choice(town.odile) is False
    assert await ProviderEvent.filter(kind="digest_changed").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: "999" + token,
        lambda token: token.partition(".")[0],
        lambda token: token.replace(".", "é."),
        lambda token: "9" * 30 + "." + token.partition(".")[2],
        lambda token: token + "x",
    ],
)
async def test_a_link_that_nobody_signed_is_no_link(
    town: Town, browser: Browser, post: PostOffice, change: Callable[[str], str]
) -> None:
    link = await link_of(town, post)
    folder, _, token = link.rpartition("/")
    forged = f"{folder}/{change(token)}"
    anybody = await browser()
    assert (await anybody.get(forged)).status == 404
    assert (await anybody.post(forged)).status == 404
    assert await choice(town.odile) is None


async def test_the_link_of_one_colleague_is_not_the_others_and_dies_with_the_account(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    link = await link_of(town, post)
    ondine = await an_operator(town.douceur, "Ondine")
    anybody = await browser()
    await anybody.post(link)
    assert await choice(ondine) is None
    await Membership.filter(operator_id=town.odile.id).update(suspended_at=NOW)
    assert (await anybody.get(link)).status == 404


async def test_home_and_header_say_who_has_waited_for_too_long(
    town: Town, browser: Browser
) -> None:
    await Operator.all().update(language="fr")
    amina = await a_candidate(
        town.douceur, "Amina Benali", "submitted", since=timedelta(days=34, hours=3)
    )
    bruno = await a_candidate(
        town.douceur, "Bruno Petit", "submitted", since=timedelta(days=29, hours=23)
    )
    odile = await browser(town.odile)
    assert (await odile.get("/candidates")).text.count("attend depuis 34 jours") == 1
    home = (await odile.get("/")).text
    assert home.count("attend depuis 34 jours") == 1
    assert "attend depuis 29 jours" not in home
    assert "attend depuis 34 jours" in (await odile.get(f"/candidates/{amina.id}")).text
    assert "attend depuis" not in (await odile.get(f"/candidates/{bruno.id}")).text


async def test_the_pages_are_for_everybody(town: Town, opens: Opens, post: PostOffice) -> None:
    link = await link_of(town, post)
    page = await opens(None, color_scheme="dark")
    await page.goto(link)
    assert await faults(page) == []
    await page.get_by_role("button").click()
    await page.get_by_role("status").wait_for()
    assert await faults(page) == []
