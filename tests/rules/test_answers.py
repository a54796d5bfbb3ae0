"""Every kind of answer: what is understood, what is refused, and what is said then."""

import json
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.answers import (
    KINDS,
    SENSITIVE_KINDS,
    Choice,
    Question,
    Value,
    display,
    masked,
    parse,
    parse_text,
)
from rules.answers.departments import DEPARTMENTS, department_of
from rules.answers.question import PRESSED, AnswerMissing, NothingChosen
from rules.errors import Refusal

Reader = Callable[[Question, Any, date, str], Value]

TODAY = date(2026, 11, 22)
LANGUAGES = ("fr", "en")

ACTIVITIES = (
    Choice("cleaning", {"fr": "Ménage", "en": "Cleaning"}),
    Choice("child_care", {"fr": "Garde d’enfants", "en": "Child care"}),
    Choice("garden", {"fr": "Jardin et tonte", "en": "Garden and mowing"}),
)
LIMITS: dict[str, dict[str, object]] = {
    "text": {"max_length": 80, "name": True},
    "date": {"past": True, "min_age": 16},
    "number": {"min": -10, "max": 1_000_000},
}


def question(kind: str, required: bool = True, **limits: object) -> Question:
    choices = ACTIVITIES if kind in ("choice", "choices") else ()
    return Question("it", kind, required, choices, limits or LIMITS.get(kind, {}))


def short(value: object) -> str:
    """A test's name for a value: some of them have a million characters."""
    if isinstance(value, str):
        return ascii(value[:30])
    return "big" if isinstance(value, int) and abs(value) > 10**9 else ascii(value)[:30]


LILAS = {"street": "12 rue des Lilas", "postal_code": "69003", "city": "Lyon"}

