"""Forms of a candidate's page: what they do, where they lead, and what is kept when refused."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from actions import comments, messages, reviews
from actions.decisions import finalise_due
from models.tables import (
    Candidate,
    Chat,
    Comment,
    Decision,
    Document,
    DocumentType,
    Event,
    Message,
    Notice,
)
from tests.factories import NOW
from tests.web.conftest import Browser, Browsing, Time, Town
from tests.web.people import amina_applies
from tests.web.test_candidate_page import whoever

LATER = timedelta(minutes=6)


async def hidden(who: Browsing, path: str, form: str) -> dict[str, str]:
    """The hidden fields of the form with this action, as a browser would send them."""
    page = await who.get(path)
    found = re.search(rf'<form[^>]*action="[^"]*{form}"[^>]*>(.*?)</form>', page.text, re.DOTALL)
    assert found, f"no form {form} on {path}"
    return dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', found[1]))


async def fill(who: Browsing, amina: Candidate, tab: str, form: str, **fields: Any) -> Any:
    """Open a tab, fill a form in, send it."""
    base = f"/candidates/{amina.id}"
    data = await hidden(who, f"{base}?tab={tab}", form)
    return await who.post(base + form, {**data, **fields})


async def test_after_a_verdict_the_next_document_opens_then_the_decision(
    town: Town, browser: Browser
) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    path = f"/candidates/{amina.id}"
    page = await fill(odile, amina, "sirene_notice", "/documents/sirene_notice/validate")
    assert (page.status, page.to) == (303, f"{path}?tab=sap_declaration&done=sirene_notice")
    assert "/documents/sirene_notice/withdraw" in (await odile.get(page.to)).text, "can be undone"
    page = await fill(
        odile,
        amina,
        "sap_declaration",
        "/documents/sap_declaration/reject",
        reason_key="illegible",
        reason="page 2",
    )
    assert page.to == f"{path}?tab=diploma&done=sap_declaration"
    page = await fill(odile, amina, "diploma", "/documents/diploma/validate")
    assert page.to == f"{path}?tab=summary&done=diploma"
    states = dict(await Document.filter(candidate_id=amina.id).values_list("key", "state"))
    assert states == {
        "sirene_notice": "validated",
        "sap_declaration": "rejected",
        "diploma": "validated",
    }


async def test_a_verdict_is_undone_from_the_line_that_tells_it(
    town: Town, browser: Browser
) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    page = await fill(odile, amina, "diploma", "/documents/diploma/validate")
    data = await hidden(odile, page.to, "/documents/diploma/withdraw")
    page = await odile.post(f"/candidates/{amina.id}/documents/diploma/withdraw", data)
    assert page.status == 303
    assert (await Document.get(candidate_id=amina.id, key="diploma")).state == "to_review"


async def test_a_rejection_without_a_reason_keeps_the_form_and_says_why(
    town: Town, browser: Browser
) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    form = "/documents/diploma/reject"
    page = await fill(odile, amina, "diploma", form, reason_key="", reason=" ")
    assert page.status == 422
    assert 'role="alert"' in page.text
    assert '<details class="reject" open>' in page.text


async def test_an_expiry_date_is_read_kept_and_corrected(town: Town, browser: Browser) -> None:
    await DocumentType.filter(key="diploma").update(asks_expiry=True)
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    form = "/documents/diploma/validate"
    for wrong in ("", "2025-01-01", "31/02/2027", "soon"):
        page = await fill(odile, amina, "diploma", form, expires_on=wrong)
        assert page.status == 422, wrong
        if wrong == "2025-01-01":
            assert 'value="2025-01-01"' in page.text, "what was typed is kept"
    await fill(odile, amina, "diploma", form, expires_on="2027-06-30")
    row = await Document.get(candidate_id=amina.id, key="diploma")
    assert (row.state, row.expires_on) == ("validated", date(2027, 6, 30))
    data = await hidden(odile, f"/candidates/{amina.id}?tab=diploma", form)
    page = await odile.post(
        f"/candidates/{amina.id}/documents/diploma/expiry", {**data, "expires_on": "2027-07-31"}
    )
    assert page.status == 303
    row = await Document.get(candidate_id=amina.id, key="diploma")
    assert (row.state, row.expires_on) == ("validated", date(2027, 7, 31))


async def test_a_document_may_bear_no_expiry_date_or_be_valid_for_so_many_days(
    town: Town, browser: Browser
) -> None:
    await DocumentType.filter(key="diploma").update(asks_expiry=True)
    await DocumentType.filter(key="sap_declaration").update(asks_expiry=True, validity_days=366)
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    await fill(odile, amina, "diploma", "/documents/diploma/validate", no_expiry="on")
    row = await Document.get(candidate_id=amina.id, key="diploma")
    assert (row.state, row.expires_on) == ("validated", None)
    shown = await odile.get(f"/candidates/{amina.id}?tab=sap_declaration")
    row = await Document.get(candidate_id=amina.id, key="sap_declaration")
    proposed = row.sent_at.date() + timedelta(days=366)
    assert f'value="{proposed}"' in shown.text
    form = "/documents/sap_declaration/validate"
    await fill(odile, amina, "sap_declaration", form, expires_on="")
    assert (await Document.get(id=row.id)).expires_on == proposed


async def test_what_is_only_looked_at_is_destroyed_by_a_form_that_says_so(
    town: Town, browser: Browser
) -> None:
    await DocumentType.filter(key="diploma").update(view_and_forget=True)
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    path, form = f"/candidates/{amina.id}?tab=diploma", "/documents/diploma/validate"
    assert "Valider et détruire le fichier" in (await odile.get(path)).text
    page = await fill(odile, amina, "diploma", form, noted_date="2030-01-01")
    assert page.status == 422
    assert 'value="2030-01-01"' in page.text, "what was typed is kept"
    page = await fill(odile, amina, "diploma", form)
    assert page.status == 422
    assert "Cochez ce que vous avez vérifié" in page.text
    page = await fill(odile, amina, "diploma", form, noted="holder", noted_title="CAP")
    assert page.status == 303
    after = (await odile.get(page.to)).text
    assert "/documents/diploma/withdraw" not in after, "there is nothing to undo"
    tab = (await odile.get(path)).text
    for told in ("Vérifiée, puis détruite", "CAP", "détruit après vérification"):
        assert told in tab
    for gone in ("/documents/diploma/validate", "/documents/diploma/withdraw", "/pages/"):
        assert gone not in tab
    assert "/documents/diploma/reject" in tab


async def test_what_the_catalogue_asks_to_note_is_kept_beside_the_document(
    town: Town, browser: Browser
) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    form = "/documents/diploma/validate"
    await fill(odile, amina, "diploma", form, noted_title="CAP", noted_date="2019-07-01")
    tab = (await odile.get(f"/candidates/{amina.id}?tab=diploma")).text
    for told in ("Noté à la vérification", "CAP", "01/07/2019"):
        assert told in tab
    assert "/documents/diploma/withdraw" in tab


async def test_the_second_operator_is_told_who_did_what_and_keeps_their_words(
    town: Town, browser: Browser
) -> None:
    amina, odile, oscar = (
        await amina_applies(town.douceur),
        await browser(town.odile),
        await browser(town.oscar),
    )
    form = "/documents/diploma/reject"
    data = await hidden(odile, f"/candidates/{amina.id}?tab=diploma", form)
    await fill(oscar, amina, "diploma", "/documents/diploma/validate")
    page = await odile.post(f"/candidates/{amina.id}{form}", {**data, "reason": "Trop sombre"})
    assert page.status == 409
    assert "Oscar" in page.text
    assert "Trop sombre" in page.text, "what was typed is kept"
    assert (await Document.get(candidate_id=amina.id, key="diploma")).state == "validated"
    assert await Event.filter(candidate_id=amina.id, subject="diploma").count() == 1


@pytest.mark.parametrize(
    ("fields", "status", "kind"),
    [
        ({"outcome": "accept", "reason": "Vu au bureau"}, "accepted", "activation"),
        ({"outcome": "reject", "comment": "Voir"}, "to_correct", "corrections"),
        ({"outcome": "reject", "tick:diploma": "1"}, "to_correct", "corrections"),
        ({"outcome": "bin"}, "binned", "final_rejection"),
    ],
)
async def test_a_decision_waits_then_becomes_final(
    town: Town, browser: Browser, time: Time, fields: dict[str, str], status: str, kind: str
) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    page = await fill(odile, amina, "summary", "/decision", **fields)
    assert (page.status, page.to) == (303, f"/candidates/{amina.id}")
    assert (await Candidate.get(id=amina.id)).status == "submitted"
    assert await Notice.filter(candidate_id=amina.id).count() == 0
    time.now += LATER
    assert await finalise_due(time.now) == 1
    assert (await Candidate.get(id=amina.id)).status == status
    assert await Notice.exists(candidate_id=amina.id, kind=kind, channel="mail")
    assert (await odile.get(f"/candidates/{amina.id}")).status == 200


async def test_ticked_items_carry_their_words(town: Town, browser: Browser) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    fields = {"outcome": "reject", "tick:diploma": "1", "why:diploma": "La version signée"}
    await fill(odile, amina, "summary", "/decision", **fields, **{"why:siret": "not ticked"})
    (decision,) = await Decision.all()
    named = {one["key"]: one["reason"] for one in decision.items}
    assert named["diploma"] == "La version signée"
    assert "siret" not in named


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"outcome": "invented"},
        {"outcome": "accept"},
        {"outcome": "bin", "comment": "x" * 2001},
    ],
)
async def test_a_refused_decision_keeps_what_was_typed(
    town: Town, browser: Browser, fields: dict[str, str]
) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    page = await fill(
        odile, amina, "summary", "/decision", **{"comment": "Merci à vous", **fields}
    )
    assert page.status == 422
    assert fields.get("comment", "Merci à vous") in page.text
    assert await Decision.all().count() == 0


async def test_a_decision_on_what_was_not_seen_is_refused_with_the_lines(
    town: Town, browser: Browser
) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    data = await hidden(odile, f"/candidates/{amina.id}", "/decision")
    await messages.receive(amina.id, "Je retire ma candidature", 4, now=NOW, at=NOW)
    page = await odile.post(
        f"/candidates/{amina.id}/decision", {**data, "outcome": "bin", "comment": "Désolés"}
    )
    assert page.status == 409
    assert "Désolés" in page.text
    assert 'class="happened"' in page.text
    assert await Decision.all().count() == 0
    page = await fill(odile, amina, "summary", "/decision", outcome="bin")
    assert page.status == 303


async def test_a_pending_decision_is_undone_or_sent_by_its_two_buttons(
    town: Town, browser: Browser
) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    for act, status in (("undo", "submitted"), ("now", "binned")):
        await fill(odile, amina, "summary", "/decision", outcome="bin")
        decision = await Decision.get(state="pending")
        path = f"/candidates/{amina.id}/decision/{decision.id}"
        assert (await odile.post(path, {"act": act})).status == 303
        assert (await Candidate.get(id=amina.id)).status == status
        assert (await odile.post(path, {"act": act})).status == 422, "only once"


async def test_the_bin_is_left_by_restoring_or_by_erasing(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    amina = await amina_applies(town.douceur, "binned", former_status="submitted")
    assert (await odile.post(f"/candidates/{amina.id}/restore")).status == 303
    assert (await Candidate.get(id=amina.id)).status == "submitted"
    assert (await odile.post(f"/candidates/{amina.id}/erase")).status == 422, "not in the bin"
    await Candidate.filter(id=amina.id).update(status="binned", binned_at=NOW)
    assert (await odile.post(f"/candidates/{amina.id}/erase")).to == "/candidates"
    assert (await odile.get(f"/candidates/{amina.id}")).status == 404


async def test_keeping_asks_for_more_days_than_the_reminder(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    amina = await amina_applies(town.douceur, "incomplete")
    path = f"/candidates/{amina.id}/keep"
    for days in ("7", "", "x", "-3"):
        assert (await odile.post(path, {"days": days})).status == 422
    page = await odile.post(path, {"days": "30", "tab": "history"})
    assert page.to == f"/candidates/{amina.id}?tab=history"
    assert (await Candidate.get(id=amina.id)).kept_until == date(2026, 4, 1)


async def test_a_reply_reaches_the_chat_and_ends_the_waiting(town: Town, browser: Browser) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    await messages.receive(amina.id, "Bonjour ?", 4, now=NOW, at=NOW)
    page = await fill(odile, amina, "messages", "/messages", text="Bonjour Amina")
    assert page.to == f"/candidates/{amina.id}?tab=messages"
    assert "Bonjour Amina" in (await odile.get(page.to)).text
    assert await Notice.exists(candidate_id=amina.id, kind="message", state="owed")
    assert (await Candidate.get(id=amina.id)).awaiting_reply_since is None
    page = await fill(odile, amina, "messages", "/messages", text="  ")
    assert page.status == 422


async def test_two_replies_to_one_question_are_one_too_many(town: Town, browser: Browser) -> None:
    amina, odile, oscar = (
        await amina_applies(town.douceur),
        await browser(town.odile),
        await browser(town.oscar),
    )
    await messages.receive(amina.id, "Bonjour ?", 4, now=NOW, at=NOW)
    data = await hidden(odile, f"/candidates/{amina.id}?tab=messages", "/messages")
    await fill(oscar, amina, "messages", "/messages", text="Oui, demain")
    page = await odile.post(f"/candidates/{amina.id}/messages", {**data, "text": "Non, jeudi"})
    assert page.status == 409
    assert "Non, jeudi" in page.text
    assert await Message.filter(operator_id__isnull=False).count() == 1


async def test_no_reply_needed_ends_the_waiting(town: Town, browser: Browser) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    await messages.receive(amina.id, "Merci !", 4, now=NOW, at=NOW)
    assert (await fill(odile, amina, "messages", "/answered")).status == 303
    assert (await Candidate.get(id=amina.id)).awaiting_reply_since is None


async def test_comments_are_added_edited_and_removed_on_their_document(
    town: Town, browser: Browser
) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    await fill(odile, amina, "diploma", "/documents/diploma/comments", text="Tampon flou")
    (comment,) = await Comment.all()
    path = f"/candidates/{amina.id}/documents/diploma/comments/{comment.id}"
    assert (await odile.post(path, {"text": "Tampon net"})).status == 303
    assert "Tampon net" in (await odile.get(f"/candidates/{amina.id}?tab=diploma")).text
    oscar = await browser(town.oscar)
    assert path not in (await oscar.get(f"/candidates/{amina.id}?tab=diploma")).text
    assert (await oscar.post(path, {"text": "Moi"})).status == 422
    assert (await odile.post(path, {"act": "remove"})).status == 303
    page = await odile.get(f"/candidates/{amina.id}?tab=diploma")
    assert '<p class="said">' not in page.text
    assert "Tampon flou" in page.text, "its words stay in the journal"


async def test_nothing_of_a_candidate_is_there_for_another_provider(
    town: Town, browser: Browser
) -> None:
    amina, victor = await amina_applies(town.douceur), await browser(town.victor)
    odile = whoever(town.odile)
    options = {"provider_id": town.douceur.id}
    comment = await comments.add(amina.id, "diploma", "Net", odile, NOW, **options)
    before = await snapshot(amina)
    base = f"/candidates/{amina.id}"
    for tab in ("summary", "infos", "messages", "history", "diploma"):
        page = await victor.get(f"{base}?tab={tab}")
        invented = (await victor.get(f"/candidates/invented?tab={tab}")).text
        assert (page.status, page.text.replace(amina.id, "invented")) == (404, invented)
    document = f"{base}/documents/diploma"
    for path in (
        f"{base}/decision",
        f"{base}/decision/x",
        f"{base}/restore",
        f"{base}/erase",
        f"{base}/keep",
        f"{base}/messages",
        f"{base}/answered",
        f"{base}/preview",
        f"{document}/validate",
        f"{document}/reject",
        f"{document}/withdraw",
        f"{document}/expiry",
        f"{document}/comments",
        f"{document}/comments/{comment.id}",
    ):
        form = {"outcome": "bin", "text": "x", "days": "30", "reason": "x", "act": "undo"}
        page = await victor.post(path, {**form, "expires_on": "2030-01-01"})
        assert page.status == 404, path
        assert "Amina" not in page.text
    assert await snapshot(amina) == before


async def snapshot(amina: Candidate) -> tuple[Any, ...]:
    """Everything that Victor could have changed."""
    row = await Candidate.get(id=amina.id)
    return (
        row.version,
        row.status,
        await Event.filter(candidate_id=amina.id).count(),
        await Comment.filter(candidate_id=amina.id).values_list("text", "removed_at"),
        await Message.all().count(),
        await Decision.all().count(),
    )


async def test_a_foreign_page_cannot_send_these_forms(town: Town, browser: Browser) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    page = await odile.post(
        f"/candidates/{amina.id}/decision",
        {"outcome": "bin", "seen": "0"},
        **{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    )
    assert page.status == 403
    assert await Decision.all().count() == 0


@pytest.mark.parametrize(
    ("fields", "columns", "says"),
    [
        ({}, {}, "Choisissez une décision"),
        ({"outcome": "reject", "comment": "Bien le bonjour"}, {}, "Bien le bonjour"),
        ({"outcome": "accept"}, {}, "/activate/preview"),
        ({"outcome": "bin"}, {}, "Douceur"),
        ({"outcome": "bin"}, {"email": ""}, "pas d’adresse"),
        ({"outcome": "accept"}, {"account_confirmed_at": NOW}, "déjà confirmé"),
    ],
)
async def test_the_mail_is_shown_before_it_leaves(
    town: Town, browser: Browser, fields: dict[str, str], columns: dict[str, Any], says: str
) -> None:
    await town.odile.update_from_dict({"language": "fr"}).save()
    amina = await amina_applies(town.douceur, **columns)
    odile = await browser(town.odile)
    page = await odile.post(f"/candidates/{amina.id}/preview", fields)
    assert page.status == 200
    assert says in page.text
    assert "sandbox" in page.answer.headers["Content-Security-Policy"]
    assert await Decision.all().count() == 0
    assert await Notice.all().count() == 0


@pytest.mark.parametrize(
    ("columns", "blocked", "says"),
    [
        ({"email": ""}, False, "No mail will leave: there is no e-mail address."),
        ({"email_refused_at": NOW}, False, "The address refuses our mails for good: Amina"),
        ({}, True, "Amina has blocked the bot: this leaves by mail only."),
        ({"email": ""}, True, "This reaches nobody"),
        ({"email_refused_at": NOW}, True, "This reaches nobody"),
        ({}, False, ""),
    ],
)
async def test_the_decision_form_says_whom_it_reaches_and_how(
    town: Town, browser: Browser, columns: dict[str, Any], blocked: bool, says: str
) -> None:
    await town.odile.update_from_dict({"language": "en"}).save()
    amina = await amina_applies(town.douceur, **columns)
    await Chat.filter(candidate_id=amina.id).update(blocked_at=NOW if blocked else None)
    odile = await browser(town.odile)
    page = await odile.get(f"/candidates/{amina.id}")
    found = re.search(r'id="reaches">.*?<span>(.*?)</span>', page.text, re.DOTALL)
    assert (found is not None) == bool(says)
    if found is not None:
        assert found[1].strip().startswith(says)
    shown = await odile.post(f"/candidates/{amina.id}/preview", {"outcome": "bin"})
    assert (says in shown.text) == (not columns.get("email", True) or not says)


async def test_the_mark_of_a_document_stays_the_same_until_something_happens_to_it(
    town: Town, browser: Browser
) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    form, path = "/documents/diploma/validate", f"/candidates/{amina.id}?tab=diploma"
    first = (await hidden(odile, path, form))["mark"]
    await messages.receive(amina.id, "Bonjour", 4, now=NOW, at=NOW)
    assert (await hidden(odile, path, form))["mark"] == first
    judged = reviews.Judged(
        provider_id=town.douceur.id, candidate_id=amina.id, key="diploma", seen=first
    )
    await reviews.validate(judged, whoever(town.oscar), NOW)
    assert first not in (await odile.get(path)).text
