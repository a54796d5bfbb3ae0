"""Pictures of every screen, from the demo itself: `make screenshots` writes them to .screenshots/.

Each screen in light, dark and phone width in French, and in light in English. Two of them, made
smaller, become the pictures of the README.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, Response, async_playwright

ROOT = Path(__file__).parent.parent
OUT = ROOT / ".screenshots"
README = ROOT / "docs" / "pictures"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 180.0
WIDE, NARROW = (1280, 900), (390, 844)


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo."""

    panel: str
    chat: str
    join: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Look:
    """One way of looking at everything."""

    name: str
    language: str = "fr"
    dark: bool = False
    size: tuple[int, int] = WIDE


LOOKS = (
    Look("fr-light"),
    Look("fr-dark", dark=True),
    Look("fr-phone", size=NARROW),
    Look("en-light", language="en"),
)
PANEL = {
    "home": "/",
    "candidates": "/candidates",
    "candidates-none": "/candidates?q=personne-de-ce-nom",
    "settings": "/settings",
    "recruitment": "/settings/recruitment",
    "ecommerce": "/settings/ecommerce",
    "join-page": "/settings/ecommerce/join",
    "mails": "/settings/mails",
    "mail": "/settings/mails/corrections/fr",
    "mail-sender": "/settings/mails/sender",
    "operators": "/settings/operators",
    "provider-journal": "/settings/journal",
    "deletion": "/settings/deletion",
    "account": "/account",
    "account-codes": "/account/codes",
    "lost": "/no-such-page",
    "join": "/join/douceur-cie",
    "mailbox": "/mailbox",
}
PEOPLE = {
    "Amina Benali": ("summary", "infos", "sirene_notice", "diploma", "messages", "history"),
    "Bruno Kowalski": ("summary",),
    "Élodie Garnier": ("summary",),
    "Inès Moreau": ("sirene_notice",),
    "Mehdi Haddad": ("summary",),
    "Paulo Ferreira": ("summary", "identity_document"),
    "Olivier Blanc": ("summary",),
    "Anaïs Robin": ("summary", "history"),
    "Marie-Antoinette": ("summary",),
    "Viktor Ivanov": ("summary",),
    "Grace Owusu": ("messages",),
    "Sylvain Poulain": ("summary",),
}


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """Start the demo on free ports; it ends with the block."""
    port = free_port()
    environment = {**os.environ, "DATA_DIR": str(folder), "PORT": str(port), "HOST": "127.0.0.1"}
    command = [sys.executable, "-u", "-m", "manage", "demo"]
    log = folder / "demo.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield announced(process, log, folder)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def free_port() -> int:
    """A port that is free, and the one after it."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def announced(process: subprocess.Popen[bytes], log: Path, folder: Path) -> Demo:
    """Wait for the addresses."""
    deadline = time.monotonic() + PATIENCE
    while "Ctrl+C" not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"the demo did not start:\n{log.read_text()}")
        time.sleep(0.2)
    said = log.read_text()
    found = re.findall(r"https?://\S+", said)
    kept = json.loads((folder / "sign_ins.json").read_text())
    email = "odile@example.org"
    join = next(one for one in found if "start=" in one)
    return Demo(found[0].rstrip("/"), found[1].rstrip("/"), join, email, kept[email])


async def main() -> None:
    """Take all pictures."""
    shutil.rmtree(OUT, ignore_errors=True)
    with tempfile.TemporaryDirectory() as name, running_demo(Path(name)) as demo:
        async with async_playwright() as play:
            browser = await play.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox"] if os.geteuid() == 0 else []
            )
            for look in LOOKS:
                await take_all(browser, demo, look)
            await take_readme(browser, demo)
            await browser.close()
    print(f"{len(list(OUT.rglob('*.png')))} pictures in {OUT.name}/")


async def open_window(browser: Browser, look: Look) -> BrowserContext:
    """A browser window of this look."""
    width, height = look.size
    return await browser.new_context(
        viewport={"width": width, "height": height},
        locale="fr-FR" if look.language == "fr" else "en-GB",
        color_scheme="dark" if look.dark else "light",
        has_touch=look.size is NARROW,
    )


async def sign_in(page: Page, demo: Demo) -> None:
    """Into the panel, as Odile."""
    await page.goto(f"{demo.panel}/login")
    await page.fill("input[name=email]", demo.email)
    await page.fill("input[type=password]", demo.password)
    await page.press("input[type=password]", "Enter")
    await page.wait_for_url(f"{demo.panel}/")


async def speak(page: Page, demo: Demo, language: str) -> None:
    """Choose the panel's language."""
    await page.request.post(
        f"{demo.panel}/preferences",
        form={"language": language},
        headers={"Origin": demo.panel},
    )


