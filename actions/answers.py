"""Answers of a candidate: given, changed, left out; copied and sealed where they have to be."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from actions.application import act, activation_due
from actions.decisions import cancel_pending
from actions.deeds import Deed
from actions.search import index
from models.tables import Answer
from rules.answers import SENSITIVE_KINDS, Question, Value, masked, parse, parse_text
from rules.checklist import WORK_STATUS, applies
from rules.dossier import FieldRule
from rules.errors import Refusal
from rules.history import EventKind
from rules.notices import NoticeKind
from rules.statuses import check_change
from store.sealing import keyring

COPIED = ("first_name", "last_name", "email", WORK_STATUS)
"""Answers that the candidate's row repeats, for lists and letters."""

FOUND_BY = ("first_name", "last_name", "email")
SEARCHED = ("phone", "siret")
"""Answers by which an operator finds somebody: these keys, and these kinds."""


class NoLongerAsked(Refusal):
    """An answer to a question that this candidate is not asked (any more)."""

    sentence = "This question is no longer asked. Here is where you are now."


class CannotSkip(Refusal):
    """Skipping a required question."""

    sentence = "This answer is needed to go on, so it cannot be skipped."


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer."""

    key: str
    value: Value
    """Normalised, and masked when the kind is sensitive."""
    changed: bool
    mailed: bool = False
    """It is an address, to which a mail leaves that asks to confirm it."""


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
    dossier = await doing.dossier()
    told = dossier.answers.get(question.key)
    row = await _row(doing, question.key) if told else None
    shown = masked(question, value)
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
    if dossier.pending:
        await cancel_pending(doing)
    mailed = question.key in COPIED and await _copy(doing, question.key, value)
    if question.key in FOUND_BY or question.kind in SEARCHED:
        await index(doing.candidate)
    return Answered(question.key, shown, changed=True, mailed=mailed)


async def _row(doing: Deed, key: str) -> Answer | None:
    return await Answer.filter(candidate_id=doing.candidate.id, key=key).first()


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


async def _copy(doing: Deed, key: str, value: Value) -> bool:
    """Repeat a core answer on the candidate's row; whether a new address is to prove itself."""
    candidate, text = doing.candidate, str(value) if value is not None else ""
    if key == WORK_STATUS:
        candidate.work_status = text or None
        return False
    former = candidate.email
    setattr(candidate, key, text)
    if key != "email" or text == former:
        return False
    candidate.email_confirmed_at = None
    candidate.email_refused_at = None
    candidate.email_failing_since = None
    return await _prove_address(doing, former)


async def _prove_address(doing: Deed, former: str) -> bool:
    """Mail the new address: the activation where it is due, else a request to confirm it."""
    once = f"address:{doing.candidate.version}"
    if activation_due(doing):
        await doing.owe(NoticeKind.ACTIVATION, once=once)
    elif former:
        await doing.owe(NoticeKind.EMAIL_CONFIRMATION, once=once)
    else:
        return False
    return True
