"""How a provider shows itself, kept with its settings."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from actions.deeds import Actor
from actions.operators import tidy_address
from actions.settings import differences, locked_settings, write_changes
from models.tables import Provider
from rules.companies import NotAColour, check_zone, company_name
from rules.vocabulary import Language

COLOUR = re.compile("#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Company:
    """How a provider shows itself, as a form sends it."""

    name: str
    colour: str
    reply_to: str
    """Where answers to the mails go; empty: nowhere."""
    language: str
    timezone: str

    @classmethod
    def of(cls, provider: Provider) -> "Company":
        """What it is now."""
        return cls(
            name=provider.name,
            colour=provider.colour,
            reply_to=provider.reply_to or "",
            language=provider.language,
            timezone=provider.timezone,
        )

    def columns(self) -> dict[str, Any]:
        """The values as the provider's row and the journal keep them."""
        return {
            "name": self.name,
            "colour": self.colour,
            "reply_to": self.reply_to or None,
            "language": self.language,
            "timezone": self.timezone,
        }


def check_company(wanted: Company, present_zone: str) -> Company:
    """The same, tidied.

    Raises:
        CompanyNameNeeded, NotAColour, NotAnAddress, UnknownZone.
    """
    colour = wanted.colour.lower()
    if not COLOUR.fullmatch(colour):
        raise NotAColour
    check_zone(wanted.timezone, present_zone)
    return Company(
        name=company_name(wanted.name),
        colour=colour,
        reply_to=tidy_address(wanted.reply_to) if wanted.reply_to else "",
        language=Language(wanted.language),
        timezone=wanted.timezone,
    )


async def change_company(
    provider_id: str, wanted: Company, version: int, actor: Actor, now: datetime
) -> Provider:
    """Save how the provider shows itself; nothing is written when nothing changes.

    Raises:
        SettingsChangedMeanwhile, and what check_company raises.
    """
    async with locked_settings(provider_id, version) as provider:
        tidy = check_company(wanted, provider.timezone)
        changes = differences(Company.of(provider).columns(), tidy.columns())
        await write_changes(provider, "company", changes, actor, now)
    return provider