UNDERSTOOD: dict[str, list[tuple[str, Value]]] = {
    "text": [
        ("Amina", "Amina"),
        ("  Amina   Benali ", "Amina Benali"),
        ("Jean-Pierre", "Jean-Pierre"),
        ("J.-P. O’Neil", "J.-P. O’Neil"),
        ("E\u0301lodie", "Élodie"),
        ("عائشة", "عائشة"),
        ("李", "李"),
        ("Ng", "Ng"),
        ("Amina\nBenali", "Amina Benali"),
        ("\ufeffAmina\u200b", "Amina"),
        ("x" * 80, "x" * 80),
    ],
    "long_text": [
        ("Bonjour", "Bonjour"),
        ("a\nb", "a\nb"),
        ("a\r\n\r\n\r\n\r\nb", "a\n\nb"),
        ("  a   b  ", "a b"),
        ("Je peux 🙂", "Je peux 🙂"),
        ("voir https://example.org", "voir https://example.org"),
        ("a@b <c>", "a@b <c>"),
        ("x" * 4000, "x" * 4000),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
    ],
    "yes_no": [
        ("oui", True),
        ("Oui !", True),
        ("O", True),
        ("yes", True),
        ("Y", True),
        ("non", False),
        (" NON. ", False),
        ("no", False),
        ("n", False),
        ("true", True),
        ("👍 oui", True),
    ],
    "choice": [
        ("cleaning", "cleaning"),
        ("Ménage", "cleaning"),
        ("menage", "cleaning"),
        ("CLEANING", "cleaning"),
        ("2", "child_care"),
        ("2.", "child_care"),
        ("garde d'enfants", "child_care"),
        ("Garden and mowing", "garden"),
        ("jardin et tonte", "garden"),
    ],
    "choices": [
        ("1", ["cleaning"]),
        ("1, 3", ["cleaning", "garden"]),
        ("3 1", ["cleaning", "garden"]),
        ("1 et 2", ["cleaning", "child_care"]),
        ("ménage, garde d'enfants", ["cleaning", "child_care"]),
        ("ménage et jardin et tonte", ["cleaning", "garden"]),
        ("Cleaning and garden and mowing", ["cleaning", "garden"]),
        ("- Ménage\n- Jardin et tonte", ["cleaning", "garden"]),
        ("garden; garden; cleaning", ["cleaning", "garden"]),
    ],
    "date": [
        ("31/12/1990", "1990-12-31"),
        ("31-12-1990", "1990-12-31"),
        ("31.12.1990", "1990-12-31"),
        ("1/2/1990", "1990-02-01"),
        ("1990-12-31", "1990-12-31"),
        ("31 décembre 1990", "1990-12-31"),
        ("31 DEC 1990", "1990-12-31"),
        ("le 1er janvier 1990", "1990-01-01"),
        ("December 31st, 1990", "1990-12-31"),
        ("3 juil. 1990", "1990-07-03"),
        ("31121990", "1990-12-31"),
        ("29/02/2000", "2000-02-29"),
        ("22/11/2010", "2010-11-22"),
        ("٣١/١٢/١٩٩٠", "1990-12-31"),
    ],
    "number": [
        ("3", 3),
        ("-3", -3),
        ("+3", 3),
        ("1 234,5", 1234.5),
        ("1\u202f234", 1234),
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("1 000 000", 1_000_000),
        ("0,5", 0.5),
        (",5", 0.5),
        ("2.50", 2.5),
        ("٣", 3),
    ],
    "email": [
        ("amina@example.org", "amina@example.org"),
        (" amina@example.org ", "amina@example.org"),
        ("Amina@Example.ORG", "Amina@example.org"),
        ("a.b+c@example.org", "a.b+c@example.org"),
        ("mailto:amina@example.org", "amina@example.org"),
        ("amina@mail.example.org", "amina@mail.example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("amina@société.fr", "amina@xn--socit-esab.fr"),
        ("a_1@orange.fr", "a_1@orange.fr"),
    ],
    "phone": [
        ("0612345678", "+33612345678"),
        ("06 12 34 56 78", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("06-12-34-56-78", "+33612345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("06\u00a012\u00a034\u00a056\u00a078", "+33612345678"),
        ("\u202a+33 6 12 34 56 78\u202c", "+33612345678"),
        ("0692 12 34 56", "+262692123456"),
        ("0690 12 34 56", "+590690123456"),
        ("+32 470 12 34 56", "+32470123456"),
        ("32470123456", "+32470123456"),
        ("33612345678", "+33612345678"),
    ],
    "address": [
        ("12 rue des Lilas, 69003 Lyon", LILAS),
        ("12 rue des Lilas\n69003 Lyon", LILAS),
        ("12 rue des Lilas 69003 Lyon", LILAS),
        ("12 rue des Lilas, 69003, Lyon", LILAS),
        ("  12  rue des Lilas ,69003 Lyon, France", LILAS),
        ("12 rue des Lilas - 69003 - Lyon", LILAS),
        ("12 rue des Lilas, F-69003 Lyon", LILAS),
        (
            "Bât. B\n3 rue X\n20090 Ajaccio",
            {"street": "Bât. B, 3 rue X", "postal_code": "20090", "city": "Ajaccio"},
        ),
        (
            "12345 route du Sud 97400 Saint-Denis",
            {"street": "12345 route du Sud", "postal_code": "97400", "city": "Saint-Denis"},
        ),
    ],
    "postal_code": [
        (code, code.replace(" ", "").removeprefix("F-"))
        for code in (
            "01000",
            "75011",
            "75 011",
            "F-69003",
            "95999",
            "20000",
            "20200",
            "20620",
            "97110",
            "97400",
            "97600",
            "97133",
            "98713",
            "98800",
        )
    ]
    + [("69003 Lyon", "69003"), ("Saint-Denis, 97400", "97400")],
    "siret": [
        (written, "73282932000074")
        for written in (
            "73282932000074",
            "732 829 320 00074",
            "732829320 00074",
            "732\u00a0829\u00a0320\u00a000074",
            "732.829.320.00074",
            "732-829-320-00074",
            "SIRET : 732 829 320 00074",
            " siret 73282932000074 ",
        )
    ],
    "iban": [
        (written, "FR7630006000011234567890189")
        for written in (
            "FR7630006000011234567890189",
            "fr76 3000 6000 0112 3456 7890 189",
            "FR76 3000 6000 0112 3456 7890 189",
            "FR76-3000-6000-0112-3456-7890-189",
            "IBAN FR76 3000 6000 0112 3456 7890 189",
            "IBAN: FR76\u00a03000\u00a06000\u00a00112\u00a03456\u00a07890\u00a0189",
            "FR76\u202f3000\u202f6000\u202f0112\u202f3456\u202f7890\u202f189",
        )
    ]
    + [("DE89 3704 0044 0532 0130 00", "DE89370400440532013000")],
    "nir": [
        ("295109912611193", "295109912611193"),
        ("2 95 10 99 126 111 93", "295109912611193"),
        ("2\u00a095\u00a010\u00a099\u00a0126\u00a0111\u00a093", "295109912611193"),
        ("2.95.10.99.126.111.93", "295109912611193"),
        ("295109912611 193", "295109912611193"),
        ("2-95-10-99-126-111-93", "295109912611193"),
        ("253072B07300470", "253072B07300470"),
        ("2 53 07 2b 073 004 70", "253072B07300470"),
        ("253072A07300443", "253072A07300443"),
    ],
}

NEVER_KEPT = [
    ("a\x00b", "HiddenCharacters"),
    ("\ud800", "HiddenCharacters"),
    ("abc\ufffe", "HiddenCharacters"),
    ("x" * 1_000_000, "TooLong"),
    ("   ", "AnswerMissing"),
    ("\u200b", "AnswerMissing"),
]
"""Refused for every kind alike."""

REFUSED: dict[str, list[tuple[str, str]]] = {
    "text": [
        ("x" * 81, "TooLong"),
        ("🙂🙂", "NameWithoutLetters"),
        ("123", "NameWithoutLetters"),
        ("http://example.org", "NameHasLink"),
        ("www.example", "NameHasLink"),
        ("gagnez sur evil.com", "NameHasLink"),
        ("a@b", "NameHasLink"),
        ("<b>Amina</b>", "NameHasLink"),
        ("Pourquoi ?", "NameIsQuestion"),
        ("=1+1", "NameHasLink"),
        ("\u202eanimA", "HiddenCharacters"),
        ("Amina\x07", "HiddenCharacters"),
    ],
    "long_text": [
        ("x" * 4001, "TooLong"),
        ("\u2800\u2800", "NothingReadable"),
        ("a\x1bb", "HiddenCharacters"),
        ("\u2066a", "HiddenCharacters"),
        ("\u200f", "HiddenCharacters"),
        ("a\x85b", "HiddenCharacters"),
        ("\udfff🙂", "HiddenCharacters"),
        ("\ufdd0", "HiddenCharacters"),
    ],
    "yes_no": [
        (text, "NotYesOrNo")
        for text in ("peut-être", "oui et non", "1", "0", "🙂", "je crois", "maybe", "yesno", "ou")
    ],
    "choice": [
        ("4", "NotAChoice"),
        ("0", "NotAChoice"),
        ("1.5", "NotAChoice"),
        ("cuisine", "NotAChoice"),
        ("99999999999999999999", "NotAChoice"),
        ("½", "NotAChoice"),
        ("1, 2", "OneChoiceOnly"),
        ("ménage et garde d'enfants", "OneChoiceOnly"),
        ("x" * 2000, "TooLong"),
    ],
    "choices": [
        ("4", "NotAChoice"),
        ("1, 4", "NotAChoice"),
        ("1 2 9", "NotAChoice"),
        ("ménage, cuisine", "NotAChoice"),
        ("ménage et cuisine", "NotAChoice"),
        (",,,", "AnswerMissing"),
        ("1 ou 2", "NotAChoice"),
        ("🙂", "NotAChoice"),
        ("x," * 3000, "TooLong"),
    ],
    "date": [
        ("30/02/1990", "NoSuchDay"),
        ("29/02/1990", "NoSuchDay"),
        ("0/1/1990", "NoSuchDay"),
        ("12/31/1990", "NoSuchMonth"),
        ("31/12/90", "YearInTwoDigits"),
        ("31 décembre 90", "YearInTwoDigits"),
        ("1/1/1800", "YearOutOfRange"),
        ("1/1/9999", "YearOutOfRange"),
        ("31/12/2030", "DateInFuture"),
        ("23/11/2010", "TooYoung"),
        ("demain", "NotADate"),
        ("1990", "NotADate"),
        ("31/12/199½", "NotADate"),
        ("99999999", "NotADate"),
        ("1/1/12345", "NotADate"),
        ("31/12", "NotADate"),
    ],
    "number": [
        ("1e309", "NotANumber"),
        ("NaN", "NotANumber"),
        ("Infinity", "NotANumber"),
        ("½", "NotANumber"),
        ("3²", "NotANumber"),
        ("trois", "NotANumber"),
        ("3 ans", "NotANumber"),
        ("0x10", "NotANumber"),
        ("1.2.3", "NotANumber"),
        ("--3", "NotANumber"),
        ("-", "NotANumber"),
        ("9" * 50, "NumberTooBig"),
        ("1000001", "NumberTooBig"),
        ("-11", "NumberTooSmall"),
        ("1,23456", "TooManyDecimals"),
        ("1.234", "AmbiguousNumber"),
    ],
    "email": [
        ("amina", "EmailWithoutAt"),
        ("amina.example.org", "EmailWithoutAt"),
        ("amina@@example.org", "EmailSeveralAt"),
        ("a@example.org,b@example.org", "EmailSeveralAt"),
        ("amina @example.org", "EmailHasSpace"),
        ("Amina <amina@example.org>", "EmailHasSpace"),
        ("amina..b@example.org", "EmailDoubleDot"),
        (".amina@example.org", "EmailMisplacedDot"),
        ("amina@example.org.", "EmailMisplacedDot"),
        ("@example.org", "EmailWithoutName"),
        ("amina@", "EmailDomainIncomplete"),
        ("amina@gmail", "EmailDomainIncomplete"),
        ("amélie@example.org", "EmailHasAccent"),
        ("amina@example.test", "EmailReserved"),
        ("amina@[127.0.0.1]", "EmailWrong"),
        ("ami(na@example.org", "EmailWrong"),
        ("a" * 65 + "@example.org", "EmailWrong"),
        ("a" * 250 + "@example.org", "TooLong"),
        ("a\x00@example.org", "HiddenCharacters"),
    ],
    "phone": [
        ("06 12 34", "PhoneTooShort"),
        ("061234567", "PhoneTooShort"),
        ("112", "PhoneTooShort"),
        ("3615", "PhoneTooShort"),
        ("06123456789", "PhoneTooLong"),
        ("0612345678 / 0712345678", "PhoneTooLong"),
        ("+999 12 34 56 78", "PhoneCountryUnknown"),
        ("0700000000", "PhoneNotInUse"),
        ("0899 12 34 56", "PhoneAtACharge"),
        ("06 AB CD EF 78", "PhoneUnreadable"),
        ("amina", "PhoneUnreadable"),
        ("+", "PhoneUnreadable"),
        ("½", "PhoneUnreadable"),
    ],
    "address": [
        ("12 rue des Lilas Lyon", "AddressWithoutPostalCode"),
        ("Lyon", "AddressWithoutPostalCode"),
        ("12 rue des Lilas 6900 Lyon", "AddressWithoutPostalCode"),
        ("69003 Lyon", "AddressWithoutStreet"),
        (", 69003 Lyon", "AddressWithoutStreet"),
        ("12 rue des Lilas, 69003", "AddressWithoutCity"),
        ("12 rue des Lilas, 69003 !!", "AddressWithoutCity"),
        ("12 rue des Lilas, 96000 Lyon", "NoSuchDepartment"),
        ("12 rue\x00, 69003 Lyon", "HiddenCharacters"),
        ("x" * 301 + " 69003 Lyon", "TooLong"),
    ],
    "postal_code": [
        ("7501", "PostalCodeNotFiveDigits"),
        ("750111", "PostalCodeNotFiveDigits"),
        ("Paris", "PostalCodeNotFiveDigits"),
        ("7501O", "PostalCodeNotFiveDigits"),
        ("75²11", "PostalCodeNotFiveDigits"),
        ("2A000", "PostalCodeNotFiveDigits"),
        ("69003 Lyon 3", "PostalCodeNotFiveDigits"),
        ("00100", "NoSuchDepartment"),
        ("96000", "NoSuchDepartment"),
        ("20400", "NoSuchDepartment"),
        ("97000", "NoSuchDepartment"),
        ("97900", "NoSuchDepartment"),
        ("98000", "NoSuchDepartment"),
        ("99999", "NoSuchDepartment"),
    ],
    "siret": [
        ("732829320", "SirenInsteadOfSiret"),
        ("FR44732829320", "VatInsteadOfSiret"),
        ("7328293200007", "SiretLength"),
        ("732829320000744", "SiretLength"),
        ("1", "SiretLength"),
        ("73282932000079", "SiretWrongKey"),
        ("00000000000000", "SiretWrongKey"),
        ("35600000012340", "SiretWrongKey"),
        ("7328293200007O", "SiretHasLetters"),
        ("½", "SiretHasLetters"),
        ("je ne sais pas", "SiretHasLetters"),
    ],
    "iban": [
        ("FR7630006000011234567890188", "IbanWrongKey"),
        ("FR7630006000011234567890198", "IbanWrongKey"),
        ("FR763000600001123456789018", "IbanLength"),
        ("FR76300060000112345678901899", "IbanLength"),
        ("FR", "IbanLength"),
        ("XX7630006000011234567890189", "IbanCountryUnknown"),
        ("7630006000011234567890189", "IbanCountryUnknown"),
        ("30006000011234567890189", "RibInsteadOfIban"),
        ("4111 1111 1111 1111", "CardInsteadOfIban"),
        ("FR76 €", "IbanCharacters"),
        ("ＦＲ76", "IbanCharacters"),
    ],
    "nir": [
        ("295109912611199", "NirWrongKey"),
        ("000000000000097", "NirWrongKey"),
        ("999999999999999", "NirWrongKey"),
        ("253072A07300470", "NirWrongKey"),
        ("2951099126111", "NirWithoutKey"),
        ("2 95 10 99 126 111", "NirWithoutKey"),
        ("29510991261119", "NirLength"),
        ("1", "NirLength"),
        ("2951099126111933", "NirLength"),
        ("253072C07300443", "NirCharacters"),
        ("abc", "NirCharacters"),
        ("²95109912611193", "NirCharacters"),
    ],
}


def test_the_tables_cover_every_kind() -> None:
    assert set(UNDERSTOOD) == set(REFUSED) == set(KINDS)
    assert all(len(rows) >= 8 for rows in [*UNDERSTOOD.values(), *REFUSED.values()])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [(kind, text, value) for kind, rows in UNDERSTOOD.items() for text, value in rows],
    ids=short,
)
def test_it_understands(kind: str, text: str, value: Value, language: str) -> None:
    found = parse_text(question(kind), text, TODAY, language)
    assert found == value
    assert type(found) is type(value)
    assert json.loads(json.dumps(found)) == value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "text", "refusal"),
    [(kind, text, name) for kind, rows in REFUSED.items() for text, name in rows]
    + [(kind, text, name) for kind in KINDS for text, name in NEVER_KEPT],
    ids=short,
)
def test_it_refuses(kind: str, text: str, refusal: str, language: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_text(question(kind), text, TODAY, language)
    assert refusal in [one.__name__ for one in type(refused.value).__mro__]
    assert str(refused.value)


def test_three_digits_after_a_comma_are_thousands_in_english_only() -> None:
    assert parse_text(question("number"), "1,234", TODAY, "en") == 1234
    with pytest.raises(Refusal) as refused:
        parse_text(question("number"), "1,234", TODAY, "fr")
    assert str(refused.value) == "“1,234” can be read in two ways. Please write 1234 or 1,23."


def test_a_whole_number_is_asked_where_decimals_make_no_sense() -> None:
    assert parse_text(question("number", decimals=0), "3,0", TODAY, "fr") == 3
    with pytest.raises(Refusal) as refused:
        parse_text(question("number", decimals=0), "3,5", TODAY, "fr")
    assert type(refused.value).__name__ == "WholeNumberOnly"


def test_every_date_limit_is_kept() -> None:
    def refusal(text: str, **limits: object) -> str | None:
        try:
            parse_text(question("date", **limits), text, TODAY, "fr")
        except Refusal as refused:
            return type(refused).__name__
        return None

    assert refusal("21/11/2026", future=True) == "DateInPast"
    assert refusal("22/11/2026", future=True) is None
    assert refusal("22/11/2026", past=True) is None
    assert refusal("31/12/2025", min="2026-01-01") == "DateTooEarly"
    assert refusal("01/01/2026", min="2026-01-01") is None
    assert refusal("02/01/2026", max="2026-01-01") == "DateTooLate"
    assert refusal("31/12/2030", min_age=16) == "DateInFuture"


def test_somebody_born_on_29_february_is_16_on_1_march() -> None:
    born = question("date", min_age=16)
    assert parse_text(born, "29/02/2008", date(2024, 3, 1), "fr") == "2008-02-29"
    assert parse_text(born, "29/02/2008", date(2024, 2, 29), "fr") == "2008-02-29"
    with pytest.raises(Refusal):
        parse_text(born, "28/02/2009", date(2025, 2, 27), "fr")


@pytest.mark.parametrize("number", ["35600000000048", "35600000049837"])
def test_la_poste_has_its_own_siret_key(number: str) -> None:
    assert parse_text(question("siret"), number, TODAY, "fr") == number


def test_a_siret_of_the_wrong_length_says_how_many_digits_were_found() -> None:
    with pytest.raises(Refusal) as refused:
        parse_text(question("siret"), "732 829 320 0007", TODAY, "fr")
    assert str(refused.value) == "A SIRET has 14 digits, and you wrote 13. Please check it."


@pytest.mark.parametrize("kind", sorted(SENSITIVE_KINDS))
def test_no_refusal_repeats_a_sensitive_value(kind: str) -> None:
    for text, _ in REFUSED[kind]:
        with pytest.raises(Refusal) as refused:
            parse_text(question(kind), text, TODAY, "fr")
        assert text not in [str(fact) for fact in refused.value.facts.values() if len(text) > 4]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_an_answer_to_an_optional_question_only(kind: str) -> None:
    for nothing in ("", " \n", "\u200b"):
        assert parse_text(question(kind, required=False), nothing, TODAY, "fr") is None
    for nothing in ("", None, []):
        assert parse(question(kind, required=False), nothing, TODAY, "fr") is None
        with pytest.raises(Refusal) as refused:
            parse(question(kind), nothing, TODAY, "fr")
        assert isinstance(refused.value, AnswerMissing)
        assert isinstance(refused.value, NothingChosen) == (kind in PRESSED)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("yes_no", True, True),
        ("yes_no", "yes", True),
        ("yes_no", "off", False),
        ("number", 12, 12),
        ("number", 12.5, 12.5),
        ("number", 3.0, 3),
        ("choice", "garden", "garden"),
        ("choice", ["garden"], "garden"),
        ("choices", ["garden", "cleaning", "garden"], ["cleaning", "garden"]),
        ("choices", "garden", ["garden"]),
        ("choices", ["", "garden"], ["garden"]),
        ("address", {**LILAS, "city": " Lyon "}, LILAS),
        ("address", "12 rue des Lilas, 69003 Lyon", LILAS),
        ("date", "1990-12-31", "1990-12-31"),
    ],
)
def test_it_reads_what_a_form_or_a_program_sends(kind: str, raw: object, value: Value) -> None:
    found = parse(question(kind), raw, TODAY, "fr")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "raw", "refusal"),
    [
        ("text", 12, "AnswerUnreadable"),
        ("text", ["Amina"], "AnswerUnreadable"),
        ("yes_no", 1, "AnswerUnreadable"),
        ("number", True, "AnswerUnreadable"),
        ("number", float("nan"), "NotANumber"),
        ("number", float("inf"), "NotANumber"),
        ("number", 10**5000, "NumberTooBig"),
        ("number", -(10**5000), "NumberTooSmall"),
        ("number", 1.23456, "TooManyDecimals"),
        ("choice", "1", "NotAChoice"),
        ("choice", "Ménage", "NotAChoice"),
        ("choice", ["garden", "cleaning"], "OneChoiceOnly"),
        ("choices", ["garden", "x" * 100_000], "TooLong"),
        ("choices", ["garden"] * 1000, "NotAChoice"),
        ("choices", ["garden", {}], "AnswerUnreadable"),
        ("choices", {"garden": 1}, "AnswerUnreadable"),
        ("address", {"street": "12 rue des Lilas"}, "AddressWithoutPostalCode"),
        ("address", {**LILAS, "city": ""}, "AddressWithoutCity"),
        ("address", {**LILAS, "street": 3}, "AnswerUnreadable"),
        ("address", {}, "AnswerMissing"),
        ("address", {"street": " ", "city": ""}, "AnswerMissing"),
    ],
    ids=short,
)
def test_it_refuses_what_a_program_should_not_send(kind: str, raw: object, refusal: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(question(kind), raw, TODAY, "fr")
    assert type(refused.value).__name__ == refusal


def test_a_choice_that_is_refused_lists_the_choices_in_the_reader_s_language() -> None:
    with pytest.raises(Refusal, match=r"1\. Ménage, 2\. Garde d’enfants, 3\. Jardin et tonte"):
        parse_text(question("choice"), "cuisine", TODAY, "fr")
    with pytest.raises(Refusal, match=r"1\. Cleaning, 2\. Child care, 3\. Garden and mowing"):
        parse_text(question("choice"), "cooking", TODAY, "en")


@pytest.mark.parametrize(
    ("kind", "value", "french", "english"),
    [
        ("text", "Amina", "Amina", "Amina"),
        ("yes_no", True, "Oui", "Yes"),
        ("yes_no", False, "Non", "No"),
        ("choice", "cleaning", "Ménage", "Cleaning"),
        ("choice", "gone", "gone", "gone"),
        (
            "choices",
            ["cleaning", "garden"],
            "Ménage, Jardin et tonte",
            "Cleaning, Garden and mowing",
        ),
        ("date", "1990-12-31", "31/12/1990", "31/12/1990"),
        ("number", 1234.5, "1\u202f234,5", "1,234.5"),
        ("number", 3, "3", "3"),
        ("phone", "+33612345678", "06 12 34 56 78", "06 12 34 56 78"),
        ("phone", "+32470123456", "+32 470 12 34 56", "+32 470 12 34 56"),
        ("address", LILAS, "12 rue des Lilas, 69003 Lyon", "12 rue des Lilas, 69003 Lyon"),
        ("siret", "73282932000074", "732 829 320 00074", "732 829 320 00074"),
        ("iban", "BE31435411161155", "BE31 4354 1116 1155", "BE31 4354 1116 1155"),
        ("nir", "295109912611193", "2 95 10 99 126 111 93", "2 95 10 99 126 111 93"),
        ("text", None, "", ""),
    ],
)
def test_values_are_shown_to_people(kind: str, value: Value, french: str, english: str) -> None:
    assert display(question(kind), value, "fr") == french
    assert display(question(kind), value, "en") == english


def test_a_value_kept_under_an_earlier_kind_is_still_shown() -> None:
    for kind in KINDS:
        for value in ("été", True, 3, 2.5, ["a"], {"street": "x"}, None):
            assert isinstance(display(question(kind), value, "fr"), str)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["choice", "choices"])
