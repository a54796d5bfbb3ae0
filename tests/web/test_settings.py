"""Settings: what is refused, what is shown before, what is journaled, and who may."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from actions.deeds import SYSTEM
from actions.operators import NewOperator, add_operator
from models.tables import Bot, JoinLink, Membership, Operator, Provider, ProviderEvent
from rules.vocabulary import Role
from tests.factories import NOW, a_candidate
from tests.web.conftest import Browser, Browsing, Page, Time, Town

ADDRESS = "/settings/recruitment"


def filled(**changes: Any) -> dict[str, Any]:
    """The form as it is drawn for a new provider, with changes; None leaves a field out."""
    form = {
        "version": "1",
        "module_on": "on",
        "signups_open": "on",
        "accepted_statuses": ["independent", "employee"],
        "closed_fr": "",
        "closed_en": "",
        "deletion_days": "45",
        "reminder_days": "7",
        "ended_days": "730",
        "bin_days": "7",
        "quiet_from": "20",
        "quiet_until": "8",
        **changes,
    }
    return {name: value for name, value in form.items() if value is not None}


async def send(person: Browsing, **changes: Any) -> Page:
    pairs = [
        (name, one)
        for name, value in filled(**changes).items()
        for one in (value if isinstance(value, list) else [value])
    ]
    return await person.post(ADDRESS, pairs)


async def now_is(town: Town) -> Provider:
    return await Provider.get(id=town.douceur.id)


async def test_a_confirmed_change_is_saved_and_journaled(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    page = await send(
        odile, signups_open=None, closed_fr="Complet jusqu’à Pâques.", bin_days="0", confirmed="on"
    )
    assert (page.status, page.to) == (303, "/settings/recruitment?saved=1")
    row = await now_is(town)
    assert not row.signups_open
    assert row.closed_sentence == {"fr": "Complet jusqu’à Pâques."}
    assert (row.bin_days, row.settings_version) == (0, 2)
    line = await ProviderEvent.filter(kind="settings_changed").get()
    assert line.actor_name == "Odile"
    assert line.before == {"signups_open": True, "closed_sentence": {}, "bin_days": 7}
    assert line.after["bin_days"] == 0
    assert "Complet jusqu’à Pâques." in (await odile.get("/settings/journal")).text


async def test_quiet_hours_are_saved_at_once_for_they_delete_nobody_sooner(
    town: Town, browser: Browser
) -> None:
    await Operator.filter(id=town.odile.id).update(language="en")
    odile = await browser(town.odile)
    page = await send(odile, quiet_from="22", quiet_until="7")
    assert (page.status, page.to) == (303, "/settings/recruitment?saved=1")
    row = await now_is(town)
    assert (row.quiet_from, row.quiet_until, row.settings_version) == (22, 7, 2)
    line = await ProviderEvent.filter(kind="settings_changed").get()
    assert line.before == {"quiet_from": 20, "quiet_until": 8}, "what none chosen means"
    assert line.after == {"quiet_from": 22, "quiet_until": 7}
    assert "no reminder from (hour)" in (await odile.get("/settings/journal")).text
    shown = (await odile.get(ADDRESS)).text
    assert '<option value="22" selected>22:00</option>' in shown
    assert '<option value="7" selected>7:00</option>' in shown


async def test_nothing_changed_writes_nothing(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    assert (await send(odile)).status == 303
    assert (await now_is(town)).settings_version == 1
    assert not await ProviderEvent.exists(kind="settings_changed")


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"deletion_days": "-1"}, "deletion_days", "between 0 and 3650"),
        ({"deletion_days": "99999"}, "deletion_days", "between 0 and 3650"),
        ({"deletion_days": "dix"}, "deletion_days", "between 0 and 3650"),
        ({"deletion_days": "7"}, "reminder_days", "at most 6 days before"),
        ({"reminder_days": ""}, "reminder_days", "between 0 and 3650"),
        ({"bin_days": "366"}, "bin_days", "between 0 and 365"),
        ({"ended_days": "deux ans"}, "ended_days", "between 0 and 3650"),
        ({"ended_days": "3651"}, "ended_days", "between 0 and 3650"),
        ({"ended_days": "7"}, "ended_days", "At least 8 days"),
        ({"quiet_from": "9"}, "quiet_until", "at least 4 hours a day"),
        ({"quiet_from": ""}, "quiet_from", "between 0 and 23"),
        ({"quiet_until": ""}, "quiet_until", "between 0 and 23"),
        ({"accepted_statuses": []}, "accepted_statuses", "Tick at least one"),
        ({"accepted_statuses": ["king"]}, "accepted_statuses", "Tick at least one"),
        ({"closed_fr": "x" * 501}, "closed_fr", "500 characters at most"),
    ],
)
async def test_what_makes_no_sense_is_said_beside_the_field(
    town: Town, browser: Browser, changes: dict[str, Any], field: str, words: str
) -> None:
    await Operator.filter(id=town.odile.id).update(language="en")
    odile = await browser(town.odile)
    page = await send(odile, **changes)
    assert page.status == 422
    assert f'id="{field}-error"' in page.text
    assert words in page.text
    typed = changes.get(field)
    if isinstance(typed, str):
        assert typed in page.text, "what was typed is kept"
    assert (await now_is(town)).settings_version == 1


async def test_all_that_is_wrong_is_marked_and_the_first_is_read_first(
    town: Town, browser: Browser
) -> None:
    await Operator.filter(id=town.odile.id).update(language="en")
    odile = await browser(town.odile)
    page = await send(odile, deletion_days="abc", ended_days="x", bin_days="-1", quiet_from="9")
    marked = re.findall(r'id="(\w+)-error"', page.text)
    assert marked == ["deletion_days", "quiet_until", "ended_days", "bin_days"]
    assert page.text.count("autofocus") == 1
    assert re.search(r'id="deletion_days"[^>]*autofocus', page.text)
    sent = {"version": "1", "name": " ", "colour": "red", "reply_to": "x", "timezone": "Mars"}
    page = await odile.post("/settings/company", sent | {"language": "fr"})
    marked = re.findall(r'id="(\w+)-error"', page.text)
    assert marked == ["name", "colour", "reply_to", "timezone"]


async def test_a_company_form_that_was_overtaken_keeps_what_was_typed(
    town: Town, browser: Browser
) -> None:
    await Operator.filter(id=town.odile.id).update(language="en")
    odile = await browser(town.odile)
    sent = {"version": "1", "name": "Douceur", "colour": "#0f766e", "reply_to": "a@example.org"}
    sent |= {"language": "fr", "timezone": "Europe/Paris"}
    assert (await odile.post("/settings/company", sent)).status == 303
    late = await odile.post("/settings/company", sent | {"name": "Douceur et fils"})
    assert late.status == 409
    assert 'value="Douceur et fils"' in late.text
    assert re.findall(r"Now in place: (.*?)</span>", late.text) == ["Douceur"]
    assert 'name="version" value="2"' in late.text


async def test_the_second_admin_overwrites_nothing(town: Town, browser: Browser) -> None:
    await Operator.all().update(language="en")
    odile = await browser(town.odile)
    await Membership.filter(operator_id=town.oscar.id).update(role="admin")
    oscar = await browser(town.oscar)
    assert (await send(odile, bin_days="3")).status == 303
    late = await send(oscar, bin_days="9", closed_fr="Complet")
    assert late.status == 409
    assert "Odile" in late.text
    assert 'name="bin_days" inputmode="numeric" autocomplete="off" value="9"' in late.text
    beside = dict(re.findall(r'id="(\w+)-error">.*?<span>(.*?)</span>', late.text))
    assert beside == {
        "closed_fr": "Now in place: nothing",
        "bin_days": "Now in place: 3",
    }, "what was typed stays, beside what is"
    assert 'name="version" value="2"' in late.text
    assert (await now_is(town)).bin_days == 3
    assert (await send(oscar, version="2", bin_days="9")).status == 303


async def test_a_change_that_concerns_people_is_shown_first(town: Town, browser: Browser) -> None:
    await Operator.filter(id=town.odile.id).update(language="en")
    await Provider.filter(id=town.douceur.id).update(counting_since=NOW - timedelta(days=200))
    await a_candidate(town.douceur, "Bruno Koffi", work_status="employee")
    await a_candidate(town.douceur, "Amina Benali", since=timedelta(days=30))
    odile = await browser(town.odile)
    changes = {"deletion_days": "20", "reminder_days": "0", "accepted_statuses": ["independent"]}
    page = await send(odile, **changes)
    assert page.status == 200
    assert "Employees are no longer accepted" in page.text
    assert "Bruno Koffi" in page.text
    assert "<strong>1</strong>" in page.text, "Amina would be deleted in the next run"
    assert (await now_is(town)).settings_version == 1
    assert (await send(odile, confirmed="yes", **changes)).status == 303
    row = await now_is(town)
    assert (row.deletion_days, row.accepted_statuses) == (20, ["independent"])


async def test_switching_on_starts_the_counting(town: Town, browser: Browser, time: Time) -> None:
    time.now += timedelta(days=3)
    odile = await browser(town.odile)
    await send(odile, confirmed="yes", module_on=None)
    assert not (await now_is(town)).module_on
    assert (await now_is(town)).counting_since == NOW
    await a_candidate(town.douceur, "Chloé Martin", "submitted")
    shown = await send(odile, version="2")
    assert "Chloé Martin" in shown.text, "whoever is restricted again is named"
    await send(odile, confirmed="yes", version="2")
    assert (await now_is(town)).counting_since == time.now


async def test_somebody_from_elsewhere_keeps_their_password(town: Town, browser: Browser) -> None:
    """Joined from the command line."""
    new = NewOperator("V", town.victor.email, Role.REVIEWER, "x" * 20)
    await add_operator(town.douceur.id, new, SYSTEM, NOW)
    victor = await browser(town.victor)
    assert "Vert Jardin" in (await victor.get("/")).text
    await victor.post("/provider", {"provider": town.douceur.id})
    assert "<span>Douceur &amp; Cie</span>" in (await victor.get("/")).text
    assert (await victor.get("/settings")).status == 403


async def test_the_join_page_leads_into_the_chat(town: Town, browser: Browser) -> None:
    link = await JoinLink.get(provider_id=town.douceur.id)
    anybody = await browser()
    page = await anybody.get("/join/douceur-cie")
    assert page.status == 200
    assert f"https://t.me/antichambre_bot?start={link.token}" in page.text
    assert f"/start {link.token}" in page.text
    svg = await anybody.get("/join/douceur-cie/qr.svg")
    assert svg.answer.content_type == "image/svg+xml"
    png = await anybody.client.get("/join/douceur-cie/qr.png")
    assert (await png.read()).startswith(b"\x89PNG")
    assert (await anybody.get("/join/nobody")).status == 404
    assert (await anybody.get("/join/nobody/qr.svg")).status == 404


async def test_the_snippet_says_a_name_with_signs_of_html(town: Town, browser: Browser) -> None:
    await Provider.filter(id=town.douceur.id).update(name="Soins <b> & Cie")
    page = await (await browser(town.odile)).get("/settings/ecommerce/join")
    area = page.text.partition('<textarea id="snippet"')[2].partition(">")[2]
    copied = unescape(area.partition("</textarea>")[0])
    assert copied.endswith(">Travailler avec Soins &lt;b&gt; &amp; Cie</a>")
    assert copied.startswith('<a href="http')


async def test_a_providers_own_bot_comes_first(town: Town, browser: Browser) -> None:
    await Bot.create(telegram_id=7, username="douceur_own", provider_id=town.douceur.id)
    anybody = await browser()
    assert "t.me/douceur_own?" in (await anybody.get("/join/douceur-cie")).text
    assert "t.me/antichambre_bot?" in (await anybody.get("/join/vert-jardin")).text


async def test_closed_sign_ups_say_the_providers_sentence(town: Town, browser: Browser) -> None:
    await Provider.filter(id=town.douceur.id).update(
        signups_open=False, closed_sentence={"fr": "Complet <b>!"}
    )
    page = await (await browser()).get("/join/douceur-cie")
    assert "Complet &lt;b&gt;!" in page.text
    assert "t.me" not in page.text


async def test_renewing_the_link_makes_a_new_one(town: Town, browser: Browser) -> None:
    old = await JoinLink.get(provider_id=town.douceur.id)
    odile = await browser(town.odile)
    assert (await odile.get("/settings/ecommerce/join/renew")).status == 200
    assert await JoinLink.filter(provider_id=town.douceur.id).count() == 1
    assert (await odile.post("/settings/ecommerce/join/renew")).status == 303
    new = await JoinLink.get(provider_id=town.douceur.id, renewed_at=None)
    assert new.token != old.token
    assert new.token in (await odile.get("/settings/ecommerce/join")).text
    assert await ProviderEvent.exists(provider_id=town.douceur.id, kind="link_renewed")


async def test_the_journal_has_pages(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    for number in range(60):
        await ProviderEvent.create(
            provider_id=town.douceur.id,
            at=NOW,
            kind="settings_changed",
            actor_kind="operator",
            actor_name=f"n{number}",
        )
    page = await odile.get("/settings/journal")
    assert "n59" in page.text
    assert 'rel="next"' in page.text
    older = page.text.split("/settings/journal?before=")[1].split('"')[0]
    second = await odile.get(f"/settings/journal?before={older}")
    assert ">n1<" in second.text
    assert 'rel="next"' not in second.text


COMPANY = {
    "version": "1",
    "name": "Douceur & Cie",
    "colour": "#0F766E",
    "reply_to": "",
    "language": "fr",
    "timezone": "Europe/Paris",
}


async def test_a_company_changes_its_name_and_colour(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    form = {**COMPANY, "name": " Douceur \n Partout ", "colour": "#AA0000"}
    form |= {"reply_to": "Bonjour@Douceur.example", "timezone": "Indian/Reunion"}
    assert (await odile.post("/settings/company", form)).status == 303
    row = await now_is(town)
    assert (row.name, row.colour) == ("Douceur Partout", "#aa0000")
    assert (row.reply_to, row.timezone) == ("bonjour@douceur.example", "Indian/Reunion")
    line = await ProviderEvent.get(kind="settings_changed")
    assert (line.before["reply_to"], line.subject) == (None, "company")
    assert "/accent/aa0000.css" in (await odile.get("/")).text
    again = await odile.post("/settings/company", form)
    assert again.status == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 121),
        ("colour", "red"),
        ("reply_to", "x"),
        ("timezone", "Mars"),
    ],
)
async def test_what_a_company_cannot_be_is_said(
    town: Town, browser: Browser, field: str, value: str
) -> None:
    page = await (await browser(town.odile)).post("/settings/company", {**COMPANY, field: value})
    assert page.status == 422
    assert f'id="{field}-error"' in page.text
    assert (await now_is(town)).settings_version == 1


async def test_the_same_company_is_no_change(town: Town, browser: Browser) -> None:
    page = await (await browser(town.odile)).post("/settings/company", COMPANY)
    assert page.status == 303
    assert (await now_is(town)).settings_version == 1


async def test_the_journal_speaks_in_words(town: Town, browser: Browser) -> None:
    await Operator.all().update(language="en")
    for kind, after in (
        ("candidate_erased", {"reason": "own_wish", "last_status": "to_correct"}),
        ("settings_changed", {"accepted_statuses": ["independent", "employee"]}),
        ("operator_changed", {"role": "reviewer", "suspended": True}),
    ):
        await ProviderEvent.create(
            provider_id=town.douceur.id, at=NOW, kind=kind, actor_kind="system", after=after
        )
    page = await (await browser(town.odile)).get("/settings/journal")
    text = " ".join(page.text.split())
    assert "reason: own wish · last status: To correct" in text
    assert "accepted work statuses: independent, employee" in text
    assert "role: Reviewer · suspended: yes" in text
