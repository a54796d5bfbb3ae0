"""What the outside sees: PUBLIC_URL, the keys that sign and encrypt, the clock."""

import asyncio
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import aiohttp

from commands.probes.database import server_clock
from commands.probes.kit import PATIENCE, Finding, Kit, ok, warning, wrong
from commands.probes.telegram import telegram_time
from settings.parsing import is_loopback
from words.language import lasting

EXAMPLES = (b"0123456789abcdef" * 4, bytes(range(32)), bytes(range(31, -1, -1)))
"""Of docs/settings.md: known to everybody."""
FEW = 8
"""Different bytes in a key; a random one has many more."""
A_LITTLE = timedelta(seconds=10)
TOO_MUCH = timedelta(minutes=5)


async def address(kit: Kit) -> list[Finding]:
    """PUBLIC_URL leads to us, under its own name, over https."""
    _ = kit.say
    about, url = _("Public address"), kit.settings.public_url
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session:
            healthy = await _get(session, f"{url}/healthz")
            page = await _get(session, f"{url}/login")
    except (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError):
        told = _("{url} shows a certificate that is not to be trusted.", url=url)
        return [wrong(about, told, _("Renew it, or have it cover this name."))]
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        told = _("Nothing answers at {url} ({why}).", url=url, why=type(error).__name__)
        remedy = _("Normal before the start. Else check the proxy, DNS, and PUBLIC_URL.")
        return [warning(about, told, remedy)]
    if healthy != 200:
        told = _("Something else than Antichambre answers at {url}.", url=url)
        return [wrong(about, told, _("Check PUBLIC_URL, and where the proxy sends requests."))]
    if page == 421:
        told = _("The proxy at {url} hides the name that was asked for.", url=url)
        return [wrong(about, told, _("Let it pass the Host header on unchanged."))]
    return [_secured(kit, about)]


async def _get(session: aiohttp.ClientSession, url: str) -> int:
    """The status of a page of ours; 0 when it is somebody else's."""
    async with session.get(url, allow_redirects=False) as answer:
        ours = "frame-ancestors 'none'" in answer.headers.get("Content-Security-Policy", "")
        return answer.status if ours else 0


def _secured(kit: Kit, about: str) -> Finding:
    _ = kit.say
    url = kit.settings.public_url
    if kit.settings.secure_cookies:
        return ok(about, _("{url} leads to us; cookies travel encrypted only.", url=url))
    if is_loopback(url):
        told = _("{url} is for this machine only.", url=url)
        return warning(about, told, _("For real use: an https address in PUBLIC_URL."))
    told = _("{url} is not encrypted: passwords and documents can be read on the way.", url=url)
    remedy = _("Put a proxy with a certificate before it, and https:// into PUBLIC_URL.")
    return wrong(about, told, remedy)


async def secrets(kit: Kit) -> list[Finding]:
    """Keys that nobody can guess. Their values are never told."""
    _ = kit.say
    about, settings = _("Secrets"), kit.settings
    signing = _("Make another SECRET_KEY: openssl rand -hex 32")
    encrypting = _("Make another key and put it first in ENCRYPTION_KEYS.")
    if settings.secret_key in EXAMPLES:
        return [wrong(about, _("SECRET_KEY is the one of the documentation."), signing)]
    if len(set(settings.secret_key)) < FEW:
        return [wrong(about, _("SECRET_KEY is not random."), signing)]
    name, first = settings.encryption_keys[0]
    if first in EXAMPLES:
        told = _("The encryption key {name} is the one of the documentation.", name=name)
        return [wrong(about, told, encrypting)]
    if len(set(first)) < FEW:
        told = _("The encryption key {name} is not random.", name=name)
        return [wrong(about, told, encrypting)]
    return [ok(about, _("SECRET_KEY and the encryption keys are long and random."))]


async def clock(kit: Kit) -> list[Finding]:
    """Our clock beside those of Telegram and of the database's machine."""
    _ = kit.say
    about = _("Clock")
    theirs, stored = await asyncio.gather(telegram_time(kit), server_clock(kit))
    found = [
        _beside(kit, about, name, their)
        for name, their in (
            (urlsplit(kit.settings.telegram_api_url).hostname, theirs),
            (_("the database"), stored),
        )
        if their is not None
    ]
    bad = [one for one in found if one is not None]
    if bad:
        return bad
    if not found:
        return [warning(about, _("Nobody could be asked what time it is."))]
    return [ok(about, _("It is right."))]


def _beside(kit: Kit, about: str, name: str | None, their: datetime) -> Finding | None:
    _ = kit.say
    apart = abs(kit.clock() - their)
    if apart <= A_LITTLE:
        return None
    told = _(
        "This machine and {name} are {long} apart.", name=name, long=lasting(apart, kit.language)
    )
    remedy = _("Switch time synchronisation on (timedatectl set-ntp true).")
    return wrong(about, told, remedy) if apart > TOO_MUCH else warning(about, told, remedy)
