"""What goes wrong around a check: Telegram, scanner, store, kills, erasure; nothing is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from structlog.testing import capture_logs

from actions.checks import claim
from actions.deeds import SYSTEM, deed
from actions.documents import destroy_files, remove_document
from actions.erasure import Reason, erase
from jobs.check import opening
from jobs.check.opening import Broken, CutOff, Refused, open_original, order_for
from models.database import SlowInsideTransaction, transaction
from models.reads.files import versions_of
from models.tables import Bot, Notice, Page, StoredFile, Upload
from rules.dossier import DocumentRule
from rules.uploads import CRASH_ATTEMPTS, FETCH_ATTEMPTS, UNAVAILABLE_ATTEMPTS, retry_delay
from store.room import Room, StoreDown, use_room
from store.sealing import Keyring
from tests import specimens
from tests.figures import Figures, Record
from tests.files.conftest import TOKEN, House, Post, document
from tests.files.killed_worker import POINTS

RULE = DocumentRule(key="diploma", label={}, formats=("jpeg", "png", "heic", "webp", "pdf"))


async def settles(post: Post, tries: int = 60) -> int:
    """Let time pass until the file is decided; how often the worker looked."""
    for number in range(tries):
        await post.check()
        if not await Upload.exists(state="waiting"):
            return number
        post.house.later(hours=1, minutes=1)
    raise AssertionError("never decided")


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "502", "method": "getFile"},
        {"kind": "500", "method": "getFile"},
        {"kind": "reset", "method": "getFile"},
        {"kind": "429", "method": "getFile", "retry_after": 7},
        {"kind": "download"},
    ],
    ids=lambda fault: fault["kind"],
)
async def test_a_passing_trouble_of_telegram_is_waited_out(
    post: Post, fault: dict[str, object]
) -> None:
    await post.sends(specimens.jpeg(post.folder))
    await post.sandbox.fault(times=2, **fault)  # type: ignore[arg-type] — fields of one fault
    with capture_logs() as logs:
        await post.check()
        upload = await Upload.get()
        assert (upload.state, upload.attempts) == ("waiting", 1)
        assert upload.due_at is not None
        assert upload.due_at >= post.house.now + timedelta(seconds=fault.get("retry_after", 3))  # type: ignore[arg-type] — a number
        assert await post.check() == 0
        assert await settles(post) == 2
    assert TOKEN not in str(logs)
    assert TOKEN not in upload.last_error
    assert (await document(post.amina, "diploma")).state == "to_review"
    assert await Notice.all().count() == 0


async def test_a_file_that_telegram_lost_is_asked_for_again(post: Post, house: House) -> None:
    await house.sends(post.amina, "diploma", house.file("no-such-file", message_id=900))
    await settles(post)
    upload = await Upload.get()
    assert (upload.refusal, upload.attempts) == ("gone", UNAVAILABLE_ATTEMPTS)
    assert (await document(post.amina, "diploma")).state == "unusable"
    assert (await Notice.get()).facts["refusal"] == "gone"


async def test_telegram_may_be_away_for_a_day_before_a_file_counts_as_gone(post: Post) -> None:
    await post.sends(specimens.jpeg(post.folder))
    await post.sandbox.fault("502", times=-1, method="getFile")
    begin = post.house.now
    await settles(post)
    assert (await Upload.get()).refusal == "gone"
    assert post.house.now - begin > timedelta(days=1)
    waited = sum((retry_delay(n, 1) for n in range(1, FETCH_ATTEMPTS)), timedelta())
    assert waited > timedelta(days=1) * 0.75


async def test_a_revoked_token_marks_the_bot_and_blames_no_file(post: Post) -> None:
    await post.sends(specimens.jpeg(post.folder))
    await post.sandbox.revoke("douceur_bot")
    for _ in range(UNAVAILABLE_ATTEMPTS + 2):
        await post.check()
        post.house.later(hours=1, minutes=1)
    upload = await Upload.get()
    assert (upload.state, upload.attempts) == ("waiting", 0)
    assert (await Bot.get()).disconnected_at is not None
    await post.sandbox.revoke("douceur_bot", revoked=False)
    await settles(post)
    assert (await document(post.amina, "diploma")).state == "to_review"


async def test_a_bot_that_was_asked_to_wait_asks_nothing(post: Post) -> None:
    await post.sends(specimens.jpeg(post.folder))
    await Bot.all().update(not_before=post.house.now + timedelta(seconds=90))
    await post.check()
    assert await post.sandbox.calls("getFile") == []
    upload = await Upload.get()
    assert upload.due_at is not None
    assert upload.due_at >= post.house.now + timedelta(seconds=90)


@asynccontextmanager
async def clamd(answer: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A scanner that reads INSTREAM as clamd does, and gives one answer."""
    read: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack(">I", await reader.readexactly(4))[0]:
            content += await reader.readexactly(size)
        read.append(content)
        found = b"stream: Eicar-Test FOUND\0" if specimens.EICAR in content else answer
        writer.write(found)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"tcp://127.0.0.1:{port}", read
    finally:
        server.close()
        await server.wait_closed()


