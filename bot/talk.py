"""Words: answers to what is asked, messages to the operator, and whatever nobody asked for."""

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from actions import loose, messages
from bot.answers import give
from bot.replies import answer, go, here, speaker, stale, unheard, where
from bot.visit import Visit
from rules import asking
from rules.place import asked_field, is_gone
from rules.statuses import is_closed
from words.chat import talk
from words.chat.drawing import noted
from words.screen import Reply

router = Router(name="talk")


@router.message(F.text.startswith("/"))
async def unknown_command(message: Message, visit: Visit) -> Reply:
    """A command that does not exist: what does."""
    _ = speaker(visit)
    note = _("This command is not known here.")
    return await go(visit, asking.HELP, note=note)


@router.message(F.text)
async def text(message: Message, visit: Visit) -> Reply:
    """An answer, a message, or words that look for their place."""
    place, words = await where(visit), (message.text or "").replace("\0", "")
    if place.dossier is None or is_closed(place.dossier):
        return await unheard(visit, place)
    if place.asking.step == asking.MESSAGES:
        return await _deliver(visit, words, message.message_id)
    rule = asked_field(place)
    if rule is not None:
        return await give(visit, place, rule, words, typed=True)
    kept = await loose.put_aside(
        place.dossier.candidate.id, message.message_id, at=visit.at, text=words
    )
    _ = speaker(visit)
    note = _("This question is no longer asked.") if is_gone(place) else ""
    return answer(visit, noted(talk.unknown_text(place, kept.id), note))


async def _deliver(
    visit: Visit, words: str, message_id: int, press: CallbackQuery | None = None
) -> Reply:
    await messages.receive(
        visit.chat.candidate_id or "", words, message_id, now=visit.now, at=visit.at
    )
    visit.chat.asking = asking.MESSAGES
    return answer(visit, talk.messages(await where(visit), sent=True), press=press)


@router.callback_query(F.data.startswith("tell:"))
async def tell(press: CallbackQuery, visit: Visit) -> Reply:
    """Send words that were kept to the operator after all."""
    piece = await loose.find(visit.chat.candidate_id or "", (press.data or "").partition(":")[2])
    if piece is None or not piece.text:
        return await stale(visit, press)
    reply = await _deliver(visit, piece.text, piece.message_id, press)
    if not piece.file:
        await loose.let_go(piece)
    return reply


@router.edited_message(F.text)
async def edited(message: Message, visit: Visit) -> Reply:
    """An edited message to the operator is edited there too; an answer is changed in its list."""
    changed = await messages.edit(
        visit.bot.id,
        visit.chat.user_id,
        message.message_id,
        message.text or "",
        now=visit.now,
        at=visit.at,
    )
    if changed:
        _ = speaker(visit)
        place = await where(visit)
        note = _("✏️ Your message to {provider} has been changed too.", provider=place.provider)
        return await here(visit, note=note)
    kept = await loose.rewrite(
        visit.chat.candidate_id or "", message.message_id, message.text or ""
    )
    if kept is not None:
        return answer(visit, talk.unknown_text(await where(visit), kept.id))
    return answer(visit, talk.not_a_message(await where(visit)))


@router.edited_message()
async def edited_otherwise(message: Message, visit: Visit) -> Reply:
    """A caption or a shared position that changed: nothing that was used."""
    return Reply()