def tell_broken(response: Response) -> None:
    """Say which pages did not work."""
    if response.status >= 500:
        print(f"{response.status}: {response.url}")


async def take_all(browser: Browser, demo: Demo, look: Look) -> None:
    """Every screen in one look."""
    window = await open_window(browser, look)
    page = await window.new_page()
    page.on("response", tell_broken)
    await page.goto(f"{demo.panel}/login")
    await shoot(page, look, "login")
    await sign_in(page, demo)
    await speak(page, demo, look.language)
    for name, path in PANEL.items():
        await page.goto(demo.panel + path)
        await shoot(page, look, name)
    await take_people(page, demo, look)
    await take_mails(page, demo, look)
    await take_chats(page, demo, look)
    await window.close()


async def shoot(page: Page, look: Look, name: str) -> None:
    """One picture of the whole page; a page wider than the window is told."""
    folder = OUT / look.name
    folder.mkdir(parents=True, exist_ok=True)
    await page.wait_for_load_state("load")
    await page.screenshot(path=folder / f"{name}.png", full_page=True)
    wide = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if wide > 0:
        print(f"{look.name}/{name}: {wide} px too wide")


async def take_people(page: Page, demo: Demo, look: Look) -> None:
    """Candidates' pages, tab by tab."""
    for person, tabs in PEOPLE.items():
        await page.goto(f"{demo.panel}/candidates?q={quote(person.split()[0])}")
        link = page.locator("a[href^='/candidates/']", has_text=person.split()[-1]).first
        address = await link.get_attribute("href")
        for tab in tabs:
            await page.goto(f"{demo.panel}{address}?tab={tab}")
            await shoot(page, look, f"candidate-{person.split()[0].lower()}-{tab}")


async def take_mails(page: Page, demo: Demo, look: Look) -> None:
    """One mail of each kind, by its subject."""
    await page.goto(f"{demo.panel}/mailbox")
    links = page.locator("a[href^='/mailbox/']")
    subjects: dict[str, str] = {}
    for number in range(await links.count()):
        link = links.nth(number)
        address = await link.get_attribute("href")
        subjects.setdefault((await link.inner_text()).strip()[:60], address or "")
    for number, address in enumerate(list(subjects.values())[:8], 1):
        await page.goto(demo.panel + address)
        await page.wait_for_timeout(200)
        await shoot(page, look, f"mail-{number}")


async def take_chats(page: Page, demo: Demo, look: Look) -> None:
    """The messenger: the list, some chats, and somebody new at the first questions."""
    await page.goto(f"{demo.chat}/?lang={look.language}")
    await shoot(page, look, "chat-list")
    for person in ("Amina Benali", "Mehdi Haddad", "Julie Perrin", "Bruno Kowalski"):
        await open_chat(page, demo, person)
        await page.screenshot(
            path=OUT / look.name / f"chat-{person.split()[0].lower()}.png", full_page=False
        )
    await page.goto(demo.join)
    await shoot(page, look, "chat-link")


async def open_chat(page: Page, demo: Demo, person: str) -> None:
    """A person's chat with the bot."""
    await page.goto(f"{demo.chat}/")
    await page.locator("section.person", has_text=person).locator("a").first.click()
    await page.wait_for_url("**/chat/**")
    await page.wait_for_timeout(400)


async def take_readme(browser: Browser, demo: Demo) -> None:
    """The two pictures of the README: a document under review, and somebody's chat."""
    window = await open_window(browser, Look("readme", size=(1280, 800)))
    page = await window.new_page()
    await sign_in(page, demo)
    await speak(page, demo, "fr")
    await page.goto(f"{demo.panel}/candidates?q=Amina")
    address = await page.locator("a[href^='/candidates/']").first.get_attribute("href")
    await page.goto(f"{demo.panel}{address}?tab=sirene_notice")
    await page.wait_for_timeout(400)
    keep(await page.screenshot(), README / "panel.png")
    await window.close()
    window = await open_window(browser, Look("readme", size=(1000, 800)))
    page = await window.new_page()
    await open_chat(page, demo, "Mehdi Haddad")
    keep(await page.screenshot(), README / "chat.png")
    await window.close()


def keep(picture: bytes, path: Path) -> None:
    """Write a picture with fewer colours: a third of the bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(192, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        path, optimize=True
    )


if __name__ == "__main__":
    asyncio.run(main())
