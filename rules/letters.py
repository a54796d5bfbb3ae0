"""The plain values from which letters and news are written; no links, no words yet."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from rules.answers import Words
from rules.digest import Digest, Group
from rules.errors import Refusal

Situation = Literal["incomplete", "to_correct", "unmet", "ended"]
"""Why somebody is to be deleted: the application is still with them, or the admission ended."""


@dataclass(frozen=True, slots=True)
class Sites:
    """Where links lead: our own pages, and Telegram's (the sandbox's in the demo)."""

    public_url: str
    telegram_api_url: str = "https://api.telegram.org"


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to correct or to give: a requirement's key, its label, why, how, until when."""

    key: str
    label: Words
    reason: str = ""
    is_document: bool = True
    advice: str = ""
    until: date | None = None
    """The last day on which a document that was sent is valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """Everything that a letter or a piece of news may say of one candidate.

    provider: the company's name, as it signs.
    colour: its colour, `#rrggbb`; reply_to: where answers go.
    sender_name: who the mail comes from, the provider by default; signature: its last lines.
    bot: username of the candidate's bot, empty when there is none (then no link to the chat).
    candidate_id: empty in a proof of erasure.
    token: of the mailed link, for the kinds that carry one.
    points: what to correct (corrections), or what is missing (reminder).
    comment: the operator's own words. text: of a message; or the name of a refused file.
    day: the date that the letter is about: deletion, erasure, or until when it is kept.
    unmet: the provider's sentence on the condition that is not met, by language.
    warned_before: whether a reminder comes before that date.
    accepted: whether the application was; with the module off accounts are activated without.
    confirmed: whether the account is confirmed; address: where its activation was mailed.
    refusal: why a file cannot be kept.
    inviter, role: who invites an operator, to be what.
    digest, overdue: what an operator is told in the morning.
    unsubscribe: the page of ours on which one POST ends a subscription; only kinds of
    `rules.notices.SUBSCRIPTIONS` carry it.
    """

    provider: str
    sites: Sites
    colour: str = "#0f766e"
    reply_to: str | None = None
    sender_name: str | None = None
    signature: Words | None = None
    first_name: str = ""
    bot: str = ""
    candidate_id: str = ""
    token: str = ""
    points: tuple[Point, ...] = ()
    comment: str = ""
    text: str = ""
    day: date | None = None
    warned_before: bool = False
    situation: Situation = "incomplete"
    unmet: Words | None = None
    accepted: bool = True
    confirmed: bool = False
    address: str = ""
    refusal: Refusal | None = None
    inviter: str = ""
    role: str = ""
    digest: Digest | None = None
    overdue: Group | None = None
    unsubscribe: str = ""


def packed(facts: LetterFacts) -> str:
    """The facts as text: what a farewell keeps, sealed, when the candidate is gone."""
    return json.dumps(asdict(facts), default=date.isoformat, ensure_ascii=False)


def unpacked(text: str) -> LetterFacts:
    """The facts of `packed`."""
    raw: Mapping[str, Any] = json.loads(text)
    return LetterFacts(
        **{
            **raw,
            "sites": Sites(**raw["sites"]),
            "points": tuple(_point(one) for one in raw["points"]),
            "day": date.fromisoformat(raw["day"]) if raw["day"] else None,
        }
    )


def _point(column: Mapping[str, Any]) -> Point:
    until = column.get("until")
    return Point(**{**column, "until": date.fromisoformat(until) if until else None})
