"""Ways to reach somebody: e-mail address and telephone number."""

from typing import Final, NoReturn

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType
from phonenumbers import ValidationResult as Length

from rules.answers import tidy
from rules.answers.question import InvalidAnswer

_OVERSEAS: Final = ("GP", "MQ", "GF", "RE", "YT")
"""Regions that write ten figures from 0 as mainland France does, under their own country code."""

_DIRECTIONS = str.maketrans("", "", "\u200e\u200f\u202a\u202c\u202d\u2066\u2068\u2069")


class EmailWithoutAt(InvalidAnswer):
    """No @ sign."""

    sentence = "An e-mail address has an @ sign, for example amina@example.org."


class EmailSeveralAt(InvalidAnswer):
    """More than one @ sign: two addresses, or a slip."""

    sentence = "There is more than one @ sign. Please write a single e-mail address."


class EmailHasSpace(InvalidAnswer):
    """A space, or words around the address."""

    sentence = "An e-mail address has no spaces. Please write only the address."


class EmailDoubleDot(InvalidAnswer):
    """Two dots in a row."""

    sentence = "There are two dots in a row in this e-mail address. Please remove one."


class EmailMisplacedDot(InvalidAnswer):
    """A dot at the start, at the end, or beside the @ sign."""

    sentence = "A dot cannot be at the start, at the end, or beside the @ sign. Please check."


class EmailWithoutName(InvalidAnswer):
    """Nothing before the @ sign."""

    sentence = "The part before the @ sign is missing. Please write the whole e-mail address."


class EmailDomainIncomplete(InvalidAnswer):
    """No domain, or one without its ending."""

    sentence = (
        "The part after the @ sign is not complete. "
        "It ends for example with gmail.com, orange.fr or free.fr."
    )


class EmailHasAccent(InvalidAnswer):
    """Letters beyond ASCII before the @ sign: nearly always a slip, and few servers take them."""

    sentence = "Accents and special letters are not possible before the @ sign. Please check."


class EmailReserved(InvalidAnswer):
    """A domain that no mail can reach (.test, .invalid, .local)."""

    sentence = "No mail can reach an address that ends with “{ending}”. Please write another one."


class EmailWrong(InvalidAnswer):
    """Any other fault that the library finds."""

    sentence = "This e-mail address does not look right. Please check each sign and try again."


class PhoneUnreadable(InvalidAnswer):
    """No number, or letters in it."""

    sentence = "Please write a telephone number in digits, for example 06 12 34 56 78."


class PhoneTooShort(InvalidAnswer):
    """Figures are missing."""

    sentence = (
        "This number is too short: it has {found} digits. "
        "A French number has 10, for example 06 12 34 56 78."
    )


class PhoneTooLong(InvalidAnswer):
    """Too many figures: a slip, or two numbers."""

    sentence = "This number is too long: it has {found} digits. Please write a single number."


class PhoneCountryUnknown(InvalidAnswer):
    """An international number whose country code does not exist."""

    sentence = (
        "The country code of this number is not known. "
        "A French number may be written 06 12 34 56 78 or +33 6 12 34 56 78."
    )


class PhoneNotInUse(InvalidAnswer):
    """The right length, but in no range that is given out."""

    sentence = "No telephone has the number {written}. Please check each digit."


class PhoneAtACharge(InvalidAnswer):
    """A premium-rate or shared-cost number: nobody's own."""

    sentence = "This is a service number. Please write your own number, mobile if you have one."


def parse_email(raw: str) -> str:
    """The address as the library normalises it, its domain in ASCII (as mail servers need it)."""
    text = tidy.line(raw, 254)
    if text.lower().startswith("mailto:"):
        text = text[7:]
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        _refuse_email(text)
    return found.ascii_email or found.normalized


