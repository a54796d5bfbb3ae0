"""Buttons that change the application: send it, take it back, keep it, mail the link again."""

from aiogram import F, Router
from aiogram.types import CallbackQuery

from actions import application, loose
from bot.replies import answer, go, here, speaker, where
from bot.visit import Visit
from rules.journey import wanted_documents
from rules.place import step
from rules.statuses import has_ended
from words.chat import papers
from words.screen import Reply, Screen

router = Router(name="deeds")


@router.callback_query(F.data.in_({"submit", papers.SEND_ALL_THE_SAME}))
async def submit(press: CallbackQuery, visit: Visit) -> Reply:
    """Send the application to the operator; a file without a place is asked about before."""
    if press.data == "submit" and (asked := await _unplaced(visit)):
        return answer(visit, asked, press=press)
    await application.submit(visit.chat.candidate_id or "", now=visit.now, at=visit.at)
    return await go(visit, press=press)


async def _unplaced(visit: Visit) -> Screen | None:
    """Where a file goes that was sent out of the blue, if everything else is there."""
    place = await where(visit)
    if (
        place.dossier is None
        or step(place).kind != "submit"
        or not wanted_documents(place.dossier)
    ):
        return None
    piece = await loose.unplaced_file(place.dossier.candidate.id)
    return papers.offer(place, piece.id, caption=bool(piece.text), sending=True) if piece else None


@router.callback_query(F.data == "takeback")
async def take_back(press: CallbackQuery, visit: Visit) -> Reply:
    """Take it back, to change something."""
    await application.take_back(visit.chat.candidate_id or "", now=visit.now, at=visit.at)
    _ = speaker(visit)
    toast = _("You can change your application again. Send it when you are ready.")
    note = _("↩️ Your application is no longer sent: nobody looks at it before you send it again.")
    return await go(visit, note=note, toast=toast, press=press)


@router.callback_query(F.data == "keep")
async def keep(press: CallbackQuery, visit: Visit) -> Reply:
    """One step is enough to keep an application from deletion; the reminder stays readable."""
    await application.keep(visit.chat.candidate_id or "", now=visit.now, at=visit.at)
    _ = speaker(visit)
    place = await where(visit)
    ended = place.dossier is not None and has_ended(place.dossier)
    application_is = _("Thank you: your application is kept.")
    toast = _("Thank you: your data is kept.") if ended else application_is
    return await here(visit, note=toast, toast=toast)


@router.callback_query(F.data == "resend")
async def resend(press: CallbackQuery, visit: Visit) -> Reply:
    """Mail the activation link again."""
    await application.resend_activation(visit.chat.candidate_id or "", now=visit.now, at=visit.at)
    _ = speaker(visit)
    toast = _("The mail is on its way. Look into your spam folder too.")
    return await here(visit, toast=toast, press=press)
