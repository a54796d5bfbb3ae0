"""`antichambre check`: tries every connection and setting, and says how to mend what is wrong."""

import asyncio
import shutil
import textwrap
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import click

from commands.probes import database as data
from commands.probes import files, mail, problems, public, redis, telegram
from commands.probes.kit import Finding, Kit, Verdict, wrong
from jobs.context import utc_now
from models import database
from settings import SettingError, Settings
from store.sealing import use_keyring
from words.language import known_language, translations

LONGEST = 25.0
"""Seconds for one probe, whatever its steps."""
WIDTH = 88
LABEL = 24

Probe = Callable[[Kit], Awaitable[list[Finding]]]
PROBES: tuple[Probe, ...] = (
    data.keys,
    data.zones,
    data.work,
    redis.redis,
    files.store,
    files.disk,
    files.decoder,
    files.scanner,
    mail.mail,
    telegram.telegram,
    public.address,
    public.secrets,
    public.clock,
)


async def check(language: str, mail_to: str = "") -> int:
    """Look at everything, tell it; 0 when nothing is wrong, else 1."""
    known = known_language(language)
    try:
        settings = Settings.from_environment()
    except SettingError as error:
        return tell(_of_settings(error, known), known)
    kit = Kit(settings, known, utc_now, mail_to=mail_to)
    use_keyring(kit.ring)
    try:
        return tell(await examine(kit), known)
    finally:
        await database.close()


async def examine(kit: Kit, probes: Sequence[Probe] = PROBES) -> list[Finding]:
    """Every finding: first the database, which others need, then all at once."""
    first = await _bounded(_database, kit)
    looked = replace(kit, database=all(one.verdict is Verdict.OK for one in first))
    found = await asyncio.gather(*(_bounded(probe, looked) for probe in probes))
    return [*first, *(finding for some in found for finding in some)]


async def _database(kit: Kit) -> list[Finding]:
    return [await data.reachable(kit)]


async def _bounded(probe: Probe, kit: Kit) -> list[Finding]:
    """A probe that hangs is a finding too."""
    try:
        async with asyncio.timeout(LONGEST):
            return await probe(kit)
    except TimeoutError:
        _ = kit.say
        told = _("No answer within {seconds} seconds.", seconds=int(LONGEST))
        return [wrong(probe.__name__, told, _("Look whether a firewall swallows the connection."))]


def _of_settings(error: SettingError, language: str) -> list[Finding]:
    about = translations(language).gettext("Settings")
    return [wrong(about, problems.told(one, language)) for one in error.problems]


# Telling -----------------------------------------------------------------------------------------

MARKS = {Verdict.OK: ("✓", "green"), Verdict.WARNING: ("!", "yellow"), Verdict.WRONG: ("✗", "red")}


def tell(found: Sequence[Finding], language: str) -> int:
    """Print the findings and their sum; the exit code."""
    width = min(shutil.get_terminal_size((WIDTH, 24)).columns, 110)
    for one in found:
        click.echo(_line(one, language, width))
    wrongs = sum(one.verdict is Verdict.WRONG for one in found)
    warnings = sum(one.verdict is Verdict.WARNING for one in found)
    click.echo("\n" + _sum(wrongs, warnings, language))
    return 1 if wrongs else 0


def _line(one: Finding, language: str, width: int) -> str:
    """Mark, word and subject; then the sentences, wrapped beside them."""
    mark, colour = MARKS[one.verdict]
    head = f"{mark} {_word(one.verdict, language):10} {one.about:{LABEL}} "
    indent = " " * len(head)
    text = textwrap.wrap(one.told, max(width - len(indent), 30), break_long_words=False)
    if one.remedy:
        text += textwrap.wrap(
            f"→ {one.remedy}", max(width - len(indent), 30), break_long_words=False
        )
    return click.style(head, fg=colour) + f"\n{indent}".join(text)


def _word(verdict: Verdict, language: str) -> str:
    _ = translations(language).gettext
    words = {Verdict.OK: _("ok"), Verdict.WARNING: _("warning"), Verdict.WRONG: _("wrong")}
    return words[verdict]


def _sum(wrongs: int, warnings: int, language: str) -> str:
    words = translations(language)
    ngettext, _ = words.ngettext, words.gettext
    if not wrongs and not warnings:
        return _("Everything is in order.")
    parts = []
    if wrongs:
        parts.append(
            ngettext("{num} thing is wrong", "{num} things are wrong", wrongs).format(num=wrongs)
        )
    if warnings:
        parts.append(
            ngettext("{num} to look at", "{num} to look at", warnings).format(num=warnings)
        )
    return ", ".join(parts) + "."
