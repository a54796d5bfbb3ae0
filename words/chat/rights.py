"""Screens of one's rights: a copy of everything, and the erasure of everything."""

from rules import asking
from rules.place import Place
from rules.statuses import is_closed
from words.chat import buttons
from words.chat.drawing import draw, my_space, speaker
from words.screen import Button, Screen


def rights(place: Place) -> Screen:
    """What is kept, and what one may do about it."""
    _ = speaker(place)
    assert place.dossier is not None
    return draw(
        place,
        "rights",
        (Button(_("📦 Get a copy of my data"), "export"),),
        (Button(_("🗑 Erase everything"), "erase"),),
        (my_space(place),),
        policy=place.dossier.policy,
        closed=is_closed(place.dossier),
    )


def erase(place: Place) -> Screen:
    """Asked a first time, then a second time."""
    _ = speaker(place)
    sure = place.asking.key == "sure"
    button = (
        Button(_("Yes, erase everything for ever"), "erase:now")
        if sure
        else Button(_("Erase my application"), "erase:sure")
    )
    keep = buttons.go(_("No, keep it"), asking.NEXT)
    return draw(place, "erase", (keep,), (button,), sure=sure)


def export(place: Place) -> Screen:
    """The copy is on its way, as a message of its own."""
    return draw(place, "export", (my_space(place),))
