"""Verdicts of operators on documents: validate, reject, withdraw, set the expiry date."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from actions.deeds import Actor, Deed, deed
from actions.documents import destroy_files
from actions.merging import owe_note, take_back_note
from models.tables import Document, Event
from rules import reviews as rules
from rules import verifying
from rules.dossier import DocumentFacts, DocumentRule, Dossier
from rules.history import EventKind
from rules.retention_run import local_date
from rules.statuses import ChangedMeanwhile
from rules.vocabulary import DocumentState


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One document in front of one operator.

    seen: the mark (rules.reviews.mark) of the document that the operator's page showed.
    """

    provider_id: str
    candidate_id: str
    key: str
    seen: str


@dataclass(frozen=True, slots=True)
class _Review:
    """An open verdict: everything locked and checked."""

    doing: Deed
    dossier: Dossier
    rule: DocumentRule
    facts: DocumentFacts
    row: Document

    @property
    def today(self) -> date:
        return local_date(self.doing.now, self.zone)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.doing.provider.timezone)


async def validate(
    judged: Judged,
    actor: Actor,
    now: datetime,
    *,
    expires_on: date | None = None,
    bears_none: bool = False,
    noted: Mapping[str, str] | None = None,
) -> None:
    """Validate the newest version of a document; one to view and forget is destroyed with it.

    bears_none: no expiry date is written on it.
    noted: what was verified (`rules.verifying.noted`): all that stays of the latter.

    Raises NotReviewable, ExpiryNeeded, AlreadyExpired, NothingVerified, AlreadyDestroyed,
    DecisionPending, AlreadyBinned, ChangedMeanwhile, NoSuchCandidate.
    """
    async with _review(judged, actor, now) as review:
        verifying.check_there(review.facts)
        if review.rule.view_and_forget and not noted:
            raise verifying.NothingVerified
        sent_on = local_date(review.facts.sent_at, review.zone)
        expires = rules.expiry(
            review.rule, expires_on, sent_on, review.today, bears_none=bears_none
        )
        await take_back_note(review.doing, judged.key)
        await _judge(
            review,
            EventKind.DOCUMENT_VALIDATED,
            DocumentState.VALIDATED,
            expires_on=expires,
            noted=noted or {},
        )
        if review.rule.view_and_forget:
            files = await destroy_files(review.doing, review.row)
            after = {"version": review.row.version, "files": files}
            await review.doing.record(EventKind.DOCUMENT_DESTROYED, judged.key, after=after)


async def reject(
    judged: Judged,
    actor: Actor,
    now: datetime,
    *,
    reason_key: str | None = None,
    reason: str = "",
    grace: timedelta = timedelta(0),
) -> None:
    """Reject it, with a reason of the provider's list, free words, or both.

    Somebody who can send it again now is told; of a submitted application nothing is told before
    the decision. grace: how long that waits for other rejected documents, to be one message.

    Raises what `validate` raises, and RejectionReasonNeeded, TooLong.
    """
    async with _review(judged, actor, now) as review:
        language = review.doing.candidate.language
        words, advice = rules.rejection_words(review.rule, reason_key, reason, language)
        await take_back_note(review.doing, judged.key)
        event = await _judge(
            review,
            EventKind.DOCUMENT_REJECTED,
            DocumentState.REJECTED,
            reason_key=reason_key or None,
            reason=words,
        )
        if rules.told_at_once(review.dossier, review.rule):
            facts = {
                "key": review.rule.key,
                "label": dict(review.rule.label),
                "reason": words,
                "advice": advice,
            }
            once = f"{review.facts.id}:{event.id}"
            await owe_note(review.doing, facts, once=once, grace=grace)


async def withdraw_verdict(judged: Judged, actor: Actor, now: datetime) -> None:
    """Take a verdict back: the document is to be reviewed again.

    Raises also NoVerdict, AlreadyDestroyed.
    """
    async with _review(judged, actor, now) as review:
        verifying.check_there(review.facts)
        if review.facts.state is DocumentState.TO_REVIEW:
            raise rules.NoVerdict
        await take_back_note(review.doing, judged.key)
        await _judge(review, EventKind.VERDICT_WITHDRAWN, DocumentState.TO_REVIEW, signed=False)


async def set_expiry(judged: Judged, actor: Actor, now: datetime, *, expires_on: date) -> None:
    """Correct the expiry date of a document; its verdict stays."""
    async with _review(judged, actor, now) as review:
        if review.row.expires_on == expires_on:
            return
        before = {"expires_on": _iso(review.row.expires_on)}
        review.row.expires_on = expires_on
        await review.row.save(update_fields=["expires_on"])
        after = {"expires_on": _iso(expires_on)}
        await review.doing.record(EventKind.EXPIRY_SET, judged.key, before=before, after=after)


@asynccontextmanager
async def _review(judged: Judged, actor: Actor, now: datetime) -> AsyncIterator[_Review]:
    """Lock, check that it is still what the operator saw, and that it can be judged."""
    async with deed(judged.candidate_id, actor, now, provider_id=judged.provider_id) as doing:
        dossier = await doing.dossier()
        if judged.seen != rules.mark(dossier.documents.get(judged.key)):
            raise await _changed_document(judged)
        rule, facts = rules.check_verdict(dossier, judged.key)
        row = await Document.get(id=facts.id)
        yield _Review(doing, dossier, rule, facts, row)


async def _judge(
    review: _Review,
    kind: EventKind,
    state: DocumentState,
    *,
    reason_key: str | None = None,
    reason: str = "",
    expires_on: date | None = None,
    noted: Mapping[str, str] | None = None,
    signed: bool = True,
) -> Event:
    """Write the verdict and its line in the journal; it counts as an act for the clock."""
    row, doing = review.row, review.doing
    before = _told(row)
    row.state = state
    row.reason_key, row.reason = reason_key, reason
    row.expires_on = expires_on
    row.reviewed_by_id = doing.actor.id if signed else None
    row.reviewed_at = doing.now if signed else None
    if not review.facts.destroyed:
        row.proof = _proof(review, noted or {})
    await row.save()
    doing.restart_clock()
    after = _told(row) | ({"noted": verifying.told(noted)} if noted else {})
    return await doing.record(kind, row.key, before=before, after=after)


def _proof(review: _Review, noted: Mapping[str, str]) -> dict[str, Any] | None:
    """Who verified what, and when, as the document keeps it."""
    if not noted:
        return None
    return {
        "by": review.doing.actor.id,
        "at": review.doing.now.isoformat(),
        "noted": dict(noted),
        "destroyed": review.rule.view_and_forget,
    }


def _told(row: Document) -> dict[str, Any]:
    """A document's verdict as the journal keeps it, empty parts left out."""
    parts = {
        "version": row.version,
        "state": str(row.state),
        "reason": row.reason,
        "expires_on": _iso(row.expires_on),
    }
    return {name: value for name, value in parts.items() if value}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


async def _changed_document(judged: Judged) -> ChangedMeanwhile:
    """Who did what to this document, or to the candidate when nobody touched the document."""
    lines = Event.filter(candidate_id=judged.candidate_id).exclude(
        kind__in=[EventKind.DOCUMENT_VIEWED, EventKind.COMMENT_ADDED, EventKind.COMMENT_EDITED]
    )
    last = await lines.filter(subject=judged.key).order_by("-id").first()
    last = last or await lines.order_by("-id").first()
    if last is None:
        return ChangedMeanwhile(who="", what="")
    return ChangedMeanwhile(who=last.actor_name, what=last.kind)
