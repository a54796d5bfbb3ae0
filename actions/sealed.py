"""Everything that is kept sealed, in one list: for changing keys, and for checking a backup."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tortoise.models import Model

from actions.answers import sealing_purpose
from actions.farewells import ADDRESS, FACTS
from actions.second_factor import sealing_purpose as totp_purpose
from models.tables import Answer, Bot, KeptUpdate, Notice, Operator, StoredFile
from store.room import file_purpose
from store.sealing import BOT_TOKEN, key_of

IN_JSON = "sealed"
"""Under this name a JSON column holds a sealed value."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """One column with sealed values."""

    what: str
    """For people."""
    model: type[Model]
    column: str
    purpose: Callable[[Any], str]
    """What a row's value is sealed for."""
    in_json: bool = False
    """Sealed under a name in JSON, beside values that are not."""

    @property
    def table(self) -> str:
        """The table's name."""
        return self.model._meta.db_table

    def part(self, value: Any) -> str | None:
        """The sealed text in a value of this column; None when it holds none."""
        if self.in_json:
            value = value.get(IN_JSON) if isinstance(value, dict) else None
        return value if isinstance(value, str) and value else None


SEALED = (
    Sealed("keys of documents", StoredFile, "key", lambda row: file_purpose(row.id)),
    Sealed(
        "sensitive answers",
        Answer,
        "value",
        lambda row: sealing_purpose(row.candidate_id, row.key),
        in_json=True,
    ),
    Sealed("tokens of bots", Bot, "token", lambda _row: BOT_TOKEN),
    Sealed("second factors", Operator, "totp_secret", lambda row: totp_purpose(row.id)),
    Sealed("kept updates", KeptUpdate, "payload", lambda _row: "kept update"),
    Sealed("addresses of farewells", Notice, "address", lambda _row: ADDRESS),
    Sealed("texts of farewells", Notice, "rendered", lambda _row: FACTS),
)


def with_part(value: Any, sealed: str) -> Any:
    """The column's value with another sealed text."""
    return {**value, IN_JSON: sealed} if isinstance(value, dict) else sealed


def keys_in(table: str, plain: dict[str, Any]) -> set[str]:
    """Ids of the keys that sealed something in this row."""
    parts = (one.part(plain.get(one.column)) for one in SEALED if one.table == table)
    return {key_of(part) for part in parts if part is not None}
