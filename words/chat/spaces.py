"""Screens of the whole space: being checked, waiting, open, closed."""

from rules import asking
from rules.checklist import Item, ItemState, checklist
from rules.place import Place
from rules.renewals import papers_of_open_space
from rules.statuses import has_ended, may_change
from rules.vocabulary import Stage, Status
from words.chat import buttons
from words.chat.drawing import Row, cut, draw, label, speaker, state_word, titled, write_to_us
from words.chat.lists import LABEL, LINES, paper_lines, wants_sending
from words.language import pick, some_days
from words.screen import Button, Screen

OFFERED = 8
"""Second-stage items with a button of their own."""


def checking(place: Place) -> Screen:
    """Everything is there, a file is still being checked."""
    _ = speaker(place)
    return draw(
        place,
        "checking",
        (buttons.go(_("🔄 Look again"), asking.NEXT),),
        (buttons.go(_("📄 Documents"), asking.DOCUMENTS), write_to_us(place)),
    )


def waiting(place: Place) -> Screen:
    """With the operator."""
    _ = speaker(place)
    return draw(
        place,
        "waiting",
        (
            buttons.go(_("📝 My details"), asking.INFOS),
            buttons.go(_("📄 Documents"), asking.DOCUMENTS),
        ),
        (write_to_us(place),),
        (Button(_("↩️ Take it back to change it"), "takeback"),),
    )


def open_space(place: Place) -> Screen:
    """Admitted, or the module is off: everything is open."""
    assert place.dossier is not None
    _ = speaker(place)
    candidate = place.dossier.candidate
    second = checklist(place.dossier, Stage.ADMITTED)
    papers = papers_of_open_space(place.dossier)
    return draw(
        place,
        "open",
        *(_give(place, item) for item in _to_give(place, (*second.questions, *papers))),
        *((Button(pick(one.label, place.language), url=one.url),) for one in place.links),
        (
            buttons.go(_("📝 My details"), asking.INFOS),
            buttons.go(_("📄 Documents"), asking.DOCUMENTS),
        ),
        (write_to_us(place),),
        _confirm(place),
        candidate=candidate,
        accepted=candidate.status is Status.ACCEPTED,
        address=hidden(candidate.email),
        papers=paper_lines(place, papers),
        questions=[
            {
                "label": titled(place, cut(label(place, item), LABEL)),
                "state": state_word(place, item),
            }
            for item in second.questions
            if item.state is ItemState.MISSING
        ][:LINES],
    )


def _to_give(place: Place, items: tuple[Item, ...]) -> list[Item]:
    assert place.dossier is not None
    wanted = (ItemState.MISSING, ItemState.REJECTED, ItemState.UNUSABLE)
    return [
        item
        for item in items
        if (item.state in wanted or (item.is_document and wants_sending(place, item)))
        and may_change(place.dossier, item.key)
    ][:OFFERED]


def _give(place: Place, item: Item) -> Row:
    text = cut(label(place, item), 50)
    if item.is_document:
        return (buttons.document(f"📎 {text}", item.key),)
    return (buttons.ask(f"✏️ {text}", item.key),)


def _confirm(place: Place) -> Row:
    """Until the account is confirmed: another mail, or another address."""
    assert place.dossier is not None
    _ = speaker(place)
    candidate = place.dossier.candidate
    if candidate.account_confirmed or not candidate.email:
        return ()
    return (
        Button(_("📧 Send it again"), "resend"),
        buttons.ask(_("Change my address"), "email"),
    )


def hidden(address: str) -> str:
    """`a…@e…org`: enough to recognise one's own address."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}…{at}{domain[:1]}…{domain[-3:]}" if at else ""


def closed(place: Place) -> Screen:
    """In the bin, or no longer working here: a polite word, and one's rights."""
    _ = speaker(place)
    assert place.dossier is not None
    policy = place.dossier.policy
    deletes = policy.module_on and policy.ended_days > 0
    return draw(
        place,
        "closed",
        (Button(_("Get my data"), "export"),),
        (Button(_("Erase my data"), "erase"),),
        ended=has_ended(place.dossier),
        kept_for=some_days(policy.ended_days, place.language) if deletes else "",
    )