def test_a_choice_that_is_offered_no_more_is_shown_and_cannot_be_picked(
    kind: str, language: str
) -> None:
    asked = Question("it", kind, True, ACTIVITIES[1:], former=ACTIVITIES[:1])
    value: Value = "cleaning" if kind == "choice" else ["cleaning", "garden"]
    assert ACTIVITIES[0].label[language] in display(asked, value, language)
    for raw in ("cleaning", "Ménage", "Cleaning", "3"):
        with pytest.raises(Refusal):
            parse_text(asked, raw, TODAY, language)
    with pytest.raises(Refusal):
        parse(asked, value, TODAY, language)


def test_only_the_last_four_signs_of_a_sensitive_value_are_told() -> None:
    assert masked("nir", "295109912611193") == "•••• 1193"
    assert masked(question("iban"), "FR7630006000011234567890189") == "•••• 0189"
    assert masked("iban", None) is None
    assert masked("choices", ["a"]) == ["a"]
    assert masked(question("phone"), "+33612345678") == "+33612345678"


def test_every_department_is_found_from_a_postal_code() -> None:
    codes = {
        code: f"{'201' if code == '2A' else '202' if code == '2B' else code}".ljust(5, "0")
        for code in DEPARTMENTS
    }
    found = {code: department_of(postal) for code, postal in codes.items()}
    assert {code: one.code for code, one in found.items() if one} == {c: c for c in DEPARTMENTS}
    # 101 départements, and the seven other overseas territories that postal codes reach.
    assert len(DEPARTMENTS) == 101 + 7


