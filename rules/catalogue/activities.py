"""What a candidate's activities say of their documents: for whoever reviews these."""

from typing import Final

from rules.answers.question import Value, Words
from rules.catalogue.shapes import note

ACTIVITIES_FIELD: Final = "activities"

_AGREMENT: Final = note(
    "Cette activité demande le plus souvent un agrément ou une autorisation, et pas seulement "
    "une déclaration : lire les activités écrites sur la pièce.",
    "This activity mostly needs an agrément or an authorisation, not a declaration alone: read "
    "the activities that are written on the document.",
    source=("code du travail, L7232-1 et D7231-1", "code du travail, L7232-1 and D7231-1"),
)
_RECORD: Final = note(
    "Activité auprès de personnes vulnérables : lire le bulletin sans en garder de copie.",
    "Work with vulnerable people: read the extract, and keep no copy.",
    source=("CNIL ; code de procédure pénale, art. 777", "CNIL; code de procédure pénale"),
)
_VULNERABLE: Final = frozenset(
    {"child_care_over_3", "child_care_under_3", "elderly_care", "disability_care"}
)
_NOTES: Final = {
    "sap_declaration": (
        frozenset({"child_care_under_3", "elderly_care", "disability_care"}),
        _AGREMENT,
    ),
    "criminal_record_b3": (_VULNERABLE, _RECORD),
}


def activity_note(document: str, activities: Value) -> tuple[frozenset[str], Words] | None:
    """The candidate's activities that matter for this document, and the note; None: none do.

    activities: the answer to the catalogue's question, a list of its choices' keys.
    """
    if document not in _NOTES or not isinstance(activities, list):
        return None
    concerned, words = _NOTES[document]
    found = concerned & {str(one) for one in activities}
    return (found, words) if found else None
