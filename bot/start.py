"""/start, alone or with a link; choosing a space; the privacy notice; the language."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import CallbackQuery, Message

from actions import chats
from actions.moves import follow_here
from actions.signup import Arrival, arrive, show_notice_again
from bot import commands
from bot.replies import go, here, stale, where
from bot.visit import Visit
from rules import asking
from rules.asking import read
from rules.place import changeable_document, changeable_field, notice_is_old
from rules.vocabulary import Language
from words.chat.buttons import matches
from words.links import read_into_space
from words.screen import Reply

router = Router(name="start")

KEPT_STEPS = frozenset({asking.WELCOME, asking.ANSWER, asking.DOCUMENT, asking.PAGES})
"""Where somebody who returns by the link goes on; from elsewhere, to what comes next."""
NOWHERE = {
    "dead": asking.DEAD_LINK,
    "renewed": asking.RENEWED_LINK,
    "closed": asking.CLOSED,
}


# Whether a mention is the bot’s own would be asked of Telegram, inside the transaction.
@router.message(CommandStart(ignore_mention=True))
async def start(message: Message, command: CommandObject, visit: Visit) -> Reply:
    """Come in, or come back."""
    payload = (command.args or "").strip()
    if not payload:
        return await _come_back(visit)
    before = visit.chat.candidate_id
    arrival = await arrive(visit.bot, visit.chat, payload, now=visit.now, at=visit.at)
    into = read_into_space(payload) if arrival.coming == "dead" else None
    if into is not None:
        return await _into_space(visit, *into)
    return await _arrived(visit, arrival, before)


async def _come_back(visit: Visit) -> Reply:
    place = await where(visit)
    if place.several:
        return await go(visit, asking.SPACES)
    if place.dossier is None and len(place.spaces) == 1:
        await chats.enter(visit.chat, place.spaces[0].candidate_id)
    return await _go_on(visit)


async def _arrived(visit: Visit, arrival: Arrival, before: str | None) -> Reply:
    if arrival.coming in NOWHERE:
        return await go(visit, NOWHERE[arrival.coming], arrival.provider_id or "")
    if arrival.coming == "signed_up":
        return await go(visit, asking.WELCOME)
    if visit.chat.candidate_id != before:
        visit.chat.asking = asking.NEXT
    return await _go_on(visit)


async def _go_on(visit: Visit) -> Reply:
    if notice_is_old(await where(visit)):
        await show_notice_again(visit.chat, now=visit.now, at=visit.at)
        return await go(visit, asking.WELCOME)
    if read(visit.chat.asking).step in KEPT_STEPS:
        return await here(visit)
    return await go(visit)


async def _into_space(visit: Visit, candidate_id: str, key: str) -> Reply:
    """A mailed link to an item of one's own space; of somebody else's, it is a dead link."""
    if not await chats.enter(visit.chat, candidate_id) and not await follow_here(
        visit.bot, visit.chat, candidate_id, now=visit.now, at=visit.at
    ):
        return await go(visit, asking.DEAD_LINK)
    place = await where(visit)
    if place.dossier is not None and key:
        if document := matches(key, place.dossier.document_types):
            if changeable_document(place.dossier, document.key):
                return await go(visit, asking.DOCUMENT, document.key)
        elif (field := matches(key, place.dossier.fields)) and changeable_field(
            place.dossier, field.key
        ):
            return await go(visit, asking.ANSWER, field.key)
    return await go(visit)


@router.callback_query(F.data == "begin")
async def begin(press: CallbackQuery, visit: Visit) -> Reply:
    """The notice was read; it stays above the first question."""
    if read(visit.chat.asking).step == asking.WELCOME:
        visit.chat.asking = ""
    return await here(visit)


@router.callback_query(F.data.startswith("space:"))
async def choose_space(press: CallbackQuery, visit: Visit) -> Reply:
    """Go to another of one's spaces."""
    if not await chats.enter(visit.chat, (press.data or "").partition(":")[2]):
        return await stale(visit, press)
    return await go(visit, press=press)


@router.callback_query(F.data.startswith("lang:"))
async def choose_language(press: CallbackQuery, visit: Visit) -> Reply:
    """Speak another language, and go on where one was."""
    code = (press.data or "").partition(":")[2]
    if code not in set(Language):
        return await stale(visit, press)
    await chats.set_language(visit.chat, code, now=visit.now, at=visit.at)
    if read(visit.chat.asking).step == asking.LANGUAGE:
        visit.chat.asking = ""
    return await here(visit, press=press)


@router.message(Command(*commands.STEPS, ignore_case=True, ignore_mention=True))
async def command(message: Message, command: CommandObject, visit: Visit) -> Reply:
    """A part of the space, by its command."""
    step = commands.STEPS[command.command.lower()]
    if visit.chat.candidate_id is None and step not in (asking.HELP, asking.LANGUAGE):
        return await go(visit)
    return await go(visit, step)
