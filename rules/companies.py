"""What a company says of itself: where and how it is shown."""

from rules.answers.tidy import line
from rules.errors import Refusal

LONGEST_NAME = 120
ZONES = (
    "Europe/Paris",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "America/Miquelon",
    "Indian/Reunion",
    "Indian/Mayotte",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "Pacific/Wallis",
    "Europe/Brussels",
    "Europe/Luxembourg",
    "Europe/Zurich",
    "UTC",
)
"""Where French providers work, their overseas departments included; dates are counted there."""


class CompanyNameNeeded(Refusal):
    """A company without a name, or with one that fits nowhere."""

    sentence = "Write the name that candidates know you by, {limit} characters at most."


class NotAColour(Refusal):
    """A colour that is not written as #rrggbb."""

    sentence = "Write the colour as six digits after a #, for example #0f766e."


class UnknownZone(Refusal):
    """A time zone outside the list."""

    sentence = "Choose a time zone from the list."


def company_name(text: str) -> str:
    """The name on one clean line.

    Raises:
        CompanyNameNeeded.
    """
    name = line(text)
    if not 0 < len(name) <= LONGEST_NAME:
        raise CompanyNameNeeded(limit=LONGEST_NAME)
    return name


def check_zone(zone: str, present: str) -> None:
    """Raise UnknownZone unless the zone is one of ours, or the one that is set already."""
    if zone not in (*ZONES, present):
        raise UnknownZone
