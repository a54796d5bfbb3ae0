"""People before their screens: candidates with a phone, operators at a desk."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Locator, Page, Request, expect

from sandbox.client import Message, Sandbox
from sandbox.client import Phone as Handset
from tests.factories import PASSWORD
from tests.servers import Mailbox

PICTURES = os.environ.get("ANTICHAMBRE_PICTURES", "")
"""A folder for a picture of each step; empty: none is taken."""
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
PATIENCE = 20.0
CARD = "Votre dossier —"


@dataclass(frozen=True)
class Sent:
    """One request of an operator's browser to the panel."""

    method: str
    path: str
    body: str | None

    @property
    def of_a_candidate(self) -> bool:
        """Whether the address names one candidate."""
        return self.path.startswith("/candidates/")


@dataclass
class Town:
    """Where everything is, and who has a browser open."""

    panel: str
    telegram: str
    bot: str
    smtp: Mailbox
    chromium: Browser
    sandbox: Sandbox
    contexts: list[BrowserContext] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    async def browser(self, address: str, **options: Any) -> Page:
        """A page of somebody's own browser; an error in a page's script fails the story."""
        context = await self.chromium.new_context(
            base_url=address, **{"locale": "fr-FR", "viewport": DESK, **options}
        )
        context.set_default_timeout(PATIENCE * 1000)
        self.contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page

    async def phone(self, first_name: str, last_name: str, token: str) -> Phone:
        """Somebody new follows a provider's link in a browser, and presses Start."""
        page = await self.browser(self.telegram, viewport=PHONE)
        await page.goto(f"/t.me/{self.bot}?start={token}")
        await page.get_by_label("Prénom").fill(first_name)
        await page.get_by_label("Nom", exact=True).fill(last_name)
        await page.get_by_role("button", name="Ouvrir la discussion").click()
        await page.get_by_test_id("start").click()
        return Phone(page, first_name)

    async def thumbs(self, first_name: str, token: str) -> Thumbs:
        """Somebody new does the same without a browser, which is quicker."""
        handset = await self.sandbox.phone(first_name)
        await handset.open(self.bot, token)
        return Thumbs(handset)

    async def desk(self, name: str, provider: str, **options: Any) -> Desk:
        """An operator signs in to the panel."""
        desk = Desk(await self.browser(self.panel, **options), name, self.panel)
        await desk.page.goto("/")
        await desk.page.get_by_label("Adresse e-mail").fill(f"{name.lower()}@{provider}.example")
        await desk.page.get_by_label("Mot de passe").fill(PASSWORD)
        await desk.look("sign in")
        await desk.page.get_by_role("button", name="Se connecter").click()
        await expect(desk.page.get_by_role("link", name="Candidats")).to_be_visible()
        await desk.look("home")
        return desk

    async def close(self) -> None:
        """Close every browser."""
        for context in self.contexts:
            await context.close()
        assert self.errors == []


class Candidate(Protocol):
    """What a candidate does, with or without a browser; each deed waits for the bot's answer."""

    async def hears(self, text: str) -> None:
        """The bot's last message, but for the status card, says so."""

    async def writes(self, text: str, then: str) -> None:
        """Write."""

    async def presses(self, button: str, then: str) -> None:
        """Press the latest button of that name."""

    async def ticks(self, choice: str) -> None:
        """Tick one of several choices."""

    async def sends_photos(self, *paths: Path, then: str) -> None:
        """Send one photo, or several as an album."""

    async def sends_file(self, path: Path, then: str) -> None:
        """Send a file as it is."""

    async def sees_card(self, text: str) -> None:
        """The status card says so, by itself."""


class Seat:
    """Somebody's page, of which pictures may be taken."""

    taken = 0

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name = page, name

    async def look(self, what: str) -> None:
        """Take a picture, if they are wanted."""
        if PICTURES:
            Seat.taken += 1
            words = re.sub(r"\W+", " ", what)[:40]
            path = Path(PICTURES) / f"{Seat.taken:03} {self.name} {words}.png"
            await self.page.screenshot(path=path, full_page=isinstance(self, Desk))


class Phone(Seat):
    """A candidate before the sandbox's chat page."""

    @property
    def said(self) -> Locator:
        """The bot's messages."""
        return self.page.get_by_test_id("bot-message")

    def button(self, name: str) -> Locator:
        """The latest button of that name, below a message or below the chat."""
        buttons = self.page.locator(".inline, .keyboard").get_by_role("button", name=name)
        return buttons.last

    async def hears(self, text: str) -> None:
        """The bot's last message says so."""
        await expect(self.said.filter(has_not_text=CARD).last).to_contain_text(text)
        await self.look(text)

    async def writes(self, text: str, then: str) -> None:
        """Write."""
        await self.page.get_by_test_id("message-input").fill(text)
        await self.page.get_by_test_id("send").click()
        await self.hears(then)

    async def presses(self, button: str, then: str) -> None:
        """Press the latest button of that name."""
        await self.button(button).click()
        await self.hears(then)

    async def ticks(self, choice: str) -> None:
        """Tick one of several choices, and see the tick."""
        await self.button(choice).click()
        await expect(self.button(f"☑ {choice}")).to_be_visible()

    async def sends_photos(self, *paths: Path, then: str) -> None:
        """Send one photo, or several as an album."""
        await self.page.get_by_test_id("photo-input").set_input_files(list(paths))
        await self.page.get_by_test_id("send").click()
        await self.hears(then)

    async def sends_file(self, path: Path, then: str) -> None:
        """Send a file as it is."""
        await self.page.get_by_test_id("file-input").set_input_files([path])
        await self.page.get_by_test_id("send").click()
        await self.hears(then)

    @property
    def card(self) -> Locator:
        """The status card."""
        return self.said.filter(has_text=CARD).last

    async def sees_card(self, text: str) -> None:
        """The status card says so, by itself."""
        await expect(self.card).to_contain_text(text)
        await self.card.scroll_into_view_if_needed()
        await self.look(f"card {text}")


