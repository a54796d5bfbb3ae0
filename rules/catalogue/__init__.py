"""The default catalogue of a French home-service provider.

Providers copy its items and edit their copies, so labels are kept in both languages here and not
in the translation files. The legal notes come from public pages, many of them secondary: each
names its source and asks to be checked. Nothing in them is legal advice.
"""

from rules.answers.departments import DEPARTMENTS, Department, department_of
from rules.catalogue.activities import ACTIVITIES_FIELD, activity_note
from rules.catalogue.choices import (
    ACTIVITIES,
    AVAILABILITY,
    PROVIDER_ACTIVITIES,
    RECORDS,
    RIGHT_TO_WORK,
    WORK_STATUSES,
)
from rules.catalogue.forbidden import Forbidden, forbidden_data
from rules.catalogue.items import CORE, DOCUMENTS, FIELDS
from rules.catalogue.reasons import REASONS
from rules.catalogue.selections import DEFAULT, DEMO, Selection
from rules.catalogue.shapes import (
    CatalogueDocument,
    CatalogueField,
    CatalogueItem,
    Condition,
    Phase,
    Reason,
)

__all__ = [
    "ACTIVITIES",
    "ACTIVITIES_FIELD",
    "AVAILABILITY",
    "CORE",
    "DEFAULT",
    "DEMO",
    "DEPARTMENTS",
    "DOCUMENTS",
    "FIELDS",
    "PROVIDER_ACTIVITIES",
    "REASONS",
    "RECORDS",
    "RIGHT_TO_WORK",
    "WORK_STATUSES",
    "CatalogueDocument",
    "CatalogueField",
    "CatalogueItem",
    "Condition",
    "Department",
    "Forbidden",
    "Phase",
    "Reason",
    "Selection",
    "activity_note",
    "department_of",
    "forbidden_data",
]
