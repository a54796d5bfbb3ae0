"""A mail in the provider's own words: its tags filled, and nothing that it needs left out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rules.answers import in_language
from rules.letters import LetterFacts
from rules.mails import MAILS, SITUATIONS, MailName, MailTag, OwnText, Put, Template, parse, pieces
from rules.mails.catalogue import BLOCKS
from words.language import long_date, short_date, translate
from words.letters.ended import outcome as what_becomes
from words.letters.letter import Letter, Line, chat_link, finish, lines_of, renewal_link

ACTIVATIONS = (MailName.ACTIVATION, MailName.WELCOME, MailName.ACTIVATION_AGAIN)
LONGEST_PREVIEW = 90
"""Characters that mail programs show beside the subject."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the mail between two empty lines; templates/mail/own draws them in order."""

    rows: tuple[str, ...] = ()
    """The provider's own lines."""
    words: str = ""
    """Words of the product: what a list or a link is for, or what a button says."""
    lines: tuple[Line, ...] = ()
    is_comment: bool = False
    url: str = ""
    button: bool = False


def write_own(
    name: MailName, own: OwnText, facts: LetterFacts, language: str, link: str
) -> Letter:
    """The mail as the provider wrote it.

    What such a mail must never lack (its link, its list, its date) is added where it was left out.

    Raises:
        Refusal: the text cannot be used (any more); the product's own text then takes its place.
    """
    filling = _Filling(name, facts, language, link)
    parts = filling.parts(_parsed(own.body, MAILS[name].tags))
    return finish(
        "own",
        facts,
        language,
        subject=filling.line(_parsed(own.subject, MAILS[name].subject_tags)),
        parts=parts,
        preview=_preview(parts),
    )


@lru_cache(maxsize=500)
def _parsed(text: str, allowed: tuple[MailTag, ...]) -> Template:
    return parse(text, allowed)


def _preview(parts: tuple[Part, ...]) -> str:
    """The first paragraph after the greeting."""
    own = [" ".join(part.rows) for part in parts if part.rows]
    return "".join(own[1:2] or own[:1])[:LONGEST_PREVIEW]