def scanned_by(post: Post, url: str) -> None:
    """Switch the scanner on."""
    from dataclasses import replace

    post.workshop.settings = replace(post.workshop.settings, clamd_url=url)


async def test_a_clean_file_passes_the_scanner_whole(post: Post) -> None:
    path = specimens.jpeg(post.folder)
    async with clamd(b"stream: OK\0") as (url, read):
        scanned_by(post, url)
        await post.sends(path)
        await post.check()
    assert read == [path.read_bytes()]
    assert (await Upload.get()).state == "kept"


async def test_an_infected_file_is_refused_and_not_kept(post: Post) -> None:
    async with clamd(b"stream: OK\0") as (url, _):
        scanned_by(post, url)
        path = specimens.jpeg(post.folder)
        path.write_bytes(path.read_bytes() + specimens.EICAR)
        await post.sends(path)
        await post.check()
    assert (await Upload.get()).refusal == "infected"
    assert post.objects() == []


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"what?\0"])
async def test_a_scanner_that_cannot_say_means_waiting_never_safe(
    post: Post, answer: bytes
) -> None:
    async with clamd(answer) as (url, _):
        scanned_by(post, url)
        await post.sends(specimens.jpeg(post.folder))
        for _ in range(5):
            await post.check()
            post.house.later(hours=1, minutes=1)
    upload = await Upload.get()
    assert (upload.state, upload.attempts) == ("waiting", 0)
    assert upload.last_error.startswith("scanner")
    assert (await document(post.amina, "diploma")).state == "checking"
    assert post.objects() == []


async def test_a_scanner_that_is_down_is_waited_for(
    post: Post, free_port: Callable[[], int]
) -> None:
    scanned_by(post, f"tcp://127.0.0.1:{free_port()}")
    await post.sends(specimens.jpeg(post.folder))
    await post.check()
    assert (await Upload.get()).state == "waiting"
    async with clamd(b"stream: OK\0") as (url, _):
        scanned_by(post, url)
        post.house.later(minutes=1)
        await post.check()
    assert (await Upload.get()).state == "kept"


async def test_a_store_that_is_down_is_waited_for(
    post: Post, store: Room, keyring: Keyring, free_port: Callable[[], int]
) -> None:
    down = Room(f"s3+http://key:secret@127.0.0.1:{free_port()}/bucket", keyring, store.guard)
    use_room(down)
    await post.sends(specimens.jpeg(post.folder))
    await post.check()
    upload = await Upload.get()
    assert (upload.state, upload.attempts) == ("waiting", 0)
    assert "secret" not in upload.last_error
    use_room(store)
    post.house.later(minutes=1)
    await post.check()
    assert (await Upload.get()).state == "kept"
    post.house.later(minutes=30)
    await post.check()
    assert await StoredFile.exclude(state="kept").count() == 0
    assert len(post.objects()) == await StoredFile.all().count() == 3


