"""A sheet of paper to draw on, with Pillow alone: words, rules, tables, stamps, and SPÉCIMEN."""

from __future__ import annotations

import io
import math
import random
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = Path(__file__).parents[1] / "static" / "fonts"
WIDTH, HEIGHT = 744, 1052
"""A4 at 90 dots per inch: legible on a screen, and small."""
DPI = 90
INK = (32, 36, 44)
GREY = (112, 118, 128)
FAINT = (208, 212, 218)
WHITE = (255, 255, 255)

Colour = tuple[int, int, int]
Place = tuple[float, float]


@cache
def font(size: int, *, bold: bool = False, serif: bool = False) -> ImageFont.FreeTypeFont:
    """One of the four faces that come with the project."""
    name = f"DejaVu{'Serif' if serif else 'Sans'}{'-Bold' if bold else ''}.ttf"
    return ImageFont.truetype(FONTS / name, size)


class Sheet:
    """One page; `y` is where the next line of text goes."""

    def __init__(
        self,
        size: tuple[int, int] = (WIDTH, HEIGHT),
        *,
        paper: Colour = WHITE,
        serif: bool = False,
    ) -> None:
        self.image = Image.new("RGB", size, paper)
        self.pen = ImageDraw.Draw(self.image)
        self.serif = serif
        self.y = 60.0

    @property
    def width(self) -> int:
        """In pixels."""
        return self.image.width

    def at(
        self,
        place: Place,
        words: str,
        size: int = 14,
        *,
        bold: bool = False,
        colour: Colour = INK,
        anchor: str = "ls",
    ) -> None:
        """Write at a place; `anchor` is Pillow's (l, m, r and s for the baseline)."""
        face = font(size, bold=bold, serif=self.serif)
        self.pen.text(place, words, font=face, fill=colour, anchor=anchor)

    def line(
        self,
        words: str,
        size: int = 14,
        *,
        bold: bool = False,
        colour: Colour = INK,
        x: float = 70,
    ) -> None:
        """Write a paragraph, broken where it does not fit, and move down."""
        face = font(size, bold=bold, serif=self.serif)
        for part in _broken(words, face, self.width - x - 70):
            self.y += size * 1.55
            self.pen.text((x, self.y), part, font=face, fill=colour, anchor="ls")

    def centred(
        self, words: str, size: int = 14, *, bold: bool = False, colour: Colour = INK
    ) -> None:
        """Write in the middle, and move down."""
        self.y += size * 1.6
        self.at((self.width / 2, self.y), words, size, bold=bold, colour=colour, anchor="ms")

    def skip(self, pixels: float) -> None:
        """Leave some room."""
        self.y += pixels

    def rule(self, colour: Colour = FAINT, thickness: int = 1) -> None:
        """A line across."""
        self.y += 16
        self.pen.line((70, self.y, self.width - 70, self.y), fill=colour, width=thickness)

    def rows(self, pairs: list[tuple[str, str]], *, split: float = 290) -> None:
        """A table of two columns."""
        self.skip(14)
        for number, (name, value) in enumerate(pairs):
            face = font(13, bold=True, serif=self.serif)
            parts = _broken(value, face, self.width - split - 84)
            height = 12 + 19 * len(parts)
            if number % 2 == 0:
                self.pen.rectangle(
                    (70, self.y, self.width - 70, self.y + height), fill=(244, 246, 248)
                )
            self.at((82, self.y + 21), name, 13, colour=GREY)
            for row, part in enumerate(parts):
                self.at((split, self.y + 21 + 19 * row), part, 13, bold=True)
            self.y += height

    def stamp(self, centre: Place, words: tuple[str, str], colour: Colour) -> None:
        """A round rubber stamp, slightly askew."""
        size = 150
        ink = Image.new("RGBA", (size, size), (0, 0, 0, 0))
        pen = ImageDraw.Draw(ink)
        shade = (*colour, 165)
        pen.ellipse((4, 4, size - 4, size - 4), outline=shade, width=4)
        pen.ellipse((14, 14, size - 14, size - 14), outline=shade, width=1)
        for row, text in enumerate(words):
            face = font(15 if row == 0 else 12, bold=row == 0, serif=self.serif)
            pen.text((size / 2, 66 + 24 * row), text, font=face, fill=shade, anchor="mm")
        turned = ink.rotate(12, resample=Image.Resampling.BICUBIC)
        self._lay(turned, (centre[0] - size / 2, centre[1] - size / 2))

    def signature(self, place: Place, who: str, colour: Colour = (38, 58, 132)) -> None:
        """A scribble, always the same for the same name."""
        chance = random.Random(who)  # noqa: S311 — a drawing, not a secret
        x, y = place
        points = []
        for step in range(90):
            x += 1.7
            swing = 15 * math.sin(step / (2.4 + chance.random() * 0.8)) * (1.1 - step / 110)
            points.append((x, y + swing + chance.uniform(-1.2, 1.2)))
        self.pen.line(points, fill=colour, width=2, joint="curve")
        self.pen.line((place[0] - 6, y + 20, x + 12, y + 12), fill=colour, width=2)

    def mark(self) -> Sheet:
        """Write SPÉCIMEN across, and say at the foot that nothing of it is real."""
        self._across()
        foot = "SPÉCIMEN — document fictif, dessiné pour la démonstration. Sans aucune valeur."
        size = 11 if self.width > 600 else 9
        self.at(
            (self.width / 2, self.image.height - 18), foot, size, colour=(176, 34, 34), anchor="ms"
        )
        return self

    def _across(self) -> None:
        self._lay(_specimen(self.image.size), (0, 0))

    def _lay(self, picture: Image.Image, place: Place) -> None:
        self.image.paste(picture, (int(place[0]), int(place[1])), picture)
        self.pen = ImageDraw.Draw(self.image)


