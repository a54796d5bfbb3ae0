"""PDFs: rewritten without anything that acts or carries files, then drawn page by page."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2

from jobs.decode.images import PAGE_HEIGHT, PAGE_WIDTH, draw
from jobs.decode.sieve import Order, Refused, Result

ACTIONS = frozenset(
    f"/{name}"
    for name in (
        "JavaScript Launch SubmitForm ImportData ResetForm Rendition Movie Sound GoToR GoToE "
        "GoTo3DView RichMediaExecute URI Hide SetOCGState Trans Thread Named"
    ).split()
)
"""What a PDF can do by itself or when clicked (ISO 32000-2, 12.6.4), but to go to a page of it."""

CARRIERS = frozenset(
    {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/Link"}
)
"""Annotations that carry or start something (ISO 32000-2, 12.5.6)."""

TAIL = 2048
DEEPEST = 60
"""Levels of arrays and dictionaries within one object."""


def clean(folder: Path, order: Order, more_time: Callable[[int], None]) -> Result:
    """Keep a PDF that only shows, with an image and a thumbnail of each page.

    Raises:
        Refused: encrypted_pdf, too_many_pages, unreadable.
    """
    try:
        _rewrite(folder, order.max_pages)
    except pikepdf.PasswordError as error:
        raise Refused("encrypted_pdf") from error
    except (pikepdf.PdfError, RecursionError) as error:
        raise Refused("unreadable") from error
    return Result("pdf", _draw(folder, more_time))


def _rewrite(folder: Path, max_pages: int) -> None:
    with _opened(folder / "original") as pdf:
        if not pdf.pages:
            raise Refused("unreadable")
        if len(pdf.pages) > max_pages:
            raise Refused("too_many_pages")
        _neutralise(pdf)
        pdf.save(folder / "clean")


def _opened(path: Path) -> pikepdf.Pdf:
    """A whole PDF; a small defect is repaired, a missing end is not."""
    try:
        return pikepdf.open(path, attempt_recovery=False, suppress_warnings=True)
    except pikepdf.PasswordError:
        raise
    except pikepdf.PdfError:
        if b"%%EOF" not in path.read_bytes()[-TAIL:]:
            raise
        return pikepdf.open(path, suppress_warnings=True)


def _neutralise(pdf: pikepdf.Pdf) -> None:
    """Take out scripts, actions and attached files, wherever they hang."""
    for key in ("/OpenAction", "/AA", "/Collection", "/AF", "/URI"):
        _drop(pdf.Root, key)
    if "/Names" in pdf.Root:
        for key in ("/JavaScript", "/EmbeddedFiles", "/Renditions"):
            _drop(pdf.Root.Names, key)
    if "/AcroForm" in pdf.Root:
        for key in ("/XFA", "/CO"):
            _drop(pdf.Root.AcroForm, key)
    for page in pdf.pages:
        _drop(page.obj, "/AA")
        _drop(page.obj, "/AF")
        _without_carriers(page.obj)
    for one in pdf.objects:
        for found in _dictionaries(one, 0):
            _disarm(found)


def _without_carriers(page: Any) -> None:
    if not isinstance(page.get("/Annots"), pikepdf.Array):
        return
    kept = [
        one
        for one in page.Annots
        if isinstance(one, pikepdf.Dictionary) and one.get("/Subtype") not in CARRIERS
    ]
    page.Annots = pikepdf.Array(kept)


def _disarm(found: Any) -> None:
    """Empty an action; take the files out of a file specification."""
    if _is(found.get("/S"), ACTIONS):
        for key in list(found.keys()):
            del found[key]
    if "/EF" in found and (
        "/F" in found or "/UF" in found or _is(found.get("/Type"), {"/Filespec"})
    ):
        del found["/EF"]


def _is(value: Any, names: frozenset[str] | set[str]) -> bool:
    return isinstance(value, pikepdf.Name) and str(value) in names


def _drop(holder: Any, key: str) -> None:
    if isinstance(holder, pikepdf.Dictionary) and key in holder:
        del holder[key]


def _dictionaries(one: Any, depth: int) -> Iterator[Any]:
    """Every dictionary of one indirect object, those of streams too, without following references.

    Raises:
        Refused: nested deeper than any honest file.
    """
    if depth > DEEPEST:
        raise Refused("unreadable")
    children: list[Any]
    if isinstance(one, pikepdf.Array):
        children = list(one)
    elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        yield one
        children = [one[key] for key in list(one.keys())]
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from _dictionaries(child, depth + 1)


def _draw(folder: Path, more_time: Callable[[int], None]) -> list[tuple[int, int]]:
    """An image of each page of the rewritten file, whatever the size that the page claims."""
    try:
        pdf = pypdfium2.PdfDocument(folder / "clean")
        pdf.init_forms()
        more_time(len(pdf))
        return [_draw_page(folder, pdf, index) for index in range(len(pdf))]
    except pypdfium2.PdfiumError as error:
        raise Refused("unreadable") from error


def _draw_page(folder: Path, pdf: pypdfium2.PdfDocument, index: int) -> tuple[int, int]:
    page = pdf[index]
    width, height = page.get_size()
    scale = min(PAGE_WIDTH / max(width, 1), PAGE_HEIGHT / max(height, 1))
    bitmap = page.render(scale=scale, rev_byteorder=True)
    size = draw(folder, index + 1, bitmap.to_pil().convert("RGB"))
    bitmap.close()
    page.close()
    return size
