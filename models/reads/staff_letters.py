"""What a mail to an operator says, read at the moment it leaves."""

from datetime import datetime

from models.reads.desks import open_memberships
from models.reads.letters import Gone, Told
from models.reads.mornings import morning_telling
from models.tables import Notice, Operator, Provider, Token
from rules.letters import LetterFacts, Sites
from rules.notices import MORNING, NoticeKind


async def staff_telling(notice: Notice, sites: Sites, now: datetime) -> Told | Gone:
    """What a notice to an operator says now; the address is the link's or the account's."""
    if notice.kind in MORNING:
        return await morning_telling(notice, sites, now)
    row = await Token.get_or_none(id=notice.facts["token"])
    if row is None or row.used_at is not None or row.facts.get("mail") != notice.message_id:
        return Gone("another one took its place")
    if row.expires_at <= now:
        return Gone("too late")
    if notice.kind == NoticeKind.INVITATION:
        return await _invitation(notice, row, sites)
    return await _password_reset(row, sites)


async def _invitation(notice: Notice, row: Token, sites: Sites) -> Told | Gone:
    provider = await Provider.get_or_none(id=notice.provider_id)
    if provider is None:
        return Gone("the provider is gone")
    said = row.facts
    facts = LetterFacts(
        provider=provider.name,
        sites=sites,
        colour=provider.colour,
        reply_to=provider.reply_to,
        first_name=said["name"],
        inviter=said["by"],
        role=said["role"],
    )
    return Told(facts, said["language"], said["email"])


async def _password_reset(row: Token, sites: Sites) -> Told | Gone:
    operator = await Operator.get_or_none(id=row.operator_id)
    memberships = await open_memberships(operator.id) if operator else []
    if operator is None or not memberships:
        return Gone("the account is closed")
    provider = memberships[0].provider
    facts = LetterFacts(
        provider=provider.name,
        sites=sites,
        colour=provider.colour,
        first_name=operator.name,
        address=operator.email,
    )
    return Told(facts, operator.language, operator.email)
