"""The health page: what is late and why, and the messages that were refused for good."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest

from actions.dead_letters import BATCH
from actions.installation import note_mail_server, note_worker
from actions.outages import note_started
from models.reads.health import SHOWN
from models.tables import (
    Bot,
    Candidate,
    Chat,
    ClockRun,
    Decision,
    Document,
    Event,
    Notice,
    Operator,
    Provider,
    ProviderEvent,
    Upload,
)
from tests.factories import NOW, a_candidate
from tests.web.conftest import Browser, Client, Time, Town
from tests.web.people import amina_applies, sends
from webhooks.surroundings import REDIS, STORE

ADDRESS = "/settings/health"
HOUR = timedelta(hours=1)
COPIED = ("provider_id", "candidate_id", "channel", "kind", "state", "owed_at", "not_before")


@pytest.fixture(autouse=True)
async def english(town: Town) -> None:
    """Everybody reads English, a worker runs, and the last night is done."""
    await Operator.all().update(language="en")
    await note_worker(NOW)
    await Bot.all().update(last_update_at=NOW)
    for provider in (town.douceur, town.vert):
        await ClockRun.create(
            provider_id=provider.id,
            local_date=NOW.date(),
            started_at=NOW - HOUR,
            finished_at=NOW - HOUR,
            reminded=3,
            deleted=2,
        )


async def owed(provider: Provider, channel: str = "mail", **columns: object) -> Notice:
    """A message that waits."""
    person = await amina_applies(provider)
    chat = await Chat.get(candidate_id=person.id)
    number = await Notice.all().count()
    given = {
        "state": "owed",
        "kind": "corrections",
        "owed_at": NOW - HOUR,
        "not_before": NOW - HOUR,
        **columns,
    }
    return await Notice.create(
        provider_id=provider.id,
        candidate_id=person.id,
        chat_id=chat.id if channel == "chat" else None,
        channel=channel,
        unique_key=f"k{number}",
        message_id=f"m{number}",
        **given,
    )


async def failed(provider: Provider, channel: str = "mail", error: str = "550 no") -> Notice:
    return await owed(
        provider, channel, state="failed", settled_at=NOW - HOUR, last_error=error, attempts=1
    )


async def read(browser: Browser, who: Operator) -> str:
    """The page's words, in one line."""
    page = await (await browser(who)).get(ADDRESS)
    assert page.status == 200
    return unescape(" ".join(page.text.split()))


async def test_when_all_is_well_it_says_so(town: Town, browser: Browser) -> None:
    text = await read(browser, town.odile)
    assert "Everything works." in text
    assert "Everything that was due has left." in text
    assert "reminded 3, deleted 2" in text
    assert "@antichambre_bot speaks with everybody." in text


async def test_a_decisions_delay_is_not_lateness(town: Town, browser: Browser) -> None:
    await owed(town.douceur, not_before=NOW + timedelta(minutes=5))
    assert "Everything works." in await read(browser, town.odile)


async def test_a_mail_server_that_is_away_is_told_since_when_and_why(
    town: Town, browser: Browser
) -> None:
    await owed(town.douceur)
    await note_mail_server("the mail server refuses our login (535)", NOW - HOUR)
    await note_mail_server("the mail server refuses our login (535)", NOW)
    text = await read(browser, town.odile)
    assert "One mail waits, for 1 hour." in text
    assert "The mail server refuses our user or password. Since 2 March 2026 at 10:00" in text
    await note_mail_server("", NOW)
    assert "refuses our user" not in await read(browser, town.odile)


async def test_many_mails_that_keep_their_pace_are_no_trouble_of_the_mail_servers(
    town: Town, browser: Browser
) -> None:
    await owed(town.douceur)
    text = await read(browser, town.odile)
    assert "They leave little by little, at a limited rate" in text
    await Notice.all().update(failing_since=NOW - HOUR, last_error="451 later")
    text = await read(browser, town.odile)
    assert "They are tried again by themselves." in text
    assert "little by little" not in text


