"""Where a person is in the chat: everything that the chat's current screen is drawn from."""

from dataclasses import dataclass, field
from datetime import date, datetime

from rules import asking
from rules.answers import Words
from rules.asking import Asking
from rules.checklist import applies
from rules.dossier import DocumentRule, Dossier, FieldRule
from rules.journey import Step, next_step
from rules.statuses import is_closed, may_change


@dataclass(frozen=True, slots=True)
class Space:
    """One of the spaces of a person."""

    candidate_id: str
    provider: str


@dataclass(frozen=True, slots=True)
class Link:
    """A page that the provider publishes in the open space."""

    label: Words
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the thread; `by` is empty when the candidate wrote it."""

    text: str
    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Plain values, read in one go; `dossier` is empty for a visitor without a space."""

    language: str
    asking: Asking
    now: datetime
    today: date
    """In the provider's zone."""
    dossier: Dossier | None = None
    spaces: tuple[Space, ...] = ()
    """All of this person's spaces behind this bot; more than one: screens name the provider."""
    links: tuple[Link, ...] = ()
    reply_to: str = ""
    """The provider's address."""
    thread: tuple[Line, ...] = ()
    """The last messages, oldest first; read only where they are shown."""
    provider: str = ""
    """Name of the provider that a dead link, or closed sign-ups, speak of."""
    closed_sentence: Words = field(default_factory=dict)
    email_refused: bool = False

    @property
    def several(self) -> bool:
        """Whether every screen has to say which space it belongs to."""
        return len(self.spaces) > 1


def step(place: Place) -> Step:
    """What the journey says comes next; only for a place with a dossier."""
    assert place.dossier is not None
    return next_step(place.dossier)


def notice_is_old(place: Place) -> bool:
    """Whether the privacy notice changed since it was shown; it is shown again on coming back."""
    if place.dossier is None or is_closed(place.dossier):
        return False
    return place.dossier.candidate.notice_version != place.dossier.policy.privacy_version


def asked_field(place: Place) -> FieldRule | None:
    """The question that a typed text answers now, if one is on the screen."""
    if place.dossier is None:
        return None
    if place.asking.step == asking.ANSWER:
        return changeable_field(place.dossier, place.asking.key)
    if place.asking.step == asking.NEXT:
        due = step(place)
        if due.kind == "question" and due.key:
            return changeable_field(place.dossier, due.key)
    return None


def answers_now(place: Place) -> bool:
    """Whether a question (or the welcome before it) is on the screen: nothing may push it away."""
    return place.asking.step == asking.WELCOME or asked_field(place) is not None


def asked_document(place: Place) -> DocumentRule | None:
    """The document that a file sent now is for, if one is on the screen."""
    if place.dossier is None:
        return None
    if place.asking.step in (asking.DOCUMENT, asking.PAGES):
        return changeable_document(place.dossier, place.asking.key)
    if place.asking.step == asking.NEXT:
        due = step(place)
        if due.kind == "document" and due.key:
            return changeable_document(place.dossier, due.key)
    return None


def is_gone(place: Place) -> bool:
    """Whether the chat waits for a question or document that is asked no more of this person."""
    key, dossier = place.asking.key, place.dossier
    if dossier is None or place.asking.step not in (asking.ANSWER, asking.DOCUMENT, asking.PAGES):
        return False
    rule = dossier.rule(key)
    return rule is None or not applies(dossier, rule)


def changeable_field(dossier: Dossier, key: str) -> FieldRule | None:
    """The question of this key, if it applies and may be answered (again) now."""
    rule = dossier.rule(key)
    if isinstance(rule, FieldRule) and applies(dossier, rule) and may_change(dossier, key):
        return rule
    return None


def changeable_document(dossier: Dossier, key: str) -> DocumentRule | None:
    """The document of this key, if it applies and may be sent (again) now."""
    rule = dossier.rule(key)
    if isinstance(rule, DocumentRule) and applies(dossier, rule) and may_change(dossier, key):
        return rule
    return None
