"""Screens that show the whole: the answers, the documents, what is there and what is missing."""

from collections.abc import Sequence

from rules import asking
from rules.checklist import TO_DO, Item, ItemState, checklist
from rules.dossier import DocumentFacts, FieldRule
from rules.place import Place, step
from rules.renewals import expired, runs_out
from rules.statuses import is_open, may_change
from rules.vocabulary import Stage, Status
from words.chat import buttons
from words.chat.drawing import (
    MARKS,
    Row,
    cut,
    draw,
    label,
    speaker,
    state_word,
    titled,
    write_to_us,
)
from words.chat.questions import shown
from words.language import short_date
from words.screen import Button, Screen

LINES = 16
LABEL = 60
REASON = 100
"""Documents of a list, and characters of a label and of a reason: a message holds 4,096."""

RUNNING_OUT = "⏳"
"""Mark of a document that is still valid, not for long."""

PER_PAGE = 8
"""Questions on one page of the list."""


def items(place: Place) -> tuple[Item, ...]:
    """Everything that is asked of this person now: the second stage once the space is open."""
    assert place.dossier is not None
    stages = [Stage.APPLICATION]
    if is_open(place.dossier):
        stages.append(Stage.ADMITTED)
    return tuple(item for stage in stages for item in checklist(place.dossier, stage).items)


