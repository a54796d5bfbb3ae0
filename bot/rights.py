"""One's rights: a copy of everything, the erasure of everything."""

from aiogram import F, Router
from aiogram.types import CallbackQuery

from actions import rights as deeds
from actions.deeds import Actor
from actions.erasure import Reason
from actions.erasure import erase as erase_candidate
from bot.replies import answer, go, stale, where
from bot.visit import Visit
from rules import asking
from rules.asking import Asking, read
from rules.vocabulary import ActorKind
from words.chat import rights
from words.chat.current import current
from words.screen import Reply

router = Router(name="rights")

SURE = "sure"


@router.callback_query(F.data == "export")
async def export(press: CallbackQuery, visit: Visit) -> Reply:
    """A copy, as files: a job makes it."""
    await deeds.ask_for_copy(visit.chat.candidate_id or "", now=visit.now, at=visit.at)
    return answer(visit, rights.export(await where(visit)), press=press)


@router.callback_query(F.data == "erase")
async def erase(press: CallbackQuery, visit: Visit) -> Reply:
    """Asked a first time."""
    return await go(visit, asking.ERASE, press=press)


@router.callback_query(F.data == "erase:sure")
async def erase_sure(press: CallbackQuery, visit: Visit) -> Reply:
    """Asked a second time."""
    if read(visit.chat.asking).step != asking.ERASE:
        return await stale(visit, press)
    return await go(visit, asking.ERASE, SURE, press=press)


@router.callback_query(F.data == "erase:now")
async def erase_now(press: CallbackQuery, visit: Visit) -> Reply:
    """Confirmed twice, in this order, just now: an old button erases nobody."""
    place = await where(visit)
    if place.dossier is None or place.asking != Asking(asking.ERASE, SURE):
        return await stale(visit, press)
    candidate = place.dossier.candidate
    actor = Actor(ActorKind.CANDIDATE, candidate.id, candidate.name)
    await erase_candidate(candidate.id, Reason.OWN_WISH, actor, visit.now, chat=visit.chat)
    # Only this screen names the provider; nothing of it stays in the chat's row.
    visit.chat.asking = str(Asking(asking.ERASED, place.dossier.policy.provider_id))
    screens = current(await where(visit))
    visit.chat.asking = ""
    return answer(visit, *screens, press=press)
