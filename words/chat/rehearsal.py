"""The chat played through with a made-up candidate: what a provider is shown of its own rules.

Every screen comes from the functions that draw the real chat; only the person is made up. They
answer so that as much as possible is asked of them, and meet every condition of admission.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from rules import asking
from rules.answers import Question, Value, display
from rules.asking import Asking
from rules.checklist import WORK_STATUS, checklist
from rules.dossier import (
    AnswerFacts,
    CandidateFacts,
    DocumentFacts,
    DocumentRule,
    Dossier,
    FieldRule,
    Policy,
    Requirement,
)
from rules.journey import next_step
from rules.place import Place, Space
from rules.vocabulary import DocumentState, Stage, Status, WorkStatus
from words.chat import questions
from words.chat.current import current
from words.chat.visitor import welcome
from words.language import translate
from words.screen import Screen

MOST_TURNS: Final = 400
"""Steps of one rehearsal; more than a provider can ask."""
NOBODY: Final = "0" * 16

NAMES: Final[Mapping[str, Value]] = {"first_name": "Amina", "last_name": "Benali"}
"""What the made-up person answers to these questions."""
SAMPLES: Final[Mapping[str, Value]] = {
    "number": 3,
    "email": "amina@example.org",
    "phone": "+33612345678",
    "address": {"street": "12 rue des Lilas", "postal_code": "69003", "city": "Lyon"},
    "postal_code": "69003",
    "siret": "73282932000074",
    "iban": "FR7630006000011234567890189",
    "nir": "290017500112345",
}
"""And by kind, where the question itself gives no answer to pick."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One step: what the bot shows for an item, then what the made-up person does.

    key: of the item; empty for the welcome, the summary and the news.
    said: plain text; empty when nothing is said.
    """

    screens: tuple[Screen, ...]
    key: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stagecraft:
    """What a rehearsal needs: the rules as they would be asked, and who plays."""

    policy: Policy
    fields: tuple[FieldRule, ...]
    documents: tuple[DocumentRule, ...]
    work_status: WorkStatus
    language: str
    now: datetime
    reply_to: str = ""
    answers: dict[str, AnswerFacts] = field(default_factory=dict)
    papers: dict[str, DocumentFacts] = field(default_factory=dict)

    def dossier(self, status: Status = Status.INCOMPLETE) -> Dossier:
        """The made-up application as it stands."""
        known = WORK_STATUS in self.answers or len(self.policy.accepted_statuses) < 2
        first = str(NAMES["first_name"])
        candidate = CandidateFacts(
            id=NOBODY,
            provider_id=self.policy.provider_id,
            version=1,
            status=status,
            status_since=self.now,
            created_at=self.now,
            language=self.language,
            work_status=self.work_status if known else None,
            first_name=first if "first_name" in self.answers else "",
            email=str(SAMPLES["email"]),
            notice_version=self.policy.privacy_version,
            account_confirmed=status is Status.ACCEPTED,
            admitted_at=self.now if status is Status.ACCEPTED else None,
        )
        return Dossier(
            candidate=candidate,
            policy=self.policy,
            fields=self.fields,
            document_types=self.documents,
            answers=dict(self.answers),
            documents=dict(self.papers),
        )

    def place(self, dossier: Dossier, asked: Asking) -> Place:
        """Where the made-up person is in the chat."""
        return Place(
            language=self.language,
            asking=asked,
            now=self.now,
            today=self.now.date(),
            dossier=dossier,
            spaces=(Space(NOBODY, self.policy.name),),
            reply_to=self.reply_to,
        )

    def shows(self, asked: Asking, status: Status = Status.INCOMPLETE) -> tuple[Screen, ...]:
        """The screens that the chat would show now."""
        return current(self.place(self.dossier(status), asked))


def rehearse(play: Stagecraft) -> tuple[Turn, ...]:
    """The whole chat, from the welcome to the last item of the second stage."""
    play = replace(play, answers={}, papers={})
    opening = Turn((welcome(play.place(play.dossier(), Asking(asking.WELCOME))),), said=_go(play))
    return (opening, *_application(play), *_admitted(play))


def rehearse_item(play: Stagecraft, key: str) -> tuple[Turn, ...]:
    """Only what the chat shows of one item, once everything before it was answered.

    The sentence for those who do not meet its condition comes after it. Nothing when this person
    would never be asked.
    """
    turns = tuple(turn for turn in rehearse(play) if turn.key == key)
    rule = next((one for one in play.fields if one.key == key), None)
    if not turns or rule is None or not rule.must_be:
        return turns
    return (*turns, *_refusal(play, rule))


def _application(play: Stagecraft) -> Iterator[Turn]:
    for _ in range(MOST_TURNS):
        step = next_step(play.dossier())
        rule = play.dossier().rule(step.key) if step.key else None
        if step.kind not in ("question", "document") or rule is None:
            break
        yield _turn(play, rule, play.shows(Asking()))
    yield Turn(play.shows(Asking(asking.SUMMARY)))
    for item in checklist(play.dossier()).documents:
        if item.key not in play.papers:
            yield _turn(play, item.rule, play.shows(Asking(asking.DOCUMENT, item.key)))


def _admitted(play: Stagecraft) -> Iterator[Turn]:
    """What opens once accepted; nothing when nothing is asked then."""
    if not any(rule.stage is Stage.ADMITTED for rule in (*play.fields, *play.documents)):
        return
    accepted = Status.ACCEPTED
    yield Turn(play.shows(Asking(), accepted))
    for _ in range(MOST_TURNS):
        todo = checklist(play.dossier(accepted), Stage.ADMITTED).items
        item = next((one for one in todo if not _done(play, one.key)), None)
        if item is None:
            return
        step = asking.DOCUMENT if item.is_document else asking.ANSWER
        yield _turn(play, item.rule, play.shows(Asking(step, item.key), accepted))


def _done(play: Stagecraft, key: str) -> bool:
    return key in play.answers or key in play.papers


def _turn(play: Stagecraft, rule: Requirement, screens: tuple[Screen, ...]) -> Turn:
    """The item's turn: shown, then answered or sent."""
    if isinstance(rule, FieldRule):
        value = _answer(play, rule)
        play.answers[rule.key] = AnswerFacts(value, play.now)
        shown = display(rule.question, value, play.language) if _can_pick(rule) else ""
        return Turn(screens, rule.key, shown)
    play.papers[rule.key] = _sent(play, rule.key)
    return Turn(screens, rule.key, "📷")


