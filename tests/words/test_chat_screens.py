"""Every screen of the chat, in both languages, with words that try to break it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import TypeVar

import pytest

from rules import asking
from rules.asking import Asking
from rules.dossier import DocumentRule, Dossier, FieldRule
from rules.place import Line, Link, Place, Space
from rules.vocabulary import DocumentState, Stage, Status
from tests.rules.people import ANSWERS, FIELDS, NOW, PAPERS, dossier, field, paper, sent, words
from words.chat import buttons, papers, questions, rights, talk, visitor
from words.chat.card import card
from words.chat.current import current
from words.screen import Screen

EVIL = "<b>&amp; “Évil” {name} %(x)s </i>" * 3
LONG_KEY = "a_very_long_key_of_a_question_that_a_provider_made_up_itself"
LONG_CHOICE = "an_equally_long_key_of_a_choice"

LONG = field(LONG_KEY, "choice", 9, choices=(LONG_CHOICE, "b"), required=False)
TICKS = field("ticks" + LONG_KEY[5:], "choices", 10, choices=(LONG_CHOICE, "b"))
DOCUMENT = sent("any")
PAPER = paper("paper" + LONG_KEY[5:], 60, max_pages=3)


Rule = TypeVar("Rule", FieldRule, DocumentRule)


def evil(rule: Rule) -> Rule:
    """The same with words that look like markup."""
    return replace(rule, label=words(EVIL), help=words(EVIL))


def harsh(status: Status, **more: object) -> Dossier:
    """A dossier in this status whose every word is harsh."""
    made = dossier(
        {**ANSWERS, "first_name": EVIL},
        {"certificates": DocumentState.REJECTED, "cv": DocumentState.TO_REVIEW},
        policy={"name": EVIL, **more},
        status=status,
        email="amina@example.org",
    )
    certificates = replace(made.documents["certificates"], reason=EVIL)
    return replace(
        made,
        fields=tuple(evil(one) for one in (*FIELDS, LONG, TICKS)),
        document_types=tuple(evil(one) for one in (*PAPERS, PAPER)),
        documents={**made.documents, "certificates": certificates},
    )


def place(language: str, where: Dossier | None, asked: Asking, *, several: bool = False) -> Place:
    """A place with everything in it that can be shown."""
    spaces = (Space("a" * 16, EVIL), Space("b" * 16, "Vert Jardin"))
    return Place(
        language=language,
        asking=asked,
        now=NOW,
        today=NOW.date(),
        dossier=where,
        spaces=spaces if several else spaces[:1],
        links=(Link(words("Planning"), "https://example.org/"),),
        reply_to="contact@example.org",
        thread=tuple(Line(EVIL * 20, NOW - timedelta(days=n), "Odile" * (n % 2)) for n in (2, 1)),
        provider=EVIL,
        closed_sentence=words(EVIL),
        email_refused=True,
    )


STEPS = [
    Asking(),
    *(
        Asking(step)
        for step in (
            asking.WELCOME,
            asking.INFOS,
            asking.DOCUMENTS,
            asking.SUMMARY,
            asking.MESSAGES,
            asking.HELP,
            asking.LANGUAGE,
            asking.RIGHTS,
            asking.ERASE,
            asking.SPACES,
            asking.DEAD_LINK,
            asking.RENEWED_LINK,
            asking.CLOSED,
            asking.ERASED,
        )
    ),
    Asking(asking.ERASE, "sure"),
    Asking(asking.INFOS, "", "2"),
    Asking(asking.INFOS, "", "99"),
    Asking(asking.INFOS, "", "-1"),
    Asking(asking.ANSWER, "first_name"),
    Asking(asking.ANSWER, "email"),
    Asking(asking.ANSWER, LONG_KEY),
    Asking(asking.ANSWER, TICKS.key, "3"),
    Asking(asking.ANSWER, TICKS.key, "zz"),
    Asking(asking.ANSWER, "gone"),
    Asking(asking.DOCUMENT, "certificates"),
    Asking(asking.DOCUMENT, PAPER.key),
    Asking(asking.DOCUMENT, "gone"),
    Asking(asking.PAGES, "certificates"),
    Asking(asking.PAGES, "cv", "more"),
    Asking("a step of an earlier release"),
]

OTHERS: list[Callable[[Place], tuple[Screen, ...]]] = [
    lambda p: (card(p),),
    lambda p: (talk.unknown_text(p, "l" * 16),),
    lambda p: (talk.messages(p, sent=True),),
    lambda p: (talk.foreign_contact(p), talk.not_a_message(p)),
    lambda p: tuple(
        talk.unsupported(p, kind, current(p)[0])
        for kind in ("voice", "video", "location", "poll", "sticker", "story")
    ),
    lambda p: (papers.offer(p, "l" * 16, caption=True), papers.gone(p)),
    lambda p: (papers.received(p, PAPER, "l" * 16),),
    lambda p: (papers.document(p, PAPER, EVIL),),
    lambda p: questions.question(p, TICKS, EVIL),
    lambda p: (rights.export(p),),
    lambda p: (visitor.no_link(p), visitor.spaces(p)),
]


class Tags(HTMLParser):
    """Counts what Telegram would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Only what the templates use."""
        self.open.append(tag)
        if tag not in {"b", "i"}:
            self.faults.append(f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:
        """Closed in order."""
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")


def faults(screen: Screen) -> Iterator[str]:
    """What Telegram, or a reader, would not take."""
    tags = Tags()
    tags.feed(screen.text)
    tags.close()
    yield from (*tags.faults, *tags.open)
    if not screen.text.strip() or len(screen.text) > 4096:
        yield f"{len(screen.text)} characters"
    if "\n\n\n" in screen.text:
        yield "a hole"
    for row in screen.rows:
        yield from (
            f"{one.data} is too long" for one in row if len((one.data or "").encode()) > 64
        )
        yield from ("a button without words" for one in row if not one.text.strip())
        yield from ("neither data nor address" for one in row if not (one.data or one.url))
    if screen.contact and screen.rows:
        yield "two keyboards at once"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("status", [None, *Status])
@pytest.mark.parametrize("asked", STEPS, ids=str)
def test_the_current_screen_stands_whatever_the_words(
    asked: Asking, status: Status | None, language: str
) -> None:
    for several in (False, True):
        for module_on in (True, False):
            where = harsh(status, module_on=module_on) if status else None
            screens = current(place(language, where, asked, several=several))
            assert screens
            assert [fault for one in screens for fault in faults(one)] == []


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("draw", OTHERS)
def test_every_other_screen_stands_too(
    draw: Callable[[Place], tuple[Screen, ...]], status: Status, language: str
) -> None:
    for several in (False, True):
        where = place(language, harsh(status), Asking(), several=several)
        assert [fault for one in draw(where) for fault in faults(one)] == []


@pytest.mark.parametrize("status", list(Status))
def test_a_message_holds_however_many_documents_with_however_long_reasons(status: Status) -> None:
    many = tuple(replace(PAPER, key=f"p{n}", label=words(EVIL)) for n in range(60))
    given = {
        one.key: replace(
            DOCUMENT, key=one.key, state=DocumentState.REJECTED, reason="très long " * 100
        )
        for one in many
    }
    for stage in Stage:
        made = replace(
            harsh(status),
            document_types=tuple(replace(one, stage=stage) for one in many),
            documents=given,
        )
        for asked in (Asking(), Asking(asking.DOCUMENTS), Asking(asking.SUMMARY)):
            where = place("fr", made, asked, several=True)
            shown = (*current(where), card(where))
            assert [fault for one in shown for fault in faults(one)] == []


def test_the_conditions_screens_stand() -> None:
    where = replace(harsh(Status.INCOMPLETE), answers={})
    unmet = dossier({**ANSWERS, "french": False})
    for one in (where, unmet):
        assert [f for s in current(place("fr", one, Asking())) for f in faults(s)] == []


def test_the_card_asks_for_no_document_where_the_questions_have_stopped() -> None:
    unmet = dossier({**ANSWERS, "french": False})
    shown = card(place("fr", unmet, Asking()))
    assert [button.data for row in shown.rows for button in row] == ["go:next", "go:messages"]


@pytest.mark.parametrize("key", ["cv", "x" * 40, "x" * 41, LONG_KEY, "é" * 30, "with~tilde"])
def test_a_long_key_is_recognised_in_its_short_form(key: str) -> None:
    others = [paper(one) for one in ("cv", "x" * 39, key + "2", "y" * 60)]
    own = paper(key)
    written = buttons.short(key)
    assert len(written.encode()) <= buttons.KEY_ROOM
    assert buttons.matches(written, [*others, own]) == own
    assert buttons.matches(key, [*others, own]) == own
    assert buttons.matches("nothing", [*others, own]) is None


@pytest.mark.parametrize(
    "column", ["", "welcome", "answer:email", "answer:email:1f", "infos::2", "a:b:c:d"]
)
def test_what_a_chat_is_asked_is_read_as_it_was_written(column: str) -> None:
    assert str(asking.read(column)) == column