@dataclass(frozen=True, slots=True)
class _Filling:
    """One mail to one person: what each tag stands for."""

    name: MailName
    facts: LetterFacts
    language: str
    link: str
    """The mailed link; empty when this mail carries none."""

    def line(self, template: Template) -> str:
        """A subject."""
        return "".join(
            piece if isinstance(piece, str) else self._text(piece)
            for piece in pieces(template, self._filled)
        )

    def parts(self, template: Template) -> tuple[Part, ...]:
        """The body, then what it left out of what is never missing."""
        made: list[Part] = []
        words, placed = "", set()
        for piece in pieces(template, self._filled):
            if isinstance(piece, str):
                words += piece
                continue
            if piece.tag not in BLOCKS:
                words += self._text(piece)
            elif piece.tag not in placed:  # a list or a button stands once
                made += [*_paragraphs(words), *self._block(piece.tag)]
                words = ""
            placed.add(piece.tag)
        made += _paragraphs(words)
        for tag in MAILS[self.name].kept:
            if tag not in placed:
                made += self._left_out(tag)
        return tuple(made)

    def _filled(self, tag: MailTag) -> bool:
        return bool(self._block(tag) if tag in BLOCKS else self._value(tag))

    def _text(self, put: Put) -> str:
        value = self._value(put.tag)
        if isinstance(value, date):
            write = short_date if "court" in put.filters else long_date
            value = write(value, self.language)
        for one in put.filters:
            value = _CASES.get(one, str)(value)
        return value

    def _value(self, tag: MailTag) -> str | date:
        return _VALUES[tag](self)

    def _block(self, tag: MailTag) -> tuple[Part, ...]:
        return _BLOCKS[tag](self)

    def _left_out(self, tag: MailTag) -> tuple[Part, ...]:
        if tag in BLOCKS:
            return self._block(tag)
        if tag is MailTag.DAY:
            return (Part(words=self._day_sentence()),)
        value = str(self._value(tag))
        return (Part(words=value),) if value else ()

    def _day_sentence(self) -> str:
        assert self.facts.day is not None, "a mail with a date says one"
        day = long_date(self.facts.day, self.language)
        if self.name is MailName.REMINDER_ENDED:
            return self.say(
                "Without news from you, your data there will be erased on %(day)s: your details, "
                "your documents and your messages.",
                day=day,
            )
        if self.name in SITUATIONS:
            return self.say(
                "Without news from you, it will be deleted on %(day)s, with everything you sent.",
                day=day,
            )
        return self.say(
            "On %(day)s, your application to %(provider)s was erased: your details, your "
            "documents and your messages.",
            day=day,
            provider=self.facts.provider,
        )

    def say(self, words: str, **facts: str) -> str:
        """A sentence of the product, as the templates say it too."""
        return translate(self.language, words) % facts

    def greeting(self) -> str:
        """With the first name, when it is known."""
        if not self.facts.first_name:
            return self.say("Hello,")
        return self.say("Hello %(name)s,", name=self.facts.first_name)

    def condition(self) -> str:
        """The provider's sentence."""
        return in_language(self.facts.unmet, self.language) if self.facts.unmet else ""

    def outcome(self) -> str:
        """What becomes of a rejected application: it may be gone already."""
        if self.name is MailName.ADMISSION_ENDED:
            return what_becomes(self.facts, self.language)
        if not self.facts.candidate_id:
            return self.say("Your application has been deleted, with everything you sent.")
        return self.say(
            "Your application is closed, and will be deleted with everything you sent. Until then "
            "you can get a copy of your data, or have it erased at once, in your Telegram space."
        )

    def listed(self) -> tuple[Part, ...]:
        """What is to be done."""
        lines = lines_of(self.facts, self.language)
        if self.name is MailName.REMINDER_INCOMPLETE:
            words = (
                self.say("What is missing:")
                if lines
                else self.say("Everything is there: all that is left is to send it, in the chat.")
            )
            return (Part(words=words, lines=lines),)
        if not lines:
            return ()
        expected = self.name is MailName.REMINDER_TO_CORRECT
        return (Part(words=self.say("What is expected:") if expected else "", lines=lines),)

    def comment(self) -> tuple[Part, ...]:
        """The operator's own words, if there are any."""
        return (Part(is_comment=True),) if self.facts.comment else ()

    def button(self) -> tuple[Part, ...]:
        """The one step of this mail."""
        words, url = self._step()
        return (Part(words=words, url=url, button=True),) if url else ()

    def _step(self) -> tuple[str, str]:
        if self.name in ACTIVATIONS:
            return self.say("Activate my account"), self.link
        if self.name is MailName.REMINDER_ENDED:
            return self.say("Keep my data"), self.link
        if self.name in SITUATIONS:
            return self.say("Keep my application"), self.link
        if self.name is MailName.EMAIL_CONFIRMATION:
            return self.say("Yes, it is my address"), self.link
        if self.name is MailName.DOCUMENT_EXPIRES:
            return self.say("Send it now"), renewal_link(self.facts)
        if self.name is MailName.CORRECTIONS:
            return self.say("Correct my application"), chat_link(self.facts)
        return self.say("My data"), chat_link(self.facts) if self.facts.candidate_id else ""

    def space(self) -> tuple[Part, ...]:
        """The way into the chat."""
        url = chat_link(self.facts)
        words = self.say("Going on in your Telegram space keeps it too:")
        if self.name is MailName.REMINDER_ENDED:
            words = self.say("Coming back to your Telegram space keeps them too:")
        return (Part(words=words, url=url),) if url else ()


def _paragraphs(text: str) -> Iterator[Part]:
    """Cut at empty lines; single line breaks stay."""
    rows: list[str] = []
    for row in (*text.splitlines(), ""):
        if tidy := " ".join(row.split(" ")).strip():
            rows.append(tidy)
        elif rows:
            yield Part(rows=tuple(rows))
            rows = []


_CASES: dict[str, Callable[[str], str]] = {"majuscules": str.upper, "minuscules": str.lower}
_VALUES: dict[MailTag, Callable[[_Filling], str | date]] = {
    MailTag.GREETING: _Filling.greeting,
    MailTag.FIRST_NAME: lambda filling: filling.facts.first_name,
    MailTag.COMPANY: lambda filling: filling.facts.provider,
    MailTag.DAY: lambda filling: filling.facts.day or "",
    MailTag.CONDITION: _Filling.condition,
    MailTag.OUTCOME: _Filling.outcome,
}
_BLOCKS: dict[MailTag, Callable[[_Filling], tuple[Part, ...]]] = {
    MailTag.LIST: _Filling.listed,
    MailTag.COMMENT: _Filling.comment,
    MailTag.BUTTON: _Filling.button,
    MailTag.SPACE: _Filling.space,
}
