"""The mails' editor: what is kept, what is refused beside its field, and what is shown."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from playwright.async_api import expect

from actions.mail_texts import SAMPLES
from models.tables import MailText, Membership, Notice, Operator, Provider, ProviderEvent
from rules.mails import MAILS, MailName, OwnText
from rules.vocabulary import Language
from tests.factories import NOW
from tests.rules.test_mails import SSTI
from tests.web.conftest import DESK, PHONE, Browser, Browsing, Opens, Page, Town
from tests.web.people import amina_applies
from tests.web.test_browser import faults
from words.letters.originals import original

CORRECTIONS = "/settings/mails/corrections/fr"
BODY = "{{ bonjour }}\n\nIl reste deux ou trois choses :\n\n{{ liste }}\n\n{{ bouton }}"
FORM = {"version": "0", "subject": "{{ prenom }}, presque fini", "body": BODY}


@pytest.fixture
async def english(town: Town) -> Town:
    """Operators who read English."""
    await Operator.all().update(language="en")
    return town


async def save(person: Browsing, address: str = CORRECTIONS, **changes: str) -> Page:
    return await person.post(address, {**FORM, **changes})


async def text_of(town: Town, name: str = "corrections", language: str = "fr") -> OwnText | None:
    row = await MailText.get_or_none(provider_id=town.douceur.id, name=name, language=language)
    return OwnText(row.subject, row.body) if row else None


def typed(page: Page) -> str:
    """What stands in the text's field."""
    return unescape(page.text.partition('<textarea id="body"')[2].partition(">")[2]).partition(
        "</textarea>"
    )[0]


async def test_a_text_is_kept_and_journaled_with_before_and_after(
    english: Town, browser: Browser
) -> None:
    odile = await browser(english.odile)
    page = await save(odile)
    assert (page.status, page.to) == (303, f"{CORRECTIONS}?saved=1")
    assert await text_of(english) == OwnText(FORM["subject"], BODY)
    assert (await save(odile, version="1", subject="Presque")).status == 303
    first, second = await ProviderEvent.filter(kind="mail_changed").order_by("id")
    assert (first.before, first.after["subject"]) == (None, FORM["subject"])
    assert second.before["subject"] == FORM["subject"]
    assert (second.after["subject"], second.actor_name) == ("Presque", "Odile")
    shown = await odile.get("/settings/journal")
    assert "Mail rewritten (Rejected: what to correct, fr)" in shown.text
    listed = await odile.get("/settings/mails")
    assert listed.text.count("your text,") == 1
    assert "changed by Odile" in " ".join((await odile.get(CORRECTIONS)).text.split())


async def test_the_same_text_changes_nothing(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    await save(odile)
    assert (await save(odile, version="1")).status == 303
    assert await ProviderEvent.filter(kind="mail_changed").count() == 1
    assert (await Provider.get(id=town.douceur.id)).settings_version == 1


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", MailName)
async def test_every_mail_opens_with_its_text_and_can_be_saved_as_it_is(
    town: Town, browser: Browser, name: MailName, language: str
) -> None:
    odile = await browser(town.odile)
    address = f"/settings/mails/{name}/{language}"
    page = await odile.get(address)
    assert page.status == 200
    assert typed(page) == original(name, language).body
    for tag in MAILS[name].tags:
        assert f'data-tag="{tag}"' in page.text
    text = original(name, language)
    page = await odile.post(address, {"version": "0", "subject": text.subject, "body": text.body})
    assert page.status == 303
    assert await text_of(town, name, language) == text


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"body": "a\n\n{{ telephone }}"}, "body", "Line 3: there is no tag “telephone” here."),
        ({"body": "{{ boutton }}"}, "body", "Did you mean “bouton”?"),
        ({"body": "{% for x in y %}"}, "body", "“for x in y” is not allowed"),
        ({"body": "{{ 7*7 }}"}, "body", "as in {{ prenom }}."),
        ({"body": "{% if prenom %}x"}, "body", "never closed. Add {% endif %}"),
        ({"body": " "}, "body", "Write the text"),
        ({"body": "x" * 6001}, "body", "6001 characters, and 6000 at most"),
        ({"subject": ""}, "subject", "Write a subject"),
        ({"subject": "{{ bouton }}"}, "subject", "there is no tag “bouton” here"),
        ({"subject": "a\nBcc: eve@evil.example"}, "subject", "fits on one line"),
        ({"subject": "a\rBcc: eve@evil.example"}, "subject", "fits on one line"),
        ({"subject": "x" * 100_000}, "subject", "150 at most"),
        ({"subject": "a\x1bb"}, "subject", "hidden characters"),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field_and_the_text_kept(
    english: Town, browser: Browser, changes: dict[str, str], field: str, words: str
) -> None:
    odile = await browser(english.odile)
    page = await save(odile, **changes)
    assert page.status == 422
    assert f'id="{field}-error"' in page.text
    assert words in unescape(page.text)
    if field == "subject":
        assert typed(page) == BODY
    elif changes["body"].strip():
        assert typed(page) == changes["body"]
    assert await text_of(english) is None
    assert not await ProviderEvent.exists(kind="mail_changed")