async def test_two_workers_never_take_the_same_file(house: House) -> None:
    amina = await house.candidate("Amina", 7)
    await house.asks("many", max_pages=50)
    for _ in range(20):
        await house.sends(amina, "many", new_version=False)
    taken = await asyncio.gather(*(claim(house.now, 4) for _ in range(8)))
    ids = [one.upload_id for some in taken for one in some]
    assert len(ids) == len(set(ids)) == 20
    assert await claim(house.now + timedelta(seconds=40), 50) == []
    again = await claim(house.now + timedelta(seconds=46), 50)
    assert len(again) == 20
    assert {one.attempts for one in again} == {2}


@pytest.mark.parametrize("point", POINTS)
async def test_a_killed_worker_loses_nothing_and_leaves_nothing(
    post: Post, database: str, point: str, record_property: Record
) -> None:
    await post.sends(specimens.pdf(post.folder, 2))
    command = [sys.executable, "-m", "tests.files.killed_worker", database]
    command += [post.workshop.settings.telegram_api_url, str(post.folder.parent)]
    command += [post.house.now.isoformat(), point]
    worker = await asyncio.create_subprocess_exec(*command, cwd=Path(__file__).parents[2])
    assert await worker.wait() == -signal.SIGKILL
    assert (await Upload.get()).state == ("kept" if point == "kept" else "waiting")
    post.house.later(seconds=46)
    began = time.monotonic()
    await post.check()
    upload = await Upload.get()
    figures = Figures(
        kills=1,
        lost=int(upload.state != "kept"),
        doubled=await Page.all().count() - 2,
        seconds=time.monotonic() - began,
        waited=46,
    )
    figures.tell(record_property)
    assert figures.whole <= 60
    assert (upload.state, upload.file_id is not None) == ("kept", True)
    assert await Page.all().count() == 2
    post.house.later(minutes=30)
    await post.check()
    rows = await StoredFile.all()
    assert {row.state for row in rows} == {"kept"}
    assert sorted(row.id for row in rows) == sorted(path.name for path in post.objects())
    assert len(rows) == 5


async def test_an_album_of_ten_is_kept_in_order_though_one_download_fails(post: Post) -> None:
    await post.house.asks("album", max_pages=10)
    pictures = [specimens.jpeg(post.folder, f"{n}.jpg", width=300 + n) for n in range(10)]
    await post.phone.send_album([*pictures], as_files=True)
    for sent in await post.bag():
        await post.house.sends(post.amina, "album", sent)
    await post.sandbox.fault("download", times=1)
    await post.check()
    assert await Upload.filter(state="kept").count() == 9
    assert (await document(post.amina, "album")).state == "checking"
    post.house.later(minutes=1)
    assert await post.check() == 1
    row = await document(post.amina, "album")
    assert row.state == "to_review"
    (version,) = await versions_of(post.house.provider.id, row.id)
    assert [one.pages[0].width for one in version.uploads] == [300 + n for n in range(10)]
    assert await Notice.all().count() == 0


async def test_a_removed_document_takes_its_files_with_it(post: Post) -> None:
    await post.sends(specimens.pdf(post.folder, 2))
    await post.check()
    async with deed(post.amina.id, SYSTEM, post.house.now) as doing:
        assert await remove_document(doing, "diploma")
    post.house.later(minutes=11)
    await post.check()
    assert post.objects() == []
    assert await StoredFile.all().count() == await Page.all().count() == 0


