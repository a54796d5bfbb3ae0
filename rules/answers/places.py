"""Where somebody lives or works: postal code and postal address, in France."""

from collections.abc import Mapping

from rules.answers import tidy
from rules.answers.departments import department_of
from rules.answers.question import AnswerMissing, AnswerUnreadable, InvalidAnswer, Question

STREET_LENGTH = 200
CITY_LENGTH = 100
PARTS = ("street", "postal_code", "city")


class PostalCodeNotFiveDigits(InvalidAnswer):
    """A postal code of another length, or with letters."""

    sentence = "A French postal code has 5 digits, for example 69003. Please write it again."


class NoSuchDepartment(InvalidAnswer):
    """Five figures that begin like no French département."""

    sentence = "No French département has the postal code {written}. Please check its digits."


class AddressWithoutStreet(InvalidAnswer):
    """No street or place before the postal code."""

    sentence = "The street is missing. Please write, for example: 12 rue des Lilas, 69003 Lyon."


class AddressWithoutPostalCode(InvalidAnswer):
    """No postal code of five figures in the address."""

    sentence = (
        "The postal code is missing: 5 digits before the town. "
        "Please write, for example: 12 rue des Lilas, 69003 Lyon."
    )


class AddressWithoutCity(InvalidAnswer):
    """No town after the postal code."""

    sentence = (
        "The town is missing after the postal code. "
        "Please write, for example: 12 rue des Lilas, 69003 Lyon."
    )


def parse_postal_code(raw: str) -> str:
    """Five figures of an existing département; "75 011", "F-75011", "69003 Lyon" are read too."""
    words = tidy.digits(tidy.line(raw, CITY_LENGTH)).upper().replace(",", " ").split()
    # A town beside the code is no mistake: only words without figures are left aside.
    code = "".join(word for word in words if any(sign.isnumeric() for sign in word))
    code = code.removeprefix("FR-").removeprefix("F-")
    if not (len(code) == 5 and code.isascii() and code.isdecimal()):
        raise PostalCodeNotFiveDigits()
    if department_of(code) is None:
        raise NoSuchDepartment(written=code)
    return code


def parse_address(question: Question, raw: Mapping[str, object]) -> dict[str, str] | None:
    """An address from the three inputs of a form; None when all are empty and it is optional."""
    street, code, city = (raw.get(part) or "" for part in PARTS)
    if not (isinstance(street, str) and isinstance(code, str) and isinstance(city, str)):
        raise AnswerUnreadable()
    if not (tidy.line(street) or tidy.line(code) or tidy.line(city)):
        if question.required:
            raise AnswerMissing()
        return None
    return _address(tidy.lines(street, STREET_LENGTH), code, tidy.line(city, CITY_LENGTH))


def parse_typed(text: str) -> dict[str, str]:
    """An address typed in one go: "12 rue des Lilas, 75011 Paris", on one line or several."""
    words = tidy.lines(text, STREET_LENGTH + CITY_LENGTH).replace("\n", " , ").split()
    bare = [tidy.digits(word).strip(",;.()").upper().removeprefix("F-") for word in words]
    # The last one: a street number may have five figures too.
    places = [place for place, word in enumerate(bare) if len(word) == 5 and word.isdecimal()]
    if not places:
        raise AddressWithoutPostalCode()
    street, city = " ".join(words[: places[-1]]), " ".join(words[places[-1] + 1 :])
    city = _joined(city)
    if tidy.fold(city).endswith(", france"):
        city = city.rpartition(",")[0]
    return _address(_joined(street), bare[places[-1]], city)


def written_out(address: Mapping[str, str]) -> str:
    """12 rue des Lilas, 75011 Paris."""
    street = address["street"].replace("\n", ", ")
    return f"{street}, {address['postal_code']} {address['city']}"


def _address(street: str, code: str, city: str) -> dict[str, str]:
    if not any(sign.isalnum() for sign in street):
        raise AddressWithoutStreet()
    if not tidy.line(code):
        raise AddressWithoutPostalCode()
    code = parse_postal_code(code)
    if not any(sign.isalpha() for sign in city):
        raise AddressWithoutCity()
    return {"street": street, "postal_code": code, "city": city}


def _joined(text: str) -> str:
    parts = (part.strip(" ;-–") for part in text.split(","))
    return ", ".join(part for part in parts if part)
