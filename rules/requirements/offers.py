"""What the catalogue offers to a draft: each item, and whether it can be added."""

from dataclasses import dataclass
from typing import Literal

from rules.catalogue import CatalogueDocument, CatalogueItem
from rules.requirements.checks import PERMITTED_BY
from rules.requirements.draft import CATALOGUE, Draft


@dataclass(frozen=True, slots=True)
class Offer:
    """One item of the catalogue."""

    item: CatalogueItem
    state: Literal["asked", "archived", "available", "blocked"]
    """archived: asked once, it comes back as it was; blocked: see permitted_by of the item."""

    @property
    def is_document(self) -> bool:
        """Whether it is a document type."""
        return isinstance(self.item, CatalogueDocument)


def offers(draft: Draft) -> tuple[Offer, ...]:
    """Every item of the catalogue, fields first, in its order."""
    return tuple(Offer(item, _state(draft, item.key)) for item in CATALOGUE.values())


def _state(draft: Draft, key: str) -> Literal["asked", "archived", "available", "blocked"]:
    if any(one.key == key for one in draft.entries):
        return "asked"
    permitting = PERMITTED_BY.get(key)
    if permitting is not None and not permitting & draft.ground.activities:
        return "blocked"
    return "archived" if any(one.key == key for one in draft.archived) else "available"
