"""What no honest phone sends: forged buttons, contacts, payloads; edits after the end."""

from __future__ import annotations

import itertools
import time
from typing import Any

from bot.door import Answer
from models.tables import (
    Answer as Given,
)
from models.tables import (
    Candidate,
    KeptUpdate,
    LooseMessage,
    Message,
    Provider,
)
from tests.bot.conftest import House, Person, link
from tests.bot.journeys import begin, say_who
from tests.web.rows import everything, naming

numbers = itertools.count(900_000)
MARK = "Marqueur secret d’Amina"


async def forges(house: House, person: Person, **event: Any) -> None:
    """An update that says it comes from this person; whatever is in it, no bug."""
    sender = {"id": person.phone.id, "is_bot": False, "first_name": "Bruno"}
    chat = {"id": person.phone.id, "type": "private", "first_name": "Bruno"}
    message = {"message_id": next(numbers), "date": int(time.time()), "chat": chat}
    (name, fields), *_ = event.items()
    body: dict[str, Any] = {"from": sender, **message, **fields}
    if name == "callback_query":
        body = {"id": "1", "from": sender, "chat_instance": "1", **fields}
        body["message"] = {**message, "text": "x"}
    update = {"update_id": next(numbers), name: body}
    assert await house.door.handle(house.bot, update) is Answer.DONE


async def amina_with_words_that_wait(amina: Person, douceur: Provider) -> tuple[str, str]:
    """Her id, and that of words of hers that have no place yet."""
    await begin(amina, douceur)
    await say_who(amina)
    await Candidate.all().update(status="submitted")
    await amina.say("/start")
    await amina.say(MARK)
    return (await amina.candidate(douceur)).id, (await LooseMessage.get()).id


async def test_a_forged_button_reaches_nobody_elses_space(
    house: House, amina: Person, bruno: Person, douceur: Provider, vert: Provider
) -> None:
    hers, loose = await amina_with_words_that_wait(amina, douceur)
    await begin_english(bruno, vert)
    theirs = (hers, loose, str(amina.phone.id))
    before = naming(await everything(), theirs)
    for data in (
        f"space:{hers}",
        f"tell:{loose}",
        f"put:{loose}:identity",
        f"put:{loose}",
        f"ask:{hers}",
        f"go:summary:{hers}",
        f"doc:{loose}",
        "erase:now",
        "export" * 10,
        "space:" + "a" * 58,
        "tell:" + "é" * 29,
        "put:" + ":" * 60,
        "space:'; DROP TABLE candidate; --",
        "pick:work_status",
        "tick::",
        "go:",
        "lang:<b>",
        ":",
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    ):
        await forges(house, bruno, callback_query={"data": data})
        assert naming(await everything(), theirs) == before, data
    assert not await KeptUpdate.exists(), "kept updates are bugs"
    said = " ".join(one.text for one in await bruno.bot_messages())
    assert MARK not in said
    assert "Benali" not in said


async def begin_english(person: Person, provider: Provider) -> None:
    await person.follow(await link(provider))
    await person.press("Start")


async def test_a_forged_payload_is_a_dead_link(
    house: House, amina: Person, bruno: Person, douceur: Provider, vert: Provider
) -> None:
    hers, loose = await amina_with_words_that_wait(amina, douceur)
    await begin_english(bruno, vert)
    theirs = (hers, loose, str(amina.phone.id))
    before = naming(await everything(), theirs)
    for payload in (
        f"c-{hers}",
        f"c-{hers}-email",
        "c-" + "a" * 62,
        "c-" + "é" * 300,
        "c-",
        "c--",
        "' OR '1'='1",
        "<b>bold</b>",
        "../../etc/passwd",
        "x" * 4000,
    ):
        await forges(house, bruno, message={"text": f"/start {payload}"})
        last = (await bruno.last()).text
        assert payload not in last
        assert MARK not in last
        assert naming(await everything(), theirs) == before, payload
    assert not await KeptUpdate.exists(), "kept updates are bugs"


async def test_somebody_elses_contact_is_no_answer(
    house: House, bruno: Person, amina: Person, vert: Provider
) -> None:
    await begin_english(bruno, vert)
    for contact in (
        {"phone_number": "+33612345678", "first_name": "A", "user_id": amina.phone.id},
        {"phone_number": "+33612345678", "first_name": "A"},
        {"phone_number": "<b>", "first_name": "A", "user_id": bruno.phone.id},
    ):
        await forges(house, bruno, message={"contact": contact})
    assert not await Given.filter(key="phone").exists()
    assert not await KeptUpdate.exists()


async def test_a_message_cannot_be_edited_once_the_space_is_closed(
    amina: Person, douceur: Provider
) -> None:
    """What the operators decided upon stays as they read it."""
    await begin(amina, douceur)
    await amina.say("/messages")
    number = await amina.phone.send("Je suis libre lundi.")
    await amina.answered()
    await Candidate.all().update(status="binned")
    before = (await amina.candidate(douceur)).version
    await amina.phone.edit(number, "Je n’ai jamais écrit cela.")
    await amina.answered()
    assert (await Message.get()).text == "Je suis libre lundi."
    assert (await amina.candidate(douceur)).version == before
    assert not await KeptUpdate.exists()
