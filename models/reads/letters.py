"""What a letter or a piece of news says, read at the moment it leaves; or why it must not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tortoise.expressions import Q

from models.reads.bots import bot_of
from models.reads.dossier import dossier as read_dossier
from models.reads.renewals import still_running_out, what_runs_out
from models.reads.retention import outlook_of, retained, settings_of
from models.tables import Candidate, DocumentType, Message, Notice, Provider, Reminder
from rules.activation import APART
from rules.checklist import Checklist, ItemState, checklist
from rules.dossier import DocumentRule, Dossier, FieldRule
from rules.letters import LetterFacts, Point, Sites, Situation
from rules.mails import SITUATIONS, MailName
from rules.merging import points_of
from rules.notices import NoticeKind
from rules.retention import deletion_date, local_date
from rules.statuses import closed, is_open
from rules.uploads import refusal
from rules.vocabulary import NoticeState, Status

Telling = Mapping[str, Any]
"""Fields of LetterFacts that a kind adds to those that every kind has."""


ASKS = frozenset(
    {
        NoticeKind.FILE_REFUSED,
        NoticeKind.DOCUMENT_REJECTED,
        NoticeKind.ASKED_MORE,
        NoticeKind.DOCUMENT_EXPIRES,
    }
)
"""What asks for something that a closed space no longer takes."""


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that may leave: what it says, in the candidate's language, to which address."""

    facts: LetterFacts
    language: str
    address: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The reason of the notice has vanished: it must not leave any more."""

    why: str


async def telling(notice: Notice, sites: Sites, now: datetime) -> Told | Gone:
    """What a notice about a candidate says now."""
    candidate = await Candidate.get_or_none(id=notice.candidate_id).select_related("provider")
    if candidate is None:
        return Gone("the candidate is gone")
    case = _Case(notice, candidate, candidate.provider, now)
    if notice.kind in ASKS and closed(candidate.status, candidate.ended_at):
        return Gone("the space is no longer open")
    told = await _TELL[NoticeKind(notice.kind)](case)
    if isinstance(told, Gone):
        return told
    common = await _common(candidate, candidate.provider, sites)
    return Told(LetterFacts(**common, **told), candidate.language, candidate.email)


async def preview_facts(
    candidate: Candidate,
    provider: Provider,
    sites: Sites,
    *,
    items: Iterable[Mapping[str, Any]] = (),
    comment: str = "",
    token: str = "preview",  # noqa: S107  # not a secret: this link leads nowhere
) -> LetterFacts:
    """What the mail of a decision would say if it were taken now.

    items: as `rules.decisions.Fault.column` writes them.
    """
    points = await _points(provider.id, items)
    common = await _common(candidate, provider, sites)
    told = _once_ended(candidate)
    return LetterFacts(**common, **told, points=points, comment=comment, token=token)


async def facts_if(
    name: MailName, candidate: Candidate, provider: Provider, sites: Sites, now: datetime
) -> LetterFacts:
    """What a mail would say to this candidate if it left now, whether there is a reason or not."""
    common = await _common(candidate, provider, sites)
    outlook = await outlook_of(candidate, provider, now)
    day = outlook.deletion_date or local_date(now, ZoneInfo(provider.timezone))
    dossier = await read_dossier(candidate, provider)
    expected = what_is_expected(dossier)
    situation = SITUATIONS.get(name, "incomplete")
    told = {**expected, "day": day, "situation": situation, "accepted": name != MailName.WELCOME}
    if name is MailName.DOCUMENT_EXPIRES:
        told |= what_runs_out(dossier, day)
    if name is MailName.ADMISSION_ENDED:
        told |= _if_it_ended(provider, now)
    return LetterFacts(**common, **told, token="preview")  # noqa: S106  # leads nowhere


def _if_it_ended(provider: Provider, now: datetime) -> dict[str, Any]:
    """Until when the data would be kept of an admission that ended now."""
    settings = settings_of(provider).of_ended
    if not settings.on:
        return {"day": None}
    day = local_date(now, settings.zone) + timedelta(days=settings.deletion_days)
    return {"day": day, "warned_before": settings.reminder_days > 0}


def signing(provider: Provider) -> dict[str, Any]:
    """How every letter of a provider is signed."""
    return {
        "provider": provider.name,
        "colour": provider.colour,
        "reply_to": provider.reply_to,
        "sender_name": provider.sender_name,
        "signature": provider.signature,
    }


async def _common(candidate: Candidate, provider: Provider, sites: Sites) -> dict[str, Any]:
    bot = await bot_of(candidate)
    return {
        **signing(provider),
        "sites": sites,
        "first_name": candidate.first_name,
        "bot": bot.username if bot else "",
        "candidate_id": candidate.id,
    }


async def _points(provider_id: str, items: Iterable[Mapping[str, Any]]) -> tuple[Point, ...]:
    documents = set(
        await DocumentType.filter(provider_id=provider_id).values_list("key", flat=True)
    )
    return tuple(
        Point(
            one["key"],
            one["label"],
            one.get("reason", ""),
            one["key"] in documents,
            one.get("advice", ""),
        )
        for one in items
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """One notice and whom it is about."""

    notice: Notice
    candidate: Candidate
    provider: Provider
    now: datetime

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the deed that owed it knew."""
        return self.notice.facts

    async def dossier(self) -> Dossier:
        """The snapshot of the candidate."""
        return await read_dossier(self.candidate, self.provider)

    @property
    def comment(self) -> str:
        """The operator's words, frozen when it was decided."""
        return str(self.facts.get("comment", ""))


