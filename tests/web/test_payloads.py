"""Stored markup in everything that people write, opened in Chromium without its second net."""

from __future__ import annotations

from datetime import timedelta

from actions import comments, decisions, messages
from actions.deeds import Actor
from models.tables import Answer, Document, Operator, Provider, ProviderEvent, Upload
from rules.vocabulary import ActorKind, Outcome
from store.room import Room
from tests.factories import NOW
from tests.web.conftest import Opens, Town
from tests.web.people import amina_applies, shows_pages
from tests.web.test_pages import PAGES

PAYLOADS = (
    "<script>pwned=1</script>",
    "\"><img src=x onerror='pwned=1'>",
    "'><svg/onload=pwned=1>",
    "</title><script>pwned=1</script>",
    "</textarea><script>pwned=1</script>",
    "--><script>pwned=1</script>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'>",
    "<details open ontoggle=pwned=1>",
    '" autofocus onfocus=pwned=1 x="',
    "javascript:pwned=1",
    '<a href="javascript:pwned=1" id=pwn>x</a>',
    "{{constructor.constructor('pwned=1')()}}",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<style>*{display:none}</style>",
)
ALL = " ".join(PAYLOADS)
FOUND = """() => [
  typeof window.pwned,
  document.querySelectorAll(
    '#pwn, base, iframe[srcdoc], [onerror], [onload], [onfocus], [ontoggle], meta[content*=evil]'
  ).length,
  [...document.querySelectorAll('[href],[src],[action]')].filter(
    one => /^(javascript:|.*evil)/.test(one.href || one.src || one.action)
  ).length,
]"""


async def test_nothing_that_people_write_runs(town: Town, opens: Opens, room: Room) -> None:
    """Names, messages, comments, file names, reasons, settings; the policy is switched off."""
    await Provider.filter(id=town.douceur.id).update(
        name=ALL[:120], closed_sentence={"fr": ALL[:300], "en": ALL[:300]}
    )
    await Operator.filter(id=town.oscar.id).update(name=ALL[:160])
    amina = await amina_applies(town.douceur, name=f"{PAYLOADS[0]} {PAYLOADS[1]}")
    await Answer.filter(candidate_id=amina.id, key="first_name").update(value=ALL[:80])
    document = await Document.get(candidate_id=amina.id, key="diploma")
    await shows_pages(document, room, 1)
    await Upload.filter(candidate_id=amina.id).update(name=ALL[:255], last_error=ALL[:200])
    await Document.filter(id=document.id).update(reason=ALL, state="rejected", reviewed_at=NOW)
    oscar = Actor(ActorKind.OPERATOR, town.oscar.id, ALL[:160])
    own = {"provider_id": town.douceur.id}
    await comments.add(amina.id, "diploma", ALL, oscar, NOW, **own)
    await messages.receive(amina.id, ALL, 5, now=NOW, at=NOW)
    verdict = decisions.Verdict(outcome=Outcome.REJECT, comment=ALL, ticked={"siret": ALL})
    await decisions.decide(amina.id, verdict, oscar, NOW, delay=timedelta(minutes=5), **own)
    await ProviderEvent.create(
        provider_id=town.douceur.id,
        at=NOW,
        kind="operator_added",
        actor_kind="operator",
        actor_name=ALL[:160],
        subject=town.oscar.id,
        after={"name": ALL},
    )
    page = await opens(town.odile, bypass_csp=True)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    tabs = ("summary", "infos", "diploma", "messages", "history")
    for path in (*(f"/candidates/{amina.id}?tab={tab}" for tab in tabs), *PAGES):
        await page.goto(path, wait_until="domcontentloaded")
        assert await page.evaluate(FOUND) == ["undefined", 0, 0], path
        assert "evil" not in page.url
        if path.endswith("tab=messages"):
            assert PAYLOADS[2] in await page.inner_text("main"), "shown as it was written"
    assert dialogs == []
