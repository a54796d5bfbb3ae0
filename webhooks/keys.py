"""What the web process keeps while it runs, by typed key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

from aiohttp import web

from actions.checks import NewFile
from actions.throttle import Throttle
from settings.reading import Settings
from webhooks.afterwards import Afterwards
from webhooks.assets import Assets

if TYPE_CHECKING:  # the candidate's whole door is loaded by the process that serves it
    from bot.door import Door

DOOR: web.AppKey[Door] = web.AppKey("door")
SETTINGS = web.AppKey("settings", Settings)
CLOCK: web.AppKey[Callable[[], datetime]] = web.AppKey("clock")
ASSETS = web.AppKey("assets", Assets)
THROTTLE = web.AppKey("throttle", Throttle)
AFTERWARDS = web.AppKey("afterwards", Afterwards)
EXAMINER: web.AppKey[Callable[[bytes, str, str], Awaitable[NewFile]]] = web.AppKey("examiner")
"""Checks an uploaded file: its bytes, its name and its type as the browser says them."""
LOGO_OPENER: web.AppKey[Callable[[bytes], Awaitable[bytes]]] = web.AppKey("logo_opener")
"""Turns a picture that was sent into the PNG that is kept, in a confined process."""
