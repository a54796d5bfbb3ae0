"""What a provider starts with: every new one, and the one of the demo."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from rules.catalogue.items import DOCUMENTS, FIELDS
from rules.catalogue.shapes import CatalogueDocument, CatalogueField
from rules.vocabulary import WorkStatus


@dataclass(frozen=True, slots=True)
class Selection:
    """Fields and documents that are asked, in their order, ready to be copied."""

    fields: tuple[CatalogueField, ...]
    documents: tuple[CatalogueDocument, ...]


def _chosen(
    documents: Iterable[CatalogueDocument], changes: Mapping[str, Mapping[str, Any]]
) -> tuple[CatalogueDocument, ...]:
    by_key = {document.key: document for document in documents}
    return tuple(replace(by_key[key], **change) for key, change in changes.items())


_ASKED_FIELDS: Final = tuple(field for field in FIELDS if field.default_on)
_INDEPENDENT: Final = {"statuses": (WorkStatus.INDEPENDENT,), "required": True}
_EMPLOYEE: Final = {"statuses": (WorkStatus.EMPLOYEE,), "required": True}

DEFAULT: Final = Selection(
    fields=_ASKED_FIELDS,
    documents=tuple(document for document in DOCUMENTS if document.default_on),
)
"""A new provider's: what a candidate may be asked, and nothing that waits until they are retained.
"""

DEMO: Final = Selection(
    fields=_ASKED_FIELDS,
    documents=_chosen(
        DOCUMENTS,
        {
            "sirene_notice": _INDEPENDENT,
            "sap_declaration": _INDEPENDENT,
            "diploma": _INDEPENDENT,
            "work_certificates": _EMPLOYEE,
            "training_certificate": _EMPLOYEE,
            "cv": {"required": False},
            "vigilance_certificate": _INDEPENDENT,
            "liability_insurance": _INDEPENDENT,
            "identity_document": {"required": True},
        },
    ),
)
"""The demo provider's."""