@dataclass
class Thumbs:
    """A candidate with the sandbox's own phone, without a page."""

    handset: Handset

    async def hears(self, text: str) -> None:
        """The bot's last message says so."""
        await self._sees(lambda said: text in _plain(said[-1].text))

    async def writes(self, text: str, then: str) -> None:
        """Write."""
        await self.handset.send(text)
        await self.hears(then)

    async def presses(self, button: str, then: str) -> None:
        """Press the latest button of that name."""
        await self.handset.press(button)
        await self.hears(then)

    async def ticks(self, choice: str) -> None:
        """Tick one of several choices, and see the tick."""
        await self.handset.press(choice)
        await self._sees(lambda said: f"☑ {choice}" in said[-1].labels)

    async def sends_photos(self, *paths: Path, then: str) -> None:
        """Send one photo, or several as an album."""
        if len(paths) == 1:
            await self.handset.send_photo(paths[0])
        else:
            await self.handset.send_album(list(paths))
        await self.hears(then)

    async def sends_file(self, path: Path, then: str) -> None:
        """Send a file as it is."""
        await self.handset.send_document(path)
        await self.hears(then)

    async def sees_card(self, text: str) -> None:
        """The status card says so, by itself."""
        await self._sees(lambda said: text in _plain(said[-1].text), card=True)

    async def _sees(self, holds: Callable[[list[Message]], bool], card: bool = False) -> None:
        def heard(messages: list[Message]) -> bool:
            said = [one for one in messages if one.from_bot and (CARD in one.text) == card]
            return bool(said) and holds(said)

        await self.handset.wait_until(heard, PATIENCE)


def _plain(text: str) -> str:
    """With ordinary spaces, as a test can write them."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


class Desk(Seat):
    """An operator before the panel; every request to it is remembered."""

    def __init__(self, page: Page, name: str, panel: str) -> None:
        super().__init__(page, name)
        self.panel = panel
        self.sent: list[Sent] = []
        page.on("request", self._remember)

    def _remember(self, request: Request) -> None:
        if request.url.startswith(self.panel):
            parts = urlsplit(request.url)
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            self.sent.append(Sent(request.method, path, request.post_data))

    async def opens(self, name: str) -> None:
        """Open the candidate of that name from the list."""
        await self.page.get_by_role("link", name="Candidats").click()
        await self.page.get_by_role("link", name=name).first.click()
        await expect(self.page.get_by_role("heading", level=1)).to_contain_text(name)
        await self.look(f"opens {name}")

    async def tab(self, name: str) -> None:
        """Open a tab of the candidate."""
        tabs = self.page.get_by_role("navigation", name="Onglets")
        await tabs.get_by_role("link", name=name).click()
        current = tabs.locator("[aria-current=page]")
        await expect(current).to_contain_text(name)
        await self.look(f"tab {name}")

    async def validates(self, document: str, expires: str = "") -> None:
        """Validate a document, in its tab."""
        await self.tab(document)
        await self._sees_pages()
        if expires:
            await self.page.get_by_label("Échéance").fill(expires)
        await self.page.get_by_role("button", name="Valider").click()
        await self.hears(f"{document} : validé")

    async def rejects(self, document: str, reason: str) -> None:
        """Reject a document with one of the provider's reasons."""
        await self.tab(document)
        await self._sees_pages()
        await self.page.get_by_text("Refuser…").click()
        await self.page.get_by_role("radio", name=reason).check()
        await self.look("reason")
        await self.page.get_by_role("button", name="Refuser la pièce").click()
        await self.hears(f"{document} : refusé")

    async def _sees_pages(self) -> None:
        """The page images have come from the store."""
        image = self.page.locator("[data-page] img").first
        await expect(image).to_have_js_property("complete", True)
        assert await image.evaluate("image => image.naturalWidth") > 0

    async def decides(self, outcome: str, comment: str = "", reason: str = "") -> None:
        """Decide on the whole; it leaves at once."""
        await self.tab("Synthèse")
        await self.page.get_by_role("radio", name=outcome).check()
        if comment:
            await self.page.get_by_label("Commentaire pour").fill(comment)
        if reason:
            await self.page.get_by_label("Pourquoi accepter").fill(reason)
        await self.look(f"decides {outcome}")
        await self.page.get_by_role("button", name="Envoyer la décision").click()
        await self.look(f"decided {outcome}")

    async def hears(self, text: str) -> None:
        """The page says that it was done."""
        await expect(self.page.get_by_role("status").filter(has_text=text)).to_be_visible()
        await self.look(text)