async def _activation(case: _Case) -> Telling | Gone:
    if case.candidate.account_confirmed_at is not None:
        return Gone("the account is confirmed")
    if not is_open(await case.dossier()):
        return Gone("the space is no longer open")
    return {"comment": case.comment, "accepted": case.candidate.status == Status.ACCEPTED}


async def _activation_again(case: _Case) -> Telling | Gone:
    ended = case.candidate.status != Status.ACCEPTED or case.candidate.ended_at is not None
    if ended:
        return Gone("no longer accepted")
    if case.candidate.email_refused_at is not None:
        return Gone("the address is refused")
    if await _another_activation(case):
        return Gone("another mail about the account says it")
    return await _activation(case)


async def _another_activation(case: _Case) -> bool:
    """Whether a mail about the account left lately, or a newer one is about to leave."""
    lately = Q(state=NoticeState.ACCEPTED, settled_at__gt=case.now - APART)
    newer = Q(state=NoticeState.OWED, id__gt=case.notice.id)
    kinds = (NoticeKind.ACTIVATION, NoticeKind.ACTIVATION_AGAIN)
    mails = Notice.filter(lately | newer, candidate_id=case.candidate.id, kind__in=kinds)
    return await mails.exclude(id=case.notice.id).exists()


async def _corrections(case: _Case) -> Telling | Gone:
    if case.candidate.status != Status.TO_CORRECT:
        return Gone("nothing is to be corrected any more")
    points = await _points(case.provider.id, case.facts["items"])
    return {"points": points, "comment": case.comment}


async def _accepted(case: _Case) -> Telling | Gone:
    if case.candidate.status != Status.ACCEPTED or case.candidate.ended_at is not None:
        return Gone("no longer accepted")
    confirmed = case.candidate.account_confirmed_at is not None
    return {"comment": case.comment, "confirmed": confirmed, "address": case.candidate.email}


async def _final_rejection(case: _Case) -> Telling | Gone:
    if case.candidate.status != Status.BINNED:
        return Gone("restored meanwhile")
    return {"comment": case.comment, **_once_ended(case.candidate)}


def _once_ended(candidate: Candidate) -> dict[str, Any]:
    """Whoever worked with the provider reads nothing of an application that was refused."""
    return {"situation": "ended"} if candidate.ended_at is not None else {}


async def _restored(case: _Case) -> Telling | Gone:
    binned = case.candidate.status == Status.BINNED
    return Gone("in the bin again") if binned else {}


async def _admission_ended(case: _Case) -> Telling | Gone:
    candidate = case.candidate
    if candidate.ended_at is None or candidate.status != Status.ACCEPTED:
        return Gone("works here again, or is in the bin")
    return await _until_erased(candidate, case.provider)


async def _until_erased(candidate: Candidate, provider: Provider) -> dict[str, Any]:
    """Until when the data of an ended admission are kept; no day: nothing deletes them."""
    settings = settings_of(provider).of_ended
    if not settings.on:
        return {"situation": "ended"}
    day = deletion_date(settings, await retained(candidate))
    return {"situation": "ended", "day": day, "warned_before": settings.reminder_days > 0}


async def _admission_resumed(case: _Case) -> Telling | Gone:
    closed_ = closed(case.candidate.status, case.candidate.ended_at)
    return Gone("the space is closed again") if closed_ else {}


async def _deletion_reminder(case: _Case) -> Telling | Gone:
    reminder = await Reminder.get_or_none(
        id=case.facts["reminder"], candidate_id=case.candidate.id, void_at=None
    )
    outlook = await outlook_of(case.candidate, case.provider, case.now)
    if reminder is None or outlook.reminder_void or outlook.deletion_date is None:
        return Gone("the reminder is void")
    return {"day": outlook.deletion_date, **what_is_expected(await case.dossier())}