async def test_a_silent_worker_is_told(town: Town, browser: Browser, time: Time) -> None:
    time.now += HOUR
    text = await read(browser, town.odile)
    assert "Nobody does it: nothing leaves and no file is checked." in text
    assert "It was last seen 1 hour ago." in text


async def test_a_bot_whose_token_is_refused_is_told(town: Town, browser: Browser) -> None:
    await Bot.all().update(disconnected_at=NOW - HOUR)
    text = await read(browser, town.odile)
    assert "Telegram refuses the token of @antichambre_bot since 2 March 2026" in text


async def test_a_providers_own_bot_is_the_one_that_counts(town: Town, browser: Browser) -> None:
    await Bot.create(
        telegram_id=7, username="douceur_own", provider_id=town.douceur.id, last_update_at=NOW
    )
    await Bot.filter(telegram_id=424242).update(disconnected_at=NOW)
    assert "@douceur_own speaks with everybody." in await read(browser, town.odile)
    assert "Telegram refuses the token" in await read(browser, town.victor)


async def test_news_that_telegram_does_not_take_are_told(town: Town, browser: Browser) -> None:
    error = "TelegramNetworkError"
    await owed(town.douceur, "chat", failing_since=NOW - HOUR, last_error=error)
    text = await read(browser, town.odile)
    assert "One message waits, for 1 hour. Telegram cannot be reached." in text


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("scanner: ConnectionRefusedError", "The virus scanner does not answer"),
        ("store: GenericError", "The store of files cannot be reached."),
        ("token refused", "Telegram refuses the bot’s token."),
        ("no space left on the disk", "The disk is full."),
        ("", "One file waits for its check, for 1 hour."),
    ],
)
async def test_files_that_wait_say_for_what(
    town: Town, browser: Browser, error: str, told: str
) -> None:
    amina = await a_candidate(town.douceur, "Amina Benali")
    await sends(amina, "diploma", "checking", NOW - HOUR)
    await Upload.all().update(last_error=error)
    assert told in await read(browser, town.odile)
    assert "Every file that was sent is checked." in await read(browser, town.victor)


async def test_a_night_that_is_late_or_stopped_is_told(
    town: Town, browser: Browser, time: Time
) -> None:
    await Provider.filter(id=town.douceur.id).update(clock_waits_for="brake")
    assert "It has stopped and waits for your word." in await read(browser, town.odile)
    time.now += timedelta(days=1)
    await Provider.all().update(clock_waits_for=None)
    assert "The run of 3 March 2026 at 04:00 has not ended yet." in await read(browser, town.odile)
    await Provider.all().update(module_on=False)
    assert "It is switched off" in await read(browser, town.odile)


async def test_a_late_night_is_blamed_on_what_holds_it_up(
    town: Town, browser: Browser, client: Client, time: Time
) -> None:
    time.now += timedelta(days=1)
    assert "has not ended yet. Nobody does the work" in await read(browser, town.odile)
    await note_worker(time.now)
    assert "what waits at Telegram must have arrived" in await read(browser, town.odile)
    await note_started(time.now - HOUR)
    await Bot.all().update(queue_empty_at=time.now - HOUR, last_update_at=time.now)
    text = await read(browser, town.odile)
    assert "It is at work, or a fault in this program left somebody out" in text
    assert "at Telegram must" not in text
    app = client.app
    assert app is not None
    app[STORE].outside.room.folder.rmdir()
    time.now += timedelta(seconds=11)
    assert "while the store of files is away" in await read(browser, town.odile)


async def test_a_telegram_that_does_not_answer_is_told_although_nothing_waits(
    town: Town, browser: Browser
) -> None:
    text = await read(browser, town.odile)
    assert "@antichambre_bot speaks with everybody. Telegram last answered" in text
    await Bot.all().update(last_update_at=NOW - HOUR)
    text = await read(browser, town.odile)
    assert "Telegram does not answer. Telegram last answered 1 hour ago." in text
    assert "speaks with everybody" not in text
    await Bot.all().update(last_update_at=None)
    assert "Telegram has not answered yet." in await read(browser, town.odile)


