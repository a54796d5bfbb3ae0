"""The little language of the texts: {{ tag }}, {{ tag|filter }}, {% if tag %} … {% endif %}.

It looks like Jinja and is none: there are no expressions, no attributes, no calls and no loops,
so a text can name its tags and nothing else. Reading costs time in proportion to the text, and
what comes out is at most the text with each tag's value once per place.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from rules.answers.tidy import fold
from rules.errors import Refusal
from rules.mails.catalogue import MailTag

FILTERS = ("majuscules", "minuscules", "court")
"""Upper case, lower case, and a date in figures."""
DEEPEST = 4
MOST_TAGS = 100
LONGEST_NAMED = 40
"""Characters of a wrong tag that its refusal repeats."""

_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_OPENING = re.compile(r"\{[{%#]")
_CONDITION = re.compile(r"(?:not )?\w+(?: (?:and|or) (?:not )?\w+)*")


class TagNotClosed(Refusal):
    """{{ without }}."""

    sentence = "Line {line}: “{sign}” is opened and never closed. Close it with “{end}”."


class UnknownTag(Refusal):
    """A name that is no tag of this mail."""

    sentence = "Line {line}: there is no tag “{name}” here. Choose one from the list of tags."


class UnknownTagNear(UnknownTag):
    """The same, nearly right."""

    sentence = "Line {line}: there is no tag “{name}” here. Did you mean “{near}”?"


class UnknownFilter(Refusal):
    """{{ tag|something }} with another something."""

    sentence = (
        "Line {line}: after “|” only majuscules, minuscules or court may stand, not “{name}”."
    )


class NotATag(Refusal):
    """An expression, a call, a comment: anything that computes."""

    sentence = (
        "Line {line}: “{name}” is not allowed. Between braces only the name of a tag may stand, "
        "as in {{{{ prenom }}}}."
    )


class NotACondition(Refusal):
    """{% anything but if, elif, else, endif %}, or a condition that is more than names."""

    sentence = (
        "Line {line}: “{name}” is not allowed. Only {{% if tag %}}, {{% else %}} and "
        "{{% endif %}} may stand there."
    )


class IfNotClosed(Refusal):
    """An if without its endif."""

    sentence = "Line {line}: this {{% if %}} is never closed. Add {{% endif %}} where it ends."


class NothingToClose(Refusal):
    """else or endif without if."""

    sentence = "Line {line}: “{name}” stands without an {{% if %}} before it."


class TooDeep(Refusal):
    """An if in an if in an if…"""

    sentence = "Line {line}: too many {{% if %}} inside one another, {limit} at most."


class TooManyTags(Refusal):
    """A text made of tags."""

    sentence = "There are too many tags: {limit} at most."


@dataclass(frozen=True, slots=True)
class Put:
    """One tag at its place."""

    tag: MailTag
    filters: tuple[str, ...] = ()


Condition = tuple[tuple[tuple[bool, MailTag], ...], ...]
"""Alternatives of conjunctions of (whether the tag has to be filled, tag)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """if, elif and else: the first branch whose condition holds; () holds always."""

    branches: tuple[tuple[Condition, "Template"], ...]


Template = tuple["str | Put | Choice", ...]


def parse(text: str, allowed: Sequence[MailTag]) -> Template:
    """The text read; tags outside `allowed` are unknown.

    Raises:
        the refusals of this module, each with its line and what is wrong there.
    """
    return _Reading(text, allowed).template()


def pieces(template: Template, filled: Callable[[MailTag], bool]) -> Iterator[str | Put]:
    """Words and tags in order, the conditions decided by which tags have something to say."""
    for node in template:
        if isinstance(node, Choice):
            yield from pieces(_branch(node, filled), filled)
        else:
            yield node


def _branch(choice: Choice, filled: Callable[[MailTag], bool]) -> Template:
    for condition, body in choice.branches:
        if not condition or any(
            all(filled(tag) is wanted for wanted, tag in every) for every in condition
        ):
            return body
    return ()


