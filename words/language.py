"""Languages: the catalogues merged from locales/, and how dates, counts and lists are written."""

import gettext
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, format_timedelta
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from rules.answers import in_language
from rules.errors import Refusal
from rules.vocabulary import Language

LOCALES = Path(__file__).parent.parent / "locales"
BABEL = {Language.FRENCH: "fr_FR", Language.ENGLISH: "en_GB"}
AT = {Language.FRENCH: " à ", Language.ENGLISH: " at "}
"""Between a day and an hour; Babel's own long form adds seconds and zone."""
DEFAULT = Language.FRENCH


def known_language(code: str | None) -> Language:
    """The language of a code such as `fr`, `en-GB`; French when unknown."""
    try:
        return Language((code or "").lower()[:2])
    except ValueError:
        return DEFAULT


@cache
def translations(language: str) -> gettext.NullTranslations:
    """All catalogues of one language, merged; English is the source."""
    if language == Language.ENGLISH:
        return gettext.NullTranslations()
    merged = Catalog(locale=language)
    for path in sorted((LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    merged[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translate(language: str, text: str, **facts: object) -> str:
    """`text` (English) in this language, its {names} filled."""
    return translations(language).gettext(text).format(**facts)


def ngettext(one: str, many: str, number: int, language: str) -> str:
    """One or several, in this language, with `%(num)s` filled."""
    return translations(language).ngettext(one, many, number) % {"num": number}


def sentence(refusal: Refusal, language: str) -> str:
    """A refusal in plain words; facts that are words by language are told in this one."""
    facts = {
        name: pick(fact, language) if isinstance(fact, Mapping) else fact
        for name, fact in refusal.facts.items()
    }
    return translate(language, refusal.sentence, **facts)


def N_(text: str) -> str:  # noqa: N802  # the usual mark of a sentence translated later
    """Mark a sentence for the catalogues; it is translated when it is shown."""
    return text


def pick(words: Mapping[str, str], language: str) -> str:
    """A provider's own words in this language, else in the other one."""
    return in_language(words, language)


def long_date(day: date, language: str) -> str:
    """`mercredi 16 décembre 2026`."""
    return _day_in_words(day, "full", known_language(language))


def _day_in_words(day: date, form: Literal["long", "full"], language: Language) -> str:
    """Babel's day, but for the first of a month in French, which is `1er`."""
    text: str = format_date(day, format=form, locale=BABEL[language])
    first = language == Language.FRENCH and day.day == 1
    return text.replace("1 ", "1er ", 1) if first else text


def short_date(day: date, language: str) -> str:
    """`16/12/2026`."""
    return day.strftime("%d/%m/%Y")


def full_moment(moment: datetime, zone: str, language: str) -> str:
    """`16 décembre 2026 à 14:05`, in the provider's zone."""
    known = known_language(language)
    local = moment.astimezone(ZoneInfo(zone))
    day = _day_in_words(local.date(), "long", known)
    return f"{day}{AT[known]}{time_of_day(moment, zone, language)}"


def short_moment(moment: datetime, zone: str, language: str) -> str:
    """`16/12/2026 14:05`, in the provider's zone."""
    day = short_date(moment.astimezone(ZoneInfo(zone)).date(), language)
    return f"{day} {time_of_day(moment, zone, language)}"


def time_of_day(moment: datetime, zone: str, language: str) -> str:
    """`14:05`, in the provider's zone."""
    return format_time(
        moment, format="short", tzinfo=ZoneInfo(zone), locale=BABEL[known_language(language)]
    )


def ago(moment: datetime, now: datetime, language: str) -> str:
    """`il y a 2 jours`."""
    return format_timedelta(
        moment - now, add_direction=True, locale=BABEL[known_language(language)]
    )


def some_days(days: int, language: str) -> str:
    """`45 jours`; whole years as such: `2 ans`."""
    years, rest = divmod(days, 365)
    unit: Literal["year", "day"] = "day" if rest or not years else "year"
    length = timedelta(days=days)
    return format_timedelta(
        length, granularity=unit, threshold=10**6, locale=BABEL[known_language(language)]
    )


def lasting(length: timedelta, language: str) -> str:
    """`2 jours`."""
    return format_timedelta(length, locale=BABEL[known_language(language)])


def and_list(parts: Iterable[str], language: str) -> str:
    """`a, b et c`."""
    return format_list(list(parts), locale=BABEL[known_language(language)])