async def test_late_decisions_and_a_bin_that_is_not_emptied_are_told(
    town: Town, browser: Browser, time: Time
) -> None:
    waits = await a_candidate(town.douceur, "Amina Benali")
    await Decision.create(
        candidate_id=waits.id,
        operator_id=town.odile.id,
        outcome="accept",
        former_status="submitted",
        decided_at=NOW - 3 * HOUR,
        final_at=NOW - 2 * HOUR,
    )
    binned = await a_candidate(town.douceur, "Bruno Petit", status="binned")
    await Candidate.filter(id=binned.id).update(erase_at=NOW - HOUR)
    text = await read(browser, town.odile)
    assert "One decision should have taken effect, for 2 hours." in text
    assert "One person should have left the bin, for 1 hour." in text
    assert "A fault in this program holds them up, and nobody else." in text
    assert "Every decision has taken effect" in await read(browser, town.victor)
    time.now += HOUR
    assert "for 3 hours. One person should" in await read(browser, town.odile)


async def test_messages_of_a_newer_version_are_told_and_blamed_on_nobody(
    town: Town, browser: Browser
) -> None:
    notice = await owed(town.douceur)
    await Notice.filter(id=notice.id).update(kind="of_tomorrow")
    text = await read(browser, town.odile)
    assert "One message was written by a newer version of Antichambre." in text
    assert "Everything that was due has left." in text


async def test_redis_and_the_store_are_looked_at(
    town: Town, browser: Browser, client: Client, settings: object
) -> None:
    async def silent() -> bool:
        return False

    app = client.app
    assert app is not None
    app._state[REDIS] = silent
    app[STORE].outside.room.folder.rmdir()
    text = await read(browser, town.odile)
    assert "Nothing is lost: what is due leaves a second later." in text
    assert "documents cannot be opened for now." in text


async def test_nothing_of_another_provider_is_told(town: Town, browser: Browser) -> None:
    await owed(town.douceur)
    await failed(town.douceur)
    text = await read(browser, town.victor)
    assert "Everything works." in text
    assert "Amina" not in text
    assert "None: every message arrived, or is on its way." in text


async def test_a_refused_message_is_sent_again_once(town: Town, browser: Browser) -> None:
    notice = await failed(town.douceur, error="550 no such mailbox")
    odile = await browser(town.odile)
    text = unescape((await odile.get(ADDRESS)).text)
    assert "Amina Benali" in text
    assert "The mail server refuses this address for good." in text
    page = await odile.post(f"{ADDRESS}/messages/{notice.id}", {"act": "again"})
    assert (page.status, page.to) == (303, f"{ADDRESS}?again=1#failed")
    row = await Notice.get(id=notice.id)
    assert (row.state, row.not_before, row.attempts, row.settled_at) == ("owed", NOW, 0, None)
    line = await Event.get(candidate_id=notice.candidate_id, kind="letter_sent_again")
    assert (line.actor_name, line.after["kind"]) == ("Odile", "corrections")
    again = await odile.post(f"{ADDRESS}/messages/{notice.id}", {"act": "again"})
    assert again.status == 409
    assert await Event.filter(kind="letter_sent_again").count() == 1
    history = await odile.get(f"/candidates/{notice.candidate_id}?tab=history&kind=mails")
    assert "message sent again by hand" in history.text


async def test_a_refused_message_is_set_aside(town: Town, browser: Browser) -> None:
    notice = await failed(town.douceur)
    odile = await browser(town.odile)
    page = await odile.post(f"{ADDRESS}/messages/{notice.id}", {"act": "aside"})
    assert page.to == f"{ADDRESS}?aside=1#failed"
    assert (await Notice.get(id=notice.id)).state == "void"
    assert await Event.exists(candidate_id=notice.candidate_id, kind="letter_set_aside")
    assert "None: every message arrived" in await read(browser, town.odile)