@dataclass(slots=True)
class _Open:
    """An if that is being read."""

    line: int
    branches: list[tuple[Condition, Template]]
    condition: Condition
    body: list["str | Put | Choice"]
    has_else: bool = False


class _Reading:
    """One pass over a text, without recursion: depth is a list."""

    def __init__(self, text: str, allowed: Sequence[MailTag]) -> None:
        self._text, self._allowed = text, allowed
        self._done: list[str | Put | Choice] = []
        self._open: list[_Open] = []
        self._line = 1

    def template(self) -> Template:
        """Everything, or a refusal."""
        at = tags = 0
        while found := _OPENING.search(self._text, at):
            self._words(at, found.start())
            start = self._line
            end = self._text.find(_ENDS[found[0]], found.end())
            if end < 0:
                raise TagNotClosed(line=start, sign=found[0], end=_ENDS[found[0]])
            tags += 1
            if tags > MOST_TAGS:
                raise TooManyTags(limit=MOST_TAGS)
            self._sign(found[0], self._text[found.end() : end])
            at = end + 2
            self._line += self._text.count("\n", found.start(), at)
        self._words(at, len(self._text))
        if self._open:
            raise IfNotClosed(line=self._open[-1].line)
        return tuple(self._done)

    def _into(self) -> list["str | Put | Choice"]:
        return self._open[-1].body if self._open else self._done

    def _words(self, start: int, end: int) -> None:
        if start < end:
            self._into().append(self._text[start:end])
            self._line += self._text.count("\n", start, end)

    def _sign(self, sign: str, inside: str) -> None:
        # "{%-" and "-%}" take white space away in Jinja; here it is tidied anyway.
        inside = " ".join(inside.strip("-").split())
        if sign == "{{":
            self._into().append(self._put(inside))
        elif sign == "{%":
            self._statement(inside)
        else:
            raise NotATag(line=self._line, name=_short("{#" + inside))

    def _put(self, inside: str) -> Put:
        name, *filters = (part.strip() for part in inside.split("|"))
        if not name.isidentifier():
            raise NotATag(line=self._line, name=_short(inside))
        tag = self._tag(name)
        for one in filters:
            if one not in FILTERS:
                raise UnknownFilter(line=self._line, name=_short(one))
        return Put(tag, tuple(dict.fromkeys(filters)))

    def _tag(self, name: str) -> MailTag:
        known = [str(tag) for tag in self._allowed]
        if name in known:
            return MailTag(name)
        near = get_close_matches(fold(_short(name)), known, n=1)
        if near:
            raise UnknownTagNear(line=self._line, name=_short(name), near=near[0])
        raise UnknownTag(line=self._line, name=_short(name))

    def _statement(self, inside: str) -> None:
        word, _, rest = inside.partition(" ")
        if word == "if":
            self._begin(rest)
        elif word in ("elif", "else", "endif") and (bool(rest) is (word == "elif")):
            if not self._open or (word != "endif" and self._open[-1].has_else):
                raise NothingToClose(line=self._line, name=word)
            self._go_on(word, rest)
        else:
            raise NotACondition(line=self._line, name=_short(inside))

    def _begin(self, rest: str) -> None:
        if len(self._open) >= DEEPEST:
            raise TooDeep(line=self._line, limit=DEEPEST)
        self._open.append(_Open(self._line, [], self._condition(rest), []))

    def _go_on(self, word: str, rest: str) -> None:
        present = self._open[-1]
        present.branches.append((present.condition, tuple(present.body)))
        if word == "endif":
            self._open.pop()
            self._into().append(Choice(tuple(present.branches)))
        else:
            present.condition = self._condition(rest) if word == "elif" else ()
            present.has_else = word == "else"
            present.body = []

    def _condition(self, text: str) -> Condition:
        if not _CONDITION.fullmatch(text):
            raise NotACondition(line=self._line, name=_short("if " + text))
        return tuple(
            tuple(
                (not part.startswith("not "), self._tag(part.removeprefix("not ")))
                for part in every.split(" and ")
            )
            for every in text.split(" or ")
        )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_NAMED else text[: LONGEST_NAMED - 1] + "…"
