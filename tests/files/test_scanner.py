"""The virus scanner, spoken to as it really speaks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from models.tables import Upload
from tests import specimens
from tests.files.conftest import Post
from tests.files.scanner import CLAMD, STREAM_MAX, clamd_server

pytestmark = pytest.mark.skipif(
    CLAMD is None, reason="clamd is not installed here (test_failures speaks to a played one)"
)


@pytest.fixture(scope="module")
def clamd_url() -> Iterator[str]:
    """A scanner for this file."""
    with clamd_server() as url:
        yield url


@pytest.fixture
def scanned(post: Post, clamd_url: str) -> Post:
    """Everything, with the scanner on."""
    post.workshop.settings = replace(post.workshop.settings, clamd_url=clamd_url)
    return post


async def test_a_clean_photo_passes(scanned: Post) -> None:
    await scanned.sends(specimens.jpeg(scanned.folder))
    await scanned.check()
    assert (await Upload.get()).state == "kept"


async def test_a_virus_is_found_in_a_file_and_in_an_archive(scanned: Post) -> None:
    plain = specimens.written(scanned.folder, "eicar.pdf", b"%PDF-1.4\n" + specimens.EICAR)
    for path in (plain, specimens.zipped(scanned.folder, specimens.EICAR)):
        await scanned.sends(path)
    await scanned.check()
    assert await Upload.all().values_list("refusal", flat=True) == ["infected", "infected"]
    assert scanned.objects() == []


async def test_a_file_above_the_scanners_limit_waits(scanned: Post) -> None:
    await scanned.sends(
        specimens.written(scanned.folder, "large.jpg", os.urandom(STREAM_MAX + 500_000))
    )
    await scanned.check()
    upload = await Upload.get()
    assert (upload.state, upload.last_error) == ("waiting", "scanner: clamd: size limit")
