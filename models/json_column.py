"""A JSON column that also keeps plain texts.

Tortoise's own takes every text for JSON that is already written: "Amina" is refused, and the
postal code "69003" comes back as a number (tortoise-orm 1.1.9, fields/data.py).
"""

import json
from typing import Any

from tortoise import fields
from tortoise.models import Model


class AnyJSON(fields.JSONField[Any]):
    """Any value that JSON can keep, on a `JSONModel`."""

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> str | None:
        """JSON, of texts too."""
        self.validate(value)
        return None if value is None else self.encoder(value)


class JSONModel(Model):
    """A table with `AnyJSON` columns: what is given is a value, never written JSON."""

    def _set_kwargs(self, kwargs: dict[str, Any]) -> set[str]:
        # The base class decodes what it is given as it decodes what the database gives.
        written = {
            name: json.dumps(value) if self._is_text(name, value) else value
            for name, value in kwargs.items()
        }
        return super()._set_kwargs(written)

    def _is_text(self, name: str, value: Any) -> bool:
        return isinstance(value, str) and isinstance(self._meta.fields_map.get(name), AnyJSON)

    class Meta:
        abstract = True
