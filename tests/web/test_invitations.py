"""Invitations: from an administrator's form through a real mail to a seat in the panel."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from actions.sweeps import forget_expired
from models.tables import Membership, Notice, Operator, Provider, ProviderEvent, Session, Token
from tests.factories import PASSWORD, an_operator
from tests.web.conftest import Browser, Browsing, Page, Time, Town
from tests.web.post import PostOffice, path_of
from tests.web.rows import everything, naming

PAULA = {"name": "Paula Petit", "email": "Paula@Example.org", "role": "reviewer"}
ADDRESS = "paula@example.org"
OWN = "ma propre phrase secrète"


async def invites(browser: Browser, by: Operator, **changes: str) -> Page:
    return await (await browser(by)).post("/settings/operators", {**PAULA, **changes})


async def only_invitation() -> Token:
    return await Token.get(kind="invitation")


async def signed_in(page: Page, browser: Browser) -> Browsing:
    """The browser that got this answer's cookie."""
    made = await browser()
    made.cookie = page.answer.cookies["session"].value
    return made


async def test_who_is_new_chooses_a_name_and_a_password(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    assert (await invites(browser, town.odile)).to == "/settings/operators?done=invited"
    path = await post.link(ADDRESS, "invited")
    anybody = await browser()
    shown = await anybody.get(path)
    assert (shown.status, 'autocomplete="new-password"' in shown.text) == (200, True)
    chosen = {"name": "Paula P.", "password": OWN, "language": "en"}
    page = await anybody.post(path, chosen)
    assert (page.status, page.to) == (303, "/")
    paula = await signed_in(page, browser)
    assert "Douceur" in (await paula.get("/")).text
    assert (await paula.get("/settings")).status == 403, "a reviewer"
    row = await Operator.get(email=ADDRESS)
    assert (row.name, row.language) == ("Paula P.", "en")
    kinds = await ProviderEvent.filter(provider_id=town.douceur.id).values_list("kind", flat=True)
    assert {"operator_invited", "invitation_accepted"} <= set(kinds)


async def test_a_link_works_once_and_forgets_whom_it_invited(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    await invites(browser, town.odile)
    path = await post.link(ADDRESS, "invited")
    anybody = await browser()
    assert (await anybody.post(path, {"name": "P", "password": OWN})).status == 303
    assert (await only_invitation()).facts == {}
    again = await anybody.post(path, {"name": "Mallory", "password": OWN})
    assert (again.status, "Set-Cookie" in again.answer.headers) == (200, False)
    assert ADDRESS not in again.text
    assert await Operator.filter(email=ADDRESS).count() == 1
    left = naming(await everything(), [ADDRESS, "Paula Petit"])
    assert {row.split(" ", 1)[0] for row in left} == {"operator", "provider_event"}
    assert not [row for row in left if row.startswith("provider_event") and ADDRESS in row]


async def test_who_has_an_account_joins_with_its_password(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    await invites(browser, town.odile, email=town.victor.email, role="admin")
    path = await post.link(town.victor.email, "invited")
    anybody = await browser()
    shown = await anybody.get(path)
    assert 'autocomplete="current-password"' in shown.text
    wrong = await anybody.post(path, {"password": OWN, "name": "Mallory", "language": "en"})
    assert (wrong.status, 'id="password-error"' in wrong.text) == (422, True)
    page = await anybody.post(path, {"password": PASSWORD})
    victor = await signed_in(page, browser)
    home = await victor.get("/")
    assert "Douceur &amp; Cie</title>" in home.text
    assert "Vert Jardin" in home.text, "the other company is one press away"
    assert (await victor.get("/settings")).status == 200
    assert (await Operator.get(id=town.victor.id)).name == "Victor"


async def test_an_administrator_cannot_tell_whether_an_address_has_an_account(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    """Same answer, same list, same lines: for a stranger and for another company's operator."""
    seen = []
    for email in ("stranger@example.org", town.victor.email):
        await Token.all().delete()
        answer = await invites(browser, town.odile, email=email)
        await post.deliver()
        odile = await browser(town.odile)
        listed = (await odile.get("/settings/operators")).text
        row = await only_invitation()
        seen.append(
            (answer.status, answer.to, listed.replace(email, "").replace(row.facts["id"], ""))
        )
    assert seen[0] == seen[1]
    first, second = await ProviderEvent.filter(kind="operator_invited").order_by("id")
    assert (first.after, first.subject) == (second.after, second.subject)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"email": "paula"}, "email"),
        ({"email": "odile@douceur-cie.example"}, "email"),
    ],
)
async def test_an_invitation_needs_a_name_and_the_address_of_somebody_new(
    town: Town, browser: Browser, changes: dict[str, str], field: str
) -> None:
    page = await invites(browser, town.odile, **changes)
    assert (page.status, f'id="{field}-error"' in page.text) == (422, True)
    assert (changes.get("name") or "Paula Petit") in page.text, "what was typed stays"
    assert not await Token.exists(kind="invitation")
    assert not await Notice.exists(kind="invitation")


