"""Buttons that change the application: send it, take it back, keep it, mail the link again."""

from aiogram import F, Router
from aiogram.types import CallbackQuery

from actions import application
from bot.replies import go, here, speaker, where
from bot.visit import Visit
from rules.statuses import has_ended
from words.screen import Reply

router = Router(name="deeds")


@router.callback_query(F.data == "submit")
async def submit(press: CallbackQuery, visit: Visit) -> Reply:
    """Send the application to the operator."""
    await application.submit(visit.chat.candidate_id or "", now=visit.now, at=visit.at)
    return await go(visit, press=press)


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
