"""How a kept value is shown to people, and how a sensitive one is told without telling it."""

from rules.answers import dates, numbers, picks, places, reach, registers
from rules.answers.question import SENSITIVE_KINDS, Question, Value

_YES_NO = {"fr": ("Oui", "Non"), "en": ("Yes", "No")}


def display(question: Question, value: Value, language: str) -> str:
    """The value for people, in their language; nothing for no answer.

    A value kept under an earlier shape of the field is shown as it is: never an error.
    """
    match question.kind, value:
        case _, None:
            return ""
        case "yes_no", bool():
            yes, no = _YES_NO.get(language, _YES_NO["fr"])
            return yes if value else no
        case "choice", str():
            return picks.labels(question, [value], language)[0]
        case "choices", list():
            return ", ".join(picks.labels(question, value, language))
        case "number", int() | float() if not isinstance(value, bool):
            return numbers.written_out(value, language)
        case "address", dict() if value.keys() >= set(places.PARTS):
            return places.written_out(value)
        case kind, str() if kind in _WRITTEN:
            return _WRITTEN[kind](value)
    return _as_it_is(value)


def masked(question: Question | str, value: Value) -> Value:
    """The value as events and notices may keep it: of a NIR or an IBAN the last 4 signs only.

    question: the field, or its kind.
    """
    kind = question if isinstance(question, str) else question.kind
    if kind not in SENSITIVE_KINDS or value is None:
        return value
    return f"•••• {str(value)[-4:]}"


_WRITTEN = {
    "date": dates.written_out,
    "phone": reach.phone_written_out,
    "siret": registers.siret_written_out,
    "iban": registers.iban_written_out,
    "nir": registers.nir_written_out,
}


def _as_it_is(value: Value) -> str:
    if isinstance(value, dict):
        return ", ".join(value.values())
    if isinstance(value, list):
        return ", ".join(value)
    return str(value)
