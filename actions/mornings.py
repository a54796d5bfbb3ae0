"""The operators' mails of the morning: owed once a day, and given up with one press."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from actions.operators import NoSuchOperator
from actions.provider_journal import lock_provider, record
from actions.wakes import wake
from models.database import transaction
from models.ids import new_id
from models.reads.mornings import overdue_between
from models.tables import Membership, Notice, Provider, ProviderEvent
from rules.digest import digest_key, newly_overdue, overdue_key, wants_digest
from rules.history import ProviderEventKind
from rules.notices import NoticeKind
from rules.retention import local_date
from rules.vocabulary import Channel, NoticeState, Role


async def owe_morning(provider_id: str, day: date, now: datetime) -> None:
    """Owe the mails of one local date to everybody who is to get one; again changes nothing.

    What they say, and whether there is anything to say, is read when they leave.
    """
    async with transaction():
        provider = await lock_provider(provider_id)
        members = await Membership.filter(provider_id=provider_id, suspended_at=None)
        await _withdraw_older(provider_id, day, now)
        owed = _digests(members, day, now)
        owed += await _overdue(provider, members, day, now)
        if owed:
            await Notice.bulk_create(owed, ignore_conflicts=True)
            wake(Channel.MAIL)


async def _withdraw_older(provider_id: str, day: date, now: datetime) -> None:
    """Digests of earlier days that could not leave; else they pile up without a mail server."""
    waiting = await Notice.filter(
        candidate_id=None,
        provider_id=provider_id,
        kind=NoticeKind.DIGEST,
        state=NoticeState.OWED,
        lease_by=None,
    )
    older = [one.id for one in waiting if str(one.facts.get("date", "")) < str(day)]
    await Notice.filter(id__in=older, state=NoticeState.OWED, lease_by=None).update(
        state=NoticeState.VOID, settled_at=now, last_error="another one took its place"
    )


def _digests(members: Iterable[Membership], day: date, now: datetime) -> list[Notice]:
    return [
        _notice(one, NoticeKind.DIGEST, digest_key(one.id, day), {"date": str(day)}, now)
        for one in members
        if wants_digest(one.digest, one.role)
    ]


async def _overdue(
    provider: Provider, members: Iterable[Membership], day: date, now: datetime
) -> list[Notice]:
    """To administrators, about applications that nobody was told of before; at most once a day.

    The journal keeps up to when they were told, so each application is told once, however late.
    """
    kind = ProviderEventKind.OVERDUE_TOLD
    last = await ProviderEvent.filter(provider_id=provider.id, kind=kind).order_by("-id").first()
    if last is not None and local_date(last.at, ZoneInfo(provider.timezone)) >= day:
        return []
    after, until = newly_overdue(last.at if last else None, now)
    found = await overdue_between(provider.id, after, until)
    admins = [one for one in members if one.role == Role.ADMIN]
    if not found.number or not admins:
        return []
    await record(provider.id, kind, None, "", now, after={"applications": found.number})
    facts = {"after": after.isoformat() if after else None, "until": until.isoformat()}
    return [
        _notice(one, NoticeKind.OVERDUE, overdue_key(one.id, day), facts, now) for one in admins
    ]


def _notice(
    member: Membership, kind: NoticeKind, key: str, facts: dict[str, str | None], now: datetime
) -> Notice:
    """It says neither name nor address: both are looked up when it leaves."""
    return Notice(
        provider_id=member.provider_id,
        operator_id=member.operator_id,
        channel=Channel.MAIL,
        kind=kind,
        facts={**facts, "membership": member.id},
        unique_key=key,
        owed_at=now,
        not_before=now,
        message_id=new_id(),
    )


async def choose_digest(
    provider_id: str, operator_id: str, *, wanted: bool, now: datetime
) -> None:
    """Somebody wants the digest of one provider, or wants it no more.

    Nobody else's form is outdated by it, so the version of the settings stays.

    Raises:
        NoSuchOperator: they do not work there (any more).
    """
    async with transaction():
        await lock_provider(provider_id)
        mine = Membership.filter(
            provider_id=provider_id, operator_id=operator_id, suspended_at=None
        )
        member = await mine.select_related("operator").first()
        if member is None:
            raise NoSuchOperator
        was = wants_digest(member.digest, member.role)
        if was == wanted:
            return
        await Membership.filter(id=member.id).update(digest=wanted)
        await record(
            provider_id,
            ProviderEventKind.DIGEST_CHANGED,
            operator_id,
            member.operator.name,
            now,
            before={"digest": was},
            after={"digest": wanted},
        )