async def test_what_is_only_looked_at_is_destroyed_and_its_proof_stays(post: Post) -> None:
    for _ in range(2):
        await post.sends(specimens.jpeg(post.folder))
    await post.check()
    row = await document(post.amina, "diploma")
    async with deed(post.amina.id, SYSTEM, post.house.now) as doing:
        assert await destroy_files(doing, row) == 2
    versions = await versions_of(post.house.provider.id, row.id)
    uploads = [one for version in versions for one in version.uploads]
    assert [(one.has_file, one.pages, len(one.sha256 or "")) for one in uploads] == [
        (False, (), 64)
    ] * 2
    post.house.later(minutes=11)
    await post.check()
    assert post.objects() == []


async def test_a_document_removed_while_it_is_checked_leaves_no_file(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post.sends(specimens.jpeg(post.folder))

    async def removed_meanwhile(*given: object) -> object:
        async with deed(post.amina.id, SYSTEM, post.house.now) as doing:
            await remove_document(doing, "diploma")
        return await real(*given)  # type: ignore[arg-type] — passed on as they came

    real = opening.open_original
    monkeypatch.setattr("jobs.check.work.open_original", removed_meanwhile)
    await post.check()
    assert post.objects() == []
    assert await Upload.all().count() == await StoredFile.all().count() == 0


async def test_files_let_go_while_they_are_put_are_removed_in_the_end(
    post: Post, store: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post.sends(specimens.jpeg(post.folder))
    real, puts = store.put, 0

    async def put(file_id: str, key: str, data: bytes) -> None:
        nonlocal puts
        puts += 1
        if puts == 2:
            async with deed(post.amina.id, SYSTEM, post.house.now) as doing:
                await remove_document(doing, "diploma")
        await real(file_id, key, data)

    monkeypatch.setattr(store, "put", put)
    await post.check()
    assert len(post.objects()) == 3
    assert await Upload.all().count() == 0
    post.house.later(minutes=21)
    await post.check()
    assert post.objects() == []
    assert await StoredFile.all().count() == 0


def folder_with(post_folder: Path, make: Callable[[Path], Path]) -> Path:
    """A private folder that holds one original."""
    path = make(post_folder)
    folder = post_folder / "private"
    folder.mkdir()
    (folder / "original").write_bytes(path.read_bytes())
    return folder


async def until_child() -> psutil.Process:
    """The decoder, as soon as it runs."""
    for _ in range(500):
        for one in psutil.Process().children(recursive=True):
            if "jobs.decode" in one.cmdline():
                return one
        await asyncio.sleep(0.005)
    raise AssertionError("no decoder")


async def test_a_decoder_killed_from_outside_is_started_again_then_blames_the_file(
    post: Post,
) -> None:
    await post.sends(specimens.endless_pdf(post.folder))
    for number in range(1, CRASH_ATTEMPTS + 1):
        running = asyncio.create_task(post.check())
        decoder = await until_child()
        while not [path for path in post.in_clear() if path.name == "clean"]:
            await asyncio.sleep(0.005)
        decoder.kill()
        await running
        upload = await Upload.get()
        assert upload.attempts == number
        assert upload.state == ("refused" if number == CRASH_ATTEMPTS else "waiting")
        post.house.later(minutes=10)
    assert upload.refusal == "unreadable"
    assert post.in_clear() == []


async def half_checked(post: Post) -> asyncio.Task[int]:
    """A check that is busy drawing for a while."""
    await post.sends(specimens.endless_pdf(post.folder))
    running = asyncio.create_task(post.check())
    while not [path for path in post.in_clear() if path.name == "clean"]:
        await asyncio.sleep(0.005)
    return running


async def test_a_long_check_keeps_its_lease(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.check.work.RENEW", 0.02)
    running = await half_checked(post)
    for _ in range(3):
        post.house.later(seconds=40)
        await asyncio.sleep(0.1)
        assert not running.done()
        assert await claim(post.house.now, 5) == []
    await running
    assert (await Upload.get()).refusal == "unreadable"


async def test_a_worker_that_stops_leaves_the_file_to_the_next_one(post: Post) -> None:
    running = await half_checked(post)
    decoder = await until_child()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not decoder.is_running()
    assert post.in_clear() == []
    assert (await Upload.get()).state == "waiting"
    post.house.later(seconds=46)
    await post.check()
    assert (await Upload.get()).refusal == "unreadable"


def test_a_decoder_starts_no_program_and_opens_no_connection() -> None:
    script = """if True:
        import os, socket, threading
        from jobs.decode.confine import confine
        confine()
        def tried(what):
            try:
                what()
            except OSError as error:
                return error.errno
            return 0
        thread = threading.Thread(target=print, args=("thread",))
        thread.start()
        thread.join()
        print(tried(socket.socket), tried(lambda: os.execv("/bin/true", ["true"])))
        print(tried(lambda: os.posix_spawn("/bin/true", ["true"], {})))
    """
    root = Path(__file__).parents[2]
    said = subprocess.check_output([sys.executable, "-c", script], cwd=root, text=True)
    assert said.split() == ["thread", "1", "1", "1"]


async def test_a_decoder_out_of_time_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "WALL", 0.02)
    monkeypatch.setattr(opening, "WALL_PER_PAGE", 0)
    folder = folder_with(tmp_path, specimens.pdf)
    with pytest.raises(CutOff, match="out of time"):
        await open_original(folder, order_for(RULE, "", ""))
    assert not [p for p in psutil.Process().children() if "jobs.decode" in p.cmdline()]


async def test_a_decoder_dies_with_its_worker(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, lambda f: specimens.many_pages_pdf(f, 50))
    (folder / "order.json").write_text('{"claims": [], "formats": ["pdf"], "max_pages": 50}')
    script = (
        "import subprocess, sys, time; subprocess.Popen([sys.executable, '-m', 'jobs.decode', "
        f"{str(folder)!r}]); time.sleep(30)"
    )
    worker = subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parents[2])
    decoder = await until_child()
    while not (folder / "page-1").exists():
        await asyncio.sleep(0.01)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    for _ in range(100):
        if not decoder.is_running() or decoder.status() == psutil.STATUS_ZOMBIE:
            break
        await asyncio.sleep(0.02)
    else:
        raise AssertionError("the decoder outlived its worker")
    assert len(list(folder.glob("page-*"))) < 50


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"no JSON",
        b"[]",
        b'{"type": "exe", "pages": []}',
        b'{"type": "pdf", "pages": [[1, 2]]}',
        b'{"type": "pdf", "pages": [["a", "b"]]}',
        b'{"type": "jpeg"}',
        b'{"refused": "because"}',
    ],
)
async def test_a_decoder_that_no_longer_obeys_makes_the_file_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    async def taken_over(*_: object) -> tuple[int, bytes]:
        return 0, b"ready\n" + said

    monkeypatch.setattr(opening, "_run", taken_over)
    folder = folder_with(tmp_path, specimens.jpeg)
    (folder / "clean").symlink_to("/etc/passwd")
    with pytest.raises(Refused) as caught:
        await open_original(folder, order_for(RULE, "", ""))
    assert caught.value.key == "unreadable"