def parse_phone(raw: str) -> str:
    """The number in E.164; national form is read as French, mainland first, then overseas."""
    # Telephones wrap a copied number in writing-direction marks: dropped, not refused.
    text = tidy.line(raw[: tidy.MOST_CHARACTERS + 1].translate(_DIRECTIONS), 80)
    figures = sum(sign.isdecimal() for sign in text)
    if not figures or any(sign.isalpha() for sign in text):
        raise PhoneUnreadable()
    number = _read_phone(text, "FR", figures)
    if not phonenumbers.is_valid_number(number):
        number = (
            _overseas(text) or _without_plus(text, figures) or _refuse_phone(number, text, figures)
        )
    if phonenumbers.number_type(number) in (
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
    ):
        raise PhoneAtACharge()
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def phone_written_out(e164: str) -> str:
    """06 12 34 56 78 for mainland France, else the international form; not E.164: as it is."""
    try:
        number = phonenumbers.parse(e164, None)
    except NumberParseException:
        return e164
    national = number.country_code == 33
    form = PhoneNumberFormat.NATIONAL if national else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def _refuse_email(text: str) -> NoReturn:
    """Say what is wrong with an address that the library refused."""
    name, _, domain = text.partition("@")
    if " " in text:
        raise EmailHasSpace()
    if "@" not in text:
        raise EmailWithoutAt()
    if text.count("@") > 1:
        raise EmailSeveralAt()
    if not name:
        raise EmailWithoutName()
    if ".." in text:
        raise EmailDoubleDot()
    if "." in (name[0], name[-1], domain[:1], domain[-1:]):
        raise EmailMisplacedDot()
    if "." not in domain:
        raise EmailDomainIncomplete()
    if not name.isascii():
        raise EmailHasAccent()
    _refuse_domain(domain)


def _refuse_domain(domain: str) -> NoReturn:
    try:
        validate_email(f"a@{domain}", check_deliverability=False, test_environment=False)
    except EmailNotValidError as wrong:
        # The library tells its reasons apart by their words only.
        if "special-use" in str(wrong):
            raise EmailReserved(ending="." + domain.rpartition(".")[2]) from wrong
        if "top-level domain" in str(wrong):
            raise EmailDomainIncomplete() from wrong
    raise EmailWrong()


def _read_phone(text: str, region: str, figures: int) -> PhoneNumber:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException as wrong:
        kind = wrong.error_type
        if kind == NumberParseException.INVALID_COUNTRY_CODE:
            raise PhoneCountryUnknown() from wrong
        if kind == NumberParseException.TOO_LONG:
            raise PhoneTooLong(found=figures) from wrong
        if kind in (
            NumberParseException.TOO_SHORT_NSN,
            NumberParseException.TOO_SHORT_AFTER_IDD,
        ):
            raise PhoneTooShort(found=figures) from wrong
        raise PhoneUnreadable() from wrong


def _overseas(text: str) -> PhoneNumber | None:
    if not tidy.digits(text).startswith("0"):
        return None
    for region in _OVERSEAS:
        number = phonenumbers.parse(text, region)
        if phonenumbers.is_valid_number(number):
            return number
    return None


def _without_plus(text: str, figures: int) -> PhoneNumber | None:
    """An international number without its +, as Telegram's contacts have it: 32470123456."""
    # Shorter ones are rather a French number with a slip in it.
    if figures < 11 or tidy.digits(text).startswith(("0", "+")):
        return None
    try:
        number = phonenumbers.parse(f"+{text}", None)
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _refuse_phone(number: PhoneNumber, text: str, figures: int) -> NoReturn:
    length = phonenumbers.is_possible_number_with_reason(number)
    # The library holds shorter French numbers for possible: 3615 and the like.
    cut_off = number.country_code == 33 and (number.national_number or 0) < 10**8
    if cut_off or length in (Length.TOO_SHORT, Length.IS_POSSIBLE_LOCAL_ONLY):
        raise PhoneTooShort(found=figures)
    if length == Length.TOO_LONG:
        raise PhoneTooLong(found=figures)
    if length == Length.INVALID_COUNTRY_CODE:
        raise PhoneCountryUnknown()
    raise PhoneNotInUse(written=text)
