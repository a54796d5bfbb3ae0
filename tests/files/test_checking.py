"""What becomes of a sent file: kept and drawn, or refused with a reason; never lost or served."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from models.reads.files import cleaned_file, page_image, uploads_of
from models.tables import Candidate, Notice, Provider, StoredFile, Upload
from rules.dossier import DocumentRule
from rules.uploads import REFUSALS, FileTooLarge, refusal
from store.room import Room
from tests import specimens
from tests.files.conftest import NOW, Post, document, history
from words.language import sentence


def heap(path: Path, size: int) -> Path:
    """A file of this size that starts like a JPEG."""
    path.write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * size)
    return path


BAD: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a text file renamed .pdf": (
        lambda folder: specimens.written(folder, "cv.pdf", b"Bonjour, je suis Amina."),
        "not_what_it_says",
    ),
    "a web page renamed .jpg": (
        lambda folder: specimens.written(folder, "photo.jpg", specimens.HTML),
        "not_what_it_says",
    ),
    "a program renamed .pdf": (
        lambda folder: specimens.written(folder, "a.pdf", b"MZ\x90\0" + b"\0" * 500),
        "not_what_it_says",
    ),
    "an encrypted PDF": (specimens.encrypted_pdf, "encrypted_pdf"),
    "a truncated JPEG": (lambda folder: specimens.cut(specimens.jpeg(folder)), "unreadable"),
    "a truncated PNG": (lambda folder: specimens.cut(specimens.png(folder)), "unreadable"),
    "a truncated HEIC": (lambda folder: specimens.cut(specimens.heic(folder)), "unreadable"),
    "a truncated PDF": (lambda folder: specimens.cut(specimens.pdf(folder)), "unreadable"),
    "a JPEG of zeros": (lambda folder: heap(folder / "zeros.jpg", 5000), "unreadable"),
    "a 120-megapixel PNG": (specimens.bomb_png, "too_many_pixels"),
    "a HEIC of 141 megapixels": (specimens.claimed_bomb_heic, "too_many_pixels"),
    "an icon": (lambda folder: specimens.jpeg(folder, width=40, height=40), "too_small"),
    "an SVG": (
        lambda folder: specimens.written(folder, "logo.svg", specimens.SVG),
        "unknown_type",
    ),
    "a letter of a word processor": (specimens.docx, "unknown_type"),
    "an archive": (specimens.zipped, "unknown_type"),
    "200 pages": (specimens.many_pages_pdf, "too_many_pages"),
    "a page that draws itself for hours": (specimens.endless_pdf, "unreadable"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_file_gets_a_clear_answer_and_nothing_of_it_is_kept(
    post: Post, name: str
) -> None:
    make, reason = BAD[name]
    path = make(post.folder)
    got = await post.sends(path)
    assert await post.check() == 1
    upload = await Upload.get()
    assert (upload.state, upload.refusal, upload.due_at) == ("refused", reason, None)
    assert (await document(post.amina, "diploma")).state == "unusable"
    assert await StoredFile.all().count() == 0
    assert post.objects() == post.in_clear() == []
    (event,) = await history(post.amina, "file_refused")
    assert event.after["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    (notice,) = await Notice.filter(kind="file_refused")
    assert (notice.channel, notice.facts["refusal"]) == ("chat", reason)
    assert notice.facts["document"] == got.key


async def test_an_empty_file_is_refused_even_when_its_size_was_not_announced(post: Post) -> None:
    await post.sends(specimens.written(post.folder, "empty.pdf", b""), lie={"size": 10})
    await post.check()
    assert (await Upload.get()).refusal == "empty"


async def test_a_file_that_grew_on_the_way_is_refused(post: Post) -> None:
    await post.house.asks("photo", max_bytes=20_000)
    await post.sends(heap(post.folder / "a.jpg", 50_000), "photo", lie={"size": 10})
    await post.check()
    assert (await Upload.get()).refusal == "too_large"


async def test_a_file_of_25_megabytes_is_refused_at_once_and_even_when_it_lies(
    post: Post,
) -> None:
    path = heap(post.folder / "film.pdf", 25_000_000)
    with pytest.raises(FileTooLarge):
        await post.sends(path)
    assert await Upload.all().count() == 0
    await post.sends(path, lie={"size": 1_000_000})
    await post.check()
    assert (await Upload.get()).refusal == "too_large"
    assert (await Notice.get()).facts["refusal"] == "too_large"
    assert post.objects() == []


async def test_a_format_that_the_document_does_not_take_is_refused(post: Post) -> None:
    await post.house.asks("declaration", formats=["pdf"])
    await post.sends(specimens.jpeg(post.folder), "declaration")
    await post.check()
    upload = await Upload.get()
    assert upload.refusal == "wrong_type"


GOOD: dict[str, tuple[Callable[[Path], Path], str, tuple[int, int]]] = {
    "a photo": (specimens.jpeg, "image/jpeg", (1200, 900)),
    "a photo held sideways": (specimens.turned_jpeg, "image/jpeg", (900, 1200)),
    "an iPhone's photo": (specimens.heic, "image/heic", (900, 1200)),
    "a picture for print": (specimens.cmyk_jpeg, "image/jpeg", (1200, 900)),
    "a browser's picture": (specimens.webp, "image/webp", (1200, 900)),
    "a screenshot": (specimens.png, "image/png", (800, 600)),
    "one with transparency": (lambda f: specimens.png(f, "RGBA"), "image/png", (800, 600)),
    "one with a palette": (lambda f: specimens.png(f, "P"), "image/png", (800, 600)),
    "one in 16-bit grey": (lambda f: specimens.png(f, "I;16"), "image/png", (800, 600)),
    "one in black and white": (lambda f: specimens.png(f, "1"), "image/png", (800, 600)),
    "a photo that is also a web page": (specimens.polyglot, "image/jpeg", (1200, 900)),
    "a PDF": (specimens.pdf, "application/pdf", (1600, 2263)),
    "a form": (specimens.form_pdf, "application/pdf", (1600, 2263)),
    "a PDF with owner's rights": (specimens.restricted_pdf, "application/pdf", (1600, 2263)),
    "a page of five metres": (specimens.huge_page_pdf, "application/pdf", (1600, 1600)),
    "an armed PDF": (specimens.armed_pdf, "application/pdf", (1600, 2263)),
    "a PDF that is also a web page": (specimens.pdf_polyglot, "application/pdf", (1600, 2263)),
}


@pytest.mark.parametrize("name", GOOD)
async def test_a_good_file_is_kept_drawn_and_disarmed(post: Post, store: Room, name: str) -> None:
    make, kind, size = GOOD[name]
    path = make(post.folder)
    got = await post.sends(path)
    post.house.later(minutes=2)
    await post.check()
    (upload,) = await uploads_of(post.house.provider.id, got.document_id)
    assert (upload.state, upload.refusal) == ("kept", None)
    (page,) = upload.pages
    assert abs(page.width - size[0]) <= 1
    assert abs(page.height - size[1]) <= 1
    assert (await document(post.amina, "diploma")).state == "to_review"
    assert (await Candidate.get(id=post.amina.id)).clock_start == post.house.now
    (event,) = await history(post.amina, "file_checked")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert (event.after["type"], event.after["pages"], event.after["sha256"]) == (kind, 1, sha256)
    assert upload.sha256 == sha256

    whole = await cleaned_file(post.house.provider.id, upload.id)
    assert whole is not None
    content = await store.get(whole.id, whole.key)
    assert hashlib.sha256(content).hexdigest() == whole.sha256
    assert whole.content_type == ("application/pdf" if kind.endswith("pdf") else "image/jpeg")
    for hidden in (b"ARMED", b"Spyphone", b"GPS", b"<script"):
        assert hidden not in content
    picture = await shown(store, post.house.provider.id, page.id)
    assert picture.size == (page.width, page.height)
    if "grey" not in name and "form" not in name and "black" not in name:
        red, green, _ = picture.getpixel((page.width // 10, page.height // 10))
        upright = "sideways" not in name and "iPhone" not in name
        assert (red > 200 and green < 60) == upright
    assert post.in_clear() == []


async def shown(store: Room, provider_id: str, page_id: str) -> Image.Image:
    """A page as the panel gets it, and its thumbnail, which has to be small."""
    small = await page_image(provider_id, page_id, thumbnail=True)
    large = await page_image(provider_id, page_id)
    assert small is not None
    assert large is not None
    thumbnail = Image.open(io.BytesIO(await store.get(small.id, small.key)))
    assert max(thumbnail.size) == 240
    picture = Image.open(io.BytesIO(await store.get(large.id, large.key)))
    assert (picture.format, picture.getexif()) == ("JPEG", {})
    return picture


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_a_photo_is_turned_as_it_was_held(post: Post, store: Room, orientation: int) -> None:
    got = await post.sends(specimens.turned_jpeg(post.folder, orientation))
    await post.check()
    (upload,) = await uploads_of(post.house.provider.id, got.document_id)
    picture = await shown(store, post.house.provider.id, upload.pages[0].id)
    corner = {
        1: (0, 0),
        2: (1, 0),
        3: (1, 1),
        4: (0, 1),
        5: (0, 0),
        6: (1, 0),
        7: (1, 1),
        8: (0, 1),
    }
    right, low = corner[orientation]
    width, height = picture.size
    red, green, _ = picture.getpixel((width - 30 if right else 30, height - 30 if low else 30))
    assert red > 200
    assert green < 60
    assert (width > height) == (orientation < 5)


async def test_what_was_typed_into_a_form_is_seen(post: Post, store: Room) -> None:
    got = await post.sends(specimens.form_pdf(post.folder))
    await post.check()
    (upload,) = await uploads_of(post.house.provider.id, got.document_id)
    picture = await shown(store, post.house.provider.id, upload.pages[0].id)
    scale = picture.width / 595
    field = picture.crop(
        (int(76 * scale), int((842 - 455) * scale), int(460 * scale), int((842 - 405) * scale))
    )
    assert field.convert("L").getextrema()[0] < 100


async def test_an_armed_pdf_keeps_no_script_action_or_file(post: Post, store: Room) -> None:
    got = await post.sends(specimens.armed_pdf(post.folder))
    await post.check()
    (upload,) = await uploads_of(post.house.provider.id, got.document_id)
    whole = await cleaned_file(post.house.provider.id, upload.id)
    assert whole is not None
    content = await store.get(whole.id, whole.key)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert not {"/OpenAction", "/AA"} & set(pdf.Root.keys())
        assert len(pdf.attachments) == 0
        text = b"".join(one.unparse(resolved=True) for one in pdf.objects)
        for word in (b"/JavaScript", b"/JS", b"/Launch", b"/EF", b"/XFA", b"/RichMedia", b"/URI"):
            assert word not in text
        subtypes = [str(one.Subtype) for one in pdf.pages[0].obj.Annots]
    assert subtypes == ["/Widget"]


async def test_pages_of_all_files_of_a_sending_count_together(post: Post) -> None:
    await post.sends(specimens.pdf(post.folder, 2))
    await post.sends(specimens.jpeg(post.folder), new_version=False)
    await post.sends(specimens.jpeg(post.folder, "one-more.jpg"), new_version=False)
    await post.check()
    states = await Upload.all().order_by("position").values_list("state", "refusal")
    assert sorted(states, key=str) == sorted(
        [("kept", None), ("kept", None), ("refused", "too_many_pages")], key=str
    )
    assert (await document(post.amina, "diploma")).state == "to_review"


async def test_two_bad_files_of_one_sending_are_told_once(post: Post) -> None:
    for name in ("a.pdf", "b.pdf"):
        await post.sends(specimens.written(post.folder, name, b"no"), new_version=name == "a.pdf")
    await post.check()
    assert await Upload.filter(refusal="not_what_it_says").count() == 2
    assert await Notice.filter(kind="file_refused").count() == 1


async def test_a_file_replaced_before_its_check_changes_nothing_of_the_newer_one(
    post: Post,
) -> None:
    await post.sends(specimens.written(post.folder, "bad.pdf", b"no"))
    await post.sends(specimens.jpeg(post.folder))
    await post.check()
    assert (await document(post.amina, "diploma")).state == "to_review"
    assert await Notice.all().count() == 0


async def test_another_provider_can_open_none_of_it(post: Post) -> None:
    vert = await Provider.create(slug="vert", name="Vert Jardin", created_at=NOW)
    got = await post.sends(specimens.jpeg(post.folder))
    await post.check()
    (upload,) = await uploads_of(post.house.provider.id, got.document_id)
    assert await uploads_of(vert.id, got.document_id) == ()
    assert await cleaned_file(vert.id, upload.id) is None
    for thumbnail in (False, True):
        assert await page_image(vert.id, upload.pages[0].id, thumbnail=thumbnail) is None


@pytest.mark.parametrize("key", REFUSALS)
def test_every_reason_says_what_to_do_in_both_languages(key: str) -> None:
    rule = DocumentRule(key="cv", label={}, formats=("jpeg", "pdf"), max_bytes=5_000_000)
    said = {language: sentence(refusal(key, rule), language) for language in ("fr", "en")}
    assert said["fr"] != said["en"]
    assert not any("{" in one for one in said.values())
    assert REFUSALS[key].key == key


def test_the_sentences_name_the_limits_of_the_document() -> None:
    rule = DocumentRule(key="cv", label={}, formats=("jpeg", "pdf"), max_bytes=5_000_000)
    assert "JPEG, PDF" in str(refusal("wrong_type", rule))
    assert "5 MB" in str(refusal("too_large", rule))
    assert "10 at most" in str(refusal("too_many_pages", rule))
