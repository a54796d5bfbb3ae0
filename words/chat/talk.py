"""Screens of the messages, and the helpful answers to what nobody asked for."""

from dataclasses import replace

from rules import asking
from rules.place import Place
from rules.statuses import is_closed, is_open
from rules.vocabulary import Status
from words.chat import buttons
from words.chat.drawing import Row, cut, draw, my_space, speaker, write_to_us
from words.screen import Button, Screen
from words.templates import render

LINE = 400
"""Characters shown of one message of the thread."""


def messages(place: Place, *, sent: bool = False) -> Screen:
    """The last messages; whatever is typed now goes to the operator."""
    lines = [{"by": one.by, "at": one.at, "text": cut(one.text, LINE)} for one in place.thread]
    zone = place.dossier.policy.timezone if place.dossier else "UTC"
    return draw(
        place, "messages", (my_space(place),), lines=lines, sent=sent, zone=zone, now=place.now
    )


def help_(place: Place) -> Screen:
    """What can be done here."""
    return draw(
        place,
        "help",
        *ways(place),
        (Button("🌐 Français / English", "go:language"),),
        open=place.dossier is not None and is_open(place.dossier),
        closed=place.dossier is not None and is_closed(place.dossier),
    )


def ways(place: Place) -> tuple[Row, ...]:
    """The parts of the space."""
    _ = speaker(place)
    if place.dossier is None:
        return ()
    if is_closed(place.dossier):
        return ((buttons.go(_("My data and my rights"), asking.RIGHTS),),)
    return (
        (my_space(place),),
        (
            buttons.go(_("📝 My details"), asking.INFOS),
            buttons.go(_("📄 Documents"), asking.DOCUMENTS),
        ),
        (write_to_us(place), buttons.go(_("My data"), asking.RIGHTS)),
    )


def unknown_text(place: Place, loose: str) -> Screen:
    """Something was typed while nothing was asked: is it for the operator?"""
    _ = speaker(place)
    assert place.dossier is not None
    begins = place.asking.step == asking.WELCOME and not place.dossier.answers
    back = Button(_("Start"), "begin") if begins else my_space(place)
    return draw(
        place,
        "unknown_text",
        (buttons.tell(_("✉️ Yes, send it"), loose),),
        (back, buttons.go(_("Help"), asking.HELP)),
        begins=begins,
    )


def unsupported(place: Place, kind: str, below: Screen) -> Screen:
    """A sticker, a voice message, a place…: what to send instead, above where one is.

    kind: Telegram's name of it.
    """
    why = render("chat/unsupported.html", place.language, place=place, kind=kind).strip()
    return replace(below, text=f"{why}\n\n{below.text}")


def foreign_contact(place: Place) -> Screen:
    """Somebody else's contact, or one of the address book."""
    return draw(place, "foreign_contact")


def not_a_message(place: Place) -> Screen:
    """An edited message that was not one to the operator."""
    _ = speaker(place)
    row = (buttons.go(_("📝 My details"), asking.INFOS), my_space(place))
    sent = place.dossier is not None and place.dossier.candidate.status is Status.SUBMITTED
    return draw(place, "not_a_message", row, sent=sent)
