"""Answering questions: typed, picked, ticked, shared, skipped, gone back to."""

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from actions import answers
from bot.replies import answer, go, speaker, stale, where, without_keyboard
from bot.visit import Visit
from rules import asking
from rules.answers import InvalidAnswer
from rules.checklist import WORK_STATUS, checklist
from rules.dossier import AnswerFacts, FieldRule
from rules.journey import question_before
from rules.place import Place, asked_field, changeable_field
from rules.statuses import check_change
from words.chat import questions, talk
from words.chat.buttons import CHOICE_ROOM, matches
from words.chat.drawing import titled
from words.language import pick, sentence
from words.screen import Reply

router = Router(name="answers")


async def give(
    visit: Visit,
    place: Place,
    rule: FieldRule,
    raw: object,
    *,
    typed: bool = False,
    press: CallbackQuery | None = None,
) -> Reply:
    """Give an answer; a wrong one comes back with the question and what to do, nothing lost."""
    try:
        answered = await answers.answer(
            visit.chat.candidate_id or "",
            rule.key,
            raw,
            language=visit.language,
            now=visit.now,
            at=visit.at,
            typed=typed,
        )
    except InvalidAnswer as wrong:
        why = sentence(wrong, visit.language)
        return answer(visit, *questions.question(place, rule, why), press=press)
    return await _noted(visit, place, rule, answered, press)


async def _noted(
    visit: Visit,
    place: Place,
    rule: FieldRule,
    answered: answers.Answered,
    press: CallbackQuery | None,
) -> Reply:
    """What was understood, above what comes next."""
    value = answered.value
    given = questions.shown(place, rule, AnswerFacts(value, visit.now, skipped=value is None))
    _ = speaker(visit)
    words = titled(place, pick(rule.label, visit.language))
    left_out = _("left out")
    note = f"✅ {words} {given}" if given else f"{words} {left_out}"
    if rule.must_be and value not in rule.must_be:
        note = ""  # the next screen says what was answered, and what it means
    if answered.mailed:
        note += "\n\n" + _("📧 A mail is on its way there: open its link to confirm the address.")
    if rule.question.kind != "phone":
        return await go(visit, note=note, press=press)
    return without_keyboard(note, await go(visit))


def _rule(place: Place, written: str) -> FieldRule | None:
    """The question that a button means, if it applies and may be answered now."""
    if place.dossier is None:
        return None
    found = matches(written, place.dossier.fields)
    return changeable_field(place.dossier, found.key) if found else None


async def _meant(press: CallbackQuery, visit: Visit) -> tuple[Place, FieldRule | None, str]:
    """Place, question and choice of a button; no question when it is a thing of the past."""
    _, written, choice = [*(press.data or "").split(":", 2), ""][:3]
    place = await where(visit)
    return place, _rule(place, written), choice


@router.callback_query(F.data.startswith("ask:"))
async def ask(press: CallbackQuery, visit: Visit) -> Reply:
    """Answer a question, again if it was answered."""
    _, rule, _ = await _meant(press, visit)
    if rule is None:
        return await _cannot(press, visit)
    return await go(visit, asking.ANSWER, rule.key, press=press)


async def _cannot(press: CallbackQuery, visit: Visit) -> Reply:
    """Locked, or no longer asked: the rule says which."""
    written = (press.data or "").split(":", 2)[1]
    place = await where(visit)
    found = matches(written, place.dossier.fields) if place.dossier else None
    if found is None or place.dossier is None:
        return await stale(visit, press)
    if checklist(place.dossier, found.stage).item(found.key) is None:
        raise answers.NoLongerAsked
    check_change(place.dossier, found.key)
    return await stale(visit, press)


@router.callback_query(F.data.startswith("pick:"))
async def pick_choice(press: CallbackQuery, visit: Visit) -> Reply:
    """Answer with a button."""
    place, rule, choice = await _meant(press, visit)
    if rule is None:
        return await _cannot(press, visit)
    if rule.question.kind == "yes_no" and choice in (questions.YES, questions.NO):
        return await give(visit, place, rule, choice == questions.YES, press=press)
    found = matches(choice, rule.question.choices, CHOICE_ROOM)
    if rule.question.kind != "choice" or found is None:
        return await stale(visit, press)
    if _turns_much(place, rule, found.key):
        return await go(visit, asking.ANSWER, rule.key, press=press)
    return await give(visit, place, rule, found.key, press=press)


