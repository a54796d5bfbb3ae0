"""Why a sent file cannot be kept: one class per reason, and what to do next."""

from datetime import timedelta
from typing import ClassVar

from rules.dossier import DocumentRule
from rules.errors import Refusal

TELEGRAM_BYTES = 20 * 1024 * 1024
"""Bots get no larger file (Bot API, getFile)."""

MAX_PAGES = 50
"""No document type can ask for more: each page becomes two images."""

MEGABYTE = 1_000_000

FORMAT_NAMES = {"jpeg": "JPEG", "png": "PNG", "heic": "HEIC", "webp": "WebP", "pdf": "PDF"}
"""Formats that a document type may accept, as people know them."""


class UploadRefused(Refusal):
    """A file that cannot be kept. Its sentence needs no other facts than `limits`."""

    key: ClassVar[str]
    """How the refusal is kept in the database and in notices."""


class EmptyFile(UploadRefused):
    """Zero bytes."""

    key = "empty"
    sentence = (
        "This file is empty. Open it to see whether it is the right one, then send it again."
    )


class FileTooLarge(UploadRefused):
    """Above what Telegram or the document type allows."""

    key = "too_large"
    sentence = (
        "This file is too large: {megabytes} MB at most. "
        "Send a photo of the document, or a lighter PDF."
    )


class UnknownType(UploadRefused):
    """Neither an image nor a PDF."""

    key = "unknown_type"
    sentence = (
        "This kind of file cannot be opened here. Send a photo of the document, "
        "or save it as PDF and send the PDF. Accepted: {formats}."
    )


class WrongFormat(UploadRefused):
    """A known format that this document type does not accept."""

    key = "wrong_type"
    sentence = "This format is not accepted for this document. Send it as: {formats}."


class NotWhatItSays(UploadRefused):
    """Named .pdf or .jpg, but holding something else."""

    key = "not_what_it_says"
    sentence = (
        "The content of this file is not what its name says. "
        "Send a photo of the document, or save it again as PDF and send the PDF."
    )


class Unreadable(UploadRefused):
    """Truncated, damaged, or made to be impossible to open."""

    key = "unreadable"
    sentence = "This file is damaged and cannot be opened. Send it again, or take a new photo."


class EncryptedPdf(UploadRefused):
    """A PDF that asks for a password."""

    key = "encrypted_pdf"
    sentence = (
        "This PDF is protected by a password. Save it without password and send it again, "
        "or send photos of its pages."
    )


class TooManyPages(UploadRefused):
    """More pages than the document type takes."""

    key = "too_many_pages"
    sentence = "There are too many pages: {pages} at most. Send only the pages that are asked for."


class TooManyPixels(UploadRefused):
    """An image too large to be opened safely."""

    key = "too_many_pixels"
    sentence = "This image has too many pixels to be opened. Take a photo with your phone instead."


class TooSmall(UploadRefused):
    """An image on which nothing can be read."""

    key = "too_small"
    sentence = "This image is too small to be read. Take a new photo, close up and in good light."


class Infected(UploadRefused):
    """The virus scanner found something."""

    key = "infected"
    sentence = (
        "A virus was found in this file: it was not kept. "
        "Send a photo of the document taken with your phone."
    )


class FileGone(UploadRefused):
    """Telegram no longer gives this file."""

    key = "gone"
    sentence = "Telegram no longer gives access to this file. Please send it again."


REFUSALS: dict[str, type[UploadRefused]] = {
    refusal.key: refusal
    for refusal in (
        EmptyFile,
        FileTooLarge,
        UnknownType,
        WrongFormat,
        NotWhatItSays,
        Unreadable,
        EncryptedPdf,
        TooManyPages,
        TooManyPixels,
        TooSmall,
        Infected,
        FileGone,
    )
}
"""Every reason by its key, as `Upload.refusal` and the notice's facts keep it."""


EXAMPLE = DocumentRule(
    key="example",
    label={},
    formats=("jpeg", "png", "heic", "webp", "pdf"),
    max_pages=5,
    max_bytes=5 * MEGABYTE,
)
"""What a provider may show as the example of a document."""


def limits(rule: DocumentRule) -> dict[str, object]:
    """The facts that fill the sentences above, for one document type."""
    return {
        "megabytes": max_bytes(rule) // MEGABYTE,
        "pages": max_pages(rule),
        "formats": ", ".join(FORMAT_NAMES[name] for name in rule.formats if name in FORMAT_NAMES),
    }


def refusal(key: str, rule: DocumentRule) -> UploadRefused:
    """The refusal of this key, its sentence ready to be said."""
    return REFUSALS[key](**limits(rule))


def max_bytes(rule: DocumentRule) -> int:
    """How large one file may be."""
    return min(rule.max_bytes, TELEGRAM_BYTES)


def max_pages(rule: DocumentRule) -> int:
    """How many pages all files of one version may have together."""
    return min(rule.max_pages, MAX_PAGES)


def check_sent(rule: DocumentRule, size: int | None, files_before: int) -> None:
    """What can be refused before anything is fetched: size and number of files.

    Raises:
        FileTooLarge, EmptyFile, TooManyPages.
    """
    if size is not None and size > max_bytes(rule):
        raise refusal(FileTooLarge.key, rule)
    if size == 0:
        raise refusal(EmptyFile.key, rule)
    if files_before >= max_pages(rule):
        raise refusal(TooManyPages.key, rule)


FETCH_ATTEMPTS = 40
"""Failures of Telegram after which a file counts as gone: with the delays below, over a day."""

UNAVAILABLE_ATTEMPTS = 5
"""Times that Telegram may call a file "wrong or temporarily unavailable": over a minute."""

CRASH_ATTEMPTS = 3
"""Times that checking a file may be cut off from outside before the file is held to blame."""

_FIRST_DELAY = 5.0
_LONGEST_DELAY = 3600.0


def retry_delay(attempts: int, luck: float) -> timedelta:
    """How long to wait after so many attempts: doubling up to an hour, less up to a quarter.

    `luck` (0 to 1) spreads those who failed together.
    """
    seconds = min(_LONGEST_DELAY, _FIRST_DELAY * 2 ** min(max(attempts, 1) - 1, 20))
    return timedelta(seconds=seconds * (1 - 0.25 * luck))
