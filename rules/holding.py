"""Holding a chat to what is on its screen, while what is asked changes behind it."""

from rules import asking
from rules.asking import Asking
from rules.dossier import Dossier, FieldRule
from rules.journey import next_step


def held(asked: Asking, before: Dossier, after: Dossier) -> Asking:
    """What the chat waits for once `after` is asked instead of `before`.

    A chat on its way waits for whatever comes next. When something else comes next from now on,
    it is held to the question or document that the person is looking at: a typed answer must
    never become the answer to a question that they have not seen. Ticks are kept as places in
    the list of choices, and are taken back when that list is another one.
    """
    if asked.step == asking.NEXT:
        shown, coming = next_step(before), next_step(after)
        if shown.kind in ("question", "document") and shown.key != coming.key:
            step = asking.ANSWER if shown.kind == "question" else asking.DOCUMENT
            return Asking(step, shown.key or "")
    if asked.step == asking.ANSWER and _choices(before, asked.key) != _choices(after, asked.key):
        return Asking(asking.ANSWER, asked.key)
    return asked


def _choices(dossier: Dossier, key: str) -> tuple[str, ...]:
    rule = dossier.rule(key)
    if not isinstance(rule, FieldRule):
        return ()
    return tuple(choice.key for choice in rule.question.choices)
