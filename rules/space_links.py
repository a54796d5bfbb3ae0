"""Links that a provider publishes in the open space of the people it has admitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from rules.answers.tidy import line
from rules.errors import Refusal
from rules.vocabulary import Language

MOST_LINKS: Final = 5
"""More would push everything else off a phone's screen."""
LONGEST_LABEL: Final = 40
"""Characters: Telegram cuts longer buttons."""
LONGEST_ADDRESS: Final = 500


class LinkRefused(Refusal):
    """A link that cannot be shown; row: its place, from 0. part: `label` or `url`."""

    part = "url"

    def __init__(self, row: int, **facts: object) -> None:
        """Keep where it is wrong."""
        super().__init__(**facts)
        self.row = row


class LinkLabelNeeded(LinkRefused):
    """An address without words to press."""

    part = "label"
    sentence = "Write what the button says, for example “My planning”."


class LinkLabelTooLong(LinkRefused):
    """Words that do not fit on a button."""

    part = "label"
    sentence = "This is too long for a button: {limit} characters at most."


class NotALink(LinkRefused):
    """Not an address that a phone can open safely."""

    sentence = "Write the whole address, beginning with https://, for example https://example.org."


@dataclass(frozen=True, slots=True)
class SpaceLink:
    """One link, as a form sends it."""

    label: Mapping[str, str]
    url: str

    @property
    def empty(self) -> bool:
        """Nothing was typed."""
        return not self.url.strip() and not any(one.strip() for one in self.label.values())

    def column(self) -> dict[str, Any]:
        """As the provider's row keeps it; without words in one language, the other's serve."""
        return {
            "label": {code: text for code, text in self.label.items() if text},
            "url": self.url,
        }


def tidied(links: Sequence[SpaceLink]) -> tuple[SpaceLink, ...]:
    """The links in one spelling, empty rows left out. Raises LinkRefused."""
    found = []
    for row, one in enumerate(links[:MOST_LINKS]):
        if one.empty:
            continue
        label = {str(code): line(one.label.get(code, "")) for code in Language}
        if not any(label.values()):
            raise LinkLabelNeeded(row)
        if any(len(text) > LONGEST_LABEL for text in label.values()):
            raise LinkLabelTooLong(row, limit=LONGEST_LABEL)
        found.append(SpaceLink(label, _address(row, one.url.strip())))
    return tuple(found)


def _address(row: int, url: str) -> str:
    """An https address with a host and without a password. Raises NotALink."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise NotALink(row) from None
    hidden = any(sign.isspace() or not sign.isprintable() for sign in url)
    if parts.scheme != "https" or "." not in host.strip(".") or hidden:
        raise NotALink(row)
    if parts.username is not None or len(url) > LONGEST_ADDRESS:
        raise NotALink(row)
    return url
