"""The status card: one message that follows the application, edited in place."""

from collections.abc import Sequence
from dataclasses import replace

from rules import asking
from rules.checklist import Checklist, Item, ItemState, checklist
from rules.place import Place, step
from rules.renewals import papers_of_open_space
from rules.statuses import is_closed, is_open, may_change, whose_turn
from rules.vocabulary import Stage
from words.chat import buttons
from words.chat.drawing import Row, cut, draw, label, speaker, write_to_us
from words.chat.lists import paper_lines, wants_sending
from words.screen import Screen

BUTTONS = 3
"""Documents with a button of their own on the card."""


def card(place: Place) -> Screen:
    """The card as it should be now."""
    assert place.dossier is not None
    dossier = place.dossier
    open_ = is_open(dossier)
    todo = checklist(dossier, Stage.ADMITTED if open_ else Stage.APPLICATION)
    papers = papers_of_open_space(dossier) if open_ else todo.documents
    closed = is_closed(dossier)
    due = _due(place, todo, papers)
    screen = draw(
        place,
        "card",
        *(() if closed else _rows(place, due)),
        policy=dossier.policy,
        closed=closed,
        open=open_,
        turn=whose_turn(dossier),
        answered=sum(item.state is ItemState.GIVEN for item in todo.questions),
        questions=len(todo.questions),
        mark=_mark(todo.questions),
        papers=paper_lines(place, papers),
        due=len(due),
        unmet=bool(todo.unmet),
        ready=todo.complete,
    )
    text = screen.text if not place.several else _without_heading(screen.text)
    return replace(screen, text=text, card=True, card_version=dossier.candidate.version)


def _due(place: Place, todo: Checklist, papers: Sequence[Item]) -> list[Item]:
    """What the person is expected to give now, documents last."""
    assert place.dossier is not None
    missing = [item for item in todo.missing if not item.is_document]
    wanted = [item for item in papers if wants_sending(place, item)]
    return [item for item in (*missing, *wanted) if may_change(place.dossier, item.key)]


def _without_heading(text: str) -> str:
    """The card's own title names the provider already."""
    return text.partition("\n\n")[2]


def _mark(questions: tuple[Item, ...]) -> str:
    if any(item.state is ItemState.UNMET for item in questions):
        return "❌"
    return "⚪" if any(item.blocks for item in questions) else "✅"


def _rows(place: Place, due: list[Item]) -> tuple[Row, ...]:
    _ = speaker(place)
    if step(place).kind == "unmet":  # the questions stop there, and so do the documents
        return ((buttons.go(_("Go on"), asking.NEXT),), (write_to_us(place),))
    papers = [item for item in due if item.is_document][:BUTTONS]
    ready = step(place).kind == "submit"
    ask = any(not item.is_document for item in due) or ready
    on = _("✅ Check and send") if ready else _("Go on")
    return (
        *((buttons.document(f"📷 {cut(label(place, one), 44)}", one.key),) for one in papers),
        (buttons.go(on, asking.NEXT),) if ask else (),
        (write_to_us(place),),
    )
