"""A letter as a plain value, and how one is written from its templates."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import mrml

from rules.answers import in_language
from rules.letters import LetterFacts, Point
from words import links
from words.colours import WHITE, readable
from words.templates import render


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail without its envelope: two equal bodies, and how it is signed."""

    subject: str
    text: str
    html: str
    language: str
    sender_name: str
    """The provider, before the technical address."""
    reply_to: str | None = None
    unsubscribe: str = ""
    """Where one POST ends the subscription (RFC 8058); empty for everything transactional."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: what, why, how, until when, and the link to that item in the chat."""

    label: str
    reason: str
    advice: str
    url: str
    until: date | None = None


def write(name: str, facts: LetterFacts, language: str, **more: Any) -> Letter:
    """Render `templates/mail/<name>/`: subject.txt, body.txt, body.html (MJML)."""
    values = _values(facts, language) | more
    subject = render(f"mail/{name}/subject.txt", language, **values)
    return finish(name, facts, language, subject=subject, **more)


def finish(name: str, facts: LetterFacts, language: str, *, subject: str, **more: Any) -> Letter:
    """Render the two bodies of `templates/mail/<name>/`; the subject is written already."""
    values = _values(facts, language) | more
    folder = f"mail/{name}"
    return Letter(
        subject=_one_line(subject),
        text=_plain(render(f"{folder}/body.txt", language, **values)),
        html=_html(render(f"{folder}/body.html", language, **values)),
        language=language,
        sender_name=facts.sender_name or facts.provider,
        reply_to=facts.reply_to,
    )


def _values(facts: LetterFacts, language: str) -> dict[str, Any]:
    return {
        "facts": facts,
        "chat": chat_link(facts),
        "lines": lines_of(facts, language),
        "unmet": in_language(facts.unmet, language) if facts.unmet else "",
        "signature": tuple(in_language(facts.signature or {}, language).splitlines()),
        "colour": readable(facts.colour, WHITE),
    }


def chat_link(facts: LetterFacts, key: str = "") -> str:
    """The candidate's space in the chat, at one item; empty when there is no bot or no space."""
    if not facts.candidate_id:
        return links.chat(facts.sites, facts.bot)
    return links.chat(facts.sites, facts.bot, links.into_space(facts.candidate_id, key))


def renewal_link(facts: LetterFacts) -> str:
    """Where to send what runs out: at the document itself when it is the only one."""
    return chat_link(facts, facts.points[0].key if len(facts.points) == 1 else "")


def lines_of(facts: LetterFacts, language: str) -> tuple[Line, ...]:
    """What is to be corrected or missing, as a list says it."""
    return tuple(_line(facts, point, language) for point in facts.points)


def _line(facts: LetterFacts, point: Point, language: str) -> Line:
    label = in_language(point.label, language)
    return Line(label, point.reason, point.advice, chat_link(facts, point.key), point.until)


def _one_line(subject: str) -> str:
    """Whatever names hold, a subject stays one line (RFC 5322: at most 998 characters)."""
    return " ".join(subject.split())[:200]


def _plain(text: str) -> str:
    """At most one empty line in a row, one line end at the end."""
    lines: list[str] = []
    for line in (one.rstrip() for one in text.strip().splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines) + "\n"


def _html(mjml: str) -> str:
    """MJML as HTML for mail programs, without any font or file from elsewhere."""
    written: str = mrml.to_html(mjml, render_options=mrml.RenderOptions(fonts={})).content
    return written
