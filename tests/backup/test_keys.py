"""After a rotation the old key opens nothing that is needed: it can go."""

from __future__ import annotations

import ast
import asyncio
import base64
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest

from actions import rotation, second_factor
from actions.answers import answer, sealing_purpose
from actions.deeds import SYSTEM
from actions.erasure import Reason, erase
from actions.farewells import open_farewell
from actions.rotation import rotate
from actions.sealed import SEALED
from actions.updates import keep, kept_updates
from bot.send import Sender
from commands.keys import add_key, rotate_keys
from models import database as db
from models.tables import Answer, Bot, Candidate, Field, Notice, Operator, Provider, StoredFile
from settings import Settings
from store.room import Room
from store.sealing import BOT_TOKEN, CannotOpen, Keyring, key_of, use_keyring
from tests.backup.conftest import ROOT, environment
from tests.clock.world import new_candidate
from tests.factories import an_operator
from tests.house.source import modules

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
OLD, NEW = b"o" * 32, b"n" * 32
BEFORE = Keyring({"k1": OLD})
BOTH = Keyring({"k2": NEW, "k1": OLD})
AFTER = Keyring({"k2": NEW})
IBAN = "FR7630006000011234567890189"
CONTENT = b"a diploma"


@dataclass
class Kept:
    """One value of every sealed kind, and how to read each."""

    room: Path
    file: StoredFile
    amina: Candidate
    bot: Bot
    odile: Operator
    secret: str

    async def read(self, ring: Keyring) -> None:
        """Read all of it through the product's own ways; raises CannotOpen."""
        use_keyring(ring)
        room = Room(f"file://{self.room}", ring, db.refuse_inside_transaction)
        row = await StoredFile.get(id=self.file.id)
        assert await room.get(row.id, row.key) == CONTENT
        given = await Answer.get(candidate_id=self.amina.id, key="iban")
        assert given.value["masked"].endswith("189")
        sealed = given.value["sealed"]
        assert ring.open_text(sealed, sealing_purpose(self.amina.id, "iban")) == IBAN
        assert Sender("http://127.0.0.1:9", "").token(await Bot.get(id=self.bot.id)) == "1:own"
        ((_, payload),) = await kept_updates(self.bot.id)
        assert payload == b"{}"
        farewells = [open_farewell(one) for one in await Notice.filter(candidate_id=None)]
        assert {one.address for one in farewells if one} == {"bruno@example.org", None}
        await Operator.filter(id=self.odile.id).update(totp_last_used=0)
        odile = await Operator.get(id=self.odile.id)
        code = pyotp.TOTP(self.secret).at(NOW)
        async with db.transaction():
            await second_factor.prove(odile, code, NOW)


@pytest.fixture
async def kept(database: str, tmp_path: Path) -> Kept:
    """Amina with a document and an IBAN, Bruno just erased, a bot, a kept update, Odile's code."""
    use_keyring(BEFORE)
    room = Room(f"file://{tmp_path}/room", BEFORE, db.refuse_inside_transaction)
    provider = await Provider.create(slug="douceur", name="Douceur & Cie", created_at=NOW)
    sealed = BEFORE.seal_text("1:own", BOT_TOKEN)
    bot = await Bot.create(
        telegram_id=1, username="own_bot", provider_id=provider.id, token=sealed
    )
    await Field.create(
        provider_id=provider.id,
        key="iban",
        kind="iban",
        label={"fr": "IBAN", "en": "IBAN"},
        required=False,
        position=1,
    )
    amina = await new_candidate(provider, bot, "Amina", 1001, NOW)
    await answer(amina.id, "iban", IBAN, language="fr", now=NOW, at=NOW)
    for key, value in (("postal_code", "69003"), ("first_name", "Amina"), ("days", ["mo"])):
        await Answer.create(candidate_id=amina.id, key=key, value=value, answered_at=NOW)
    file_id = "f" * 32
    key = room.new_key(file_id)
    await room.put(file_id, key, CONTENT)
    file = await StoredFile.create(
        id=file_id, candidate_id=amina.id, state="kept", key=key, created_at=NOW
    )
    bruno = await new_candidate(provider, bot, "Bruno", 1002, NOW)
    await erase(bruno.id, Reason.AUTOMATIC, SYSTEM, NOW)
    await keep(bot.id, 7, 1001, b"{}", "KeyError", NOW)
    odile = await an_operator(provider)
    setup = second_factor.new_setup(odile)
    await second_factor.turn_on(odile, setup, pyotp.TOTP(setup.secret).at(NOW), NOW)
    return Kept(tmp_path / "room", file, amina, bot, odile, setup.secret)


def silent(_what: str, _done: int) -> None:
    """Tell nobody."""


async def test_after_a_rotation_nothing_needs_the_old_key(kept: Kept) -> None:
    await kept.read(BEFORE)
    with pytest.raises(CannotOpen):
        await kept.read(AFTER)
    counts = await rotate(BOTH, silent)
    assert {one.what: one.resealed for one in counts if one.what != "texts of farewells"} == {
        one.what: 1 for one in SEALED if one.what != "texts of farewells"
    }
    assert [(one.held, one.unreadable) for one in counts] == [(0, 0)] * len(SEALED)
    await kept.read(AFTER)
    with pytest.raises(CannotOpen):
        await kept.read(BEFORE)


