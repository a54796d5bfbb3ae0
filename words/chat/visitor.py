"""Screens of those who are not (yet) in a space, or choose one."""

from rules.place import Place
from words.chat import buttons
from words.chat.drawing import Row, draw, my_space, speaker
from words.language import pick
from words.screen import Button, Screen


def no_link(place: Place) -> Screen:
    """Somebody came without a link."""
    return draw(place, "no_link", *_ways_in(place))


def dead_link(place: Place) -> Screen:
    """A link that nobody ever gave, or a mistyped one."""
    return draw(place, "dead_link", *_ways_in(place))


def renewed_link(place: Place) -> Screen:
    """A link that a newer one replaced."""
    return draw(place, "renewed_link", *_ways_in(place))


def signups_closed(place: Place) -> Screen:
    """The provider takes nobody at the moment; its own sentence, if it wrote one."""
    own = pick(place.closed_sentence, place.language)
    return draw(place, "signups_closed", *_ways_in(place), sentence=own)


def erased(place: Place) -> Screen:
    """Everything was erased, as the person wished."""
    return draw(place, "erased", *_ways_in(place))


def spaces(place: Place) -> Screen:
    """One person, several providers: which space?"""
    rows = [(Button(one.provider, f"space:{one.candidate_id}"),) for one in place.spaces]
    return draw(place, "spaces", *rows)


def welcome(place: Place) -> Screen:
    """Who is asking, why, for how long it is kept, which rights there are."""
    _ = speaker(place)
    assert place.dossier is not None
    again = bool(place.dossier.answers)
    return draw(
        place,
        "welcome",
        (Button(_("Go on") if again else _("Start"), "begin"),),
        _other_languages(place),
        policy=place.dossier.policy,
        again=again,
    )


def language(place: Place) -> Screen:
    """Which language to speak."""
    rows: list[Row] = [(Button("Français", "lang:fr"), Button("English", "lang:en"))]
    if place.dossier is not None:
        rows.append((my_space(place),))
    return draw(place, "language", *rows)


def _other_languages(place: Place) -> Row:
    return (
        (Button("🌐 English", "lang:en"),)
        if place.language == "fr"
        else (Button("🌐 Français", "lang:fr"),)
    )


def _ways_in(place: Place) -> tuple[Row, ...]:
    """To the spaces that this person has already."""
    _ = speaker(place)
    if place.dossier is not None:
        text = _("Go on at {provider}", provider=place.dossier.policy.name)
        return ((buttons.go(text, ""),),)
    return tuple(
        (Button(_("Go on at {provider}", provider=one.provider), f"space:{one.candidate_id}"),)
        for one in place.spaces
    )
