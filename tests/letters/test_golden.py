"""Every mail and every piece of news, in both languages, as it was read and approved.

To write the golden files again after a change of words: UPDATE_GOLDEN=1, then read the diff.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rules.digest import DeletionDay, Digest, Group, Person
from rules.letters import LetterFacts, Point, Sites, packed, unpacked
from rules.notices import CHANNELS, FAREWELLS, NoticeKind
from rules.uploads import REFUSALS
from rules.vocabulary import Channel, Language
from words.chat.news import news
from words.letters import WRITERS, letter

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = tuple(str(one) for one in Language)
DIPLOMA = Point(
    "diploma",
    {"fr": "Diplôme", "en": "Diploma"},
    "Illisible ou coupé",
    advice="Photographiez-le en entier.",
)
FRENCH = Point("speaks_french", {"fr": "Parle français", "en": "Speaks French"}, is_document=False)
INSURANCE = Point(
    "liability_insurance",
    {"fr": "Assurance responsabilité civile", "en": "Liability insurance"},
    until=date(2026, 12, 16),
)
PERMIT = Point("residence_permit", {"fr": "Titre de séjour", "en": "Residence permit"})
FACTS = LetterFacts(
    provider="Douceur & Cie",
    sites=Sites("https://recrutement.example.org"),
    colour="#f59e0b",
    reply_to="contact@douceur.example",
    first_name="Amina",
    bot="douceur_bot",
    candidate_id="abcdefghjkmnpqrs",
    token="TOKEN",
    address="amina@example.org",
    text="Bonjour, êtes-vous libre <mardi> ?",
    comment="Merci !\nÀ très vite.",
    day=date(2026, 12, 16),
    refusal=REFUSALS["unreadable"](),
)
BARE = replace(FACTS, comment="", first_name="", reply_to=None, bot="")
ENDED = replace(FACTS, situation="ended", day=date(2028, 12, 15))
STAFF = replace(FACTS, comment="", text="", first_name="Paula", bot="", candidate_id="")
PEOPLE = (Person("amina", "Amina Benali", 34), Person("bruno", "", 0))
DIGEST = Digest(
    since=date(2026, 12, 14),
    waiting=Group(7, PEOPLE),
    overdue=1,
    messages=Group(1, (Person("chloe", "Chloé Marty", 1),)),
    ending=(
        DeletionDay(date(2026, 12, 17), Group(1, (Person("dora", "Dora Petit"),))),
        DeletionDay(date(2026, 12, 20), Group(9, PEOPLE)),
    ),
    more=True,
    deleted={"automatic": 3, "bin": 1, "own_wish": 1, "again": 2},
    unreachable=Group(2, PEOPLE),
    stopped="brake",
    to_delete=25,
    failed=2,
    asking=True,
)
SMALL = Digest(since=date(2026, 12, 15), admin=False, stopped="restore", failed=3, asking=True)
ENDING = Digest(since=date(2026, 12, 15), ending=DIGEST.ending)
MORNING = replace(
    STAFF,
    first_name="Odile",
    reply_to=None,
    unsubscribe="https://recrutement.example.org/unsubscribe/7.x",
)
UNMET = {"fr": "Le français courant est nécessaire.", "en": "Fluent French is needed."}

Case = tuple[NoticeKind, LetterFacts]
CASES: dict[str, Case] = {
    "activation": (NoticeKind.ACTIVATION, FACTS),
    "activation_bare": (NoticeKind.ACTIVATION, replace(BARE, accepted=False)),
    "activation_again": (NoticeKind.ACTIVATION_AGAIN, replace(FACTS, comment="")),
    "activation_again_bare": (NoticeKind.ACTIVATION_AGAIN, BARE),
    "corrections": (NoticeKind.CORRECTIONS, replace(FACTS, points=(DIPLOMA, FRENCH))),
    "corrections_bare": (NoticeKind.CORRECTIONS, replace(BARE, points=(DIPLOMA,))),
    "final_rejection": (NoticeKind.FINAL_REJECTION, FACTS),
    "final_rejection_farewell": (NoticeKind.FINAL_REJECTION, replace(FACTS, candidate_id="")),
    "reminder_incomplete": (
        NoticeKind.DELETION_REMINDER,
        replace(FACTS, points=(replace(DIPLOMA, reason="", advice=""), FRENCH)),
    ),
    "reminder_complete": (NoticeKind.DELETION_REMINDER, BARE),
    "reminder_to_correct": (
        NoticeKind.DELETION_REMINDER,
        replace(FACTS, situation="to_correct", points=(DIPLOMA,)),
    ),
    "reminder_unmet": (
        NoticeKind.DELETION_REMINDER,
        replace(FACTS, situation="unmet", unmet=UNMET, points=(FRENCH,)),
    ),
    "reminder_ended": (NoticeKind.DELETION_REMINDER, replace(FACTS, situation="ended")),
    "admission_ended": (NoticeKind.ADMISSION_ENDED, replace(ENDED, warned_before=True)),
    "admission_ended_unwarned": (NoticeKind.ADMISSION_ENDED, ENDED),
    "admission_ended_kept": (
        NoticeKind.ADMISSION_ENDED,
        replace(BARE, situation="ended", day=None),
    ),
    "final_rejection_ended": (NoticeKind.FINAL_REJECTION, ENDED),
    "final_rejection_ended_farewell": (
        NoticeKind.FINAL_REJECTION,
        replace(ENDED, candidate_id=""),
    ),
    "document_expires": (NoticeKind.DOCUMENT_EXPIRES, replace(FACTS, points=(INSURANCE,))),
    "document_expires_several": (
        NoticeKind.DOCUMENT_EXPIRES,
        replace(FACTS, points=(INSURANCE, replace(PERMIT, until=date(2026, 12, 19)))),
    ),
    "document_expires_bare": (NoticeKind.DOCUMENT_EXPIRES, replace(BARE, points=(INSURANCE,))),
    "email_confirmation": (NoticeKind.EMAIL_CONFIRMATION, FACTS),
    "erased": (NoticeKind.ERASED, replace(FACTS, candidate_id="")),
    "file_refused": (
        NoticeKind.FILE_REFUSED,
        replace(FACTS, points=(DIPLOMA,), text="diplome.pdf"),
    ),
    "document_rejected": (NoticeKind.DOCUMENT_REJECTED, replace(FACTS, points=(DIPLOMA,))),
    "document_rejected_several": (
        NoticeKind.DOCUMENT_REJECTED,
        replace(FACTS, points=(DIPLOMA, replace(DIPLOMA, key="cv", label={"fr": "CV"}))),
    ),
    "accepted": (NoticeKind.ACCEPTED, FACTS),
    "accepted_confirmed": (NoticeKind.ACCEPTED, replace(FACTS, confirmed=True, comment="")),
    "account_confirmed": (NoticeKind.ACCOUNT_CONFIRMED, FACTS),
    "restored": (NoticeKind.RESTORED, FACTS),
    "kept": (NoticeKind.KEPT, FACTS),
    "kept_without_date": (NoticeKind.KEPT, replace(FACTS, day=None)),
    "kept_ended": (NoticeKind.KEPT, ENDED),
    "kept_ended_without_date": (NoticeKind.KEPT, replace(ENDED, day=None)),
    "admission_resumed": (NoticeKind.ADMISSION_RESUMED, FACTS),
    "asked_more": (NoticeKind.ASKED_MORE, replace(FACTS, points=(DIPLOMA,))),
    "asked_more_several": (NoticeKind.ASKED_MORE, replace(FACTS, points=(DIPLOMA, FRENCH))),
    "message": (NoticeKind.MESSAGE, FACTS),
    "export": (NoticeKind.EXPORT, replace(FACTS, text="1/2")),
    "invitation": (NoticeKind.INVITATION, replace(STAFF, inviter="Odile", role="reviewer")),
    "invitation_admin": (NoticeKind.INVITATION, replace(STAFF, role="admin", reply_to=None)),
    "password_reset": (
        NoticeKind.PASSWORD_RESET,
        replace(STAFF, address="paula@example.org", reply_to=None),
    ),
    "digest": (NoticeKind.DIGEST, replace(MORNING, digest=DIGEST)),
    "digest_reviewer": (NoticeKind.DIGEST, replace(MORNING, digest=SMALL)),
    "digest_ending": (NoticeKind.DIGEST, replace(MORNING, digest=ENDING)),
    "overdue": (NoticeKind.OVERDUE, replace(MORNING, overdue=Group(23, PEOPLE))),
    "overdue_one": (NoticeKind.OVERDUE, replace(MORNING, overdue=Group(1, PEOPLE[:1]))),
}
MAILS = sorted(name for name, (kind, _) in CASES.items() if Channel.MAIL in CHANNELS[kind])
NEWS = sorted(name for name, (kind, _) in CASES.items() if Channel.CHAT in CHANNELS[kind])


def approved(name: str, written: str) -> None:
    """Compare with the golden file, or write it when asked to."""
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(written)
    assert path.read_text() == written


def html_words(html: str) -> str:
    """What a reader of the HTML part sees, and where links lead."""
    body = re.sub(r"<(style|title|head).*?</\1>|<!--.*?-->", "", html, flags=re.DOTALL)
    linked = re.sub(r'<a [^>]*href="([^"]*)"[^>]*>', r"[\1] ", body)
    spaced = re.sub(r"</(p|li|div|td|tr|table)>|<br ?/?>", "\n", linked)
    plain = re.sub(r"<[^>]*>", "", spaced)
    lines = [" ".join(line.split()) for line in plain.splitlines()]
    return "\n".join(line for line in lines if line) + "\n"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MAILS)
def test_a_mail_reads_as_approved(name: str, language: str) -> None:
    written = letter(*CASES[name], language)
    approved(f"{name}.{language}.txt", f"{written.subject}\n\n{written.text}")
    approved(f"{name}.{language}.html.txt", html_words(written.html))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NEWS)
def test_a_piece_of_news_reads_as_approved(name: str, language: str) -> None:
    screen = news(*CASES[name], language)
    rows = "".join(
        " ".join(f"[{button.text} → {button.data}]" for button in row) + "\n"
        for row in screen.rows
    )
    approved(f"{name}.{language}.chat.txt", f"{screen.text}\n\n{rows}")


def test_every_kind_of_notice_has_its_words() -> None:
    by_mail = {kind for kind, channels in CHANNELS.items() if Channel.MAIL in channels}
    in_chat = {kind for kind, channels in CHANNELS.items() if Channel.CHAT in channels}
    assert by_mail - {NoticeKind.MAIL_SAMPLE} == set(WRITERS)
    shown = {CASES[name][0] for name in NEWS}
    assert in_chat <= shown


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_loads_nothing_from_elsewhere_and_has_one_button(name: str) -> None:
    html = letter(*CASES[name], "fr").html
    assert not re.search(r"<(img|script|link|iframe)|@import|url\(|fonts\.google", html)
    assert html.count('role="presentation" valign="middle"') <= 1
    assert 'lang="fr"' in html
    assert "prefers-color-scheme: dark" in html


@pytest.mark.parametrize("name", MAILS)
def test_text_and_html_lead_to_the_same_places(name: str) -> None:
    written = letter(*CASES[name], "fr")
    links = re.compile(r"https?://[^\s\]\"<]+")
    shown = html_words(written.html)
    assert set(links.findall(written.text)) == set(links.findall(shown))


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_names_and_comments_cannot_break_out(kind: NoticeKind) -> None:
    evil = '<script>alert(1)</script>"\r\nBcc: all@example.org'
    facts = replace(
        FACTS, provider=evil, first_name=evil, comment=evil, unmet={"fr": evil}, text=evil
    )
    facts = replace(facts, points=(Point("k", {"fr": evil}, evil, advice=evil),))
    people = Group(9, (Person(evil, evil, 3),))
    ending = (DeletionDay(date(2026, 12, 17), people),)
    told = Digest(since=ending[0].day, waiting=people, messages=people, ending=ending)
    facts = replace(facts, digest=told, overdue=people, unsubscribe=evil)
    written = letter(kind, facts, "fr")
    assert "<script>" not in written.html
    assert "\n" not in written.subject
    if Channel.CHAT in CHANNELS[kind]:
        assert "<script>" not in news(kind, facts, "fr").text


@pytest.mark.parametrize("kind", sorted({CASES[name][0] for name in NEWS}))
def test_the_longest_news_fit_in_one_message(kind: NoticeKind) -> None:
    points = tuple(
        replace(DIPLOMA, key=f"k{number}", reason="r" * 600, advice="a" * 600)
        for number in range(12)
    )
    facts = replace(FACTS, comment="c" * 2000, text="t" * 4000, points=points)
    screen = news(kind, facts, "fr")
    assert len(screen.text) <= 4096
    assert sum(len(row) for row in screen.rows) <= 9


@pytest.mark.parametrize("kind", sorted(FAREWELLS))
def test_a_farewell_survives_being_packed(kind: NoticeKind) -> None:
    facts = replace(FACTS, refusal=None, points=(DIPLOMA, INSURANCE), unmet=UNMET)
    assert unpacked(packed(facts)) == facts
