"""Tables as CSV files that a spreadsheet opens with a double click."""

import io
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from aiohttp import web
from defusedcsv import csv

from rules.vocabulary import Language

SEPARATORS = {Language.FRENCH: ";", Language.ENGLISH: ","}
"""What Excel expects between cells, by the language of the machine: a French one would show
whole lines in one cell."""
MARK = "\ufeff"
"""Tells Excel that the file is UTF-8."""


def csv_file(name: str, rows: Iterable[Sequence[object]], language: str) -> web.Response:
    """A download; a cell that a spreadsheet would run as a formula is defused by the library."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=SEPARATORS[Language(language)])
    writer.writerows(rows)
    return web.Response(
        body=(MARK + out.getvalue()).encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.csv"},
    )