def value_or_sentence(reader: Reader, asked: Question, raw: object, language: str) -> Value:
    """The value, once JSON takes it, or the sentence of the refusal; all else goes through."""
    try:
        value = reader(asked, raw, TODAY, language)
    except Refusal as refused:
        return str(refused)
    json.dumps(value, allow_nan=False).encode()
    return value


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None)
@given(text=st.text(st.characters(), max_size=60), language=st.sampled_from(["fr", "en", "de"]))
def test_nothing_but_a_refusal_comes_of_any_text(kind: str, text: str, language: str) -> None:
    for asked in (question(kind), question(kind, required=False)):
        for reader in (parse, parse_text):
            value = value_or_sentence(reader, asked, text, language)
            assert isinstance(display(asked, value, language), str)


LIKELY = st.text(st.sampled_from("0123456789٣²½ ,.;/-+@FRfr2AB\u00a0\u202fet\nnan"), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None)
@given(raw=LIKELY | JSON)
def test_nothing_but_a_refusal_comes_of_any_json(kind: str, raw: object) -> None:
    value_or_sentence(parse, question(kind), raw, "fr")


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None)
@given(text=LIKELY)
def test_a_value_read_again_as_it_is_shown_stays_the_same(kind: str, text: str) -> None:
    try:
        value = parse_text(question(kind), text, TODAY, "fr")
    except Refusal:
        return
    shown = display(question(kind), value, "fr")
    assert parse_text(question(kind), shown, TODAY, "fr") == value


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("unit", ["1", "a.", "@", ", ", "et ", "1 et ", "\u0301", "/", "x@y."])
def test_a_long_text_never_keeps_a_validator_busy(kind: str, unit: str) -> None:
    begin = time.perf_counter()
    for length in (1_000, 16_000, 1_000_000):
        with pytest.raises(Refusal):
            parse_text(question(kind), unit * (length // len(unit)) + "\x00", TODAY, "fr")
    assert time.perf_counter() - begin < 10, "something grows faster than the text"
