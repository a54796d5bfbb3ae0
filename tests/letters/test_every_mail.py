"""Every mail as it leaves: its envelope, and that both parts and both languages are whole."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from typing import cast

import pytest

from jobs.mime import message
from rules.letters import Sites
from tests.factories import NOW
from tests.letters.test_golden import CASES, FACTS, LANGUAGES, MAILS, html_words
from words.language import translate
from words.letters import WRITERS, letter

CLIPPED = 100_000
"""Bytes of HTML after which well-known mail programs cut a mail off."""
BUTTON = 'role="presentation" valign="middle"'

NAMES = 3
"""Words of a line that may be a name, which is the same in both languages."""


def envelope(name: str, language: str) -> EmailMessage:
    """The mail as the server gets it, read again."""
    made = message(
        letter(*CASES[name], language),
        to="amina@example.org",
        sender="robot@antichambre.example",
        message_id="0123456789abcdef",
        public_url="https://recrutement.example.org",
        at=NOW,
    )
    return cast("EmailMessage", message_from_bytes(made.as_bytes(), policy=policy.default))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MAILS)
def test_the_envelope_is_that_of_an_honest_machine(name: str, language: str) -> None:
    mail = envelope(name, language)
    assert len(mail.get_all("From", [])) == len(mail.get_all("To", [])) == 1
    assert [one.addr_spec for one in mail["To"].addresses] == ["amina@example.org"]
    assert mail["Cc"] is None
    assert mail["Bcc"] is None
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"] == "<0123456789abcdef@recrutement.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == language
    assert mail["MIME-Version"] == "1.0"
    assert 10 < len(mail["Subject"]) < 100
    assert mail["Subject"].upper() != mail["Subject"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MAILS)
def test_text_comes_first_then_the_same_in_html(name: str, language: str) -> None:
    text, html = envelope(name, language).iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert {text.get_content_charset(), html.get_content_charset()} == {"utf-8"}
    assert len(html.get_content().encode()) < CLIPPED
    assert max(len(line) for line in text.as_bytes().splitlines()) < 998, "RFC 5322"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MAILS)
def test_the_text_part_is_as_good_as_the_html_part(name: str, language: str) -> None:
    """Line by line, but for the words of links, which stand as addresses in the text."""
    written = letter(*CASES[name], language)
    said = _plain(written.text)
    shown = html_words(written.html).splitlines()[1:]
    open_it = _plain(translate(language, "Open it in the chat"))
    for line in shown:
        words = _plain(unescape(re.sub(r"\[[^\]]*\] ", "", line))).removesuffix(open_it)
        assert words in said, line


def _plain(text: str) -> str:
    """Without spaces and capitals, with which a text part may stress what HTML writes larger."""
    return "".join(text.split()).casefold()


@pytest.mark.parametrize("name", MAILS)
def test_one_button_wherever_there_is_something_to_open(name: str) -> None:
    html = letter(*CASES[name], "fr").html
    assert html.count(BUTTON) == (1 if re.search(r'<a [^>]*href="', html) else 0)


@pytest.mark.parametrize("name", MAILS)
def test_nothing_of_a_french_mail_is_english(name: str) -> None:
    kind, facts = CASES[name]
    facts = replace(facts, comment="", text="", points=())
    french, english = (letter(kind, facts, code) for code in ("fr", "en"))
    same = {_line(one) for one in french.text.splitlines()} & {
        _line(one) for one in english.text.splitlines()
    }
    assert {one for one in same if len(one.split()) > NAMES} == set()
    assert french.subject != english.subject


def _line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_links_lead_to_our_own_pages_and_to_telegram_only(kind: str) -> None:
    ours = FACTS.sites.public_url
    for name in MAILS:
        if CASES[name][0] != kind:
            continue
        facts = replace(CASES[name][1], sites=Sites(ours))
        for url in re.findall(r'href="([^"]*)"', letter(CASES[name][0], facts, "fr").html):
            assert url.startswith((f"{ours}/", "https://t.me/")), url
