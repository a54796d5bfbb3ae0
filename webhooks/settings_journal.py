"""The provider's journal: who changed, invited, exported what and when; filtered, exported."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from actions.provider_journal import note_export
from models.reads.provider_journal import (
    SYSTEM,
    JournalFilter,
    actors,
    journal_lines,
    journal_page,
)
from models.tables import ProviderEvent
from webhooks.access import Desk, admin_page
from webhooks.forms import LINE, clean, read_form, whole
from webhooks.pages import page
from webhooks.spreadsheets import csv_file
from words.language import N_, translate
from words.provider_journal import GROUPS, facts, kinds_of, what

HEAD = (N_("When"), N_("Who"), N_("What"), N_("Before and after"))
MOST = 50_000
"""Lines of one export: more than a spreadsheet is read with, a few seconds of work."""
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)
"""Days outside are none: no journal reaches there, and calendars end somewhere."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as the address or the form says it; what makes no sense is left out."""

    kind: str
    who: str
    first: date | None
    last: date | None

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Asked":
        """Read from the query of an address, or from a form; two days in the wrong order change
        places."""
        kind = given.get("kind", "")
        first, last = _day(given.get("from", "")), _day(given.get("to", ""))
        if first and last and first > last:
            first, last = last, first
        who = clean(given.get("who", ""))[:16]
        return cls(kind if kind in GROUPS else "", who, first, last)

    @property
    def filter(self) -> JournalFilter:
        """The same for the database."""
        return JournalFilter(kinds_of(self.kind), self.who, self.first, self.last)

    def fields(self) -> dict[str, str]:
        """As the form shows it."""
        return {
            "kind": self.kind,
            "who": self.who,
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
        }

    def given(self) -> dict[str, str]:
        """Only what leaves something out."""
        return {name: value for name, value in self.fields().items() if value}


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY - timedelta(days=1) else None


@admin_page
async def journal(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/journal: newest first, by pages."""
    asked = Asked.of(request.query)
    before = whole(request.query.get("before", ""), 0, LINE)
    return await page(
        request,
        desk,
        "panel/settings/journal.html",
        journal=await journal_page(desk.provider, asked.filter, before),
        asked=asked.fields(),
        filtered=bool(asked.given()),
        query=urlencode(asked.given()),
        groups=[(key, translate(desk.language, one.title)) for key, one in GROUPS.items()],
        people=await actors(desk.provider.id),
        what=what,
        facts=facts,
        here="settings",
    )


@admin_page
async def export(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/journal/export: the filtered lines, oldest first; a line says who took it."""
    sent = await read_form(request)
    asked = Asked.of({name: sent.text(name) for name in sent.texts})
    lines = await journal_lines(desk.provider, asked.filter, MOST)
    names = dict(await actors(desk.provider.id))
    said = asked.given()
    if asked.who and asked.who != SYSTEM:  # by name, and never by an id of somebody else
        said["who"] = names.get(asked.who, "")
    await note_export(desk.provider.id, len(lines), said, desk.actor, desk.now)
    zone = ZoneInfo(desk.provider.timezone)
    head = [translate(desk.language, title) for title in HEAD]
    rows = [_row(line, desk.language, zone) for line in lines]
    name = f"journal-{desk.provider.slug}-{desk.now.astimezone(zone).date().isoformat()}"
    return csv_file(name, [head, *rows], desk.language)


def _row(line: ProviderEvent, language: str, zone: ZoneInfo) -> list[str]:
    system = translate(language, "the system")
    return [
        line.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
        line.actor_name or (system if line.actor_kind == SYSTEM else ""),
        what(line.kind, line.subject, language),
        " | ".join(
            f"{fact.name + ': ' if fact.name else ''}"
            f"{fact.before + ' → ' if fact.before else ''}{fact.after}"
            for fact in facts(line.before, line.after, language)
        ),
    ]
