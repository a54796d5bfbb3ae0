"""Answers picked from a list: yes or no, one choice, several choices."""

from typing import NoReturn

from rules.answers import tidy
from rules.answers.question import Choice, InvalidAnswer, NothingChosen, Question, in_language

_YES = frozenset("yes y yep yeah oui o ouais si true on vrai ok".split())
_NO = frozenset("no n nope non false off faux".split())


class NotYesOrNo(InvalidAnswer):
    """Neither yes nor no, in either language."""

    sentence = "Please answer with yes or no."


class NotAChoice(InvalidAnswer):
    """Not one of the field's choices, nor its number in the list."""

    sentence = "“{written}” is not in the list. Please choose among: {choices}."


class OneChoiceOnly(InvalidAnswer):
    """Several answers where one is asked."""

    sentence = "Only one answer is possible here. Please choose one among: {choices}."


def parse_yes_no(raw: str) -> bool:
    """True for yes, False for no, in French or English."""
    word = "".join(sign for sign in tidy.fold(tidy.line(raw, 40)) if sign.isalpha())
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise NotYesOrNo()


def parse_keys(question: Question, raw: list[str], language: str) -> list[str]:
    """Keys sent by a form, each once, in the field's order; an unknown one is refused."""
    known = {choice.key for choice in question.choices}
    if len(raw) > 10 * len(known) + 10:
        raise NotAChoice(written="…", choices=listed(question, language))
    for key in raw:
        if key not in known:
            _refuse(question, key, language)
    return [choice.key for choice in question.choices if choice.key in raw]


def parse_one(question: Question, text: str, language: str) -> str:
    """One choice, typed: its key, its label in any language, or its number in the list."""
    text = tidy.line(text, 1_000)
    found = _find(question, text)
    if found is None:
        if _split(question, text) is not None:
            raise OneChoiceOnly(choices=listed(question, language))
        _refuse(question, text, language)
    return found.key


def parse_several(question: Question, text: str, language: str) -> list[str]:
    """Several choices, typed: "1, 3", "ménage et jardinage", one a line…"""
    # Each part is compared with each label: a bound keeps a page of commas cheap.
    room = sum(len(words) for choice in question.choices for words in choice.label.values())
    text = tidy.lines(text, 1_000 + room)
    keys = _split(question, text)
    if keys is None:
        _refuse(question, _first_unknown(question, text), language)
    return [choice.key for choice in question.choices if choice.key in keys]


def listed(question: Question, language: str) -> str:
    """The choices with their numbers, as a sentence shows them."""
    return ", ".join(
        f"{number}. {in_language(choice.label, language)}"
        for number, choice in enumerate(question.choices, 1)
    )


def labels(question: Question, keys: list[str], language: str) -> list[str]:
    """The labels of these keys; a key that left the list is shown as it is."""
    known = (*question.former, *question.choices)
    by_key = {choice.key: in_language(choice.label, language) for choice in known}
    return [by_key.get(key, key) for key in keys]


def _refuse(question: Question, written: str, language: str) -> NoReturn:
    raise NotAChoice(written=_shortened(written), choices=listed(question, language))


def _shortened(written: str) -> str:
    # The refusal repeats what was written: one clean, short line of it.
    text = tidy.line(written)
    return text if len(text) <= 40 else text[:39] + "…"


def _find(question: Question, text: str) -> Choice | None:
    wanted = _spelling(text)
    for choice in question.choices:
        if wanted in {_spelling(words) for words in (choice.key, *choice.label.values())}:
            return choice
    number = tidy.digits(wanted)
    if len(number) <= 3 and number.isdecimal() and 1 <= int(number) <= len(question.choices):
        return question.choices[int(number) - 1]
    return None


def _spelling(words: str) -> str:
    """One spelling of a label: no case or accents, "and" as "et", no full stop."""
    return f" {tidy.fold(words)} ".replace(" and ", " et ").strip(" .!,;-")


def _split(question: Question, text: str) -> set[str] | None:
    """The keys of a typed list; None when a part of it is not a choice."""
    whole = _find(question, text)
    if whole:
        return {whole.key}
    found: set[str] = set()
    for part in _parts(text):
        choices = _find_joined(question, part)
        if choices is None:
            return None
        found.update(choice.key for choice in choices)
    if not found:
        raise NothingChosen()
    return found


def _parts(text: str) -> list[str]:
    for mark in ";\n":
        text = text.replace(mark, ",")
    return [part for part in text.split(",") if part.strip()]


def _find_joined(question: Question, part: str) -> list[Choice] | None:
    """The choices of "1 2" or "ménage et jardinage"; a label may hold an "et" itself."""
    numbers = part.split()
    bare = all(word.isdecimal() for word in numbers)
    pieces, glue = (numbers, " ") if bare else (_around_and(part), " et ")
    found: list[Choice] = []
    while pieces:
        # No label holds more than three: without the bound a page of "et" would cost seconds.
        for taken in range(min(4, len(pieces)), 0, -1):
            choice = _find(question, glue.join(pieces[:taken]))
            if choice:
                found.append(choice)
                pieces = pieces[taken:]
                break
        else:
            return None
    return found


def _around_and(part: str) -> list[str]:
    words = f" {tidy.fold(part)} "
    for joint in (" and ", " & ", " + "):
        words = words.replace(joint, " et ")
    return [piece.strip() for piece in words.split(" et ") if piece.strip()]


def _first_unknown(question: Question, text: str) -> str:
    return next((part for part in _parts(text) if _find(question, part) is None), text)
