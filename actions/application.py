"""The candidate's own deeds on their application: answer, skip, submit, take back, keep."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from actions.decisions import cancel_pending
from actions.deeds import Actor, Deed, deed
from actions.documents import Received, SentFile, receive, remove_document
from actions.search import index
from models.tables import Answer, Candidate, Decision
from rules.answers import SENSITIVE_KINDS, Question, Value, masked, parse, parse_text
from rules.checklist import WORK_STATUS, applies, sent_but_hidden
from rules.dossier import Dossier, FieldRule
from rules.errors import Refusal
from rules.history import EventKind
from rules.notices import NoticeKind
from rules.statuses import SpaceClosed, check_change, check_submit, check_take_back
from rules.vocabulary import ActorKind, DecisionState, Status
from store.sealing import keyring

COPIED = ("first_name", "last_name", "email", WORK_STATUS)
"""Answers that the candidate's row repeats, for lists and letters."""


SEARCHED = ("phone", "siret")
"""Kinds of answers by which an operator finds somebody, besides the copied ones."""

MAILS_A_DAY = 3
"""Activation mails that a candidate may ask for."""


class NoLongerAsked(Refusal):
    """An answer to a question that this candidate is not asked (any more)."""

    sentence = "This question is no longer asked. Here is where you are now."


class CannotSkip(Refusal):
    """Skipping a required question."""

    sentence = "This answer is needed to go on, so it cannot be skipped."


class NothingToConfirm(Refusal):
    """Another activation mail for a confirmed account, or without an address."""

    sentence = "There is nothing to confirm: your account is confirmed, or no address is known."


class EnoughMails(Refusal):
    """More activation mails than a day allows."""

    sentence = (
        "We have sent this mail several times today. Please look into your spam folder, "
        "check your address, or try again tomorrow."
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer."""

    key: str
    value: Value
    """Normalised, and masked when the kind is sensitive."""
    changed: bool


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


async def answer(
    candidate_id: str,
    key: str,
    raw: object,
    *,
    language: str,
    now: datetime,
    at: datetime,
    typed: bool = False,
) -> Answered:
    """Give or change an answer.

    Args:
        raw: what was picked (see rules.answers.parse), or what was typed.
        typed: `raw` is text as people write it in a chat.

    Raises:
        NoLongerAsked, Locked, SpaceClosed, InvalidAnswer.
    """
    async with act(candidate_id, now, at) as doing:
        rule = await _question(doing, key)
        today = now.astimezone(ZoneInfo(doing.provider.timezone)).date()
        if typed:
            value = parse_text(rule.question, str(raw), today, language)
        else:
            value = parse(rule.question, raw, today, language)
        return await _keep(doing, rule.question, value)


async def skip(candidate_id: str, key: str, *, now: datetime, at: datetime) -> Answered:
    """Leave an optional question without an answer.

    Raises:
        NoLongerAsked, Locked, SpaceClosed, CannotSkip.
    """
    async with act(candidate_id, now, at) as doing:
        rule = await _question(doing, key)
        if rule.required:
            raise CannotSkip
        return await _keep(doing, rule.question, None)


async def _question(doing: Deed, key: str) -> FieldRule:
    dossier = await doing.dossier()
    rule = dossier.rule(key)
    if not isinstance(rule, FieldRule) or not applies(dossier, rule):
        raise NoLongerAsked
    check_change(dossier, key)
    return rule


async def _keep(doing: Deed, question: Question, value: Value) -> Answered:
    """Write an answer, its event and its copies; nothing when it is what it was."""
    row = await Answer.filter(candidate_id=doing.candidate.id, key=question.key).first()
    shown = masked(question, value)
    told = (await doing.dossier()).answers.get(question.key)
    sensitive = question.kind in SENSITIVE_KINDS and value is not None
    if row is not None and not sensitive and row.value == value:
        return Answered(question.key, shown, changed=False)
    kept: Any = _sealed(doing.candidate.id, question, value) if sensitive else value
    if row is None:
        await Answer.create(
            candidate_id=doing.candidate.id, key=question.key, value=kept, answered_at=doing.now
        )
    else:
        row.value, row.answered_at = kept, doing.now
        await row.save()
    await doing.record(
        _kind(row, value), question.key, before=told.value if told else None, after=shown
    )
    await cancel_pending(doing)
    if question.key in COPIED:
        await _copy(doing, question.key, value)
    if question.key in COPIED or question.kind in SEARCHED:
        await index(doing.candidate)
    return Answered(question.key, shown, changed=True)


def _kind(former: Answer | None, value: Value) -> EventKind:
    if value is None:
        return EventKind.ANSWER_SKIPPED
    return EventKind.ANSWER_GIVEN if former is None else EventKind.ANSWER_CHANGED


def sealing_purpose(candidate_id: str, key: str) -> str:
    """What a sensitive answer is sealed for: it opens nowhere else."""
    return f"answer:{candidate_id}:{key}"


def _sealed(candidate_id: str, question: Question, value: Value) -> dict[str, Value]:
    box = keyring().seal_text(str(value), sealing_purpose(candidate_id, question.key))
    return {"sealed": box, "masked": masked(question, value)}


async def _copy(doing: Deed, key: str, value: Value) -> None:
    """Repeat a core answer on the candidate's row; a new address has to prove itself again."""
    candidate, text = doing.candidate, str(value) if value is not None else ""
    if key == WORK_STATUS:
        candidate.work_status = text or None
        return
    former = candidate.email
    setattr(candidate, key, text)
    if key == "email" and text != former:
        candidate.email_confirmed_at = None
        candidate.email_refused_at = None
        candidate.email_failing_since = None
        await _prove_address(doing, former)


async def _prove_address(doing: Deed, former: str) -> None:
    """Mail the new address: the activation where it is due, else a request to confirm it."""
    once = f"address:{doing.candidate.version}"
    if _activation_due(doing):
        await doing.owe(NoticeKind.ACTIVATION, once=once)
    elif former:
        await doing.owe(NoticeKind.EMAIL_CONFIRMATION, once=once)


def _activation_due(doing: Deed) -> bool:
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
    for key in sent_but_hidden(dossier):
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
    """The candidate asks to keep the application: an act, deletion counts from it."""
    async with act(candidate_id, now, at) as doing:
        await doing.record(EventKind.KEPT, after={"by": "chat"})


async def resend_activation(candidate_id: str, *, now: datetime, at: datetime) -> None:
    """Mail the activation link again, a few times a day at most.

    Raises:
        NothingToConfirm, EnoughMails.
    """
    async with act(candidate_id, now, at) as doing:
        candidate = doing.candidate
        if candidate.status == Status.BINNED:
            raise SpaceClosed
        if not _activation_due(doing) or not candidate.email:
            raise NothingToConfirm
        day = now.astimezone(ZoneInfo(doing.provider.timezone)).date()
        for number in range(MAILS_A_DAY):
            if await doing.owe(NoticeKind.ACTIVATION, once=f"again:{day}:{number}"):
                return
        raise EnoughMails