def _turns_much(place: Place, rule: FieldRule, choice: str) -> bool:
    """Another work status changes what is asked: a button of long ago asks again."""
    assert place.dossier is not None
    told = place.dossier.answers.get(rule.key)
    another = told is not None and told.value != choice
    return rule.key == WORK_STATUS and another and asked_field(place) != rule


@router.callback_query(F.data.startswith("tick:"))
async def tick(press: CallbackQuery, visit: Visit) -> Reply:
    """Tick or untick one of several choices."""
    place, rule, choice = await _meant(press, visit)
    if rule is None:
        return await _cannot(press, visit)
    found = matches(choice, rule.question.choices, CHOICE_ROOM)
    if rule.question.kind != "choices" or found is None:
        return await stale(visit, press)
    mask = _ticked(place, rule) ^ (1 << rule.question.choices.index(found))
    return await go(visit, asking.ANSWER, rule.key, f"{mask:x}", press=press)


def _ticked(place: Place, rule: FieldRule) -> int:
    assert place.dossier is not None
    return questions.ticked(place.asking, rule.question, place.dossier.answers.get(rule.key))


@router.callback_query(F.data.startswith("ticked:"))
async def ticked(press: CallbackQuery, visit: Visit) -> Reply:
    """That is all."""
    place, rule, _ = await _meant(press, visit)
    if rule is None:
        return await _cannot(press, visit)
    if rule.question.kind != "choices":
        return await stale(visit, press)
    mask = _ticked(place, rule)
    keys = [one.key for at, one in enumerate(rule.question.choices) if mask >> at & 1]
    return await give(visit, place, rule, keys, press=press)


@router.callback_query(F.data.startswith("skip:"))
async def skip(press: CallbackQuery, visit: Visit) -> Reply:
    """Leave an optional question."""
    place, rule, _ = await _meant(press, visit)
    if rule is None:
        return await _cannot(press, visit)
    left = await answers.skip(visit.chat.candidate_id or "", rule.key, now=visit.now, at=visit.at)
    return await _noted(visit, place, rule, left, press)


@router.callback_query(F.data.startswith("back:"))
async def back(press: CallbackQuery, visit: Visit) -> Reply:
    """To the question before."""
    place, rule, _ = await _meant(press, visit)
    if rule is None or place.dossier is None:
        return await stale(visit, press)
    before = question_before(place.dossier, rule.key)
    if before is None:
        return await stale(visit, press)
    if rule.question.kind == "phone":
        _ = speaker(visit)
        return without_keyboard(
            _("One question back."), await go(visit, asking.ANSWER, before.key)
        )
    return await go(visit, asking.ANSWER, before.key, press=press)


@router.message(F.contact)
async def contact(message: Message, visit: Visit) -> Reply:
    """A shared number: only one's own."""
    place = await where(visit)
    rule = _phone(place)
    if rule is None or message.contact is None or message.from_user is None:
        return await go(visit)
    if message.contact.user_id != message.from_user.id:
        return Reply((talk.foreign_contact(place), *questions.question(place, rule)))
    number = message.contact.phone_number
    if not number.startswith(("+", "0")):
        number = f"+{number}"  # Telegram leaves the plus out on some phones
    return await give(visit, place, rule, number, typed=True)


def _phone(place: Place) -> FieldRule | None:
    """The question that a number answers: the one that is asked, else the first about a phone."""
    asked = asked_field(place)
    if asked is not None and asked.question.kind == "phone":
        return asked
    if place.dossier is None:
        return None
    phones = [rule for rule in place.dossier.fields if rule.question.kind == "phone"]
    return next((rule for rule in phones if changeable_field(place.dossier, rule.key)), None)
