"""What every request may ask of its application."""

from aiohttp import web

from bot.door import Door
from settings import Settings

SETTINGS = web.AppKey("settings", Settings)
DOOR = web.AppKey("door", Door)
