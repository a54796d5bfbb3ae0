"""A candidate's page: every tab shows what is there, to their provider's operators only."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta

import pytest

from actions import decisions, messages
from actions.deeds import Actor
from models.tables import Candidate, Document, Event, ProviderEvent, Reminder
from rules.vocabulary import ActorKind, Outcome
from tests.factories import NOW, a_candidate
from tests.web.conftest import Browser, Time, Town
from tests.web.people import amina_applies, sends

TABS = ("summary", "infos", "messages", "history", "sirene_notice", "diploma", "nonsense")


def whoever(operator: object) -> Actor:
    """An operator as the journal names them."""
    return Actor(ActorKind.OPERATOR, operator.id, operator.name)  # type: ignore[attr-defined]  # an Operator


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_tab_opens_in_both_languages(
    town: Town, browser: Browser, tab: str, language: str
) -> None:
    amina = await amina_applies(town.douceur)
    town.odile.language = language
    await town.odile.save()
    page = await (await browser(town.odile)).get(f"/candidates/{amina.id}?tab={tab}")
    assert page.status == 200
    assert "Amina Benali" in page.text
    assert f'<html lang="{language}"' in page.text


@pytest.mark.parametrize("tab", TABS)
async def test_somebody_who_has_just_signed_up_has_a_page_too(
    town: Town, browser: Browser, tab: str
) -> None:
    empty = await a_candidate(town.douceur, "", work_status=None)
    page = await (await browser(town.odile)).get(f"/candidates/{empty.id}?tab={tab}")
    assert page.status == 200


async def test_the_head_says_the_status_and_whose_turn_it_is(town: Town, browser: Browser) -> None:
    town.odile.language = "fr"
    await town.odile.save()
    odile = await browser(town.odile)
    for status, word, turn in [
        ("submitted", "Déposée", "à vous de jouer"),
        ("incomplete", "Incomplète", "à Amina de jouer"),
        ("to_correct", "À corriger", "à Amina de jouer"),
        ("accepted", "Acceptée", "account"),
    ]:
        amina = await amina_applies(town.douceur, status)
        page = await odile.get(f"/candidates/{amina.id}")
        assert word in page.text
        assert turn in page.text or status == "accepted"


async def test_the_tabs_have_the_words_that_operators_know(town: Town, browser: Browser) -> None:
    await town.odile.update_from_dict({"language": "fr"}).save()
    amina = await amina_applies(town.douceur)
    page = await (await browser(town.odile)).get(f"/candidates/{amina.id}")
    strip = page.text.partition('<nav class="tabs"')[2].partition("</nav>")[0]
    for word in ("Synthèse", "Mes infos", "Avis de situation SIRENE", "Messagerie", "Historique"):
        assert f">{word}" in strip


async def test_the_history_says_the_exact_time(town: Town, browser: Browser, time: Time) -> None:
    amina = await amina_applies(town.douceur)
    await messages.receive(amina.id, "Bonjour", 5, now=NOW, at=NOW)
    time.now += timedelta(days=3)
    page = await (await browser(town.odile)).get(f"/candidates/{amina.id}?tab=history")
    assert "02/03/2026 11:00" in page.text, "in the provider's zone"


async def test_the_queue_goes_from_the_oldest_to_the_newest(town: Town, browser: Browser) -> None:
    first = await amina_applies(town.douceur, since=timedelta(days=3))
    second = await amina_applies(town.douceur, name="Bruno Keller", since=timedelta(days=2))
    third = await amina_applies(town.douceur, name="Djamila Ferrand", since=timedelta(days=1))
    await amina_applies(town.vert, name="Chloé Verne", since=timedelta(days=2))
    outside = await amina_applies(town.douceur, "incomplete", name="Nadia Petit")
    odile = await browser(town.odile)
    page = (await odile.get(f"/candidates/{second.id}")).text
    assert "2 of 3" in page or "2 sur 3" in page
    assert f'href="/candidates/{first.id}" data-key="p"' in page
    assert f'href="/candidates/{third.id}" data-key="n"' in page
    page = (await odile.get(f"/candidates/{outside.id}")).text
    assert f'href="/candidates/{first.id}" data-key="n"' in page
    assert 'data-key="p"' not in page


async def test_new_documents_of_accepted_people_come_last_in_the_queue(
    town: Town, browser: Browser
) -> None:
    days = timedelta(days=1)
    applies = await amina_applies(town.douceur, since=2 * days)
    chloe = await amina_applies(town.douceur, "accepted", "Chloé Verne", since=9 * days)
    denis = await amina_applies(town.douceur, "accepted", "Denis Roche", since=9 * days)
    await Document.filter(candidate_id=chloe.id).update(sent_at=NOW - days)
    await amina_applies(town.vert, "accepted", "Elsa Verne", since=9 * days)
    odile = await browser(town.odile)

    async def walk(person: Candidate, *words: str) -> str:
        text = (await odile.get(f"/candidates/{person.id}")).text
        assert any(word in text for word in words)
        return text

    page = await walk(applies, "1 of 3", "1 sur 3")
    assert f'href="/candidates/{chloe.id}" data-key="n"' in page
    page = await walk(chloe, "2 of 3", "2 sur 3")
    assert f'href="/candidates/{applies.id}" data-key="p"' in page
    assert f'href="/candidates/{denis.id}" data-key="n"' in page
    page = await walk(denis, "3 of 3", "3 sur 3")
    assert f'href="/candidates/{chloe.id}" data-key="p"' in page
    assert 'data-key="n"' not in page

    await Candidate.filter(id=applies.id).update(status="incomplete")
    page = await walk(applies, "data-key")
    assert f'href="/candidates/{chloe.id}" data-key="n"' in page
    assert 'data-key="p"' not in page


@pytest.mark.parametrize(
    ("warned", "by", "says"),
    [
        (True, "mail", "prévenu le 27/02 par mail"),
        (True, "chat", "prévenu le 27/02 dans la conversation"),
        (False, None, "pas encore prévenu"),
    ],
)
async def test_the_head_warns_of_a_deletion_and_says_who_knows(
    town: Town, browser: Browser, warned: bool, by: str | None, says: str
) -> None:
    await town.douceur.update_from_dict({"counting_since": None}).save()
    await town.odile.update_from_dict({"language": "fr"}).save()
    bruno = await amina_applies(town.douceur, "incomplete", since=timedelta(days=40))
    await Reminder.create(
        candidate_id=bruno.id,
        clock_start=bruno.clock_start,
        due=date(2026, 3, 8),
        owed_at=NOW - timedelta(days=3),
        accepted_at=NOW - timedelta(days=3) if warned else None,
        accepted_by=by,
        promised=date(2026, 3, 8) if warned else None,
    )
    page = (await (await browser(town.odile)).get(f"/candidates/{bruno.id}")).text
    assert says in " ".join(page.split())
    assert f'action="/candidates/{bruno.id}/keep"' in page
    assert 'name="days" value="45">Garder 45 jours</button>' in page
    if warned:
        assert "Suppression le 8/03" in page
        assert "(J-6)" in page


async def test_nobody_who_is_far_from_it_is_warned_of(town: Town, browser: Browser) -> None:
    amina = await amina_applies(town.douceur, "incomplete")
    page = (await (await browser(town.odile)).get(f"/candidates/{amina.id}")).text
    assert "/keep" not in page


async def test_reading_the_messages_marks_them_read_and_nothing_else_does(
    town: Town, browser: Browser
) -> None:
    amina = await amina_applies(town.douceur)
    await messages.receive(amina.id, "Bonjour", 5, now=NOW, at=NOW)
    odile = await browser(town.odile)
    version = (await Candidate.get(id=amina.id)).version
    assert 'class="count hot">1<' in (await odile.get(f"/candidates/{amina.id}")).text
    await odile.get(f"/candidates/{amina.id}?tab=messages", **{"Sec-Fetch-Site": "cross-site"})
    assert (await Candidate.get(id=amina.id)).operator_seen_at is None, "another site's link"
    await odile.get(f"/candidates/{amina.id}?tab=messages", **{"Sec-Fetch-Site": "same-origin"})
    row = await Candidate.get(id=amina.id)
    assert (row.operator_seen_at, row.version) == (NOW, version)
    assert row.awaiting_reply_since == NOW, "read is not answered"


async def test_the_history_can_be_filtered_and_says_before_and_after(
    town: Town, browser: Browser
) -> None:
    amina = await amina_applies(town.douceur)
    for kind, subject, before, after in [
        ("answer_changed", "postal_code", "75010", "75011"),
        ("document_rejected", "diploma", {"state": "to_review"}, {"state": "rejected"}),
        ("mail_failed", None, None, {"kind": "corrections", "error": "550 no such user"}),
        ("a kind of tomorrow", None, None, None),
    ]:
        await Event.create(
            provider_id=town.douceur.id,
            candidate_id=amina.id,
            at=NOW,
            kind=kind,
            actor_kind="operator",
            actor_name="Oscar",
            subject=subject,
            before=before,
            after=after,
        )
    odile = await browser(town.odile)
    everything = (await odile.get(f"/candidates/{amina.id}?tab=history")).text
    for piece in (
        "<del>75010</del>",
        "<ins>75011</ins>",
        "550 no such user",
        "a kind of tomorrow",
    ):
        assert piece in everything
    some = (await odile.get(f"/candidates/{amina.id}?tab=history&kind=details")).text
    assert "<ins>75011</ins>" in some
    assert "550 no such user" not in some
    for junk in ("&kind=<script>", "&before=x", "&before=-1", "&before=99999999999999999"):
        assert (await odile.get(f"/candidates/{amina.id}?tab=history{junk}")).status == 200


async def test_what_people_write_is_text_and_never_markup(town: Town, browser: Browser) -> None:
    evil = "<img src=x onerror=alert(1)>"
    amina = await amina_applies(town.douceur, name=f"{evil} Benali")
    await messages.receive(amina.id, evil, 5, now=NOW, at=NOW)
    await Document.filter(candidate_id=amina.id).update(state="rejected", reason=evil)
    odile = await browser(town.odile)
    for tab in TABS:
        assert evil not in (await odile.get(f"/candidates/{amina.id}?tab={tab}")).text


async def test_a_pending_decision_is_seen_at_once_with_undo_and_send_now(
    town: Town, browser: Browser
) -> None:
    amina = await amina_applies(town.douceur)
    await decisions.decide(
        amina.id,
        decisions.Verdict(outcome=Outcome.BIN),
        whoever(town.oscar),
        NOW,
        provider_id=town.douceur.id,
        delay=timedelta(minutes=5),
    )
    page = (await (await browser(town.odile)).get(f"/candidates/{amina.id}")).text
    assert 'value="undo" data-key="u"' in page
    assert 'value="now"' in page
    assert "Oscar" in page
    assert 'name="outcome"' not in page, "no second decision"
    await messages.receive(amina.id, "Attendez !", 7, now=NOW, at=NOW)
    page = (await (await browser(town.odile)).get(f"/candidates/{amina.id}")).text
    assert 'value="undo"' not in page
    assert "annulée" in page or "cancelled" in page


async def test_a_document_that_is_checked_or_unusable_has_no_verdict_form(
    town: Town, browser: Browser
) -> None:
    amina = await amina_applies(town.douceur)
    await Document.filter(candidate_id=amina.id, key="diploma").update(state="checking")
    await sends(amina, "cv", "unusable")
    odile = await browser(town.odile)
    for key in ("diploma", "cv"):
        page = (await odile.get(f"/candidates/{amina.id}?tab={key}")).text
        assert "/validate" not in page
        assert "/reject" not in page


async def test_two_operators_on_one_candidate_see_each_other(
    town: Town, browser: Browser, time: Time
) -> None:
    amina = await amina_applies(town.douceur)
    path = f"/candidates/{amina.id}"
    odile, oscar, victor = (
        await browser(town.odile),
        await browser(town.oscar),
        await browser(town.victor),
    )
    assert "Oscar" not in (await odile.get(path)).text
    assert "Odile" in (await oscar.get(path)).text
    assert "Oscar" in (await odile.get(f"{path}/pulse?seen=0")).text
    assert (await victor.get(f"{path}/pulse?seen=0")).status == 404
    time.now += timedelta(minutes=2)
    assert "Oscar" not in (await odile.get(f"{path}/pulse?seen=0")).text


async def test_an_open_page_hears_how_much_is_new(town: Town, browser: Browser) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    path = f"/candidates/{amina.id}/pulse?seen="
    before = await (await odile.get(f"{path}0")).answer.json()
    assert before == {"others": "", "news": ""}
    await messages.receive(amina.id, "Bonjour", 5, now=NOW, at=NOW)
    after = await (await odile.get(f"{path}0")).answer.json()
    assert "1" in after["news"]
    for known in ("1", "99"):
        assert (await (await odile.get(path + known)).answer.json())["news"] == ""
    for junk in ("x", "-1", "", "9" * 30):
        assert (await odile.get(path + junk)).status == 200


async def test_an_open_list_hears_what_is_new_and_of_nobody_else(
    town: Town, browser: Browser, time: Time
) -> None:
    amina, chloe = await amina_applies(town.douceur), await amina_applies(town.vert)
    await messages.receive(amina.id, "Bonjour", 5, now=time.now, at=time.now)
    time.now += timedelta(minutes=1)
    odile = await browser(town.odile)
    asked = re.search(r'data-pulse="(/news\?since=\d+)"', (await odile.get("/")).text)
    assert asked is not None
    assert "/news?since=" in (await odile.get("/candidates?turn=messages")).text

    async def heard() -> str:
        told = await (await odile.get(asked[1])).answer.json()
        return str(told["news"])

    assert await heard() == ""
    time.now += timedelta(minutes=1)
    await messages.receive(chloe.id, "Bonjour", 5, now=time.now, at=time.now)
    assert await heard() == ""
    for number in (6, 7):
        await messages.receive(amina.id, "Bonjour", number, now=time.now, at=time.now)
    assert (await heard()).startswith("1 "), "one person, however often they wrote"
    for junk in ("x", "-1", "", "9" * 30, "0"):
        assert (await odile.get(f"/news?since={junk}")).status == 200


async def test_an_operator_exempts_somebody_whose_status_is_no_longer_accepted(
    town: Town, browser: Browser
) -> None:
    amina, odile = await amina_applies(town.douceur, "incomplete"), await browser(town.odile)
    path = f"/candidates/{amina.id}"
    assert (await odile.post(f"{path}/exempt")).status == 422
    await town.douceur.update_from_dict({"accepted_statuses": ["employee"]}).save()
    assert f"{path}/exempt" in (await odile.get(path)).text
    assert (await odile.post(f"{path}/exempt")).status == 303
    assert f"{path}/exempt" not in (await odile.get(path)).text
    assert (await Candidate.get(id=amina.id)).status_exempted_at == NOW
    assert await Event.filter(kind="status_exempted", actor_name="Odile").count() == 1


async def test_the_history_is_exported_without_a_formula(town: Town, browser: Browser) -> None:
    amina = await amina_applies(town.douceur)
    await messages.receive(amina.id, "=HYPERLINK(1)", 5, now=NOW, at=NOW)
    await messages.receive(amina.id, 'Deux "guillemets", une virgule', 6, now=NOW, at=NOW)
    await messages.receive(amina.id, "\t\n =HYPERLINK(2)", 7, now=NOW, at=NOW)
    page = await (await browser(town.odile)).post(f"/candidates/{amina.id}/history.csv")
    assert page.answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert page.answer.headers["Content-Disposition"].startswith("attachment;")
    rows = list(csv.reader(page.text.removeprefix("\ufeff").splitlines(), delimiter=";"))
    assert len(rows) == 4
    assert rows[1][0] == "2026-03-02T11:00:00+01:00", "the provider's local time"
    assert rows[1][1] == "Amina Benali"
    assert rows[1][5] == "'=HYPERLINK(1)"
    assert rows[2][5] == 'Deux "guillemets", une virgule'
    assert rows[3][5] == "'=HYPERLINK(2)", "spreadsheets skip white space"
    line = await ProviderEvent.get(kind="journal_exported")
    assert (line.actor_name, line.after) == ("Odile", {"lines": 3, "people": "1"})
    assert (await (await browser(town.victor)).post(page.answer.url.path)).status == 404
