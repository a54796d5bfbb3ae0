"""Why a requirement cannot be composed like this: each refusal names the item and the part."""

from typing import Any

from rules.answers import Words, in_language
from rules.errors import Refusal, Unknown


class NoSuchEntry(Unknown):
    """A key that neither the draft nor the catalogue knows."""

    sentence = "This item does not exist, or no longer exists."


class EntryRefused(Refusal):
    """A refusal about one entry.

    Its fact `item` is the entry's label by language; facts that are words by language are told
    in the reader's. part: the attribute of the entry that is wrong, beside which a form says it.
    """

    def __init__(self, part: str, *, key: str, item: Words, **facts: Any) -> None:
        """Keep what a form needs beside the facts of the sentence."""
        super().__init__(item=item, **facts)
        self.key, self.part = key, part

    def __str__(self) -> str:
        """The sentence in English, with its facts."""
        told = {
            name: in_language(fact, "en") if isinstance(fact, dict) else fact
            for name, fact in self.facts.items()
        }
        return self.sentence.format(**told)

    def same_as(self, other: "EntryRefused") -> bool:
        """Whether both say the same of the same part."""
        return (type(self), self.key, self.part) == (type(other), other.key, other.part)


class AlreadyAsked(EntryRefused):
    """Adding what is in the list."""

    sentence = "“{item}” is in your list already."


class LabelNeeded(EntryRefused):
    """No label in any language."""

    sentence = "Give this item a name, in French or in English: it is what the candidate reads."


class TextTooLong(EntryRefused):
    """A text that does not fit on a phone."""

    sentence = "“{item}”: this text is too long. {limit} characters at most."


class TextUnreadable(EntryRefused):
    """Hidden characters, or nothing that a reader sees."""

    sentence = "“{item}”: this text holds hidden characters. Please type it by hand."


class FixedEntry(EntryRefused):
    """Changing what the product itself counts on."""

    sentence = "“{item}” is always asked like this: only its words can be changed."


class SetElsewhere(EntryRefused):
    """Making French a condition here: it has a setting of its own."""

    sentence = (
        "“{item}”: whether fluent French is required is decided on the page of the recruitment "
        "module."
    )


class FrenchIsRequired(EntryRefused):
    """Archiving the question that a setting makes a condition of."""

    sentence = (
        "“{item}” cannot be removed while fluent French is required. Switch that off first, on "
        "the page of the recruitment module."
    )


class ShownElsewhere(EntryRefused):
    """Archiving, moving or changing what another entry's condition looks at."""

    sentence = "“{other}” depends on “{item}”. Change its condition first."


class ConditionUnknown(EntryRefused):
    """A condition on something that is not asked."""

    sentence = "“{item}” depends on a question that is not asked. Choose another one."


class ConditionWithoutChoice(EntryRefused):
    """A condition on an answer that is not picked."""

    sentence = "“{item}” can only depend on a question answered by yes or no, or from a list."


class ConditionTooLate(EntryRefused):
    """A condition on what is asked later."""

    sentence = "“{item}” depends on “{other}”, which is asked later. Put “{other}” before it."


class ConditionAnswersWrong(EntryRefused):
    """A condition on no answer, or on one that is not offered."""

    sentence = "“{item}”: tick at least one answer of “{other}” for which it is asked."


class UnknownStatuses(EntryRefused):
    """A work status that does not exist."""

    sentence = "“{item}”: choose independents, employees, or both."


class UnknownKind(EntryRefused):
    """A kind of answer that does not exist."""

    sentence = "“{item}”: choose what kind of answer is expected."


class TooFewChoices(EntryRefused):
    """A list of fewer than two choices."""

    sentence = "“{item}”: give at least two choices."


class TooManyChoices(EntryRefused):
    """A list that nobody reads on a phone."""

    sentence = "“{item}”: {limit} choices at most fit on a phone."


class ChoiceWithoutLabel(EntryRefused):
    """A choice without words."""

    sentence = "“{item}”: each choice needs its words, in French or in English."


class ChoicesAlike(EntryRefused):
    """Two choices that read the same."""

    sentence = "“{item}”: two choices read the same: “{choice}”. Change one of them."


class LimitsWrong(EntryRefused):
    """Bounds that no answer can meet, or that this kind of answer does not have."""

    sentence = "“{item}”: these limits contradict each other, or cannot be used here."


class LimitOutOfRange(EntryRefused):
    """A number that makes no sense."""

    sentence = "“{item}”: a number between {least} and {most} is needed here."


class MustBeWrong(EntryRefused):
    """A condition of admission that everybody or nobody can meet."""

    sentence = (
        "“{item}”: a condition of admission needs answers that meet it and answers that do not."
    )


class MustBeOptional(EntryRefused):
    """A condition of admission that can be skipped, or comes after admission."""

    sentence = (
        "“{item}”: a condition of admission has to be required, and asked with the application."
    )


class UnmetNeeded(EntryRefused):
    """A condition of admission without a word for those who do not meet it."""

    sentence = "“{item}”: write what those read who do not meet the condition."


class FormatsWrong(EntryRefused):
    """No format, or an unknown one."""

    sentence = "“{item}”: choose at least one kind of file."


class RemindersWrong(EntryRefused):
    """Reminders that make no sense."""

    sentence = "“{item}”: give up to {limit} different numbers of days, each from 1 to 365."


class ReasonsWrong(EntryRefused):
    """Rejection reasons without words, alike or too many."""

    sentence = "“{item}”: each reason needs its own words; {limit} at most."


class TooMuchAsked(EntryRefused):
    """More than anybody would answer."""

    sentence = "“{item}” does not fit any more: {limit} items at most can be asked."


class NotPermitted(EntryRefused):
    """An item that the law reserves to other activities."""

    sentence = (
        "“{item}” is reserved by law to some activities. Declare yours first, if it is one of "
        "them."
    )


class CannotMove(EntryRefused):
    """Moving above the first, below the last, or to where it does not belong."""

    sentence = "“{item}” cannot be moved there."


class NotArchived(EntryRefused):
    """Bringing back what is in the list."""

    sentence = "“{item}” is in your list: there is nothing to bring back."


class NotConfirmed(EntryRefused):
    """Publishing although a legal note was not confirmed."""

    sentence = "“{item}”: read its legal note and confirm that you want to ask it all the same."


class NothingToPublish(Refusal):
    """Publishing what changes nothing."""

    sentence = "There is nothing to publish: what you ask is what is already asked."