async def test_a_second_invitation_to_the_same_address_is_refused(
    town: Town, browser: Browser
) -> None:
    await invites(browser, town.odile)
    assert (await invites(browser, town.odile)).status == 422
    assert (await invites(browser, town.victor)).status == 303, "another company may"
    assert await Token.filter(kind="invitation").count() == 2


async def test_sent_again_the_old_link_is_dead_at_once(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    await invites(browser, town.odile)
    old = await post.link(ADDRESS, "invited")
    odile, anybody = await browser(town.odile), await browser()
    address = f"/settings/invitations/{(await only_invitation()).facts['id']}"
    assert (await odile.post(address)).to == "/settings/operators?done=again"
    assert (await anybody.get(old)).status == 404
    new = await post.link(ADDRESS, "invited")
    assert new != old
    assert (await anybody.get(old)).status == 404
    assert (await anybody.get(new)).status == 200
    await odile.post(address)
    assert (await odile.post(address)).status == 422, "three mails a day"


async def test_a_mail_that_was_not_sent_yet_is_overtaken_by_its_successor(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    await invites(browser, town.odile)
    odile = await browser(town.odile)
    await odile.post(f"/settings/invitations/{(await only_invitation()).facts['id']}")
    assert await post.deliver() == 1
    assert len(post.mailbox.for_(ADDRESS)) == 1


async def test_withdrawn_the_link_is_dead_and_nobody_is_remembered(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    await invites(browser, town.odile)
    path = await post.link(ADDRESS, "invited")
    odile, anybody = await browser(town.odile), await browser()
    address = f"/settings/invitations/{(await only_invitation()).facts['id']}"
    assert (await odile.post(address, {"act": "withdraw"})).to.endswith("done=withdrawn")
    for page in (await anybody.get(path), await anybody.post(path, {"password": OWN})):
        assert page.status == 404
    assert (await odile.post(address, {"act": "withdraw"})).status == 404
    assert not naming(await everything(), [ADDRESS])


async def test_withdrawn_before_it_left_no_mail_leaves(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    await invites(browser, town.odile)
    odile = await browser(town.odile)
    row = await only_invitation()
    await odile.post(f"/settings/invitations/{row.facts['id']}", {"act": "withdraw"})
    await post.deliver()
    assert post.mailbox.messages == []


async def test_the_seven_days_count_from_the_day_the_mail_leaves(
    town: Town, browser: Browser, post: PostOffice, time: Time
) -> None:
    await invites(browser, town.odile)
    time.now += timedelta(days=3)
    path = await post.link(ADDRESS, "invited")
    anybody = await browser()
    time.now += timedelta(days=7) - timedelta(seconds=1)
    assert 'name="password"' in (await anybody.get(path)).text
    time.now += timedelta(seconds=1)
    assert 'name="password"' not in (await anybody.get(path)).text
    page = await anybody.post(path, {"name": "Paula", "password": OWN})
    assert "Set-Cookie" not in page.answer.headers
    assert not await Operator.exists(email=ADDRESS)
    assert "expired" in (await english(town, browser)).text
    time.now += timedelta(days=30)
    await forget_expired(time.now)
    assert not naming(await everything(), [ADDRESS])


async def english(town: Town, browser: Browser) -> Page:
    await Operator.filter(id=town.odile.id).update(language="en")
    return await (await browser(town.odile)).get("/settings/operators")


async def test_a_refused_address_is_shown_as_such(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    await invites(browser, town.odile)
    post.mailbox.refuse("550 no such user", ADDRESS)
    await post.deliver()
    text = (await english(town, browser)).text
    assert "not delivered" in text
    assert "no such user" in text


async def test_an_invitation_too_old_to_leave_never_leaves(
    town: Town, browser: Browser, post: PostOffice, time: Time
) -> None:
    await invites(browser, town.odile)
    time.now += timedelta(days=7)
    await post.deliver()
    assert post.mailbox.messages == []
    assert (await Notice.get(kind="invitation")).state == "void"


async def test_no_company_is_a_way_to_write_to_strangers(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    for number in range(50):
        form = {**PAULA, "email": f"p{number}@example.org"}
        assert (await odile.post("/settings/operators", form)).status == 303
    assert (await odile.post("/settings/operators", PAULA)).status == 422


async def test_another_companys_invitations_do_not_exist(town: Town, browser: Browser) -> None:
    await invites(browser, town.odile)
    row = await only_invitation()
    victor = await browser(town.victor)
    assert ADDRESS not in (await victor.get("/settings/operators")).text
    for form in ({"act": "withdraw"}, {}):
        foreign = await victor.post(f"/settings/invitations/{row.facts['id']}", form)
        invented = await victor.post("/settings/invitations/0000000000000000", form)
        assert foreign.status == invented.status == 404
    assert (await only_invitation()).digest == row.digest


async def test_somebody_suspended_elsewhere_still_joins(
    town: Town, browser: Browser, post: PostOffice, time: Time
) -> None:
    """The account is theirs; what one company does to it is its own affair."""
    await Membership.filter(operator_id=town.victor.id).update(suspended_at=time.now)
    await invites(browser, town.odile, email=town.victor.email)
    path = await post.link(town.victor.email, "invited")
    page = await (await browser()).post(path, {"password": PASSWORD})
    victor = await signed_in(page, browser)
    assert "Vert Jardin" not in (await victor.get("/")).text


async def test_one_link_followed_ten_times_at_once_lets_one_in(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    await invites(browser, town.odile)
    path = await post.link(ADDRESS, "invited")
    anybody = await browser()
    chosen = {"name": "Paula", "password": OWN}
    pages = await asyncio.gather(*(anybody.post(path, chosen) for _ in range(10)))
    assert [page.status for page in pages].count(303) == 1
    paula = await Operator.get(email=ADDRESS)
    assert await Membership.filter(operator_id=paula.id).count() == 1
    assert await Session.filter(operator_id=paula.id).count() == 1


async def test_two_administrators_invite_the_same_person_at_once(
    town: Town, browser: Browser
) -> None:
    ondine = await an_operator(town.douceur, "Ondine")
    pages = await asyncio.gather(invites(browser, town.odile), invites(browser, ondine))
    assert sorted(page.status for page in pages) == [303, 422]
    assert await Token.filter(kind="invitation").count() == 1


async def test_guessing_the_password_behind_an_invitation_is_stopped(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    await invites(browser, town.odile, email=town.victor.email)
    path = await post.link(town.victor.email, "invited")
    anybody = await browser()
    for number in range(5):
        spoofed = {"X-Forwarded-For": f"203.0.113.{number}"}
        assert (await anybody.post(path, {"password": "guess"}, **spoofed)).status == 422
    assert (await anybody.post(path, {"password": PASSWORD})).status == 429


# Removing ------------------------------------------------------------------------------------


async def test_removed_one_is_out_at_once_and_keeps_other_companies(
    town: Town, browser: Browser
) -> None:
    member = await Membership.create(
        provider_id=town.vert.id, operator_id=town.oscar.id, created_at=town.vert.created_at
    )
    here, there = await browser(town.oscar), await browser(town.oscar)
    await there.post("/provider", {"provider": town.vert.id})
    odile = await browser(town.odile)
    address = f"/settings/operators/{town.oscar.id}/remove"
    assert (await odile.get(address)).status == 200
    assert (await odile.post(address)).to == "/settings/operators?done=removed"
    assert (await here.get("/")).to == "/login"
    home = await there.get("/")
    assert (home.status, "Vert Jardin" in home.text, "Douceur" in home.text) == (200, True, False)
    await there.post("/provider", {"provider": town.douceur.id})
    assert "Douceur" not in (await there.get("/")).text
    assert await Membership.filter(operator_id=town.oscar.id).get() == member
    line = await ProviderEvent.get(kind="operator_removed")
    assert (line.subject, line.after["name"]) == (town.oscar.id, "Oscar")


async def test_an_account_that_nobody_has_any_more_is_emptied(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    odile = await browser(town.odile)
    await odile.post(f"/settings/operators/{town.oscar.id}/remove")
    row = await Operator.get(id=town.oscar.id)
    assert (row.name, row.password_hash) == ("Oscar", None), "decisions still say who took them"
    assert not naming(await everything(), [town.oscar.email])
    await invites(browser, town.odile, email=town.oscar.email)
    path = await post.link(town.oscar.email, "invited")
    page = await (await browser()).post(path, {"name": "Oscar", "password": OWN})
    assert page.status == 303, "whoever comes back begins anew"


async def test_the_last_administrator_is_not_removed(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    assert (await odile.post(f"/settings/operators/{town.odile.id}/remove")).status == 422
    second = await an_operator(town.douceur, "Ondine")
    assert (await odile.post(f"/settings/operators/{town.odile.id}/remove")).status == 303
    assert (await odile.get("/")).to == "/login"
    assert await Membership.exists(operator_id=second.id)


async def test_another_companys_people_cannot_be_removed(town: Town, browser: Browser) -> None:
    victor = await browser(town.victor)
    address = f"/settings/operators/{town.oscar.id}/remove"
    assert (await victor.get(address)).status == 404
    assert (await victor.post(address)).status == 404
    assert await Membership.exists(operator_id=town.oscar.id)


async def test_two_administrators_cannot_remove_each_other(town: Town, browser: Browser) -> None:
    ondine = await an_operator(town.douceur, "Ondine")
    odile, other = await browser(town.odile), await browser(ondine)
    await odile.post(f"/settings/operators/{ondine.id}/remove")
    late = await other.post(f"/settings/operators/{town.odile.id}/remove")
    assert late.to == "/login"
    assert await Provider.exists(id=town.douceur.id, memberships__role="admin")


async def test_whoever_comes_too_late_asks_for_a_new_link_three_times_a_day(
    town: Town, browser: Browser, post: PostOffice, time: Time
) -> None:
    await invites(browser, town.odile)
    old = await post.link(ADDRESS, "invited")
    anybody = await browser()
    await anybody.post(f"{old}/again")
    await post.deliver()
    assert len(post.mailbox.for_(ADDRESS)) == 1, "the link works still: nothing is sent"
    for day in range(2):
        for mail in range(4):
            path = path_of(post.mailbox.for_(ADDRESS)[-1], "invited", post.settings.public_url)
            time.now += timedelta(days=7, hours=1) if mail == 0 else timedelta()
            await Token.all().update(expires_at=time.now)
            shown = await anybody.get(path)
            assert (shown.status, f'action="{path}/again"' in shown.text) == (200, True)
            assert ADDRESS not in shown.text
            page = await anybody.post(f"{path}/again")
            assert (page.status, page.to) == (303, "/invited"), "the same answer each time"
            await post.deliver()
        assert len(post.mailbox.for_(ADDRESS)) == 1 + 3 * (day + 1)
    assert (await anybody.get(old)).status == 404
    assert (await anybody.get("/invited")).status == 200
    again = await ProviderEvent.filter(kind="invitation_sent_again")
    assert {(one.provider_id, one.actor_kind, one.after["role"]) for one in again} == {
        (town.douceur.id, "system", "reviewer")
    }
    assert len(again) == 6


async def test_the_new_link_lets_them_in_and_nobody_else_gets_one(
    town: Town, browser: Browser, post: PostOffice, time: Time
) -> None:
    await invites(browser, town.odile)
    old = await post.link(ADDRESS, "invited")
    anybody = await browser()
    time.now += timedelta(days=7)
    await anybody.post(f"{old}/again")
    new = await post.link(ADDRESS, "invited")
    assert (new != old, (await anybody.get(old)).status) == (True, 404)
    page = await anybody.post(new, {"name": "Paula", "password": OWN})
    assert (page.status, page.to) == (303, "/")
    await invites(browser, town.odile, email="paul@example.org")
    gone = await post.link("paul@example.org", "invited")
    row = await Token.filter(kind="invitation", used_at=None).get()
    odile = await browser(town.odile)
    await odile.post(f"/settings/invitations/{row.facts['id']}", {"act": "withdraw"})
    sent = len(post.mailbox.messages)
    time.now += timedelta(days=8)
    for path in (old, new, gone, "/invited/nobodys"):
        page = await anybody.post(f"{path}/again")
        assert (page.status, page.to) == (303, "/invited"), "whatever the link is worth"
    await post.deliver()
    assert len(post.mailbox.messages) == sent
