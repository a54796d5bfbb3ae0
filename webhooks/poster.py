"""The poster of a sign-up page: one A4 sheet to print and put up, as PDF.

Text is drawn as text, never read as markup: a provider's name can do nothing here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from unicodedata import normalize

import segno
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from words.colours import WHITE, on, readable
from words.language import translate

FONTS = Path(__file__).parents[1] / "static" / "fonts"
USUAL, BOLD = "DejaVuSans", "DejaVuSans-Bold"
INK, GREY = "#1f1d1a", "#5f5a52"
WIDTH, HEIGHT = A4
MARGIN = 20 * mm
INNER = WIDTH - 2 * MARGIN
BAND = 84 * mm
"""Height of the coloured head."""
NAME_AT = HEIGHT - 31 * mm
"""Middle of the name and the logo."""
QR = 80 * mm
FOOT = 48 * mm
"""Room below the QR code, for the address."""
LOGO = 30 * mm
NAME_SIZES = (32, 28, 24, 20, 17)
"""Points of the provider's name: the first at which it fits on three lines."""


@dataclass(frozen=True, slots=True)
class Poster:
    """What stands on it."""

    name: str
    colour: str
    """#rrggbb; darkened until white paper lets it be read."""
    address: str
    """Where the QR code leads, with its tag."""
    short: str
    """The same as people type it: no scheme, no tag."""
    language: str
    logo: bytes | None = None
    """PNG or JPEG of our own making."""


def draw_poster(poster: Poster) -> bytes:
    """The PDF file; tens of milliseconds of work, so in a thread."""
    _fonts()
    out = BytesIO()
    sheet = Canvas(out, pagesize=A4, lang=poster.language, invariant=1)
    sheet.setTitle(f"{poster.name} – {translate(poster.language, 'We are recruiting')}")
    sheet.setAuthor(poster.name)
    _head(sheet, poster)
    below = _sentences(sheet, poster, HEIGHT - BAND - 14 * mm)
    _code(sheet, poster, below)
    sheet.showPage()
    sheet.save()
    return out.getvalue()


def _fonts() -> None:
    for name in (USUAL, BOLD):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))


def _head(sheet: Canvas, poster: Poster) -> None:
    """The band: logo, name, and what it is about."""
    colour = readable(poster.colour, WHITE)
    sheet.setFillColor(HexColor(colour))
    sheet.rect(0, HEIGHT - BAND, WIDTH, BAND, stroke=0, fill=1)
    left = MARGIN
    if poster.logo is not None:
        _logo(sheet, poster.logo)
        left += LOGO + 8 * mm
    sheet.setFillColor(HexColor(on(colour)))
    size, lines = _fitted(printable(poster.name), WIDTH - MARGIN - left, NAME_SIZES, 3)
    _lines(sheet, lines, BOLD, size, left, NAME_AT + len(lines) * size * 0.65)
    sheet.setFont(BOLD, 44)
    sheet.drawString(
        MARGIN, HEIGHT - BAND + 14 * mm, translate(poster.language, "We are recruiting")
    )


def _logo(sheet: Canvas, data: bytes) -> None:
    """On white, so that it is seen whatever its own colours are."""
    bottom = NAME_AT - LOGO / 2
    sheet.setFillColor(HexColor(WHITE))
    sheet.roundRect(MARGIN, bottom, LOGO, LOGO, 2 * mm, stroke=0, fill=1)
    inset = 2 * mm
    sheet.drawImage(
        ImageReader(BytesIO(data)),
        MARGIN + inset,
        bottom + inset,
        LOGO - 2 * inset,
        LOGO - 2 * inset,
        mask="auto",
        preserveAspectRatio=True,
        anchor="c",
    )


