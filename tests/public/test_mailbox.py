"""The demo's mailbox: mails as files, a page that shows them, links that work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jobs.transport import FolderTransport
from models.tables import Candidate
from rules.letters import Sites
from rules.notices import NoticeKind
from settings.reading import Settings
from tests.outbox.world import House, fate
from tests.web.conftest import Browser, Time
from webhooks.app import create_app


@pytest.fixture
async def amina(house: House) -> Candidate:
    """Amina, accepted."""
    return await house.person(status="accepted", admitted_at=house.clock.now)


async def sent(house: House, amina: Candidate, folder: Path, origin: str = "") -> str:
    """Her activation mail, kept on disk; the file's name."""
    (notice,) = await house.owe(amina, NoticeKind.ACTIVATION, {})
    post = house.post(transport=FolderTransport(folder))
    if origin:
        post = replace(post, sites=Sites(origin))
    assert await post.drain() == 1
    assert (await fate(notice)).state == "accepted"
    (path,) = folder.glob("*.eml")
    return path.name


async def test_a_mail_is_shown_with_links_that_work(
    house: House, browser: Browser, settings: Settings, amina: Candidate, time: Time
) -> None:
    visitor = await browser()
    assert "No mail yet" in (await visitor.get("/mailbox")).text
    name = await sent(house, amina, settings.mailbox, visitor.origin)
    listed = await visitor.get("/mailbox")
    assert f"/mailbox/{name}" in listed.text
    assert "activez votre compte" in listed.text
    shown = await visitor.get(f"/mailbox/{name}")
    link = shown.text.split(f'href="{visitor.origin}/activate/')[1].split('"')[0]
    framed = await visitor.get(f"/mailbox/{name}/html")
    assert f"/activate/{link}" in framed.text
    assert "sandbox" in framed.answer.headers["Content-Security-Policy"]
    assert framed.answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    await visitor.post(f"/activate/{link}")
    assert (await Candidate.get(id=amina.id)).account_confirmed_at == time.now


async def test_a_mail_kept_twice_is_one_file(
    house: House, settings: Settings, amina: Candidate, tmp_path: Path
) -> None:
    await sent(house, amina, tmp_path / "box")
    from models.tables import Notice

    await Notice.all().update(state="owed")
    await house.post(transport=FolderTransport(tmp_path / "box")).drain()
    assert len(list((tmp_path / "box").iterdir())) == 1


@pytest.mark.parametrize("name", ["..%2f..%2fsecret_key", "nothing.eml", ".x.eml", "x.txt"])
async def test_other_files_are_not_shown(
    house: House, browser: Browser, settings: Settings, name: str
) -> None:
    settings.mailbox.mkdir(parents=True, exist_ok=True)
    (settings.mailbox / ".x.eml").write_text("draft")
    (settings.mailbox / "x.txt").write_text("other")
    visitor = await browser()
    assert (await visitor.get(f"/mailbox/{name}")).status == 404
    assert (await visitor.get(f"/mailbox/{name}/html")).status == 404


async def test_only_the_demo_has_a_mailbox(
    house: House, settings: Settings, aiohttp_client: object
) -> None:
    client = await aiohttp_client(  # type: ignore[operator]  # pytest-aiohttp's fixture
        create_app(replace(settings, demo=False), connects=False)
    )
    for path in ("/mailbox", "/mailbox/x.eml", "/mailbox/x.eml/html"):
        assert (await client.get(path)).status == 404