def infos(place: Place) -> Screen:
    """All questions with their answers, each one button away from being changed."""
    assert place.dossier is not None
    questions = [item for item in items(place) if not item.is_document]
    pages = max(1, -(-len(questions) // PER_PAGE))
    page = min(max(_number(place.asking.extra), 1), pages)
    on_page = questions[(page - 1) * PER_PAGE : page * PER_PAGE]
    return draw(
        place,
        "infos",
        *(
            (buttons.ask(f"✏️ {cut(label(place, item), 50)}", item.key),)
            for item in on_page
            if may_change(place.dossier, item.key)
        ),
        _turns(place, page, pages),
        _ways(place, documents=True),
        lines=[_line(place, item) for item in on_page],
        locked=any(not may_change(place.dossier, item.key) for item in on_page),
        page=page,
        pages=pages,
    )


def _line(place: Place, item: Item) -> dict[str, str]:
    assert place.dossier is not None
    assert isinstance(item.rule, FieldRule)
    given = shown(place, item.rule, place.dossier.answers.get(item.key))
    return {
        "mark": MARKS[item.state],
        "lock": "" if may_change(place.dossier, item.key) else " 🔒",
        "label": titled(place, cut(label(place, item), LABEL)),
        "given": cut(given, 150) if given else state_word(place, item),
    }


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 else 1


def _turns(place: Place, page: int, pages: int) -> Row:
    _ = speaker(place)
    row = []
    if page > 1:
        row.append(buttons.go(_("‹ Previous"), asking.INFOS, str(page - 1)))
    if page < pages:
        row.append(buttons.go(_("Next ›"), asking.INFOS, str(page + 1)))
    return tuple(row)


def _ways(place: Place, *, documents: bool = False, infos: bool = False) -> Row:
    """The other parts of the space, and back."""
    _ = speaker(place)
    row = []
    if documents:
        row.append(buttons.go(_("📄 Documents"), asking.DOCUMENTS))
    if infos:
        row.append(buttons.go(_("📝 My details"), asking.INFOS))
    row.append(buttons.go(_("‹ Where I was"), asking.NEXT))
    return tuple(row)


def documents(place: Place) -> Screen:
    """All documents with their state; a button for each that may be sent."""
    assert place.dossier is not None
    papers = [item for item in items(place) if item.is_document]
    return draw(
        place,
        "documents",
        *(
            (buttons.document(to_send(place, item), item.key),)
            for item in papers
            if may_change(place.dossier, item.key)
        ),
        _ways(place, infos=True),
        lines=paper_lines(place, papers),
        open=any(may_change(place.dossier, item.key) for item in papers),
        wanted=any(
            item.state is ItemState.MISSING or wants_sending(place, item)
            for item in papers
            if may_change(place.dossier, item.key)
        ),
    )


def paper_lines(place: Place, papers: Sequence[Item]) -> list[dict[str, str]]:
    """Documents with their states; a message has room for so many."""
    return [_paper_line(place, item) for item in papers[:LINES]]


def _paper_line(place: Place, item: Item) -> dict[str, str]:
    """A document with its state, and why it was refused."""
    assert place.dossier is not None
    sent = place.dossier.documents.get(item.key)
    return {
        "mark": _mark(place, item, sent),
        "label": titled(place, cut(label(place, item), LABEL)),
        "state": _until(place, item, sent) or state_word(place, item),
        "reason": cut(sent.reason, REASON) if sent and item.state is ItemState.REJECTED else "",
    }


def _mark(place: Place, item: Item, sent: DocumentFacts | None) -> str:
    if expired(sent, place.today):
        return MARKS[ItemState.REJECTED]
    return RUNNING_OUT if wants_renewal(place, item) else MARKS[item.state]


def _until(place: Place, item: Item, sent: DocumentFacts | None) -> str:
    """Until when a validated document holds; empty for every other."""
    if sent is None or item.state is not ItemState.VALIDATED or sent.expires_on is None:
        return ""
    _, day = speaker(place), short_date(sent.expires_on, place.language)
    if not expired(sent, place.today):
        if wants_renewal(place, item):
            return _("valid until {day}, to renew", day=day)
        return _("valid until {day}", day=day)
    assert place.dossier is not None
    if may_change(place.dossier, item.key):
        return _("expired on {day}, to send again", day=day)
    return _("expired on {day}", day=day)


def wants_sending(place: Place, item: Item) -> bool:
    """Whether a document is expected: asked for and not well, or about to run out."""
    assert place.dossier is not None
    if item.state in TO_DO:
        return item.rule.required
    return wants_renewal(place, item)


def wants_renewal(place: Place, item: Item) -> bool:
    """Whether a document that is there runs out, and a new one is awaited."""
    assert place.dossier is not None
    admitted = place.dossier.candidate.status is Status.ACCEPTED
    sent = place.dossier.documents.get(item.key)
    return admitted and runs_out(item.rule, sent, place.today)


def to_send(place: Place, item: Item) -> str:
    """What a button says that asks for this document, again if it is there."""
    _ = speaker(place)
    text = cut(label(place, item), 40)
    if item.state is ItemState.MISSING:
        return f"📎 {text}"
    return _("🔄 Replace: {document}", document=text)


def summary(place: Place) -> Screen:
    """What is there and what is missing; the button that submits when nothing is missing."""
    assert place.dossier is not None
    _ = speaker(place)
    todo = checklist(place.dossier)
    ready = step(place).kind == "submit"
    send = (Button(_("✅ Send my application"), "submit"),) if ready else ()
    missing = [item for item in todo.missing if may_change(place.dossier, item.key)]
    return draw(
        place,
        "summary",
        send,
        *(_give(place, item) for item in missing),
        *(_give(place, item) for item in _optional_documents(place)),
        _ways_of_summary(place),
        (write_to_us(place),),
        ready=ready,
        answered=sum(item.state is ItemState.GIVEN for item in todo.questions),
        questions=len(todo.questions),
        papers=paper_lines(place, todo.documents),
        missing=[cut(label(place, item), LABEL) for item in missing[:LINES]],
    )


def _give(place: Place, item: Item) -> Row:
    text = cut(label(place, item), 50)
    if item.is_document:
        return (buttons.document(f"📎 {text}", item.key),)
    return (buttons.ask(f"✏️ {text}", item.key),)


def _optional_documents(place: Place) -> list[Item]:
    assert place.dossier is not None
    return [
        item
        for item in checklist(place.dossier).documents
        if item.state is ItemState.MISSING
        and not item.rule.required
        and may_change(place.dossier, item.key)
    ]


def _ways_of_summary(place: Place) -> Row:
    _ = speaker(place)
    return (
        buttons.go(_("📝 My details"), asking.INFOS),
        buttons.go(_("📄 Documents"), asking.DOCUMENTS),
    )
