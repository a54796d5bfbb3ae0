"""Numbers that a register gave: SIRET, IBAN, NIR, each checked by python-stdnum."""

from typing import Final, NoReturn

from stdnum import iban, luhn, numdb
from stdnum.exceptions import ValidationError
from stdnum.fr import nir, siren, siret

from rules.answers import tidy
from rules.answers.question import InvalidAnswer

_NIR_FIRST: Final = "123478"
"""1 and 2 for men and women, 3, 4, 7 and 8 while a number is provisional (INSEE)."""


class SiretHasLetters(InvalidAnswer):
    """Something else than figures."""

    sentence = "A SIRET has digits only. Please check: the letter O is often typed for a 0."


class SirenInsteadOfSiret(InvalidAnswer):
    """Nine figures: the company's number, without the establishment's five."""

    sentence = (
        "This is the SIREN (9 digits). The SIRET has 14: the SIREN and 5 more. "
        "You find it on your “avis de situation SIRENE”."
    )


class VatInsteadOfSiret(InvalidAnswer):
    """FR and eleven figures: the VAT number."""

    sentence = "This is the VAT number. Please write the SIRET instead: it has 14 digits."


class SiretLength(InvalidAnswer):
    """Not 14 figures."""

    sentence = "A SIRET has 14 digits, and you wrote {found}. Please check it."


class SiretWrongKey(InvalidAnswer):
    """14 figures whose check digits do not match."""

    sentence = "This SIRET does not exist: one digit seems wrong. Please check the number."


class CardInsteadOfIban(InvalidAnswer):
    """The number of a bank card."""

    sentence = (
        "This looks like the number of a bank card. Never send it to anybody. "
        "Please write the IBAN: it begins with FR and stands on your RIB."
    )


class RibInsteadOfIban(InvalidAnswer):
    """The 23 signs of the French RIB, without country and key."""

    sentence = (
        "This is the RIB number, without its beginning. "
        "Please write the whole IBAN: it begins with FR and has 27 signs."
    )


class IbanCharacters(InvalidAnswer):
    """Signs that no IBAN has."""

    sentence = "An IBAN has only letters and digits, for example FR76 3000 6000 …"


class IbanCountryUnknown(InvalidAnswer):
    """The first two letters are no country with IBANs."""

    sentence = "An IBAN begins with two letters for the country, FR in France. Please check it."


class IbanLength(InvalidAnswer):
    """Not the length of this country's IBANs."""

    sentence = (
        "An IBAN that begins with {country} has {expected} signs, and you wrote {found}. "
        "Please check it."
    )


class IbanWrongKey(InvalidAnswer):
    """The right length, but the check digits do not match."""

    sentence = "This IBAN is not right: one sign seems wrong. Please check it on your RIB."


class NirCharacters(InvalidAnswer):
    """Signs that no NIR has."""

    sentence = "A social security number has digits only (and A or B for Corsica)."


class NirWithoutKey(InvalidAnswer):
    """13 signs: the key is missing."""

    sentence = "The last 2 digits (the key) are missing. Your number has 15 digits in all."


class NirLength(InvalidAnswer):
    """Not 15 signs."""

    sentence = "A social security number has 15 digits, and you wrote {found}. Please check it."


class NirWrongKey(InvalidAnswer):
    """15 signs whose key does not match, or whose first figure does not exist."""

    sentence = (
        "This social security number is not right: one digit seems wrong. "
        "Please check it on your “carte Vitale” or your “attestation de droits”."
    )


def parse_siret(raw: str) -> str:
    """Fourteen figures; knows the exception of La Poste."""
    number = _compact(raw).removeprefix("SIRET").lstrip(":")
    if number.startswith("FR") and len(number) == 13:
        raise VatInsteadOfSiret()
    if not _figures(number):
        raise SiretHasLetters()
    if len(number) == 9 and siren.is_valid(number):
        raise SirenInsteadOfSiret()
    if len(number) != 14:
        raise SiretLength(found=len(number))
    # The library takes 000000000: its check digit is right.
    if not siret.is_valid(number) or number.startswith("000000000"):
        raise SiretWrongKey()
    return number


def parse_iban(raw: str) -> str:
    """An IBAN without spaces, in capitals, from any country that has them."""
    number = _compact(raw).removeprefix("IBAN").lstrip(":")
    if not (number.isascii() and number.isalnum()):
        raise IbanCharacters()
    try:
        return str(iban.validate(number))
    except ValidationError:
        _refuse_iban(number)


def parse_nir(raw: str) -> str:
    """Fifteen signs: thirteen and the key; 2A and 2B for Corsica."""
    number = _compact(raw)
    if not _figures(number.replace("2A", "", 1).replace("2B", "", 1)):
        raise NirCharacters()
    if len(number) == 13:
        raise NirWithoutKey()
    if len(number) != 15:
        raise NirLength(found=len(number))
    if number[0] not in _NIR_FIRST or not nir.is_valid(number):
        raise NirWrongKey()
    return number


def siret_written_out(number: str) -> str:
    """732 829 320 00074."""
    return str(siret.format(number))


def iban_written_out(number: str) -> str:
    """FR76 3000 6000 0112 3456 7890 189."""
    return str(iban.format(number))


def nir_written_out(number: str) -> str:
    """2 95 10 99 126 111 93."""
    return str(nir.format(number))


def _compact(raw: str) -> str:
    text = tidy.digits(tidy.line(raw, 100)).upper()
    return "".join(sign for sign in text if sign not in " .-–/\u2011")


def _figures(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _refuse_iban(number: str) -> NoReturn:
    """Say what is wrong with an IBAN that the library refused."""
    if _figures(number):
        if len(number) == 23:
            raise RibInsteadOfIban()
        if 14 <= len(number) <= 19 and luhn.is_valid(number):
            raise CardInsteadOfIban()
    expected = _iban_length(number)
    if expected is None:
        raise IbanCountryUnknown()
    if len(number) != expected:
        raise IbanLength(country=number[:2], expected=expected, found=len(number))
    raise IbanWrongKey()


def _iban_length(number: str) -> int | None:
    """Length of this country's IBANs, from the library's copy of the SWIFT register."""
    if not number[:2].isalpha():
        return None
    country = numdb.get("iban").info(number)[0][1]
    if "bban" not in country:
        return None
    # Such as 5!n5!n11!c2!n: a length stands before each exclamation mark.
    lengths = country["bban"].split("!")[:-1]
    return 4 + sum(int(length.lstrip("nac")) for length in lengths)
