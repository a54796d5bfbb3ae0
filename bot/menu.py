"""Buttons that lead to a part of the space."""

from aiogram import F, Router
from aiogram.types import CallbackQuery

from bot.replies import go, speaker, stale, where, without_keyboard
from bot.visit import Visit
from rules import asking
from rules.place import asked_document
from words.chat import papers
from words.chat.buttons import KEPT_NUMBER
from words.screen import Reply

router = Router(name="menu")

OPEN_TO = {
    "next": asking.NEXT,
    **{
        step: step
        for step in (
            asking.INFOS,
            asking.DOCUMENTS,
            asking.MESSAGES,
            asking.HELP,
            asking.LANGUAGE,
            asking.RIGHTS,
            asking.SUMMARY,
            asking.SPACES,
        )
    },
}


@router.callback_query(F.data.startswith("go:"))
async def go_to(press: CallbackQuery, visit: Visit) -> Reply:
    """`go:<step>` or `go:infos:<page>`."""
    _, step, argument = [*(press.data or "").split(":", 2), ""][:3]
    if step not in OPEN_TO:
        return await stale(visit, press)
    if argument == KEPT_NUMBER:
        _ = speaker(visit)
        return without_keyboard(_("All right, your number stays as it is."), await go(visit))
    note = await _receipt(visit) if OPEN_TO[step] == asking.NEXT else ""
    return await go(visit, OPEN_TO[step], "", argument[:4], note=note, press=press)


async def _receipt(visit: Visit) -> str:
    """What was received stays said when the next screen takes its place."""
    place = await where(visit)
    rule = asked_document(place)
    return papers.receipt(place, rule) if place.asking.step == asking.PAGES and rule else ""
