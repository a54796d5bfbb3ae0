"""The health page in Chromium: accessible when all is well and when nothing is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import expect

from actions.installation import note_mail_server, note_worker
from models.tables import Bot, Chat, Notice, Operator, Upload
from tests.factories import NOW
from tests.web.conftest import DESK, PHONE, Opens, Town
from tests.web.people import amina_applies, sends
from tests.web.test_browser import faults

HOUR = timedelta(hours=1)
ERRORS = {
    "mail": ("activation", "550 5.1.1 no such user"),
    "chat": ("corrections", "the person blocked the bot"),
}


async def everything_breaks(town: Town) -> None:
    """Mails wait, a file waits, the bot is refused, and two messages were given up."""
    amina = await amina_applies(town.douceur)
    bruno = await amina_applies(town.douceur, "to_correct", "Bruno Koffi")
    await sends(bruno, "rib", "checking", NOW - 3 * HOUR)
    await Upload.filter(state="waiting").update(last_error="scanner: ConnectionRefusedError")
    await note_worker(NOW - 5 * HOUR)
    await note_mail_server("the mail server cannot be reached (TimeoutError)", NOW - 2 * HOUR)
    await Bot.all().update(disconnected_at=NOW - HOUR)
    chat = await Chat.get(candidate_id=bruno.id)
    await Chat.filter(id=chat.id).update(blocked_at=NOW)
    about = {"provider_id": town.douceur.id, "owed_at": NOW - HOUR, "not_before": NOW - HOUR}
    for number in range(3):
        await Notice.create(
            **about,
            candidate_id=amina.id,
            channel="mail",
            kind="activation",
            unique_key=f"o{number}",
            message_id=f"o{number}",
        )
    for person, (channel, (kind, error)) in zip(
        (amina, amina, bruno), [*ERRORS.items(), ("chat", ERRORS["chat"])], strict=True
    ):
        await Notice.create(
            **about,
            candidate_id=person.id,
            chat_id=chat.id if person is bruno else None,
            channel=channel,
            kind=kind,
            state="failed",
            settled_at=NOW - HOUR,
            last_error=error,
            unique_key=f"f{person.id}{channel}",
            message_id=f"f{person.id}{channel}",
        )


@pytest.mark.slow
@pytest.mark.parametrize("broken", [False, True], ids=["well", "broken"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
async def test_the_health_page_is_accessible(
    town: Town, opens: Opens, scheme: str, window: dict[str, int], broken: bool
) -> None:
    await note_worker(NOW)
    if broken:
        await everything_breaks(town)
    page = await opens(town.odile, color_scheme=scheme, viewport=window)
    await page.goto("/settings/health")
    assert await faults(page) == []


async def test_a_message_is_sent_again_without_javascript(town: Town, opens: Opens) -> None:
    await Operator.all().update(language="en")
    await everything_breaks(town)
    page = await opens(town.odile, java_script_enabled=False)
    await page.goto("/settings")
    await page.get_by_role("link", name="How the service is").click()
    await page.get_by_role("button", name="Send again Account activation").click()
    await expect(page.get_by_role("status")).to_contain_text("On its way again.")
    assert await Notice.filter(state="failed").count() == 2
