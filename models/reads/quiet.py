"""Whether it is quiet at a provider's, for the reminders that would leave now."""

from datetime import datetime
from zoneinfo import ZoneInfo

from models.tables import Notice, Provider
from rules.quiet import QuietHours, may_wait, quiet_hours


def hours_of(provider: Provider) -> QuietHours:
    """The provider's quiet hours, as they are now."""
    zone = ZoneInfo(provider.timezone)
    return quiet_hours(provider.quiet_from, provider.quiet_until, zone)


async def quiet_until(notice: Notice, now: datetime) -> datetime | None:
    """Until when this notice has to wait because it is quiet; None: it may leave.

    It was owed for a moment at which it was not; since then it may have been late or tried in
    vain, or the provider has chosen other hours.
    """
    if not may_wait(notice.kind, notice.facts):
        return None
    provider = await Provider.get_or_none(id=notice.provider_id)
    if provider is None:
        return None
    leaves = hours_of(provider).after(now)
    return leaves if leaves > now else None