async def test_no_attack_is_kept_shown_or_sent(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    for attack in SSTI:
        for path in ("", "/preview", "/sample"):
            page = await odile.post(CORRECTIONS + path, {**FORM, "body": attack})
            assert page.status == (200 if path == "/preview" else 422), (attack, path)
            assert "presque fini" not in page.text or path != "/preview"
    assert not await MailText.exists()
    assert not await Notice.exists()


async def test_two_administrators_overwrite_nothing_unseen(
    english: Town, browser: Browser
) -> None:
    await Membership.filter(operator_id=english.oscar.id).update(role="admin")
    odile, oscar = await browser(english.odile), await browser(english.oscar)
    assert (await save(odile, body="Celui d’Odile")).status == 303
    late = await save(oscar, body="Celui d’Oscar")
    assert late.status == 409
    assert "Odile changed this mail" in late.text
    assert typed(late) == "Celui d’Oscar"
    assert "<pre>Celui d’Odile</pre>" in late.text
    assert 'name="version" value="1"' in late.text
    assert (await text_of(english)) == OwnText(FORM["subject"], "Celui d’Odile")
    assert (await save(oscar, version="1", body="Les deux")).status == 303


async def test_a_text_put_back_and_rewritten_meanwhile_is_another_one(
    town: Town, browser: Browser
) -> None:
    odile = await browser(town.odile)
    await save(odile, body="Un")
    assert (await odile.post(f"{CORRECTIONS}/original", {"version": "1"})).status == 303
    await save(odile, version="2", body="Deux")
    assert (await save(odile, version="1", body="Trois")).status == 409
    assert (await odile.post(f"{CORRECTIONS}/original", {"version": "1"})).status == 409
    assert (await text_of(town)) == OwnText(FORM["subject"], "Deux")


async def test_the_original_comes_back_and_the_text_stays_in_the_journal(
    english: Town, browser: Browser
) -> None:
    odile = await browser(english.odile)
    await save(odile, body="Mon texte à moi")
    page = await odile.post(f"{CORRECTIONS}/original", {"version": "1"})
    assert (page.status, page.to) == (303, f"{CORRECTIONS}?original=1")
    assert await text_of(english) is None
    assert typed(await odile.get(CORRECTIONS)) == original(MailName.CORRECTIONS, "fr").body
    line = await ProviderEvent.get(kind="mail_put_back")
    assert line.before["body"] == "Mon texte à moi"
    assert "Mon texte à moi" in (await odile.get("/settings/journal")).text
    again = await odile.post(f"{CORRECTIONS}/original", {"version": "2"})
    assert again.status == 303
    assert await ProviderEvent.filter(kind="mail_put_back").count() == 1


async def test_the_preview_shows_both_parts_of_what_is_typed(
    english: Town, browser: Browser
) -> None:
    odile = await browser(english.odile)
    before = await odile.get(f"{CORRECTIONS}/preview")
    assert before.text.count("Quelques points sont à corriger") >= 2
    page = await odile.post(f"{CORRECTIONS}/preview", {**FORM, "body": "Coucou {{ prenom }}"})
    assert page.status == 200
    assert page.text.count("Coucou Camille") >= 2
    assert page.text.count("Attestation d’assurance") == 2, "added at the end of both parts"
    assert "sandbox" in page.answer.headers["Content-Security-Policy"]
    assert await text_of(english) is None
    wrong = await odile.post(f"{CORRECTIONS}/preview", {**FORM, "body": "{{ nom_inconnu }}"})
    assert "there is no tag “nom_inconnu” here" in wrong.text


async def test_the_preview_shows_a_real_candidate_of_this_provider_only(
    town: Town, browser: Browser
) -> None:
    amina = await amina_applies(town.douceur, "incomplete")
    chloe = await amina_applies(town.vert, name="Chloé Verte")
    odile = await browser(town.odile)
    page = await odile.get(CORRECTIONS)
    assert f'value="{amina.id}"' in page.text
    assert chloe.id not in page.text
    for name in MailName:
        address = f"/settings/mails/{name}/fr/preview"
        form = {"subject": "x", "body": "Coucou {{ prenom }}"}
        shown = await odile.post(address, {**form, "candidate": amina.id})
        assert "Coucou Amina" in shown.text, name
        theirs = await odile.post(address, {**form, "candidate": chloe.id})
        nobodys = await odile.post(address, {**form, "candidate": "0" * 16})
        assert (theirs.status, theirs.text) == (404, nobodys.text)
        assert "Chloé" not in theirs.text


async def test_the_decisions_preview_shows_the_providers_words(
    town: Town, browser: Browser
) -> None:
    amina = await amina_applies(town.douceur)
    odile = await browser(town.odile)
    await save(odile)
    form = {"outcome": "reject", "tick:diploma": "1", "why:diploma": "Flou", "comment": "Merci"}
    page = await odile.post(f"/candidates/{amina.id}/preview", form)
    assert "Il reste deux ou trois choses" in page.text
    assert "Amina, presque fini" in page.text
    assert "Flou" in page.text
    assert "Merci" in page.text


async def test_a_trial_goes_to_ones_own_address_whatever_the_form_says(
    english: Town, browser: Browser
) -> None:
    amina = await amina_applies(english.douceur)
    odile = await browser(english.odile)
    form = {**FORM, "candidate": amina.id, "to": amina.email, "operator": english.oscar.id}
    page = await odile.post(f"{CORRECTIONS}/sample", {**form, "address": "eve@evil.example"})
    assert page.status == 200
    assert "odile@douceur-cie.example" in page.text
    assert "not saved yet" in page.text
    assert typed(page) == BODY
    notice = await Notice.get()
    assert (notice.operator_id, notice.candidate_id) == (english.odile.id, None)
    assert not notice.address
    assert notice.facts["subject"] == FORM["subject"]
    assert await text_of(english) is None


async def test_trials_are_counted(english: Town, browser: Browser) -> None:
    odile = await browser(english.odile)
    for _ in range(SAMPLES):
        assert (await odile.post(f"{CORRECTIONS}/sample", FORM)).status == 200
    page = await odile.post(f"{CORRECTIONS}/sample", FORM)
    assert (page.status, typed(page)) == (429, BODY)
    assert "wait 15 min" in page.text
    assert await Notice.all().count() == SAMPLES


async def test_a_text_that_broke_is_told_and_can_be_mended(
    english: Town, browser: Browser
) -> None:
    odile = await browser(english.odile)
    await save(odile)
    await MailText.all().update(body="{{ vieille_balise }}")
    assert "can no longer be used" in (await odile.get("/settings/mails")).text
    page = await odile.get(CORRECTIONS)
    assert page.status == 200
    assert "there is no tag “vieille_balise” here" in page.text
    assert typed(page) == "{{ vieille_balise }}"
    shown = await odile.get(f"{CORRECTIONS}/preview")
    assert "Quelques points sont à corriger" in shown.text, "what leaves meanwhile"
    assert (await save(odile, version="1")).status == 303
    assert "can no longer be used" not in (await odile.get("/settings/mails")).text


async def test_one_provider_never_meets_the_words_of_another(town: Town, browser: Browser) -> None:
    odile, victor = await browser(town.odile), await browser(town.victor)
    await save(odile, body="Les mots d’Odile")
    for path in (CORRECTIONS, f"{CORRECTIONS}/preview", "/settings/mails"):
        page = await victor.get(path)
        assert page.status == 200
        assert "Les mots d’Odile" not in page.text
    assert (await save(victor, body="Les mots de Victor")).status == 303
    assert (await text_of(town)) == OwnText(FORM["subject"], "Les mots d’Odile")
    assert (await browser(town.oscar)) is not None
    assert (await (await browser(town.oscar)).get(CORRECTIONS)).status == 403


@pytest.mark.parametrize("path", ["nothing/fr", "corrections/de", "invitation/fr"])
async def test_other_mails_and_languages_are_not_found(
    town: Town, browser: Browser, path: str
) -> None:
    odile = await browser(town.odile)
    assert (await odile.get(f"/settings/mails/{path}")).status == 404
    assert (await odile.post(f"/settings/mails/{path}", FORM)).status == 404
    assert not await MailText.exists()


SENDER = {"version": "1", "sender_name": "Odile de Douceur", "signature_fr": "Odile\n01 23"}


async def test_sender_and_signature_are_kept_and_journaled(
    english: Town, browser: Browser
) -> None:
    odile = await browser(english.odile)
    page = await odile.post("/settings/mails/sender", SENDER)
    assert (page.status, page.to) == (303, "/settings/mails/sender?saved=1")
    row = await Provider.get(id=english.douceur.id)
    assert (row.sender_name, row.signature) == ("Odile de Douceur", {"fr": "Odile\n01 23"})
    line = await ProviderEvent.get(kind="settings_changed")
    assert (line.subject, line.before["sender_name"]) == ("mail_sender", None)
    assert "sender and signature" in (await odile.get("/settings/journal")).text
    shown = await odile.get(f"{CORRECTIONS}/preview")
    assert "Odile de Douceur" in shown.text
    assert "01 23" in shown.text
    late = await odile.post("/settings/mails/sender", {**SENDER, "sender_name": "Autre"})
    assert late.status == 409
    assert 'value="Autre"' in late.text
    gone = {"version": "2", "sender_name": " ", "signature_fr": "", "signature_en": ""}
    assert (await odile.post("/settings/mails/sender", gone)).status == 303
    row = await Provider.get(id=english.douceur.id)
    assert not row.sender_name
    assert not row.signature


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sender_name": "Douceur\r\nBcc: eve@evil.example"}, "sender_name"),
        ({"sender_name": "Banque <service@banque.example>"}, "sender_name"),
        ({"sender_name": "=?utf-8?q?=0ABcc:_eve?="}, "sender_name"),
        ({"sender_name": "\u202eecnaif"}, "sender_name"),
        ({"sender_name": "x" * 61}, "sender_name"),
        ({"signature_fr": "x" * 401}, "signature_fr"),
        ({"signature_fr": "a\x1bb"}, "signature_fr"),
        ({"signature_en": "x\n" * 20}, "signature_en"),
    ],
)
async def test_a_sender_that_is_no_name_is_refused(
    town: Town, browser: Browser, changes: dict[str, Any], field: str
) -> None:
    page = await (await browser(town.odile)).post("/settings/mails/sender", {**SENDER, **changes})
    assert page.status == 422
    assert f'id="{field}-error"' in page.text
    row = await Provider.get(id=town.douceur.id)
    assert not row.sender_name
    assert not row.signature
    assert row.settings_version == 1


