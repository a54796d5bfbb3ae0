"""An operator adds something within minutes: the history shows one message, and why."""

from __future__ import annotations

import re
from datetime import timedelta

from models.tables import Decision, Notice, Operator
from rules.merging import NOTE_GRACE
from tests.factories import NOW
from tests.web.conftest import Browser, Browsing, Time, Town
from tests.web.people import amina_applies
from tests.web.test_candidate_acts import fill

SECONDS = timedelta(seconds=30)


async def letters(who: Browsing, candidate_id: str) -> str:
    """The mails and news of the history, in one line."""
    page = await who.get(f"/candidates/{candidate_id}?tab=history")
    return " ".join(re.sub("<[^>]*>", " ", page.text.partition('id="letters"')[2]).split())


async def test_documents_rejected_one_after_the_other_are_one_message(
    town: Town, browser: Browser, time: Time
) -> None:
    await Operator.all().update(language="en")
    amina, odile = await amina_applies(town.douceur, "to_correct"), await browser(town.odile)
    for key in ("sirene_notice", "sap_declaration", "diploma"):
        page = await fill(odile, amina, key, f"/documents/{key}/reject", reason="Floue")
        assert page.status == 303
        time.now += SECONDS
    (owed,) = await Notice.filter(state="owed", kind="document_rejected")
    assert [one["key"] for one in owed.facts["points"]] == [
        "sirene_notice",
        "sap_declaration",
        "diploma",
    ]
    assert owed.not_before == NOW + 2 * SECONDS + NOTE_GRACE
    shown = await letters(odile, amina.id)
    assert shown.count("told in a later message") == 2
    assert shown.count("leaves on") == 1


async def test_what_is_added_after_send_now_is_told_with_what_has_not_left(
    town: Town, browser: Browser, time: Time
) -> None:
    """The mail server was away meanwhile."""
    await Operator.all().update(language="en")
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    for key in ("diploma", "sap_declaration"):
        fields = {"outcome": "reject", f"tick:{key}": "1"}
        assert (await fill(odile, amina, "summary", "/decision", **fields)).status == 303
        pending = await Decision.get(candidate_id=amina.id, state="pending")
        base = f"/candidates/{amina.id}/decision/{pending.id}"
        assert (await odile.post(base, {"act": "now"})).status == 303
        time.now += SECONDS
    (mail,) = await Notice.filter(state="owed", channel="mail")
    asked = [one["key"] for one in mail.facts["items"] if one["state"] == "asked"]
    assert asked == ["diploma", "sap_declaration"]
    assert mail.not_before == NOW + SECONDS, "send now is now"
    shown = await letters(odile, amina.id)
    assert shown.count("told in a later message") == 2, "a mail and a message"
    assert shown.count("Do not send") == 1, "the mail"
