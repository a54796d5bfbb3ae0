"""A candidate's journal as a CSV file."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from aiohttp import web

from actions.provider_journal import note_export
from models.reads.candidate_journal import LineView, journal, message_texts
from rules.dossier import Dossier
from webhooks.access import Desk, operator_page
from webhooks.candidate.showing import page_of
from webhooks.spreadsheets import csv_file
from words import journal as words
from words.language import N_, translate

HEAD = (N_("When"), N_("Who"), N_("What"), N_("About"), N_("Before"), N_("After"))
MOST = 100_000
"""Lines; the journal of a whole life has hundreds."""


@operator_page
async def journal_file(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/history.csv: every line, oldest first, in the operator's language; journaled."""
    found = await page_of(request, desk)
    zone = found.zone
    lines = await journal(desk.provider.id, found.id, limit=MOST)
    texts = await message_texts(found.id, lines)
    # Nobody is named there: what names a person goes with them.
    await note_export(desk.provider.id, len(lines), {"people": "1"}, desk.actor, desk.now)
    head = [translate(desk.language, title) for title in HEAD]
    rows = (_row(line, found.dossier, desk.language, texts, zone) for line in reversed(lines))
    return csv_file(found.id, [head, *rows], desk.language)


def _row(
    line: LineView, dossier: Dossier, language: str, texts: Mapping[int, str], zone: ZoneInfo
) -> list[str]:
    parts = words.changes(line.subject, line.before, line.after, dossier, language, texts)
    return [
        line.at.astimezone(zone).isoformat(timespec="seconds"),
        line.by or words.PRODUCT,
        words.what(line.kind, language),
        words.subject(line.subject, dossier, language),
        " | ".join(_named(one.name, one.before) for one in parts if one.before).strip(),
        " | ".join(_named(one.name, one.after) for one in parts if one.after).strip(),
    ]


def _named(name: str, text: str) -> str:
    return f"{name} {text}" if name else text
