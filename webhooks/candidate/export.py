"""A candidate's journal as a CSV file."""

import io
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from aiohttp import web
from defusedcsv import csv

from models.reads.candidate_journal import LineView, journal, message_texts
from rules.dossier import Dossier
from webhooks.access import Desk, operator_page
from webhooks.candidate.showing import page_of
from words import journal as words
from words.journal import N_
from words.language import translate

HEAD = (N_("When"), N_("Who"), N_("What"), N_("About"), N_("Before"), N_("After"))
MOST = 100_000
"""Lines; the journal of a whole life has hundreds."""


@operator_page
async def journal_file(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET …/history.csv: every line, oldest first, in the operator's language."""
    found = await page_of(request, desk)
    zone = found.zone
    lines = await journal(desk.provider.id, found.id, limit=MOST)
    texts = await message_texts(found.id, lines)
    out = io.StringIO()
    # A cell that a spreadsheet would run as a formula is defused by the library.
    writer = csv.writer(out)
    writer.writerow([translate(desk.language, title) for title in HEAD])
    for line in reversed(lines):
        writer.writerow(_row(line, found.dossier, desk.language, texts, zone))
    return web.Response(
        body=("\ufeff" + out.getvalue()).encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{found.id}.csv"},
    )


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