async def test_a_decoder_leaves_a_link_in_vain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def taken_over(folder: Path, _seconds: float) -> tuple[int, bytes]:
        for name in ("clean", "page-1", "thumb-1"):
            (folder / name).symlink_to("/etc/passwd")
        return 0, b'ready\n{"type": "jpeg", "pages": [[1, 1]]}'

    monkeypatch.setattr(opening, "_run", taken_over)
    with pytest.raises(Refused):
        await open_original(folder_with(tmp_path, specimens.jpeg), order_for(RULE, "", ""))


@pytest.mark.parametrize("said", [b"", b"Traceback\n"])
async def test_a_decoder_that_does_not_start_blames_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    async def no_module(*_: object) -> tuple[int, bytes]:
        return 1, said

    monkeypatch.setattr(opening, "_run", no_module)
    with pytest.raises(Broken):
        await open_original(folder_with(tmp_path, specimens.jpeg), order_for(RULE, "", ""))


async def test_a_bug_of_ours_is_tried_again_for_a_day_then_ends(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def bug(*_: object) -> None:
        raise ZeroDivisionError("with personal data")

    monkeypatch.setattr("jobs.check.work.open_original", bug)
    await post.sends(specimens.jpeg(post.folder))
    begin = post.house.now
    with capture_logs() as logs:
        await settles(post)
    assert (await Upload.get()).refusal == "unreadable"
    assert post.house.now - begin > timedelta(days=1)
    assert "personal data" not in str(logs)


async def test_an_erased_candidate_leaves_no_file_at_any_point(
    post: Post, store: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post.sends(specimens.jpeg(post.folder))
    await post.check()
    await post.sends(specimens.pdf(post.folder))
    real = store.put

    async def put(file_id: str, key: str, data: bytes) -> None:
        if await Upload.exists(candidate_id=post.amina.id):
            await erase(post.amina.id, Reason.OWN_WISH, SYSTEM, post.house.now)
        await real(file_id, key, data)

    monkeypatch.setattr(store, "put", put)
    await post.check()
    assert await Upload.all().count() == 0
    assert await StoredFile.exclude(candidate_id=None).count() == 0
    post.house.later(minutes=21)
    await post.check()
    assert post.objects() == post.in_clear() == []
    assert await StoredFile.all().count() == 0


HEAVY: dict[str, Callable[[Path], Path]] = {
    "a 59-megapixel PNG": lambda f: specimens.bomb_png(f, 9000, 6600),
    "a 120-megapixel PNG": specimens.bomb_png,
    "a 48-megapixel HEIC": lambda f: specimens.heic(f, 8064, 6048),
    "a 59-megapixel JPEG": lambda f: specimens.jpeg(f, width=9000, height=6600),
    "a page of five metres": specimens.huge_page_pdf,
    "10,000 pages": lambda f: specimens.many_pages_pdf(f, 10_000),
    "a page that draws itself for hours": specimens.endless_pdf,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HEAVY)
async def test_no_file_makes_the_decoder_take_half_a_gigabyte_or_ten_seconds(
    tmp_path: Path, name: str
) -> None:
    folder = folder_with(tmp_path, HEAVY[name])
    begin = asyncio.get_running_loop().time()
    running = asyncio.create_task(open_original(folder, order_for(RULE, "", "")))
    child, most = await until_child(), 0
    while not running.done():
        try:
            status = Path(f"/proc/{child.pid}/status").read_text()
        except OSError:
            status = ""
        peaks = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
        most = max([most, *(int(peak) // 1024 for peak in peaks)])
        await asyncio.sleep(0.005)
    await asyncio.gather(running, return_exceptions=True)
    assert 0 < most <= 512
    assert asyncio.get_running_loop().time() - begin <= 10


async def test_nothing_slow_happens_inside_a_transaction(
    database: str, store: Room, tmp_path: Path
) -> None:
    async with transaction():
        with pytest.raises(SlowInsideTransaction):
            await store.put("a", "b", b"")
        with pytest.raises(SlowInsideTransaction):
            await store.get("a", "b")
        with pytest.raises(SlowInsideTransaction):
            await store.delete("a")
        with pytest.raises(SlowInsideTransaction):
            await open_original(tmp_path, order_for(RULE, "", ""))


async def test_a_store_that_does_not_answer_says_so_without_its_secret(
    keyring: Keyring, store: Room, free_port: Callable[[], int]
) -> None:
    down = Room(f"s3+http://key:s3cret@127.0.0.1:{free_port()}/bucket", keyring, store.guard)
    key = down.new_key("a")
    with pytest.raises(StoreDown) as caught:
        await down.put("a", key, b"x")
    assert "s3cret" not in repr(caught.value)
    assert caught.value.__cause__ is None