def _sent(play: Stagecraft, key: str) -> DocumentFacts:
    return DocumentFacts(
        id=NOBODY,
        key=key,
        state=DocumentState.TO_REVIEW,
        version=1,
        files=1,
        sent_at=play.now,
    )


def _refusal(play: Stagecraft, rule: FieldRule) -> Iterator[Turn]:
    """What those hear who do not meet this condition."""
    options: list[Value] = [one.key for one in rule.question.choices] or [True, False]
    other = next((one for one in options if one not in rule.must_be), None)
    if other is None:
        return
    answers = {rule.key: AnswerFacts(other, play.now)}
    asked = replace(rule, statuses=frozenset(), condition=None, stage=Stage.APPLICATION)
    alone = replace(play, answers=answers, papers={}, fields=(asked,))
    said = display(rule.question, other, play.language)
    place = alone.place(alone.dossier(), Asking())
    yield Turn((), rule.key, said)
    yield Turn((questions.unmet(place),), rule.key)


def _answer(play: Stagecraft, rule: FieldRule) -> Value:
    """An answer that meets the condition, and brings up what depends on it where one can."""
    if rule.key == WORK_STATUS:
        return str(play.work_status)
    question = rule.question
    if question.kind == "yes_no":
        return _best(play, rule, [True, False])
    if question.kind in ("choice", "choices"):
        best = _best(play, rule, [one.key for one in question.choices])
        return [str(best)] if question.kind == "choices" else best
    if question.kind == "date":
        return _date(question, play.now.date()).isoformat()
    if question.kind == "number":
        return _number(question)
    return (
        NAMES.get(rule.key) or SAMPLES.get(question.kind) or translate(play.language, "My answer")
    )


def _can_pick(rule: FieldRule) -> bool:
    """False for a choice that is being written, and offers nothing yet."""
    return rule.question.kind not in ("choice", "choices") or bool(rule.question.choices)


def _best(play: Stagecraft, rule: FieldRule, options: list[Value]) -> Value:
    """The option that most items depend on, among those that meet the condition."""
    allowed = [one for one in options if not rule.must_be or one in rule.must_be] or options
    wanted = [
        value
        for one in (*play.fields, *play.documents)
        if one.condition is not None and one.condition.key == rule.key
        for value in one.condition.equals
    ]
    return max(allowed, key=wanted.count) if allowed else None


def _date(question: Question, today: date) -> date:
    if question.limits.get("past") or question.limits.get("min_age"):
        return today.replace(year=today.year - 30, day=1)
    return today + timedelta(days=30)


def _number(question: Question) -> Value:
    least, most = question.limits.get("min"), question.limits.get("max")
    usual = SAMPLES["number"]
    assert isinstance(usual, int)
    if least is not None and usual < least:
        return int(least)
    return int(most) if most is not None and usual > most else usual


def _go(play: Stagecraft) -> str:
    return translate(play.language, "Start")