def what_is_expected(dossier: Dossier) -> dict[str, Any]:
    """Why the application is still with the candidate, and what they can do."""
    if dossier.candidate.ended_at is not None:
        return {"situation": "ended", "points": ()}
    todo = checklist(dossier)
    points = _todo(dossier, todo)
    if todo.unmet:
        rule = todo.unmet[0].rule
        sentence = rule.unmet if isinstance(rule, FieldRule) else {}
        return {"situation": "unmet", "unmet": sentence, "points": points}
    to_correct = dossier.candidate.status is Status.TO_CORRECT
    situation: Situation = "to_correct" if to_correct else "incomplete"
    return {"situation": situation, "points": points}


def _todo(dossier: Dossier, todo: Checklist) -> tuple[Point, ...]:
    return tuple(
        Point(item.key, item.rule.label, _reason(dossier, item.key, item.state), item.is_document)
        for item in todo.unmet or todo.missing
    )


def _reason(dossier: Dossier, key: str, state: ItemState) -> str:
    sent = dossier.documents.get(key)
    return sent.reason if sent and state is ItemState.REJECTED else ""


async def _document_rejected(case: _Case) -> Telling | Gone:
    sent = (await case.dossier()).documents
    points = tuple(
        Point(one["key"], one["label"], one["reason"], advice=one.get("advice", ""))
        for one in points_of(case.facts)
        if one["key"] in sent and sent[one["key"]].state == "rejected"
    )
    return {"points": points} if points else Gone("sent again meanwhile")


async def _file_refused(case: _Case) -> Telling | Gone:
    rule = (await case.dossier()).rule(case.facts["document"])
    if not isinstance(rule, DocumentRule):
        return Gone("the document is no longer asked for")
    return {
        "points": (Point(rule.key, rule.label),),
        "text": str(case.facts.get("file", "")),
        "refusal": refusal(case.facts["refusal"], rule),
    }


async def _message(case: _Case) -> Telling | Gone:
    message = await Message.get_or_none(
        id=case.facts["message_id"], candidate_id=case.candidate.id
    )
    return {"text": message.text} if message else Gone("the message is gone")


async def _kept(case: _Case) -> Telling | Gone:
    until = case.facts.get("until")
    return {"day": date.fromisoformat(until) if until else None, **_once_ended(case.candidate)}


async def _asked_more(case: _Case) -> Telling | Gone:
    asked = {one["key"] for one in case.facts["items"]}
    dossier = await case.dossier()
    points = [one for one in _todo(dossier, checklist(dossier)) if one.key in asked]
    return {"points": tuple(points)} if points else Gone("given meanwhile")


async def _document_expires(case: _Case) -> Telling | Gone:
    if case.candidate.status != Status.ACCEPTED or case.candidate.ended_at is not None:
        return Gone("no longer admitted")
    points = await still_running_out(case.notice, await case.dossier())
    return {"points": points, "day": points[0].until} if points else Gone("renewed meanwhile")


async def _email_confirmation(case: _Case) -> Telling | Gone:
    confirmed = case.candidate.email_confirmed_at is not None
    return Gone("the address is confirmed") if confirmed else {}


async def _always(_: _Case) -> Telling | Gone:
    return {}


async def _only_as_farewell(_: _Case) -> Telling | Gone:
    return Gone("nothing was erased")


_TELL = {
    NoticeKind.FILE_REFUSED: _file_refused,
    NoticeKind.DOCUMENT_REJECTED: _document_rejected,
    NoticeKind.CORRECTIONS: _corrections,
    NoticeKind.ACCEPTED: _accepted,
    NoticeKind.ACTIVATION: _activation,
    NoticeKind.ACTIVATION_AGAIN: _activation_again,
    NoticeKind.ACCOUNT_CONFIRMED: _always,
    NoticeKind.FINAL_REJECTION: _final_rejection,
    NoticeKind.RESTORED: _restored,
    NoticeKind.ADMISSION_ENDED: _admission_ended,
    NoticeKind.ADMISSION_RESUMED: _admission_resumed,
    NoticeKind.DELETION_REMINDER: _deletion_reminder,
    NoticeKind.KEPT: _kept,
    NoticeKind.ASKED_MORE: _asked_more,
    NoticeKind.DOCUMENT_EXPIRES: _document_expires,
    NoticeKind.MESSAGE: _message,
    NoticeKind.EMAIL_CONFIRMATION: _email_confirmation,
    NoticeKind.ERASED: _only_as_farewell,
    NoticeKind.EXPORT: _always,
}