def _sentences(sheet: Canvas, poster: Poster, top: float) -> float:
    """What, how long, what is needed: numbered; where the last line ends."""
    texts = (
        translate(
            poster.language, "You apply in a Telegram chat: a few questions, then your documents."
        ),
        translate(
            poster.language,
            "About ten minutes. You can stop at any time and go on later where you were.",
        ),
        translate(poster.language, "You need your phone, and your documents as photos or PDF."),
    )
    for number, text in enumerate(texts, 1):
        sheet.setFillColor(HexColor(readable(poster.colour, WHITE)))
        sheet.setFont(BOLD, 20)
        sheet.drawString(MARGIN, top - 20, str(number))
        sheet.setFillColor(HexColor(INK))
        lines = simpleSplit(text, USUAL, 16, INNER - 12 * mm)
        top = _lines(sheet, lines, USUAL, 16, MARGIN + 12 * mm, top - 2) - 5 * mm
    return top


def _code(sheet: Canvas, poster: Poster, top: float) -> None:
    """The QR code in the middle of what is left, and the address for those who type."""
    bottom = FOOT + max(0.0, (top - FOOT - QR) / 2)
    _qr(sheet, poster.address, (WIDTH - QR) / 2, bottom, QR)
    sheet.setFillColor(HexColor(INK))
    sheet.setFont(BOLD, 17)
    sheet.drawCentredString(
        WIDTH / 2, bottom - 11 * mm, translate(poster.language, "Scan with your phone’s camera")
    )
    sheet.setFillColor(HexColor(GREY))
    sheet.setFont(USUAL, 13)
    sheet.drawCentredString(WIDTH / 2, bottom - 18 * mm, translate(poster.language, "or open"))
    size, lines = _fitted(poster.short, INNER, (15, 13, 11), 2)
    sheet.setFont(BOLD, size)
    for place, line in enumerate(lines):
        sheet.drawCentredString(WIDTH / 2, bottom - 25 * mm - place * size * 1.3, line)


def _qr(sheet: Canvas, address: str, left: float, bottom: float, side: float) -> None:
    """Black squares, a row's neighbours joined; the quiet zone is the paper's."""
    matrix = segno.make(address, error="q", micro=False).matrix
    step = side / len(matrix)
    sheet.setFillColor(HexColor("#000000"))
    for down, row in enumerate(matrix):
        y = bottom + side - (down + 1) * step
        for start, length in _runs(row):
            # A hair taller and wider: viewers draw no white line between neighbours.
            sheet.rect(left + start * step, y, length * step + 0.1, step + 0.1, stroke=0, fill=1)


def _runs(row: Sequence[int]) -> list[tuple[int, int]]:
    """(start, length) of each unbroken run of dark squares."""
    runs: list[tuple[int, int]] = []
    for place, dark in enumerate(row):
        if not dark:
            continue
        if runs and sum(runs[-1]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((place, 1))
    return runs


def _fitted(text: str, room: float, sizes: Sequence[int], most: int) -> tuple[int, list[str]]:
    """The first size at which the bold text takes so many lines; cut at the last one."""
    for size in sizes:
        lines = _wrapped(text, BOLD, size, room)
        if len(lines) <= most:
            return size, lines
    return sizes[-1], [*lines[: most - 1], f"{lines[most - 1][:-1]}…"]


def _wrapped(text: str, font: str, size: float, room: float) -> list[str]:
    """Lines that fit; a word that is longer than a line is broken."""
    lines: list[str] = []
    for line in simpleSplit(text, font, size, room):
        while pdfmetrics.stringWidth(line, font, size) > room:
            fits = next(
                cut
                for cut in range(len(line) - 1, 0, -1)
                if cut == 1 or pdfmetrics.stringWidth(line[:cut], font, size) <= room
            )
            lines.append(line[:fits])
            line = line[fits:]
        lines.append(line)
    return lines


def _lines(
    sheet: Canvas, lines: Sequence[str], font: str, size: float, left: float, top: float
) -> float:
    """Draw lines below each other; where the last one ends."""
    sheet.setFont(font, size)
    for line in lines:
        top -= size
        sheet.drawString(left, top, line)
        top -= size * 0.3
    return top


def printable(text: str) -> str:
    """The text in signs that our fonts have; others without their accents, or left out."""
    _fonts()
    known = pdfmetrics.getFont(BOLD).face.charWidths

    def sign(one: str) -> str:
        if ord(one) in known:
            return one
        return "".join(plain for plain in normalize("NFKD", one) if ord(plain) in known)

    return "".join(map(sign, text)).strip() or "…"