MAILS_PAGES = ("/settings/mails", "/settings/mails/sender", CORRECTIONS)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
async def test_the_pages_are_accessible_with_errors_too(
    english: Town, opens: Opens, scheme: str, window: dict[str, int]
) -> None:
    await amina_applies(english.douceur)
    await MailText.create(
        provider_id=english.douceur.id,
        name="erased",
        language="fr",
        subject="x",
        body="{{ vieux }}",
        changed_at=NOW,
    )
    page = await opens(english.odile, color_scheme=scheme, viewport=window)
    found = {}
    for path in (*MAILS_PAGES, "/settings/mails/erased/fr", "/settings/mails/reminder_unmet/en"):
        await page.goto(path)
        found[path] = await faults(page)
    await page.goto(CORRECTIONS)
    await page.get_by_label("Text", exact=True).fill("{{ telephone }}")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Line 1: there is no tag").first).to_be_visible()
    await expect(page.get_by_label("Text", exact=True)).to_be_focused()
    found["refused"] = await faults(page)
    await page.goto("/settings/mails/sender")
    await page.get_by_label("Sender’s name").fill("a@b")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_label("Sender’s name")).to_be_focused()
    found["sender refused"] = await faults(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@pytest.mark.browser
async def test_tags_are_put_in_by_a_press_and_the_preview_follows(
    english: Town, opens: Opens
) -> None:
    page = await opens(english.odile)
    await page.goto(CORRECTIONS)
    subject, body = page.get_by_label("Subject"), page.get_by_label("Text", exact=True)
    await body.fill("Coucou ")
    await page.get_by_role("button", name="{{ prenom }}").click()
    await expect(body).to_have_value("Coucou {{ prenom }}")
    await expect(body).to_be_focused()
    frame = page.frame_locator("iframe[name=mail]")
    await expect(frame.locator(".words p", has_text="Coucou Camille")).to_be_visible()
    await subject.fill("")
    await page.get_by_role("button", name="{{ entreprise }}").click()
    await expect(subject).to_have_value("{{ entreprise }}")
    await expect(page.get_by_role("button", name="{{ liste }}")).to_be_disabled()
    await expect(frame.locator(".envelope strong")).to_have_text("Douceur & Cie")
    await page.get_by_role("button", name="Send it to me").click()
    await expect(page.get_by_role("status")).to_contain_text("odile@douceur-cie.example")
    await expect(frame.locator(".words p", has_text="Coucou Camille")).to_be_visible()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_contain_text("Saved.")
    assert await text_of(english) == OwnText("{{ entreprise }}", "Coucou {{ prenom }}")


@pytest.mark.browser
async def test_everything_works_without_javascript_and_by_keyboard(
    english: Town, opens: Opens
) -> None:
    page = await opens(english.odile, java_script_enabled=False)
    await page.goto("/settings/mails")
    link = page.get_by_role("link", name=re.compile("^Open.*what to correct, French"))
    await link.focus()
    await page.keyboard.press("Enter")
    body = page.get_by_label("Text", exact=True)
    await body.fill("Bonjour {{ prenom }}")
    show = page.get_by_role("button", name="Show what I typed")
    await show.focus()
    await page.keyboard.press("Enter")
    frame = page.frame_locator("iframe[name=mail]")
    await expect(frame.locator(".words p", has_text="Bonjour Camille")).to_be_visible()
    await expect(body).to_have_value("Bonjour {{ prenom }}")
    await page.get_by_label("Subject").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Saved.")
    await page.get_by_text("The original text", exact=True).click()
    await page.get_by_role("button", name="Put the original text back").click()
    await expect(page.get_by_role("status")).to_contain_text("original text is back")
    assert await text_of(english) is None


@pytest.mark.browser
async def test_nothing_that_a_provider_or_a_candidate_writes_runs(
    english: Town, opens: Opens
) -> None:
    """Without the content policy: escaping alone has to do."""
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'</textarea></pre></iframe>"
    amina = await amina_applies(english.douceur, name="<script>alert(3)</script> Benali")
    await Provider.filter(id=english.douceur.id).update(
        signature={"fr": evil}, sender_name=evil[:120], name=evil[:100]
    )
    for code in Language:
        await MailText.create(
            provider_id=english.douceur.id,
            name="corrections",
            language=code,
            subject=evil,
            body=f"{evil}\n\n{{{{ prenom }}}}",
            changed_at=NOW,
        )
    page = await opens(english.odile, bypass_csp=True)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    for path in (
        "/settings/mails",
        CORRECTIONS,
        f"{CORRECTIONS}/preview",
        "/settings/mails/sender",
    ):
        await page.goto(path)
        assert await page.locator("[onerror], script:not([src])").count() == 0, path
    await page.goto(CORRECTIONS)
    await page.get_by_label("Shown for").select_option(amina.id)
    frame = page.frame_locator("iframe[name=mail]")
    await expect(frame.locator(".words p", has_text="<script>alert(3)</script>")).to_be_visible()
    assert dialogs == []