async def test_a_rotation_made_again_does_nothing(kept: Kept) -> None:
    await rotate(BOTH, silent)
    again = await rotate(BOTH, silent)
    assert sum(one.resealed for one in again) == 0
    assert [one.looked_at for one in again if one.what == "keys of documents"] == [1]


async def test_every_place_that_seals_for_keeping_is_in_the_list() -> None:
    """A new one belongs into actions/sealed.py, or its values are lost with the old key."""
    known = {
        "actions/answers.py",
        "actions/backups.py",  # the check of keys, in the backup's file
        "actions/farewells.py",
        "actions/own_bots.py",
        "actions/second_factor.py",
        "actions/updates.py",
        "store/room.py",
        "store/sealing.py",
    }
    assert {path for path, tree in modules() if any(_seals(tree))} == known


def _seals(tree: ast.Module) -> Iterator[bool]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr in {"seal", "seal_text"} and bool(node.args)


async def test_a_value_that_no_key_opens_is_left_and_told(kept: Kept) -> None:
    lost = Keyring({"k0": b"0" * 32}).seal_text("1:own", BOT_TOKEN)
    await Bot.create(telegram_id=2, username="lost_bot", token=lost)
    counts = {one.what: one for one in await rotate(BOTH, silent)}
    tokens = counts["tokens of bots"]
    assert (tokens.resealed, tokens.unreadable, tokens.keys) == (1, 1, {"k0"})
    assert (await Bot.get(username="lost_bot")).token == lost


async def test_an_answer_that_changes_meanwhile_is_never_set_back(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody changes the IBAN between the look and the lock."""
    other = "FR1420041010050500013M02606"
    pages = rotation._pages

    async def late(one: Any) -> Any:
        async for rows in pages(one):
            if one.model is Answer:
                use_keyring(BEFORE)
                await answer(kept.amina.id, "iban", other, language="fr", now=NOW, at=NOW)
            yield rows

    monkeypatch.setattr(rotation, "_pages", late)
    await rotate(BOTH, silent)
    sealed = (await Answer.get(candidate_id=kept.amina.id, key="iban")).value["sealed"]
    assert AFTER.open_text(sealed, sealing_purpose(kept.amina.id, "iban")) == other


async def test_rows_that_a_deed_holds_are_passed_over_and_taken_up_again(
    kept: Kept, backend: str
) -> None:
    if backend == "sqlite":
        pytest.skip("SQLite has one writer at a time: nobody holds a row")
    holding, seen = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with db.transaction():
            await Answer.filter(candidate_id=kept.amina.id).select_for_update()
            holding.set()
            await seen.wait()

    task = asyncio.create_task(hold())
    await holding.wait()
    counts = {one.what: one for one in await rotate(BOTH, silent)}
    assert counts["sensitive answers"].held == 1
    seen.set()
    await task
    counts = {one.what: one for one in await rotate(BOTH, silent)}
    assert (counts["sensitive answers"].held, counts["sensitive answers"].resealed) == (0, 1)


KILLED = """
import asyncio, os, signal, sys
from actions import rotation
from models import database as db
from store.sealing import Keyring
left = 4
whole = rotation._reseal_row
async def fused(*args):
    global left
    await whole(*args)
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
rotation._reseal_row = fused
rotation.BATCH = 1
async def main():
    await db.connect(sys.argv[1])
    await rotation.rotate(Keyring({"k2": b"n" * 32, "k1": b"o" * 32}), lambda *_: None)
asyncio.run(main())
"""


async def test_a_killed_rotation_is_taken_up_where_it_was(kept: Kept, database: str) -> None:
    await db.close()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, database], cwd=ROOT, timeout=60, check=False
    )
    assert done.returncode == -signal.SIGKILL
    await db.connect(database)
    await kept.read(BOTH)
    counts = await rotate(BOTH, silent)
    total = sum(one.looked_at for one in counts)
    assert 0 < sum(one.resealed for one in counts) < total
    await kept.read(AFTER)


async def test_the_command_says_what_it_did_and_which_key_can_go(
    kept: Kept, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = ",".join(
        f"{name}:{base64.urlsafe_b64encode(raw).decode()}" for name, raw in BOTH.keys.items()
    )
    env = environment(database, tmp_path) | {"ENCRYPTION_KEYS": keys}
    await db.close()
    await rotate_keys(Settings.from_environment(env))
    said = capsys.readouterr().out
    assert "Everything is sealed by k2" in said
    assert "needs k1 any more" in said
    await db.connect(database)
    await kept.read(AFTER)


def test_a_new_key_goes_first_into_the_file_or_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    env = {"TELEGRAM_TOKEN": "424242:" + "A" * 35, "DATA_DIR": str(tmp_path)}
    before = Settings.from_environment(env).encryption_keys
    add_key(Settings.from_environment(env))
    after = Settings.from_environment(env).encryption_keys
    assert [name for name, _ in after] == ["k2", "k1"]
    assert after[1:] == before
    given = (tmp_path / "encryption_keys").read_text().replace("\n", ",").strip(",")
    add_key(
        Settings.from_environment(env | {"ENCRYPTION_KEYS": given, "DATA_DIR": f"{tmp_path}/x"})
    )
    assert "\nk3:" in capsys.readouterr().out
    assert os.stat(tmp_path / "encryption_keys").st_mode & 0o077 == 0


def test_a_sealed_value_names_its_key() -> None:
    assert key_of(BOTH.seal(b"", "x")) == "k2"
    assert key_of("Amina") == "", "nothing of what is not sealed is ever printed"
