"""What the settings pages show: whom a change concerns, the personal link."""

from dataclasses import dataclass

from models.reads.bots import present_bot
from models.tables import Answer, Candidate, ClockRun, JoinLink, Provider
from rules.switches import FRENCH
from rules.vocabulary import RUNNING, Status

NAMED = 20
"""People named in a preview; the others are counted."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """Some people, the first of them by name."""

    number: int = 0
    names: tuple[str, ...] = ()

    @property
    def others(self) -> int:
        """How many are not named."""
        return self.number - len(self.names)


@dataclass(frozen=True, slots=True)
class Join:
    """The provider's personal link."""

    provider: Provider
    token: str | None
    """None: there is no link yet."""
    username: str | None
    """The bot's; None: no bot has met Telegram yet."""


async def with_status(provider_id: str, work_status: str) -> Concerned:
    """Running candidates of a work status without an exemption: what unticking it concerns."""
    return await _concerned(provider_id, **_held_up(work_status))


async def oldest_with_status(provider_id: str, work_status: str, limit: int) -> list[str]:
    """The ids of the first of them."""
    query = Candidate.filter(provider_id=provider_id, **_held_up(work_status))
    found = await query.order_by("created_at", "id").limit(limit).values_list("id", flat=True)
    return [str(one) for one in found]


def _held_up(work_status: str) -> dict[str, object]:
    return {
        "work_status": work_status,
        "status__in": sorted(RUNNING),
        "status_exempted_at": None,
    }


async def without_french(provider_id: str) -> Concerned:
    """Whoever is applying and does not speak French fluently: what requiring it concerns."""
    said = await Answer.filter(
        candidate__provider_id=provider_id,
        candidate__status__in=sorted(RUNNING),
        key=FRENCH,
    ).only("id", "candidate_id", "value")
    return await _concerned(
        provider_id, id__in=[one.candidate_id for one in said if one.value is False]
    )


async def not_admitted(provider_id: str) -> Concerned:
    """Whoever is restricted when the module is switched on."""
    statuses = sorted(set(Status) - {Status.ACCEPTED, Status.BINNED})
    return await _concerned(provider_id, status__in=statuses)


async def with_bot(provider_id: str, bot_id: str) -> Concerned:
    """Who writes to one bot: whom taking it back concerns."""
    return await _concerned(provider_id, bot_id=bot_id)


async def _concerned(provider_id: str, **conditions: object) -> Concerned:
    query = Candidate.filter(provider_id=provider_id, **conditions)
    first = await query.order_by("last_name", "first_name", "id").limit(NAMED)
    names = (f"{one.first_name} {one.last_name}".strip() for one in first)
    return Concerned(await query.count(), tuple(name for name in names if name))


async def join_of(provider: Provider) -> Join:
    """The link of this provider, through its own bot or the shared one."""
    link = await JoinLink.filter(provider_id=provider.id, renewed_at=None).first()
    bot = await present_bot(provider.id)
    return Join(provider, link.token if link else None, bot.username if bot else None)


async def join_by_slug(slug: str) -> Join | None:
    """The link that a landing page leads to; None when no provider has this address."""
    provider = await Provider.get_or_none(slug=slug)
    return await join_of(provider) if provider else None


async def stopped_run(provider_id: str) -> ClockRun | None:
    """The last nightly run that stopped because it would have deleted too many."""
    stopped = ClockRun.filter(provider_id=provider_id, braked=True)
    return await stopped.order_by("-local_date").first()
