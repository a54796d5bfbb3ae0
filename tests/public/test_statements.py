"""What is told outside of the chat: one's data, and who can use these pages."""

from __future__ import annotations

from html import unescape

import pytest

from models.reads.dossier import policy
from models.tables import Provider
from rules.dossier import Policy
from tests.outbox.world import House
from tests.web.conftest import Browser
from words.templates import render

ENGLISH = "?lang=en"


def notice(of: Policy, reply_to: str, language: str) -> list[str]:
    """The sentences on one's data that the chat says, but for how to reach one's rights there."""
    values = {"policy": of, "reply_to": reply_to, "in_chat": True}
    lines = render("chat/notice.html", language, **values).split("• ")
    return [unescape(line).strip() for line in lines if line.strip() and "/m" not in line]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "changed",
    [{}, {"module_on": False}, {"deletion_days": 0}, {"reminder_days": 0}, {"ended_days": 0}],
    ids=str,
)
async def test_the_page_says_what_the_chat_says(
    house: House, browser: Browser, language: str, changed: dict[str, object]
) -> None:
    await Provider.filter(id=house.provider.id).update(**changed)
    provider = await Provider.get(id=house.provider.id)
    page = await (await browser()).get(f"/join/{provider.slug}/privacy?lang={language}")
    text = " ".join(unescape(page.text).split())
    said = notice(policy(provider), provider.reply_to, language)
    assert len(said) >= 3
    assert all(" ".join(line.split()) in text for line in said)
    assert page.text.count("<li>") == len(said) + 1
    assert provider.reply_to in text
    assert f"/{'mydata' if language == 'en' else 'mesdonnees'}" in text


async def test_the_sign_up_page_leads_to_both(house: House, browser: Browser) -> None:
    visitor = await browser()
    page = await visitor.get(f"/join/{house.provider.slug}?lang=fr")
    for name in ("privacy", "accessibility"):
        assert f'href="/join/{house.provider.slug}/{name}?lang=fr"' in page.text
        assert (await visitor.get(f"/join/nobody-here/{name}")).status == 404


async def test_whoever_is_stopped_is_told_whom_to_write_to(house: House, browser: Browser) -> None:
    visitor, slug = await browser(), house.provider.slug
    page = await visitor.get(f"/join/{slug}/accessibility{ENGLISH}")
    assert f"Tell Douceur &amp; Cie: {house.provider.reply_to}." in page.text
    await Provider.filter(id=house.provider.id).update(reply_to="")
    page = await visitor.get(f"/join/{slug}/accessibility{ENGLISH}")
    assert "in the Telegram chat or in another way" in page.text
    assert "whoever installed Antichambre" in (await visitor.get(f"/accessibility{ENGLISH}")).text
