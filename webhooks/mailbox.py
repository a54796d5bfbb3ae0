"""The demo's mailbox: what was sent, to whom, with links that work. Nowhere but in the demo."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from aiohttp import web

from webhooks.access import public_page
from webhooks.keys import SETTINGS
from webhooks.pages import public

ZONE = "Europe/Paris"
"""That of the demo's providers."""
SHOWN = 200
"""Mails of the list, the newest first."""
NAME = re.compile(r"[A-Za-z0-9]+\.eml")
LINK = re.compile(r"(https?://\S+)")
ELSEWHERE = '<base target="_blank">'
FRAMED = {
    # A mail carries its styles inline; nothing else is let in, and its links open a new page.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
    "X-Frame-Options": "SAMEORIGIN",
}


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail on disk, opened."""

    name: str
    sender: str
    to: str
    subject: str
    sent: datetime
    text: str
    html: str

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The text cut into words and links, in order; True for a link."""
        parts = LINK.split(self.text)
        return [(part, number % 2 == 1) for number, part in enumerate(parts)]


@public_page
async def listed(request: web.Request) -> web.StreamResponse:
    """GET /mailbox."""
    mails = await asyncio.to_thread(_newest, _folder(request))
    return public(request, "mailbox/list.html", mails=mails, zone=ZONE)


@public_page
async def shown(request: web.Request) -> web.StreamResponse:
    """GET /mailbox/{name}."""
    return public(request, "mailbox/mail.html", mail=await _mail(request), zone=ZONE)


@public_page
async def framed(request: web.Request) -> web.StreamResponse:
    """GET /mailbox/{name}/html: the HTML part alone, for the frame of the page above."""
    mail = await _mail(request)
    html = mail.html.replace("<head>", f"<head>{ELSEWHERE}", 1)
    return web.Response(text=html, content_type="text/html", headers=FRAMED)


def _folder(request: web.Request) -> Path:
    settings = request.app[SETTINGS]
    if not settings.demo:
        raise web.HTTPNotFound
    return settings.mailbox


async def _mail(request: web.Request) -> Mail:
    folder, name = _folder(request), request.match_info["name"]
    if not NAME.fullmatch(name):
        raise web.HTTPNotFound
    try:
        return await asyncio.to_thread(_open, folder / name)
    except FileNotFoundError:
        raise web.HTTPNotFound from None


def _newest(folder: Path) -> list[Mail]:
    if not folder.is_dir():
        return []
    files = [path for path in folder.iterdir() if NAME.fullmatch(path.name)]
    newest = sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)
    return [_open(path) for path in newest[:SHOWN]]


def _open(path: Path) -> Mail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage), "the default policy makes these"
    return Mail(
        name=path.name,
        sender=str(message["From"]),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent=parsedate_to_datetime(str(message["Date"])),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return "" if body is None else str(body.get_content()).replace("\r\n", "\n")
