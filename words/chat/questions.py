"""Screens of the questions: one at a time, with an example, why it is asked, and buttons."""

from rules import asking
from rules.answers import SENSITIVE_KINDS, Question, display
from rules.asking import Asking
from rules.checklist import WORK_STATUS, ItemState, checklist, status_refused
from rules.dossier import AnswerFacts, FieldRule
from rules.journey import progress, question_before
from rules.place import Place, step
from words.chat import buttons
from words.chat.drawing import Row, draw, speaker, write_to_us
from words.language import pick
from words.screen import Button, Screen

YES, NO = "yes", "no"


def question(place: Place, rule: FieldRule, refusal: str = "") -> tuple[Screen, ...]:
    """One question; `refusal` says in plain text what was wrong with the last answer."""
    assert place.dossier is not None
    number, total = _progress(place, rule)
    answer = place.dossier.answers.get(rule.key)
    screen = draw(
        place,
        "question",
        *_choices(place, rule, answer),
        _moves(place, rule, answer),
        rule=rule,
        refusal=refusal,
        number=number,
        total=total,
        given=shown(place, rule, answer),
        kind=rule.question.kind,
    )
    if rule.question.kind != "phone":
        return (screen,)
    return (screen, _share_phone(place))


def _progress(place: Place, rule: FieldRule) -> tuple[int, int]:
    """The journey counts what is asked on the way; a question asked by itself, its whole stage."""
    assert place.dossier is not None
    due = step(place)
    if due.key == rule.key:
        return due.number, due.total
    return progress(place.dossier, rule.key)


def _share_phone(place: Place) -> Screen:
    """Its own message: a keyboard with the contact button leaves no room for others."""
    _ = speaker(place)
    return Screen(draw(place, "share_phone").text, contact=_("📱 Share my phone number"))


def shown(place: Place, rule: FieldRule, answer: AnswerFacts | None) -> str:
    """The given answer as people write it; a sensitive one is masked."""
    if answer is None or answer.skipped:
        return ""
    if rule.question.kind in SENSITIVE_KINDS:
        return str(answer.value)
    return display(rule.question, answer.value, place.language)


def _choices(place: Place, rule: FieldRule, answer: AnswerFacts | None) -> tuple[Row, ...]:
    asked = rule.question
    if asked.kind == "yes_no":
        _ = speaker(place)
        yes = buttons.pick(_("Yes"), rule.key, YES)
        return ((yes, buttons.pick(_("No"), rule.key, NO)),)
    if asked.kind == "choice":
        return tuple(
            (buttons.pick(pick(one.label, place.language), rule.key, one.key),)
            for one in asked.choices
        )
    if asked.kind == "choices":
        return _ticks(place, rule, answer)
    return ()


def _ticks(place: Place, rule: FieldRule, answer: AnswerFacts | None) -> tuple[Row, ...]:
    """One choice a row, ticked or not, and the button that says that is all."""
    marked = ticked(place.asking, rule.question, answer)
    rows = [
        (
            buttons.tick(
                f"{'☑' if marked >> place_of & 1 else '☐'} {pick(one.label, place.language)}",
                rule.key,
                one.key,
            ),
        )
        for place_of, one in enumerate(rule.question.choices)
    ]
    count = marked.bit_count()
    _ = speaker(place)
    done = _("That is all ({count})", count=count) if count else _("That is all")
    return (*rows, (buttons.ticked(done, rule.key),))


def ticked(asked: Asking, of: Question, answer: AnswerFacts | None) -> int:
    """What is ticked now, a bit for each choice: at first, what was answered before."""
    if asked.step == asking.ANSWER and asked.key == of.key and asked.extra:
        return asked.ticked
    given = answer.value if answer is not None and isinstance(answer.value, list) else []
    return sum(1 << position for position, one in enumerate(of.choices) if one.key in given)


def _moves(place: Place, rule: FieldRule, answer: AnswerFacts | None) -> Row:
    """Back, leave it, keep what was answered."""
    assert place.dossier is not None
    _ = speaker(place)
    row: list[Button] = []
    if question_before(place.dossier, rule.key) is not None:
        row.append(buttons.back(_("‹ Back"), rule.key))
    if answer is not None and not answer.skipped:
        number = buttons.KEPT_NUMBER if rule.question.kind == "phone" else ""
        row.append(buttons.go(_("Keep this answer"), asking.NEXT, number))
    elif not rule.required:
        row.append(buttons.skip(_("Skip"), rule.key))
    return (*row, write_to_us(place))


def unmet(place: Place) -> Screen:
    """A condition of admission is not met: said at once, and what can be done."""
    assert place.dossier is not None
    _ = speaker(place)
    item = next(one for one in checklist(place.dossier).items if one.state is ItemState.UNMET)
    assert isinstance(item.rule, FieldRule)
    refused = item.key == WORK_STATUS and status_refused(place.dossier)
    return draw(
        place,
        "unmet",
        (buttons.ask(_("Correct my answer"), item.key),),
        (write_to_us(place),),
        (Button(_("Erase my application"), "erase"),),
        rule=item.rule,
        status_refused=refused,
        sentence=pick(item.rule.unmet, place.language),
        given=shown(place, item.rule, place.dossier.answers.get(item.key)),
    )
