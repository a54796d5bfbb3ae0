"""The provider's own mails: the text that leaves, and what the editor shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.reads.letters import Gone, Told, signing
from models.reads.settings import join_of
from models.tables import Candidate, MailText, Membership, Notice, Provider, ProviderEvent
from rules.letters import LetterFacts, Sites
from rules.mails import OwnText
from rules.retention import local_date

SAMPLE_LASTS = timedelta(hours=1)
"""A trial that could not leave by then surprises more than it helps."""
OFFERED = 20
"""Candidates among whom the preview lets one choose."""


@dataclass(frozen=True, slots=True)
class Edited:
    """One mail in one language, as the editor needs it."""

    own: OwnText | None
    """None: the product's own text leaves."""
    version: int
    """How many changes there were so far; a form that saw fewer is refused."""
    changed_at: datetime | None
    changed_by: str


async def own_text(provider_id: str, name: str, language: str) -> OwnText | None:
    """The provider's text of a mail; None: the product's own."""
    row = await own_row(provider_id, name, language)
    return OwnText(row.subject, row.body) if row else None


async def own_row(provider_id: str, name: str, language: str) -> MailText | None:
    """The row of a rewritten mail."""
    return await MailText.get_or_none(provider_id=provider_id, name=name, language=language)


def subject_of(name: str, language: str) -> str:
    """How the provider's journal names a mail."""
    return f"mail {name} {language}"


async def changes_of(provider_id: str, name: str, language: str) -> int:
    """How often a mail was changed or put back: it only grows, as the journal does."""
    subject = subject_of(name, language)
    return await ProviderEvent.filter(provider_id=provider_id, subject=subject).count()


async def edited(provider_id: str, name: str, language: str) -> Edited:
    """A mail for the editor."""
    row = await own_row(provider_id, name, language)
    subject = subject_of(name, language)
    lines = ProviderEvent.filter(provider_id=provider_id, subject=subject)
    last = await lines.order_by("-id").first()
    return Edited(
        own=OwnText(row.subject, row.body) if row else None,
        version=await lines.count(),
        changed_at=row.changed_at if row else None,
        changed_by=last.actor_name if last and row else "",
    )


async def rewritten(provider_id: str) -> dict[tuple[str, str], MailText]:
    """Every mail that this provider rewrote, by name and language."""
    found = await MailText.filter(provider_id=provider_id)
    return {(row.name, row.language): row for row in found}


async def to_preview(provider_id: str) -> Sequence[Candidate]:
    """The newest candidates, for whom a mail can be shown as it would leave."""
    query = Candidate.filter(provider_id=provider_id).exclude(first_name="")
    return await query.order_by("-created_at", "-id").limit(OFFERED)


async def base_facts(provider: Provider, sites: Sites, now: datetime) -> LetterFacts:
    """What is the provider's in every mail, for a made-up candidate; `day` is today there."""
    join = await join_of(provider)
    return LetterFacts(
        **signing(provider),
        sites=sites,
        bot=join.username or "",
        day=local_date(now, ZoneInfo(provider.timezone)),
    )


async def sample_telling(notice: Notice, sites: Sites, now: datetime) -> Told | Gone:
    """To whom a trial mail goes: whoever asked for it, if they still work here."""
    if now - notice.owed_at > SAMPLE_LASTS:
        return Gone("too late")
    member = await Membership.get_or_none(
        provider_id=notice.provider_id, operator_id=notice.operator_id, suspended_at=None
    ).select_related("operator", "provider")
    if member is None:
        return Gone("no longer works here")
    facts = await base_facts(member.provider, sites, now)
    return Told(facts, notice.facts["language"], member.operator.email)
