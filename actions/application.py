"""The candidate's own deeds on their application: send, submit, take back, keep."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from actions.decisions import cancel_pending
from actions.deeds import Actor, Deed, deed
from actions.documents import Received, SentFile, receive, remove_document
from actions.search import index
from models.reads.requirements import set_aside
from models.tables import Answer, Candidate, Decision
from rules.checklist import sent_but_hidden
from rules.dossier import Dossier
from rules.errors import Refusal
from rules.history import EventKind
from rules.notices import NoticeKind
from rules.statuses import SpaceClosed, check_submit, check_take_back, closed
from rules.vocabulary import ActorKind, DecisionState, Status

MAILS_A_DAY = 3
"""Activation mails that a candidate may ask for."""


class NothingToConfirm(Refusal):
    """Another activation mail for a confirmed account, or without an address."""

    sentence = "There is nothing to confirm: your account is confirmed, or no address is known."


class EnoughMails(Refusal):
    """More activation mails than a day allows."""

    sentence = (
        "We have sent this mail several times today. Please look into your spam folder, "
        "check your address, or try again tomorrow."
    )


@asynccontextmanager
async def act(candidate_id: str, now: datetime, at: datetime) -> AsyncIterator[Deed]:
    """A deed of the candidate: the journal names them as they were called then.

    Args:
        at: Telegram's date of the act; deletion counts from there.
    """
    async with deed(candidate_id, Actor(ActorKind.CANDIDATE, candidate_id), now) as doing:
        row = doing.candidate
        doing.actor = Actor(
            ActorKind.CANDIDATE, candidate_id, f"{row.first_name} {row.last_name}".strip()
        )
        doing.restart_clock(at)
        yield doing


def activation_due(doing: Deed) -> bool:
    """Accounts are activated once the space is open."""
    open_ = doing.candidate.status == Status.ACCEPTED or not doing.provider.module_on
    return open_ and doing.candidate.account_confirmed_at is None


async def send_document(
    candidate_id: str,
    key: str,
    sent: SentFile,
    *,
    now: datetime,
    at: datetime,
    new_version: bool = True,
) -> Received:
    """Accept a file for a document, and cancel the decision that it comes too late for.

    Raises:
        NoSuchDocument, Locked, SpaceClosed, FileTooLarge, EmptyFile, TooManyPages.
    """
    row = await Candidate.filter(id=candidate_id).first()
    name = f"{row.first_name} {row.last_name}".strip() if row else ""
    actor = Actor(ActorKind.CANDIDATE, candidate_id, name)
    received = await receive(candidate_id, key, sent, actor, now, at, new_version=new_version)
    if not received.repeated and await Decision.exists(
        candidate_id=candidate_id, state=DecisionState.PENDING
    ):
        async with act(candidate_id, now, at) as doing:
            await cancel_pending(doing)
    return received


async def submit(candidate_id: str, *, now: datetime, at: datetime) -> None:
    """Send the application to the operator; what no longer applies is erased now.

    Raises:
        NotYourTurn, ConditionNotMet, FileStillChecked, NotComplete.
    """
    async with act(candidate_id, now, at) as doing:
        dossier = await doing.dossier()
        check_submit(dossier)
        await cancel_pending(doing)
        await _erase_hidden(doing, dossier)
        await index(doing.candidate)
        candidate = doing.candidate
        candidate.work_status = dossier.candidate.work_status
        candidate.submitted_at = now
        candidate.unlocked = []
        await _move(doing, Status.SUBMITTED, EventKind.SUBMITTED)


async def _erase_hidden(doing: Deed, dossier: Dossier) -> None:
    """Erase what the person's own changes made superfluous; never what the provider changed."""
    hidden = sent_but_hidden(dossier)
    kept = await set_aside(doing.candidate.id) if hidden else frozenset()
    for key in hidden:
        if key in kept:
            continue
        if key in dossier.documents:
            await remove_document(doing, key)
            continue
        await Answer.filter(candidate_id=doing.candidate.id, key=key).delete()
        await doing.record(
            EventKind.ANSWER_REMOVED, key, before=dossier.answers[key].value, after=None
        )


async def take_back(candidate_id: str, *, now: datetime, at: datetime) -> None:
    """Take a submitted application back, to change it.

    Raises:
        NothingToTakeBack.
    """
    async with act(candidate_id, now, at) as doing:
        check_take_back(await doing.dossier())
        await cancel_pending(doing)
        await _move(doing, Status.INCOMPLETE, EventKind.TAKEN_BACK)


async def _move(doing: Deed, status: Status, kind: EventKind) -> None:
    former, doing.candidate.status = doing.candidate.status, status
    doing.candidate.status_since = doing.now
    await doing.record(kind, before={"status": former}, after={"status": status})


async def keep(candidate_id: str, *, now: datetime, at: datetime) -> None:
    """The candidate asks to keep the application: an act, deletion counts from it.

    Raises:
        SpaceClosed: It is in the bin, and pressing a button does not take it out.
    """
    async with act(candidate_id, now, at) as doing:
        if doing.candidate.status == Status.BINNED:
            raise SpaceClosed
        await doing.record(EventKind.KEPT, after={"by": "chat"})


async def resend_activation(candidate_id: str, *, now: datetime, at: datetime) -> None:
    """Mail the activation link again, a few times a day at most.

    Raises:
        NothingToConfirm, EnoughMails.
    """
    async with act(candidate_id, now, at) as doing:
        candidate = doing.candidate
        if closed(candidate.status, candidate.ended_at):
            raise SpaceClosed
        if not activation_due(doing) or not candidate.email:
            raise NothingToConfirm
        day = now.astimezone(ZoneInfo(doing.provider.timezone)).date()
        for number in range(MAILS_A_DAY):
            if await doing.owe(NoticeKind.ACTIVATION, once=f"again:{day}:{number}"):
                return
        raise EnoughMails
