"""`antichambre check` beside real servers: what is right, what is wrong, what is never told."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from actions.installation import note_worker
from commands.check import PROBES, Probe, examine
from commands.probes import database as database_probes
from commands.probes import files, mail, problems, public, redis, telegram
from commands.probes.kit import Finding, Kit, Verdict
from models import database
from models.tables import Bot, Notice, Provider, StoredFile
from sandbox.app import BotSpec, Server, start
from sandbox.client import Sandbox
from settings import SettingError, Settings
from settings.terminal import terminal_language
from store.sealing import Keyring
from tests.check.mailservers import PASSWORD, own_certificate, smtp, with_login
from tests.conftest import MakeDatabase
from tests.files.scanner import CLAMD, clamd_server
from tests.journeys.product import running
from tests.servers import free_port, redis_server, smtp_server

TOKEN = "424242:AAE-made-up-token"
OWN_TOKEN = "777:AAE-own-token"
ROOT = Path(__file__).parents[2]


ABOUT: dict[str, Probe] = {
    "Encryption keys": database_probes.keys,
    "Time zones": database_probes.zones,
    "Work in the background": database_probes.work,
    "Redis": redis.redis,
    "Store of files": files.store,
    "Virus scanner": files.scanner,
    "Mail server": mail.mail,
    "Telegram": telegram.telegram,
    "Public address": public.address,
    "Secrets": public.secrets,
    "Clock": public.clock,
}


def random_key() -> str:
    return "k1:" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


@dataclass
class Place:
    """An installation in a folder of the test, and what is found wrong in it."""

    env: dict[str, str]
    sandbox: Sandbox
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    @property
    def settings(self) -> Settings:
        return Settings.from_environment(self.env)

    async def filled(self, fill: Callable[[], Awaitable[Any]]) -> None:
        """Write into its database."""
        await database.connect(self.settings.database_url)
        try:
            await fill()
        finally:
            await database.close()

    async def look(self, probes: Sequence[Probe] = PROBES, **more: Any) -> list[Finding]:
        """Every finding of these probes, and of the database."""
        try:
            return await examine(Kit(self.settings, "en", self.clock, **more), probes)
        finally:
            await database.close()

    async def about(self, word: str, **more: Any) -> Finding:
        """The worst finding about one thing."""
        probes = [ABOUT[word]] if word in ABOUT else []
        found = [one for one in await self.look(probes, **more) if one.about.startswith(word)]
        return max(found, key=lambda one: one.verdict)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with await start(bots=[BotSpec(TOKEN, "Douceur", "douceur_bot")]) as made:
        async with aiohttp.ClientSession() as session:  # the first call loads aiogram: seconds
            await session.post(f"{made.url}/bot{TOKEN}/getMe")
        yield made


@pytest.fixture
async def place(
    make_database: MakeDatabase, migrated_template: str, server: Server, tmp_path: Path
) -> AsyncIterator[Place]:
    """Everything in order, but for the mail server and the web process, which are not there."""
    url = await make_database(migrated_template)
    env = {
        "DATABASE_URL": url,
        "DATA_DIR": str(tmp_path / "data"),
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": server.url,
        "SECRET_KEY": secrets.token_hex(32),
        "ENCRYPTION_KEYS": random_key(),
        "PORT": str(free_port()),
    }
    async with Sandbox(server.url) as sandbox:
        made = Place(env, sandbox)
        await made.filled(lambda: note_worker(datetime.now(UTC)))
        yield made


async def test_what_is_in_order_is_said_in_a_few_words(place: Place) -> None:
    found = await place.look()
    bad = [one for one in found if one.verdict is Verdict.WRONG]
    assert bad == []
    assert {one.about for one in found if one.verdict is Verdict.OK} >= {
        "Database",
        "Encryption keys",
        "Time zones",
        "Work in the background",
        "Redis",
        "Store of files",
        "Disk",
        "Opening of files",
        "Secrets",
        "Clock",
    }


# The database --------------------------------------------------------------------------------


async def test_a_database_that_was_never_migrated_is_told(
    place: Place, make_database: MakeDatabase, backend: str
) -> None:
    place.env["DATABASE_URL"] = await make_database(None)
    found = await place.about("Database")
    if backend == "sqlite":
        assert "There is no database yet" in found.told
    else:
        assert (found.verdict, found.remedy) == (Verdict.WRONG, "Run: antichambre migrate")


async def test_a_server_without_that_database_is_told(place: Place, postgres_url: str) -> None:
    place.env["DATABASE_URL"] = postgres_url.replace("/postgres", "/nowhere").replace(
        "postgres://nowhere", "postgres://postgres"
    )
    found = await place.about("Database")
    assert found.verdict is Verdict.WRONG
    assert found.remedy == "Make it: createdb nowhere"


async def test_a_server_that_is_not_there_is_told(place: Place) -> None:
    place.env["DATABASE_URL"] = f"postgres://web:hidden@127.0.0.1:{free_port()}/db"
    found = await place.about("Database")
    assert found.verdict is Verdict.WRONG
    assert "cannot be reached" in found.told
    assert "hidden" not in str(found)


async def test_a_key_that_is_missing_or_another_is_told(place: Place) -> None:
    former = Keyring(dict(place.settings.encryption_keys))
    sealed = former.seal(b"x" * 32, f"file:{'a' * 32}")
    now = datetime.now(UTC)
    await place.filled(lambda: StoredFile.create(id="a" * 32, key=sealed, created_at=now))
    assert "(values tried: 1)" in (await place.about("Encryption keys")).told
    place.env["ENCRYPTION_KEYS"] = random_key()
    assert (
        "others than those that sealed the data: k1" in (await place.about("Encryption keys")).told
    )
    place.env["ENCRYPTION_KEYS"] = random_key().replace("k1:", "k2:")
    found = await place.about("Encryption keys")
    assert (found.verdict, "that we do not have: k1" in found.told) == (Verdict.WRONG, True)


async def test_a_silent_worker_and_late_mails_are_told(place: Place) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=3)

    async def fill() -> None:
        await note_worker(long_ago)
        made = await Provider.create(slug="d", name="D", created_at=long_ago)
        await Notice.create(
            provider_id=made.id,
            channel="mail",
            kind="activation",
            unique_key="k",
            message_id="m",
            owed_at=long_ago,
            not_before=long_ago,
        )

    await place.filled(fill)
    told = [one for one in await place.look() if one.about == "Work in the background"]
    assert [one.verdict for one in told] == [Verdict.WRONG, Verdict.WARNING]
    assert "for 3 hours" in told[0].told
    assert "waits for 3 hours" in told[1].told


async def test_an_unknown_time_zone_is_told(place: Place) -> None:
    now = datetime.now(UTC)
    await place.filled(
        lambda: Provider.create(slug="d", name="D", created_at=now, timezone="Mars/North")
    )
    assert "Mars/North" in (await place.about("Time zones")).told


# Redis, files --------------------------------------------------------------------------------


async def test_redis_away_full_or_with_another_password_is_told(place: Place) -> None:
    place.env["REDIS_URL"] = f"redis://:hidden@127.0.0.1:{free_port()}/0"
    assert "cannot be reached" in (await place.about("Redis")).told
    with redis_server() as server:
        place.env["REDIS_URL"] = server.url
        assert (await place.about("Redis")).verdict is Verdict.OK
        server.kill()
        server.start("--requirepass", "another")
        place.env["REDIS_URL"] = server.url.replace("redis://", "redis://:hidden@")
        assert (await place.about("Redis")).remedy == "Check REDIS_URL."
        server.kill()
        server.start("--maxmemory", "1", "--maxmemory-policy", "noeviction")
        place.env["REDIS_URL"] = server.url
        assert "takes nothing" in (await place.about("Redis")).told


async def test_a_store_that_cannot_be_written_is_told(place: Place, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "files").write_text("not a folder")
    place.env["STORAGE_URL"] = f"file://{blocked}"
    found = await place.about("Store of files")
    assert (found.verdict, "folder of STORAGE_URL" in found.remedy) == (Verdict.WRONG, True)


async def test_a_store_that_is_not_there_is_told_without_its_key(place: Place) -> None:
    place.env["STORAGE_URL"] = f"s3+http://key:hidden@127.0.0.1:{free_port()}/bucket"
    found = await place.about("Store of files")
    assert found.verdict is Verdict.WRONG
    assert "hidden" not in str(found)


async def test_the_check_leaves_nothing_in_the_store(place: Place) -> None:
    await place.look()
    files = Path(place.env["DATA_DIR"]) / "files"
    assert [one for one in files.rglob("*") if one.is_file()] == []


@pytest.mark.skipif(CLAMD is None, reason="clamd is not installed here")
async def test_the_scanner_has_to_find_the_test_virus(place: Place) -> None:
    with clamd_server() as url:
        place.env["CLAMD_URL"] = url
        found = await place.about("Virus scanner")
        assert (found.verdict, "finds the test virus" in found.told) == (Verdict.OK, True)


async def test_a_scanner_that_is_away_is_told(place: Place) -> None:
    place.env["CLAMD_URL"] = f"tcp://127.0.0.1:{free_port()}"
    assert (await place.about("Virus scanner")).verdict is Verdict.WRONG


# Mail ----------------------------------------------------------------------------------------


async def test_no_mail_leaves_unless_one_is_asked_for(place: Place) -> None:
    with smtp_server() as mailbox:
        place.env["SMTP_URL"] = mailbox.url + "?from=robot@antichambre.example"
        assert (await place.about("Mail server")).verdict is Verdict.OK
        assert mailbox.messages == []
        await place.about("Mail server", mail_to="odile@example.org")
        (letter,) = mailbox.messages
        assert (letter.recipients, letter.sender) == (
            ("odile@example.org",),
            "robot@antichambre.example",
        )
        assert letter.subject == "Antichambre can send mails"
        mailbox.refuse("550 not from you")
        found = await place.about("Mail server", mail_to="odile@example.org")
        assert "?from=" in found.remedy


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
async def test_a_wrong_password_is_told_and_never_shown(place: Place) -> None:
    with smtp(**with_login()) as mailbox:
        right = f"smtp://post:{PASSWORD}@127.0.0.1:{mailbox.port}"
        place.env["SMTP_URL"] = right
        assert (await place.about("Mail server")).verdict is Verdict.OK
        place.env["SMTP_URL"] = right.replace(PASSWORD, "hidden")
        found = await place.about("Mail server")
        assert (found.verdict, "refuses our user or password (535)" in found.told) == (
            Verdict.WRONG,
            True,
        )
        assert "hidden" not in str(found)


async def test_a_certificate_nobody_trusts_is_told(place: Place, tmp_path: Path) -> None:
    with smtp(tls_context=own_certificate(tmp_path)) as mailbox:
        place.env["SMTP_URL"] = f"smtp+starttls://127.0.0.1:{mailbox.port}"
        found = await place.about("Mail server")
        assert "certificate that is not to be trusted" in found.told
        place.env["SMTP_URL"] = f"smtps://127.0.0.1:{mailbox.port}"
        found = await place.about("Mail server")
        assert "smtp+starttls:// with port 587" in found.remedy


async def test_a_server_without_starttls_or_none_at_all_is_told(place: Place) -> None:
    with smtp_server() as mailbox:
        place.env["SMTP_URL"] = f"smtp+starttls://127.0.0.1:{mailbox.port}"
        assert "does not offer STARTTLS" in (await place.about("Mail server")).told
    place.env["SMTP_URL"] = f"smtp://127.0.0.1:{free_port()}"
    assert "cannot be reached" in (await place.about("Mail server")).told


# Telegram ------------------------------------------------------------------------------------


async def test_a_bot_is_told_by_its_name(place: Place) -> None:
    found = await place.about("Telegram")
    assert (found.about, found.told) == ("Telegram, @douceur_bot", "No webhook is set yet.")


async def test_a_refused_token_is_told_and_never_shown(place: Place) -> None:
    place.env["TELEGRAM_TOKEN"] = "424243:AAE-hidden-token"
    found = await place.about("Telegram")
    assert (found.verdict, "/token" in found.remedy) == (Verdict.WRONG, True)
    assert "hidden" not in str(await place.look())


async def test_a_webhook_that_leads_elsewhere_is_told(place: Place) -> None:
    await place.filled(lambda: Bot.create(telegram_id=424242, username="douceur_bot"))
    hook = {"url": "http://127.0.0.1:9/telegram/other"}
    async with aiohttp.ClientSession() as session:
        await session.post(f"{place.sandbox.base_url}/bot{TOKEN}/setWebhook", json=hook)
    found = await place.about("Telegram")
    assert (found.verdict, found.told) == (
        Verdict.WRONG,
        "Its updates go to 127.0.0.1:9, not to us.",
    )


async def test_a_providers_own_bot_is_looked_at_too(place: Place) -> None:
    await place.sandbox.call("POST", "bots", {"token": OWN_TOKEN, "name": "O", "username": "own"})
    ring = Keyring(dict(place.settings.encryption_keys))
    other = Keyring({"k9": b"x" * 32})
    now = datetime.now(UTC)

    async def fill() -> None:
        made = await Provider.create(slug="d", name="D", created_at=now)
        for number, name, keys in ((777, "own", ring), (778, "locked", other)):
            token = keys.seal_text(OWN_TOKEN, "bot token")
            await Bot.create(telegram_id=number, username=name, token=token, provider_id=made.id)

    await place.filled(fill)
    found = {one.about: one for one in await place.look()}
    assert found["Telegram, @own"].verdict is not Verdict.WRONG
    assert found["Telegram, @locked"].told == "Its token cannot be opened by our encryption keys."


async def test_a_clock_that_is_wrong_is_told(place: Place) -> None:
    place.clock = lambda: datetime.now(UTC) + timedelta(minutes=30)
    found = await place.about("Clock")
    assert found.verdict is Verdict.WRONG
    assert "30 minutes apart" in found.told


# The public address and the secrets ----------------------------------------------------------


async def test_somebody_else_at_the_public_address_is_told(
    place: Place, aiohttp_server: Any
) -> None:
    app = web.Application()

    async def healthy(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    app.router.add_get("/healthz", healthy)
    other = await aiohttp_server(app)
    place.env["PUBLIC_URL"] = str(other.make_url("")).rstrip("/")
    found = await place.about("Public address")
    assert (found.verdict, "Something else" in found.told) == (Verdict.WRONG, True)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SECRET_KEY", "0123456789abcdef" * 4, "SECRET_KEY is the one of the documentation."),
        ("SECRET_KEY", "ab" * 32, "SECRET_KEY is not random."),
        ("ENCRYPTION_KEYS", "k1:" + "A" * 43 + "=", "The encryption key k1 is not random."),
        (
            "ENCRYPTION_KEYS",
            "k1:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=",
            "The encryption key k1 is the one of the documentation.",
        ),
    ],
)
async def test_keys_that_can_be_guessed_are_told(
    place: Place, name: str, value: str, told: str
) -> None:
    place.env[name] = value
    found = await place.about("Secrets")
    assert (found.verdict, found.told) == (Verdict.WRONG, told)


# The command ---------------------------------------------------------------------------------


async def run(folder: Path, *arguments: str, **env: str) -> tuple[int, str]:
    """`antichambre check` as it is called; exit code and all that it says."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "manage",
        "check",
        *arguments,
        cwd=ROOT,
        env={**kept, "DATA_DIR": str(folder / "data"), "COLUMNS": "110", **env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(child.communicate(), 60)
    assert child.returncode is not None
    return child.returncode, " ".join(said.decode().split())


async def test_beside_a_running_service_everything_is_in_order(
    server: Server, tmp_path: Path
) -> None:
    with smtp_server() as mailbox:
        keys = {"SECRET_KEY": secrets.token_hex(32), "ENCRYPTION_KEYS": random_key()}
        given = {"TELEGRAM_API_URL": server.url, "SMTP_URL": mailbox.url, **keys}
        async with running(tmp_path, **given) as product:
            async with Sandbox(server.url) as sandbox:
                while not await sandbox.calls("setWebhook"):
                    await asyncio.sleep(0.1)
            port = {"PORT": product.url.rpartition(":")[2], "TELEGRAM_TOKEN": TOKEN}
            code, said = await run(tmp_path, "--language", "fr", **given, **port)
    assert (code, "à corriger" in said) == (0, False), said
    assert "Le nôtre tourne." in said
    assert "Un processus de fond tourne." in said
    assert "@douceur_bot Le jeton est accepté" in said
    assert said.endswith("1 à voir."), "an address of this machine only"


async def test_everything_broken_is_told_in_time_and_no_secret_with_it(tmp_path: Path) -> None:
    port = free_port()
    hidden = {
        "TELEGRAM_TOKEN": "424242:AAE-hidden",
        "TELEGRAM_API_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": f"postgres://web:hidden@127.0.0.1:{port}/db",
        "REDIS_URL": f"redis://:hidden@127.0.0.1:{port}/0",
        "SMTP_URL": f"smtp://post:hidden@127.0.0.1:{port}",
        "STORAGE_URL": f"s3+http://key:hidden@127.0.0.1:{port}/bucket",
        "CLAMD_URL": f"tcp://127.0.0.1:{port}",
        "SECRET_KEY": "hidden" * 8,
        "ENCRYPTION_KEYS": random_key(),
    }
    code, said = await run(tmp_path, LANG="en_GB.UTF-8", **hidden)
    assert code == 1, said
    for about in ("Database", "Redis", "Store of files", "Virus scanner", "Mail server"):
        assert f"✗ wrong {about}" in said, said
    assert "✗ wrong Telegram" in said
    assert "hidden" not in said
    assert hidden["ENCRYPTION_KEYS"][3:] not in said
    assert "Traceback" not in said


async def test_settings_that_cannot_be_read_are_told_all_at_once(tmp_path: Path) -> None:
    code, said = await run(tmp_path, PORT="0", SMTP_URL="mail.example.org")
    assert code == 1, said
    assert "PORT" in said
    assert "SMTP_URL" in said
    assert "TELEGRAM_TOKEN" in said


def test_every_problem_of_a_setting_is_told_in_french(tmp_path: Path) -> None:
    """All that a wrong value may be told; but for a key's length, which names that key."""
    wrong = dict.fromkeys(
        "REDIS_URL STORAGE_URL CLAMD_URL DECISION_DELAY PORT METRICS_PORT METRICS_TOKEN".split(),
        "x",
    )
    wrong |= {"PUBLIC_URL": "ftp://x/y", "HOST": "a b", "DATABASE_URL": "postgres://h:0/db"}
    variants = [
        wrong,
        {"DATABASE_URL": "mysql://x", "SMTP_URL": "mail.example.org", "TELEGRAM_TOKEN": "x"},
        {"DATABASE_URL": "postgres://h/db", "SMTP_URL": "smtp://user@h"},
        {"SMTP_URL": "smtp://h?from=nobody", "SECRET_KEY": "short", "ENCRYPTION_KEYS": ","},
        {"ENCRYPTION_KEYS": "K1:x"},
    ]
    heard = set[str]()
    for env in variants:
        with pytest.raises(SettingError) as refused:
            Settings.from_environment({"DATA_DIR": str(tmp_path), "TELEGRAM_TOKEN": "", **env})
        for problem in refused.value.problems:
            heard.add(problem.partition(" ")[2])
            assert problems.told(problem, "en") == problem
            assert problems.told(problem, "fr") != problem, problem
    assert heard == set(problems.SENTENCES)


@pytest.mark.parametrize(
    ("env", "language"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "en_GB"}, "en"),
        ({"LC_MESSAGES": "de"}, "de"),
        ({"LANG": "C.UTF-8"}, ""),
        ({}, ""),
    ],
)
def test_the_terminals_language(env: dict[str, str], language: str) -> None:
    assert terminal_language(env) == language
