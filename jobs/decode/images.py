"""Images: upright, without metadata, as JPEG; never decoded before their size is known."""

from pathlib import Path

import pillow_heif
from PIL import Image, UnidentifiedImageError

from jobs.decode.sieve import Refused, Result

MAX_PIXELS = 60_000_000
"""Phones make up to 50 million; a larger image is refused before it is decoded."""
MAX_WEBP_PIXELS = 30_000_000
"""Its decoder holds every pixel twice."""
SMALLEST_SIDE = 64
"""On an image whose longer side is below, nothing can be read."""
CLEAN_SIDE = 3000
"""Longer side of the kept image, in pixels: 250 dpi on A4."""
PAGE_WIDTH = 1600
PAGE_HEIGHT = 3200
THUMBNAIL = 240
QUALITY = 85

ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each value of Exif's Orientation."""

Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit only warns; ours is checked before decoding
pillow_heif.options.DECODE_THREADS = 1
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False
pillow_heif.register_heif_opener()


def clean(folder: Path, kind: str) -> Result:
    """Keep the image upright, as JPEG without metadata, with its page image and thumbnail.

    Raises:
        Refused: too_many_pixels, too_small, unreadable.
    """
    image = _decoded(folder / "original", "HEIF" if kind == "heic" else kind.upper())
    image.save(folder / "clean", "JPEG", quality=QUALITY)
    return Result(kind, [draw(folder, 1, image)])


def shrink(folder: Path, kind: str, side: int) -> Result:
    """Keep a picture as PNG, with what is transparent in it, `side` pixels long at most.

    Raises:
        Refused: too_many_pixels, too_small, unreadable.
    """
    image = _opened(folder / "original", kind.upper())
    image = image.convert("RGBA" if "A" in image.getbands() else "RGB")
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image.info.clear()
    image.save(folder / "clean", "PNG", optimize=True)
    return Result(kind, [image.size])


def _decoded(path: Path, kind: str) -> Image.Image:
    """The picture as people see it, at most CLEAN_SIDE on its longer side, in RGB."""
    return _on_white(_opened(path, kind))


def _opened(path: Path, kind: str) -> Image.Image:
    """The picture upright, at most CLEAN_SIDE on its longer side."""
    try:
        with Image.open(path, formats=[kind]) as image:
            _check_size(image)
            image.draft(None, (CLEAN_SIDE, CLEAN_SIDE))  # JPEG only: decode at a smaller scale
            image.load()
            orientation = image.getexif().get(ORIENTATION, 1)
            small = _smaller(image)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refused("unreadable") from error
    return _upright(small, orientation)


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > (MAX_WEBP_PIXELS if image.format == "WEBP" else MAX_PIXELS):
        raise Refused("too_many_pixels")
    if max(width, height) < SMALLEST_SIDE:
        raise Refused("too_small")


def _smaller(image: Image.Image) -> Image.Image:
    """Shrunk before anything makes a copy; palettes and 16-bit greys first become ordinary."""
    if image.mode.startswith("I"):  # 16-bit grey: keep its whole range
        image = image.point(lambda value: value / 256).convert("L")
    elif image.mode in ("P", "PA", "1"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    image.thumbnail((CLEAN_SIDE, CLEAN_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return image


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    """Turned as the camera was held; HEIC comes upright from its decoder."""
    turn = TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _on_white(image: Image.Image) -> Image.Image:
    """RGB on white paper, and nothing but pixels."""
    if "A" in image.getbands():
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        image = paper
    image = image.convert("RGB")
    image.info.clear()
    return image


def draw(folder: Path, number: int, image: Image.Image) -> tuple[int, int]:
    """Write a page's image and thumbnail; the size of the image."""
    page = image.copy()
    page.thumbnail((PAGE_WIDTH, PAGE_HEIGHT), Image.Resampling.LANCZOS, reducing_gap=2.0)
    page.save(folder / f"page-{number}", "JPEG", quality=QUALITY)
    size = page.size
    page.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS, reducing_gap=2.0)
    page.save(folder / f"thumb-{number}", "JPEG", quality=QUALITY)
    return size
