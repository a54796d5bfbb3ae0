"""Refusals: one class per reason, its sentence on the class."""

from typing import ClassVar


class Refusal(Exception):
    """A deed that the rules refuse; `sentence` says what to do next."""

    sentence: ClassVar[str]

    def __init__(self, **facts: object) -> None:
        """Keep the facts that fill the {names} of the sentence."""
        super().__init__(facts)
        self.facts = facts

    def __str__(self) -> str:
        """The sentence in English, with its facts."""
        return self.sentence.format(**self.facts)


class Unknown(Refusal):
    """Names something that does not exist for whoever asks: never had, erased, or another's."""


class Outdated(Refusal):
    """Stands on what has changed since the person looked."""
