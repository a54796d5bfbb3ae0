"""The product meets Telegram by an address only: another server at that address does as well."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from models.tables import Answer, Candidate, Document, JoinLink, Provider, StoredFile
from tests.journeys.other_server import OtherServer, other_server
from tests.journeys.product import TOKEN, running
from tests.servers import Mailbox


# Linux connects 0.0.0.0 to this machine, but it is no loopback address: hence long polling.
@pytest.mark.parametrize(("host", "way"), [("127.0.0.1", "setWebhook"), ("0.0.0.0", "getUpdates")])
async def test_the_same_bot_on_another_bot_api_server(
    host: str,
    way: str,
    database: str,
    redis_url: str,
    smtp: Mailbox,
    douceur: Provider,
    tmp_path: Path,
) -> None:
    async with other_server(TOKEN) as telegram:
        environment = {
            "DATABASE_URL": database,
            "REDIS_URL": redis_url,
            "SMTP_URL": smtp.url,
            "TELEGRAM_API_URL": f"http://{host}:{telegram.port}",
        }
        async with running(tmp_path, **environment):
            async with asyncio.timeout(30):
                while way not in telegram.asked:
                    await asyncio.sleep(0.05)
            await signs_up(telegram, (await JoinLink.get(provider_id=douceur.id)).token)
            await sends_a_paper(telegram)
        assert (way == "setWebhook") == bool(telegram.webhook)
    amina = await Candidate.get()
    assert (amina.first_name, amina.email, amina.work_status) == (
        "Amina",
        "amina@example.org",
        "independent",
    )
    assert await Answer.filter(candidate_id=amina.id).count() == 4
    kept = await StoredFile.filter(candidate_id=amina.id)
    assert sum(one.state == "kept" for one in kept) >= 2, "fetched, checked, and kept"


async def sends_a_paper(telegram: OtherServer) -> None:
    """A photo of a diploma, which a worker fetches from that server; and a text named .jpg."""
    amina = await Candidate.get()
    await telegram.writes(f"/start c-{amina.id}-diploma")
    await telegram.hears("Diplôme")
    await telegram.sends_photo(b"no picture at all")
    await telegram.hears("Le contenu de ce fichier")
    await telegram.sends_photo(a_page())
    async with asyncio.timeout(30):
        while (await Document.get(candidate_id=amina.id, key="diploma")).state != "to_review":
            await asyncio.sleep(0.05)


def a_page() -> bytes:
    """A picture of a document."""
    out = io.BytesIO()
    Image.effect_noise((600, 800), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


async def signs_up(telegram: OtherServer, token: str) -> None:
    """The first steps, by text and by buttons."""
    await telegram.writes(f"/start {token}")
    await telegram.hears("Bienvenue chez Douceur &amp; Cie")
    await telegram.presses("Commencer")
    await telegram.hears("Prénom")
    await telegram.writes("Amina")
    await telegram.hears("Nom")
    await telegram.writes("Benali")
    await telegram.hears("Adresse e-mail")
    await telegram.writes("amina@example.org")
    await telegram.hears("statut")
    await telegram.presses("Indépendant")
    await telegram.hears("français couramment")
