"""All fields and documents of the catalogue, in the order in which they are asked."""

from typing import Final

from rules.catalogue.admission_documents import ADMISSION_DOCUMENTS
from rules.catalogue.admission_fields import ADMISSION_FIELDS
from rules.catalogue.application_documents import APPLICATION_DOCUMENTS
from rules.catalogue.application_fields import APPLICATION_FIELDS

FIELDS: Final = (*APPLICATION_FIELDS, *ADMISSION_FIELDS)
DOCUMENTS: Final = (*APPLICATION_DOCUMENTS, *ADMISSION_DOCUMENTS)
CORE: Final = tuple(field.key for field in FIELDS if field.core)
"""Asked first, always required, never archived."""
