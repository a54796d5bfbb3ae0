"""One word for all work of a process: finish what is in hand, and take nothing new."""

from dataclasses import dataclass


@dataclass(slots=True)
class Halt:
    """Said once; every drain looks before it takes something in hand."""

    called: bool = False

    def call(self) -> None:
        """From now on nothing new is begun."""
        self.called = True
