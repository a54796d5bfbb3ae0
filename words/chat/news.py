"""News in the chat: one message for each kind of notice, in the words of the mails but shorter."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from rules.answers import in_language
from rules.letters import LetterFacts, Point
from rules.notices import NoticeKind
from words.chat import buttons
from words.chat.drawing import MOST, Row, cut
from words.language import sentence, translate
from words.screen import Button, Screen
from words.templates import render

LABEL_ROOM = 44
"""Characters of an item's name on a button."""
ITEM_BUTTONS = 8
"""More would be a wall; the list names them all."""
WIDE_GAP = re.compile(r"\n{3,}")

Rows = tuple[Row, ...]
NO_ROWS: Rows = ()


def news(
    kind: NoticeKind, facts: LetterFacts, language: str, *, elsewhere: bool = False
) -> Screen:
    """The message of one kind of notice; the provider's name comes first.

    elsewhere: the person is in another of their spaces, where buttons about this one would act;
    then one button leads here.
    """
    draw_rows = _come_here if elsewhere else ROWS.get(kind, _none)
    rows = draw_rows(facts, language)
    text = _drawn(kind, facts, language, reasons=300)
    if len(text) > MOST:
        text = _drawn(kind, facts, language, reasons=60)
    return Screen(text, tuple(row for row in rows if row))


@dataclass(frozen=True, slots=True)
class Copy:
    """One archive of a copy of one's data."""

    content: bytes = field(repr=False)
    day: date
    number: int
    total: int


def copied(facts: LetterFacts, language: str, copy: Copy, *, elsewhere: bool = False) -> Screen:
    """The archive as a file; it says which one it is when there are several."""
    several = copy.total > 1
    told = replace(facts, text=f"{copy.number}/{copy.total}" if several else "")
    name = translate(language, "my-data")
    number = f"-{copy.number}" if several else ""
    screen = news(NoticeKind.EXPORT, told, language, elsewhere=elsewhere)
    return replace(screen, media=(f"{name}-{copy.day.isoformat()}{number}.zip", copy.content))


def _drawn(kind: NoticeKind, facts: LetterFacts, language: str, *, reasons: int) -> str:
    lines: list[dict[str, object]] = [
        {
            "label": in_language(point.label, language),
            "reason": cut(point.reason, reasons),
            "advice": cut(point.advice, reasons),
            "until": point.until,
        }
        for point in facts.points
    ]
    drawn = render(
        f"chat/news/{kind}.html",
        language,
        facts=facts,
        lines=lines,
        text=cut(facts.text, MOST - 200),
        comment=cut(facts.comment, MOST // 2),
        unmet=in_language(facts.unmet, language) if facts.unmet else "",
        refusal=sentence(facts.refusal, language) if facts.refusal else "",
    )
    return WIDE_GAP.sub("\n\n", drawn).strip()


def _none(_facts: LetterFacts, _language: str) -> Rows:
    return NO_ROWS


def _come_here(facts: LetterFacts, language: str) -> Rows:
    if not facts.candidate_id:
        return NO_ROWS
    return ((Button(translate(language, "Go to my application"), f"space:{facts.candidate_id}"),),)


def _send_again(facts: LetterFacts, language: str) -> Rows:
    """One button: send the same document again; of several, each by its name."""
    if len(facts.points) > 1:
        return tuple((_item(point, language),) for point in facts.points[:ITEM_BUTTONS])
    again = translate(language, "📷 Send it again")
    return tuple((buttons.document(again, point.key),) for point in facts.points[:ITEM_BUTTONS])


def _each_item(facts: LetterFacts, language: str) -> Rows:
    """One button per item to correct, then the rest of the application."""
    items = tuple((_item(point, language),) for point in facts.points[:ITEM_BUTTONS])
    return (*items, (_go_on(language),))


def _renew(facts: LetterFacts, language: str) -> Rows:
    """One button per document that runs out."""
    items = tuple((_item(point, language),) for point in facts.points[:ITEM_BUTTONS])
    return (*items, *_my_space(facts, language))


def _item(point: Point, language: str) -> Button:
    name = cut(in_language(point.label, language), LABEL_ROOM)
    if point.is_document:
        return buttons.document(f"📷 {name}", point.key)
    return buttons.ask(f"✏️ {name}", point.key)


def _go_on(language: str) -> Button:
    return buttons.go(translate(language, "Go to my application"), "next")


def _open_space(_facts: LetterFacts, language: str) -> Rows:
    return ((_go_on(language),),)


def _my_space(_facts: LetterFacts, language: str) -> Rows:
    return ((buttons.go(translate(language, "My space"), "next"),),)


def _accepted(facts: LetterFacts, language: str) -> Rows:
    """The space is open; a mail that did not come can be asked for again."""
    again = Button(translate(language, "Send the mail again"), "resend")
    mailed = not facts.confirmed and bool(facts.address)
    return ((again,) if mailed else (), *_my_space(facts, language))


def _keep(facts: LetterFacts, language: str) -> Rows:
    if facts.situation == "ended":
        keep = Button(translate(language, "Keep my data"), "keep")
        return ((keep,), *_rights(facts, language))
    return ((Button(translate(language, "Keep my application"), "keep"),), (_go_on(language),))


def _kept(facts: LetterFacts, language: str) -> Rows:
    return (_rights if facts.situation == "ended" else _open_space)(facts, language)


def _answer(_facts: LetterFacts, language: str) -> Rows:
    return ((buttons.go(translate(language, "✉️ Answer"), "messages"),),)


def _rights(facts: LetterFacts, language: str) -> Rows:
    """What one may still do in a closed space; nothing once it is erased."""
    if not facts.candidate_id:
        return NO_ROWS
    return ((buttons.go(translate(language, "My data"), "rights"),),)


ROWS: dict[NoticeKind, Callable[[LetterFacts, str], Rows]] = {
    NoticeKind.FILE_REFUSED: _send_again,
    NoticeKind.DOCUMENT_REJECTED: _send_again,
    NoticeKind.CORRECTIONS: _each_item,
    NoticeKind.ACCEPTED: _accepted,
    NoticeKind.ACCOUNT_CONFIRMED: _my_space,
    NoticeKind.FINAL_REJECTION: _rights,
    NoticeKind.RESTORED: _open_space,
    NoticeKind.DELETION_REMINDER: _keep,
    NoticeKind.ADMISSION_ENDED: _rights,
    NoticeKind.ADMISSION_RESUMED: _my_space,
    NoticeKind.KEPT: _kept,
    NoticeKind.ASKED_MORE: _each_item,
    NoticeKind.DOCUMENT_EXPIRES: _renew,
    NoticeKind.MESSAGE: _answer,
    NoticeKind.EXPORT: _my_space,
}
