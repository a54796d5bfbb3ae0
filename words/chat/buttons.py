"""What buttons send back: `verb`, `verb:key` or `verb:key:choice`, at most 64 bytes.

| data | pressed to |
|---|---|
| `go:<step>`, `go:infos:<page>` | open a part of the space; steps are those of rules/asking.py |
| `go:next:number` | keep the phone number that was given |
| `begin` | start, after the privacy notice |
| `lang:<code>` | change language |
| `space:<candidate>` | go to another of one's spaces |
| `ask:<field>` | answer a question (again) |
| `pick:<field>:<choice>` | answer with this choice; `yes` and `no` for those questions |
| `tick:<field>:<choice>`, `ticked:<field>` | tick one of several choices; that is all |
| `skip:<field>`, `back:<field>` | leave an optional question; go to the one before |
| `doc:<document>`, `more:<document>` | send a document; add pages to it |
| `example:<document>` | see what this document looks like |
| `put:<loose>:<document>` | give a file that came out of the blue its place |
| `tell:<loose>` | send a kept text to the operator |
| `submit`, `takeback`, `keep` | send the application; take it back; keep it from deletion |
| `resend` | mail the activation link again |
| `export`, `erase`, `erase:sure`, `erase:now` | get one's data; erase it, confirmed twice |

Keys longer than fits are cut and marked by a digest; `matches` recognises both forms. Every
press is judged again by the rules: a button may be years old.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final, Protocol, TypeVar

from words.screen import Button

KEY_ROOM: Final = 40
CHOICE_ROOM: Final = 18
KEPT_NUMBER: Final = "number"
"""Argument of `go:next` below the question about the phone: its keyboard goes away."""


class Keyed(Protocol):
    """Anything with a key: a requirement, a choice."""

    @property
    def key(self) -> str:
        """The key."""
        ...


K = TypeVar("K", bound=Keyed)


def short(key: str, room: int = KEY_ROOM) -> str:
    """The key, or its beginning and a digest when it is too long for a button."""
    if len(key.encode()) <= room and "~" not in key:
        return key
    head = key.encode()[: room - 9].decode(errors="ignore")
    return f"{head}~{sha256(key.encode()).hexdigest()[:8]}"


def matches(written: str, among: Iterable[K], room: int = KEY_ROOM) -> K | None:
    """The one of `among` that this button means, if it is still there."""
    return next((one for one in among if written in (one.key, short(one.key, room))), None)


def go(text: str, step: str, argument: str = "") -> Button:
    """A button to a part of the space; `next` is where one left."""
    return Button(text, f"go:{step or 'next'}:{argument}".rstrip(":"))


def ask(text: str, key: str) -> Button:
    """A button to a question."""
    return Button(text, f"ask:{short(key)}")


def pick(text: str, key: str, choice: str) -> Button:
    """A button that answers."""
    return Button(text, f"pick:{short(key)}:{short(choice, CHOICE_ROOM)}")


def tick(text: str, key: str, choice: str) -> Button:
    """A button that ticks or unticks a choice."""
    return Button(text, f"tick:{short(key)}:{short(choice, CHOICE_ROOM)}")


def ticked(text: str, key: str) -> Button:
    """A button that says that the ticked choices are all."""
    return Button(text, f"ticked:{short(key)}")


def skip(text: str, key: str) -> Button:
    """A button that leaves an optional question."""
    return Button(text, f"skip:{short(key)}")


def back(text: str, key: str) -> Button:
    """A button to the question before."""
    return Button(text, f"back:{short(key)}")


def document(text: str, key: str) -> Button:
    """A button to a document."""
    return Button(text, f"doc:{short(key)}")


def more(text: str, key: str) -> Button:
    """A button to more pages of a document."""
    return Button(text, f"more:{short(key)}")


def example(text: str, key: str) -> Button:
    """A button that shows an example of a document."""
    return Button(text, f"example:{short(key)}")


def put(text: str, loose: str, key: str) -> Button:
    """A button that gives a loose file its place."""
    return Button(text, f"put:{loose}:{short(key)}")


def none(text: str, loose: str) -> Button:
    """A button that leaves a loose file where it is."""
    return Button(text, f"none:{loose}")


def tell(text: str, loose: str) -> Button:
    """A button that sends a kept text to the operator."""
    return Button(text, f"tell:{loose}")
