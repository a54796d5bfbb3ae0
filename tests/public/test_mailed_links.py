"""Mailed links: a GET shows, a POST acts, and no link is a dead end."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from actions import accounts, tokens
from actions.reminders import owe, reminder_accepted
from actions.tokens import LinkExpired, LinkUsed, TokenKind
from models.database import transaction
from models.reads.retention import standing_of
from models.tables import Candidate, Event, Notice, Provider, Reminder, Token
from rules.notices import NoticeKind
from rules.vocabulary import Channel, NoticeState
from tests.outbox.world import SECRET, House, journal
from tests.web.conftest import Browser, Time


async def mailed(house: House, person: Candidate, kind: NoticeKind, facts: object = None) -> str:
    """The token in a mail that was just sent."""
    (notice,) = await house.owe(person, kind, facts or {})  # type: ignore[arg-type]  # a test's facts
    return await tokens.issue_for(notice, SECRET, person.email, house.clock.now)


async def accepted(house: House) -> Candidate:
    """Amina, accepted, her account not confirmed yet."""
    return await house.person(status="accepted", admitted_at=house.clock.now)


async def warned(house: House) -> tuple[Candidate, str]:
    """Bruno, who let 40 days pass, and the token in his reminder."""
    bruno = await house.person("Bruno", status="incomplete")
    house.clock.forward(days=40)
    async with transaction():
        from actions.reminders import quiet_deed

        doing = await quiet_deed(bruno.id, house.clock.now)
        standing = await standing_of(doing.candidate, doing.provider, doing.now)
        await owe(doing, standing)
    notice = await Notice.get(candidate_id=bruno.id, channel=Channel.MAIL)
    return bruno, await tokens.issue_for(notice, SECRET, bruno.email, house.clock.now)


async def arrived(person: Candidate, at: datetime) -> None:
    """The mail was accepted for delivery."""
    copies = Notice.filter(candidate_id=person.id, channel=Channel.MAIL)
    await copies.update(state=NoticeState.ACCEPTED, settled_at=at)
    await reminder_accepted(await copies.get(), Channel.MAIL, at)


async def test_looking_at_a_link_changes_nothing(
    house: House, browser: Browser, time: Time
) -> None:
    amina = await accepted(house)
    token = await mailed(house, amina, NoticeKind.ACTIVATION)
    before = [await Candidate.all().values(), await Token.all().values()]
    page = await (await browser()).get(f"/activate/{token}")
    assert page.status == 200
    assert "Activer mon compte" in page.text
    assert "Douceur &amp; Cie" in page.text
    assert page.answer.headers["Cache-Control"] == "no-store"
    assert page.answer.headers["Referrer-Policy"] == "same-origin"
    assert 'name="robots" content="noindex"' in page.text
    assert amina.email not in page.text
    assert [await Candidate.all().values(), await Token.all().values()] == before


async def test_one_press_activates_the_account_and_leads_back_to_the_chat(
    house: House, browser: Browser
) -> None:
    amina = await accepted(house)
    token = await mailed(house, amina, NoticeKind.ACTIVATION)
    visitor = await browser()
    pressed = await visitor.post(f"/activate/{token}")
    assert (pressed.status, pressed.to) == (303, f"/activate/{token}")
    page = await visitor.get(pressed.to)
    assert "Votre compte est activé" in page.text
    assert f"https://t.me/douceur_bot?start=c-{amina.id}" in page.text
    assert "<form" not in page.text.split("<main")[1]
    fresh = await Candidate.get(id=amina.id)
    assert fresh.account_confirmed_at is not None
    assert fresh.email_confirmed_at is not None, "the link proves the address too"
    assert await journal(amina) == ["account_confirmed"]
    news = await Notice.get(candidate_id=amina.id, kind=NoticeKind.ACCOUNT_CONFIRMED)
    assert news.channel == Channel.CHAT


async def test_pressing_twice_activates_once(house: House, browser: Browser) -> None:
    amina = await accepted(house)
    token = await mailed(house, amina, NoticeKind.ACTIVATION)
    visitor = await browser()
    for _ in range(3):
        assert (await visitor.post(f"/activate/{token}")).status == 303
    assert await journal(amina) == ["account_confirmed"]
    with pytest.raises(LinkUsed):
        await accounts.activate(token, house.clock.now)


async def test_an_expired_link_offers_a_new_one_three_times_a_day(
    house: House, browser: Browser, time: Time
) -> None:
    amina = await accepted(house)
    token = await mailed(house, amina, NoticeKind.ACTIVATION)
    time.now += timedelta(days=31)
    visitor = await browser()
    page = await visitor.get(f"/activate/{token}")
    assert "n’est plus valable" in page.text
    assert "a…@e…org" in page.text
    for _ in range(3):
        sent = await visitor.post(f"/activate/{token}/again")
        assert (sent.status, sent.to) == (303, f"/activate/{token}?sent=1")
    assert "nouveau mail" in (await visitor.get(f"/activate/{token}?sent=1")).text
    refused = await visitor.post(f"/activate/{token}/again")
    assert refused.status == 422
    assert "demain" in refused.text
    assert await Notice.filter(candidate_id=amina.id, kind=NoticeKind.ACTIVATION).count() == 4
    await visitor.post(f"/activate/{token}")
    assert (await Candidate.get(id=amina.id)).account_confirmed_at is None


async def test_a_link_proves_only_the_address_that_it_was_sent_to(house: House) -> None:
    amina = await accepted(house)
    token = await mailed(house, amina, NoticeKind.ACTIVATION)
    await Candidate.filter(id=amina.id).update(email="other@example.org")
    with pytest.raises(LinkExpired):
        await accounts.activate(token, house.clock.now)
    assert (await Token.get()).used_at is None


async def test_confirming_an_address_never_confirms_the_account(
    house: House, browser: Browser
) -> None:
    amina = await house.person()
    token = await mailed(house, amina, NoticeKind.EMAIL_CONFIRMATION)
    visitor = await browser()
    assert "Oui, c’est mon adresse" in (await visitor.get(f"/confirm/{token}")).text
    await visitor.post(f"/confirm/{token}")
    assert "Votre adresse est confirmée" in (await visitor.get(f"/confirm/{token}")).text
    fresh = await Candidate.get(id=amina.id)
    assert fresh.email_confirmed_at is not None
    assert fresh.account_confirmed_at is None


async def test_the_reminders_link_keeps_the_application(
    house: House, browser: Browser, time: Time
) -> None:
    bruno, token = await warned(house)
    time.now = house.clock.now
    visitor = await browser()
    assert "sera supprimée" not in (await visitor.get(f"/keep/{token}")).text, "nothing binds yet"
    await arrived(bruno, house.clock.now)
    assert "sera supprimée le samedi 18 avril 2026" in (await visitor.get(f"/keep/{token}")).text
    assert (await visitor.post(f"/keep/{token}")).status == 303
    page = await visitor.get(f"/keep/{token}")
    assert "Votre candidature est gardée" in page.text
    assert "26 mai 2026" in page.text
    assert (await Candidate.get(id=bruno.id)).clock_start == house.clock.now
    (kept,) = await Event.filter(candidate_id=bruno.id, kind="kept")
    assert (kept.actor_kind, kept.after) == ("candidate", {"by": "mail"})
    assert await Notice.exists(candidate_id=bruno.id, kind=NoticeKind.KEPT)


async def test_the_date_on_the_page_is_kept_whatever_becomes_of_the_settings(
    house: House, browser: Browser, time: Time
) -> None:
    bruno, token = await warned(house)
    time.now = house.clock.now
    visitor = await browser()
    await visitor.post(f"/keep/{token}")
    assert "26 mai 2026" in (await visitor.get(f"/keep/{token}")).text
    await Provider.filter(id=house.provider.id).update(deletion_days=3, reminder_days=0)
    person, provider = await Candidate.get(id=bruno.id), await Provider.get(id=house.provider.id)
    due = (await standing_of(person, provider, house.clock.now)).outlook.deletion_date
    assert due == date(2026, 5, 26)
    assert "26 mai 2026" in (await visitor.get(f"/keep/{token}")).text

    await Provider.filter(id=house.provider.id).update(deletion_days=90)
    page = await visitor.get(f"/keep/{token}")
    assert "Votre candidature est gardée" in page.text
    assert "2026" not in page.text.split("<main")[1], "a later date could be shortened again"


async def test_the_reminders_link_keeps_the_data_of_who_works_there_no_more(
    house: House, browser: Browser, time: Time
) -> None:
    bruno, token = await warned(house)
    long_ago = house.clock.now - timedelta(days=725)
    await Candidate.filter(id=bruno.id).update(
        status="accepted", admitted_at=long_ago, ended_at=long_ago, clock_start=long_ago
    )
    time.now = house.clock.now
    visitor = await browser()
    asked = await visitor.get(f"/keep/{token}")
    assert "Vous n’intervenez plus chez Douceur &amp; Cie" in asked.text
    assert "Conserver mes données" in asked.text
    assert (await visitor.post(f"/keep/{token}")).status == 303
    page = await visitor.get(f"/keep/{token}")
    assert "Vos données sont conservées" in page.text
    assert (await Candidate.get(id=bruno.id)).clock_start == house.clock.now
    assert await Notice.exists(candidate_id=bruno.id, kind=NoticeKind.KEPT)


async def test_the_other_links_do_nothing_once_the_space_is_closed(
    house: House, browser: Browser
) -> None:
    amina = await accepted(house)
    token = await mailed(house, amina, NoticeKind.ACTIVATION)
    await Candidate.filter(id=amina.id).update(ended_at=house.clock.now)
    visitor = await browser()
    assert "espace est fermé" in (await visitor.get(f"/activate/{token}")).text
    assert (await visitor.post(f"/activate/{token}")).status == 422
    assert (await Candidate.get(id=amina.id)).account_confirmed_at is None


async def test_asking_for_the_reminder_again_is_no_act(
    house: House, browser: Browser, time: Time
) -> None:
    bruno, token = await warned(house)
    await Token.all().update(expires_at=house.clock.now)
    time.now = house.clock.now
    visitor = await browser()
    assert "nouveau lien" in (await visitor.get(f"/keep/{token}")).text
    before = (await Candidate.get(id=bruno.id)).clock_start
    assert (await visitor.post(f"/keep/{token}/again")).status == 303
    assert (await Candidate.get(id=bruno.id)).clock_start == before
    reminder = await Reminder.get(candidate_id=bruno.id, void_at=None)
    mails = await Notice.filter(candidate_id=bruno.id, channel=Channel.MAIL)
    assert [one.facts["reminder"] for one in mails] == [reminder.id, reminder.id]


@pytest.mark.parametrize("path", ["/activate", "/keep", "/confirm"])
async def test_an_invented_link_is_answered_politely(
    house: House, browser: Browser, path: str
) -> None:
    visitor = await browser()
    for token in ("x" * 43, "%00", "é", "a" * 4000):
        page = await visitor.get(f"{path}/{token}")
        assert page.status == 404
        assert (await visitor.post(f"{path}/{token}")).status == 404
        assert (await visitor.post(f"{path}/{token}/again")).status == 404


async def test_a_link_of_another_kind_does_nothing(house: House, browser: Browser) -> None:
    amina = await accepted(house)
    token = await mailed(house, amina, NoticeKind.ACTIVATION)
    assert (await (await browser()).post(f"/keep/{token}")).status == 404
    assert (await Token.get()).used_at is None


async def test_a_foreign_page_cannot_press_the_button(house: House, browser: Browser) -> None:
    amina = await accepted(house)
    token = await mailed(house, amina, NoticeKind.ACTIVATION)
    page = await (await browser()).post(
        f"/activate/{token}", **{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    )
    assert page.status == 403
    assert (await Candidate.get(id=amina.id)).account_confirmed_at is None


async def test_in_the_bin_a_link_opens_nothing(house: House, browser: Browser) -> None:
    amina = await accepted(house)
    token = await mailed(house, amina, NoticeKind.ACTIVATION)
    await Candidate.filter(id=amina.id).update(status="binned")
    visitor = await browser()
    assert "<form" not in (await visitor.get(f"/activate/{token}")).text.split("<main")[1]
    assert (await visitor.post(f"/activate/{token}")).status == 422
    assert (await Candidate.get(id=amina.id)).account_confirmed_at is None


async def test_the_database_never_holds_a_token(house: House) -> None:
    token = await tokens.issue(TokenKind.RESET, house.clock.now, operator_id="x")
    assert token not in str(await Token.all().values())
    assert (await tokens.look(token, TokenKind.RESET, house.clock.now)).refusal is None
    later = house.clock.forward(hours=1)
    stale = await tokens.look(token, TokenKind.RESET, later)
    assert isinstance(stale.refusal, LinkExpired)