async def test_nothing_is_sent_again_to_somebody_who_blocked_the_bot(
    town: Town, browser: Browser
) -> None:
    notice = await failed(town.douceur, "chat", "the person blocked the bot")
    await Chat.all().update(blocked_at=NOW)
    odile = await browser(town.odile)
    text = (await odile.get(ADDRESS)).text
    assert "This person has blocked the bot." in text
    assert 'value="again"' not in text
    page = await odile.post(f"{ADDRESS}/messages/{notice.id}", {"act": "again"})
    assert page.status == 422
    assert (await Notice.get(id=notice.id)).state == "failed"


async def test_all_that_can_go_is_sent_again(town: Town, browser: Browser) -> None:
    first, second = await failed(town.douceur), await failed(town.douceur, "chat")
    gone = await failed(town.douceur)
    await Notice.filter(id=gone.id).update(candidate_id=None)
    theirs = await failed(town.vert)
    odile = await browser(town.odile)
    assert (await odile.post(f"{ADDRESS}/messages")).to == f"{ADDRESS}?all=1#failed"
    states = {one.id: one.state for one in await Notice.all()}
    assert states == {
        first.id: "owed",
        second.id: "owed",
        gone.id: "failed",
        theirs.id: "failed",
    }


async def test_more_than_the_page_shows_are_all_sent_again(town: Town, browser: Browser) -> None:
    first = await failed(town.douceur)
    columns = {name: getattr(first, name) for name in COPIED}
    more = [
        Notice(**columns, unique_key=f"more{number}", message_id=f"more{number}")
        for number in range(SHOWN + BATCH)
    ]
    await Notice.bulk_create(more)
    odile = await browser(town.odile)
    assert f"The newest {SHOWN} of {len(more) + 1}." in (await odile.get(ADDRESS)).text
    await odile.post(f"{ADDRESS}/messages")
    assert await Notice.filter(state="owed").count() == len(more) + 1


async def test_a_mail_to_an_operator_is_settled_in_the_providers_journal(
    town: Town, browser: Browser
) -> None:
    notice = await failed(town.douceur)
    await Notice.filter(id=notice.id).update(
        candidate_id=None, operator_id=town.oscar.id, kind="invitation"
    )
    odile = await browser(town.odile)
    assert "Oscar" in (await odile.get(ADDRESS)).text
    await odile.post(f"{ADDRESS}/messages/{notice.id}", {"act": "again"})
    assert (await Notice.get(id=notice.id)).state == "owed"
    line = await ProviderEvent.get(kind="letter_sent_again")
    assert (line.provider_id, line.actor_name) == (town.douceur.id, "Odile")


@pytest.mark.parametrize("act", ["again", "aside"])
async def test_another_providers_message_does_not_exist(
    town: Town, browser: Browser, act: str
) -> None:
    notice = await failed(town.douceur)
    victor = await browser(town.victor)
    theirs = await victor.post(f"{ADDRESS}/messages/{notice.id}", {"act": act})
    invented = await victor.post(f"{ADDRESS}/messages/999999999", {"act": act})
    assert theirs.status == invented.status == 404
    assert (await Notice.get(id=notice.id)).state == "failed"


async def test_a_process_is_ready_once_its_store_has_answered(
    town: Town, browser: Browser, client: Client, time: Time
) -> None:
    anybody = await browser()
    app = client.app
    assert app is not None
    folder = app[STORE].outside.room.folder
    folder.rmdir()
    page = await anybody.get("/readyz")
    assert (page.status, "store unavailable" in page.text) == (503, True)
    folder.mkdir()
    time.now += timedelta(seconds=11)
    page = await anybody.get("/readyz")
    assert (page.status, '"store": "ok"' in page.text) == (200, True)
    folder.rmdir()
    time.now += timedelta(seconds=11)
    page = await anybody.get("/readyz")
    assert (page.status, '"store": "away"' in page.text) == (200, True)


async def test_the_oldest_file_counts(town: Town, browser: Browser) -> None:
    amina = await a_candidate(town.douceur, "Amina Benali")
    await sends(amina, "diploma", "checking", NOW - 3 * HOUR)
    await sends(amina, "sirene_notice", "checking", NOW - HOUR)
    assert await Document.all().count() == 2
    text = await read(browser, town.odile)
    assert "2 files wait for their check, the oldest for 3 hours." in text