@cache
def _specimen(size: tuple[int, int]) -> Image.Image:
    """The word SPÉCIMEN from corner to corner, drawn once for each size of paper."""
    width, height = size
    length, tall = int(math.hypot(width, height)), int(min(width, height) / 6.4)
    band = Image.new("RGBA", (length, tall * 2), (196, 30, 30, 0))
    ImageDraw.Draw(band).text(
        (length / 2, tall),
        "SPÉCIMEN",
        font=font(tall, bold=True),
        fill=(196, 30, 30, 62),
        anchor="mm",
    )
    angle = math.degrees(math.atan2(height, width)) * (0.92 if height > width else 0.8)
    turned = band.rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
    whole = Image.new("RGBA", size, (196, 30, 30, 0))
    whole.paste(turned, ((width - turned.width) // 2, (height - turned.height) // 2))
    return whole


def _broken(words: str, face: ImageFont.FreeTypeFont, width: float) -> list[str]:
    lines, line = [], ""
    for word in words.split():
        longer = f"{line} {word}".strip()
        if line and face.getlength(longer) > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line]


def pdf(sheets: list[Sheet]) -> bytes:
    """A PDF of these pages."""
    out = io.BytesIO()
    first, *others = [sheet.image for sheet in sheets]
    first.save(
        out, "PDF", resolution=DPI, quality=72, save_all=True, append_images=others, producer=""
    )
    return out.getvalue()


def scan(sheet: Sheet) -> bytes:
    """A clean JPEG."""
    return _jpeg(sheet.image)


def photo(sheet: Sheet, seed: str, *, blurred: bool = False, cropped: bool = False) -> bytes:
    """The sheet as somebody photographs it on a table: askew, shaded; perhaps badly."""
    chance = random.Random(seed)  # noqa: S311 — a drawing, not a secret
    scale = 0.88
    paper = sheet.image.resize(
        (int(sheet.width * scale), int(sheet.image.height * scale)), Image.Resampling.BILINEAR
    ).convert("RGBA")
    turned = paper.rotate(
        chance.uniform(-3.2, 3.2), expand=True, resample=Image.Resampling.BILINEAR
    )
    table = _table(chance.randrange(len(TABLES)), (turned.width + 70, turned.height + 80)).copy()
    shadow = turned.getchannel("A").point(lambda value: value * 90 // 255)
    table.paste((0, 0, 0), (42, 49), shadow)
    table.paste(turned, (35, 40), turned)
    lit = Image.blend(table, _light(chance.randrange(4), table.size), 0.16)
    if cropped:
        lit = lit.crop((0, 0, int(lit.width * 0.72), int(lit.height * 0.55)))
    if blurred:
        lit = lit.filter(ImageFilter.GaussianBlur(5))
    return _jpeg(lit)


TABLES = ((142, 104, 74), (168, 138, 104), (98, 104, 110), (176, 170, 160))
"""Wood, stone or paint."""


def _table(which: int, size: tuple[int, int]) -> Image.Image:
    """A table top, with its grain."""
    return _grain(which).resize(size)


@cache
def _grain(which: int) -> Image.Image:
    chance = random.Random(which)  # noqa: S311 — a drawing, not a secret
    grain = Image.new("RGB", (64, 400), TABLES[which])
    pen = ImageDraw.Draw(grain)
    for y in range(400):
        shade = chance.randint(-9, 9)
        red, green, blue = TABLES[which]
        pen.line((0, y, 64, y), fill=(red + shade, green + shade, blue + shade))
    return grain


@cache
def _ramp(turn: int) -> Image.Image:
    return Image.linear_gradient("L").rotate(90 * turn).convert("RGB")


def _light(turn: int, size: tuple[int, int]) -> Image.Image:
    """Light from one side."""
    return _ramp(turn).resize(size)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=78)
    return out.getvalue()
