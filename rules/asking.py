"""What a chat is waiting for, in one short column: `step`, `step:key` or `step:key:extra`."""

from dataclasses import dataclass
from typing import Final

NEXT: Final = ""
"""Nothing in particular: whatever the journey says comes next."""
WELCOME: Final = "welcome"
ANSWER: Final = "answer"
"""One question, chosen; extra: the choices that are ticked, as a hexadecimal bit mask."""
DOCUMENT: Final = "document"
"""A file for one document."""
PAGES: Final = "pages"
"""More pages of the document that was just sent."""
MORE: Final = "more"
"""Extra of PAGES: another page was asked for."""
FULL: Final = "full"
"""Begins the extra of PAGES and DOCUMENT: this album was refused, which was told once."""
INFOS: Final = "infos"
"""The list of questions and answers; extra: the page."""
DOCUMENTS: Final = "documents"
MESSAGES: Final = "messages"
"""A message to the operator: whatever is typed is one."""
HELP: Final = "help"
LANGUAGE: Final = "language"
RIGHTS: Final = "rights"
ERASE: Final = "erase"
"""Erasing everything; key: `sure` once it was confirmed a first time."""
SPACES: Final = "spaces"
"""Choosing among one's spaces."""
SUMMARY: Final = "summary"
"""What is there and what is missing, with the button that submits."""
DEAD_LINK: Final = "dead_link"
RENEWED_LINK: Final = "renewed_link"
"""Key: the provider's id, as for the next."""
CLOSED: Final = "closed"
ERASED: Final = "erased"


@dataclass(frozen=True, slots=True)
class Asking:
    """The column, read."""

    step: str = NEXT
    key: str = ""
    extra: str = ""

    def __str__(self) -> str:
        """As the column keeps it."""
        return f"{self.step}:{self.key}:{self.extra}".rstrip(":")

    @property
    def ticked(self) -> int:
        """The ticked choices, a bit for each."""
        try:
            return int(self.extra, 16)
        except ValueError:
            return 0


def read(column: str) -> Asking:
    """What the column says."""
    step, key, extra = [*column.split(":", 2), "", ""][:3]
    return Asking(step, key, extra)
