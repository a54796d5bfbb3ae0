"""The template environment of the product: strict; *.html is escaped, *.txt is not."""

from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
    select_autoescape,
)
from jinja2.runtime import Context

from rules.digest import days_waited, is_overdue
from words import language as words

TEMPLATES = Path(__file__).parent.parent / "templates"


@cache
def environment(language: str) -> Environment:
    """Templates in one language.

    Every template can use `_`, `ngettext`, `{% trans %}`, `language`, and the filters below.
    """
    made = new_environment(FileSystemLoader(TEMPLATES), language)
    made.globals["language"] = language
    return made


def new_environment(loader: BaseLoader, language: str) -> Environment:
    """A strict environment with this language's words and filters."""
    made = Environment(
        loader=loader,
        autoescape=select_autoescape(["html"], default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # A sentence may span lines in a template; tools/words.py reads it in the same way.
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(  # type: ignore[attr-defined]  # added by the extension
        words.translations(language), newstyle=True
    )
    for name in ("long_date", "short_date", "and_list", "lasting", "some_days", "pick"):
        made.filters[name] = partial(_in_language, getattr(words, name), language)
    made.filters["sentence"] = partial(_in_language, words.sentence, language)
    made.filters["ago"] = _ago
    made.filters["overdue"] = _overdue
    made.filters["full_moment"] = _full_moment
    made.filters["short_moment"] = _short_moment
    made.filters["time_of_day"] = _time_of_day
    return made


def render(name: str, language: str, /, **values: Any) -> str:
    """Render one template of `templates/`."""
    return environment(language).get_template(name).render(**values)


def _in_language(function: Any, language: str, value: Any) -> str:
    written: str = function(value, language)
    return written


@pass_context
def _ago(context: Context, moment: Any) -> str:
    return words.ago(moment, context["now"], context["language"])


@pass_context
def _overdue(context: Context, since: Any) -> int:
    """Days that an application has waited for a decision, once they are too many; else 0."""
    now = context["now"]
    return days_waited(since, now) if is_overdue(since, now) else 0


@pass_context
def _full_moment(context: Context, moment: Any) -> str:
    return words.full_moment(moment, context["zone"], context["language"])


@pass_context
def _short_moment(context: Context, moment: Any) -> str:
    return words.short_moment(moment, context["zone"], context["language"])


@pass_context
def _time_of_day(context: Context, moment: Any) -> str:
    return words.time_of_day(moment, context["zone"], context["language"])
