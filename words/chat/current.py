"""The screen that a chat is on, rebuilt from what is kept: after a lost answer, or a detour."""

from collections.abc import Callable

from rules import asking
from rules.dossier import DocumentRule, FieldRule
from rules.place import Place, asked_document, asked_field, step
from rules.statuses import is_closed
from words.chat import lists, papers, questions, rights, spaces, talk, visitor
from words.screen import Screen

Draw = Callable[[Place], Screen]

OUTSIDE: dict[str, Draw] = {
    asking.DEAD_LINK: visitor.dead_link,
    asking.RENEWED_LINK: visitor.renewed_link,
    asking.CLOSED: visitor.signups_closed,
    asking.ERASED: visitor.erased,
    asking.LANGUAGE: visitor.language,
}
"""Screens that need no space."""

INSIDE: dict[str, Draw] = {
    asking.WELCOME: visitor.welcome,
    asking.INFOS: lists.infos,
    asking.DOCUMENTS: lists.documents,
    asking.SUMMARY: lists.summary,
    asking.MESSAGES: talk.messages,
    asking.HELP: talk.help_,
    asking.RIGHTS: rights.rights,
    asking.ERASE: rights.erase,
}

EVEN_CLOSED = frozenset({asking.RIGHTS, asking.ERASE, asking.HELP, asking.SPACES})
"""What is left of a closed space."""


def current(place: Place) -> tuple[Screen, ...]:
    """What this person should see now."""
    asked = place.asking.step
    if asked in OUTSIDE:
        return (OUTSIDE[asked](place),)
    if asked == asking.SPACES and place.spaces:
        return (visitor.spaces(place),)
    if place.dossier is None:
        if asked == asking.HELP:
            return (talk.help_(place),)
        return ((visitor.spaces if place.spaces else visitor.no_link)(place),)
    if is_closed(place.dossier) and asked not in EVEN_CLOSED:
        return (spaces.closed(place),)
    if asked in INSIDE:
        return (INSIDE[asked](place),)
    return _asked(place)


def _asked(place: Place) -> tuple[Screen, ...]:
    """The one thing that is asked; what no longer applies gives way to what comes next."""
    rule: FieldRule | DocumentRule | None = asked_field(place)
    if isinstance(rule, FieldRule):
        return questions.question(place, rule)
    rule = asked_document(place)
    if rule is None:
        return (_next(place),)
    if place.asking.step == asking.PAGES and place.asking.extra != asking.MORE:
        return (papers.received(place, rule),)
    return (papers.document(place, rule),)


def _next(place: Place) -> Screen:
    kinds: dict[str, Draw] = {
        "unmet": questions.unmet,
        "checking": spaces.checking,
        "submit": lists.summary,
        "waiting": spaces.waiting,
        "open": spaces.open_space,
        "closed": spaces.closed,
    }
    return kinds.get(step(place).kind, lists.summary)(place)
