"""A provider's logo: which pictures are taken, and why others are not."""

from rules.errors import Refusal

MOST_BYTES = 2_000_000
LONGEST_SIDE = 512
"""Pixels that are kept: enough for a poster's corner at 300 dpi."""
FORMATS = ("png", "jpeg", "webp")
HEAD = 1024


class LogoNeeded(Refusal):
    """No file, or an empty one."""

    sentence = "Choose a picture first."


class LogoTooLarge(Refusal):
    """More bytes than a logo needs."""

    sentence = (
        "This picture is too large: {megabytes} MB at most. Save it smaller, then try again."
    )


class LogoIsDrawing(Refusal):
    """SVG: a document that may hold scripts and fetch things, not a picture."""

    sentence = "SVG drawings can hold programs, so they are not taken. Save your logo as PNG."


class LogoNotPicture(Refusal):
    """Something else than one of our formats, whatever its name says."""

    sentence = "This is not a PNG, JPEG or WebP picture. Save your logo as PNG, then try again."


class LogoUnreadable(Refusal):
    """The right format, and it cannot be opened."""

    sentence = "This picture cannot be opened: it may be damaged. Save it again as PNG."


class LogoTooSmall(Refusal):
    """Nothing would be seen of it."""

    sentence = "This picture is too small: its longer side needs 64 pixels at least."


class LogoTooDetailed(Refusal):
    """More pixels than are decoded for anybody."""

    sentence = "This picture has too many pixels. Save it smaller, then try again."


class LogoNotNow(Refusal):
    """The check is not available at the moment."""

    sentence = "The picture cannot be checked at the moment. Nothing was changed: try again later."


REASONS: dict[str, type[Refusal]] = {
    "too_small": LogoTooSmall,
    "too_many_pixels": LogoTooDetailed,
    "unknown_type": LogoNotPicture,
    "wrong_type": LogoNotPicture,
    "empty": LogoNeeded,
}
"""What the decoder says, in our words; whatever else it says is `LogoUnreadable`."""


def check_logo(data: bytes) -> None:
    """Refuse what needs no decoder to be refused.

    Raises:
        LogoNeeded, LogoTooLarge, LogoIsDrawing.
    """
    if not data:
        raise LogoNeeded
    if len(data) > MOST_BYTES:
        raise LogoTooLarge(megabytes=MOST_BYTES // 1_000_000)
    head = data[:HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--")) or b"<svg" in head:
        raise LogoIsDrawing
