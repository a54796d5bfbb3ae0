"""Rendering a page: the frame that every page of the panel or of the public side gets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, ClassVar, Protocol, TypeVar

from aiohttp import web

from models.reads.counts import Counts, counts
from models.tables import Provider
from rules.errors import Refusal
from rules.vocabulary import Language
from webhooks.access import Desk
from webhooks.keys import ASSETS, CLOCK, SETTINGS
from words.language import DEFAULT, N_, sentence, translate
from words.templates import render

THEMES = ("auto", "light", "dark")
NO_COUNTS = Counts()
PRESENT = N_("Now in place: {value}")
NOTHING = N_("nothing")


class OfForm(Protocol):
    """What one form is about: any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Settings = TypeVar("Settings", bound=OfForm)


@dataclass(frozen=True, slots=True)
class Frame:
    """What the layout itself needs to know."""

    path: str
    theme: str
    here: str
    """Path and query, to come back to after a change of language or theme."""


async def page(
    request: web.Request, desk: Desk, template: str, /, *, status: int = 200, **values: Any
) -> web.Response:
    """A page of the panel, in the operator's language, with the top bar's counts.

    Every template also gets `desk`, `frame`, `counts`, `now`, `zone`, `asset(name)` and `errors`
    (sentences by field, empty unless given).
    """
    values.setdefault("errors", {})
    text = render(
        template,
        desk.language,
        desk=desk,
        counts=await counts(desk.provider.id),
        zone=desk.provider.timezone,
        **_common(request),
        **{"now": desk.now, **values},
    )
    return web.Response(text=text, content_type="text/html", status=status)


async def settings_form(
    request: web.Request,
    desk: Desk,
    template: str,
    /,
    *,
    errors: dict[str, str] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
    **values: Any,
) -> web.Response:
    """A form of the settings, with what is wrong with it, or the word that it was saved."""
    return await page(
        request,
        desk,
        template,
        status=status,
        errors=errors or {},
        refusal=refusal,
        saved="saved" in request.query,
        here="settings",
        **values,
    )


def all_wrong(
    refusal: Refusal,
    wanted: Settings,
    present: Settings,
    check: Callable[[Settings], object],
    field_of: Callable[[Refusal, Settings], str],
    language: str,
) -> dict[str, str]:
    """Everything that is wrong with what a form sent, by field: a check says one thing at a time.

    What it said is put right, from the present values, and the rest is looked at again.
    """
    found: dict[str, str] = {}
    left: Refusal | None = refusal
    while left is not None and (name := field_of(left, wanted)) not in found:
        found[name] = sentence(left, language)
        if not hasattr(present, name):
            break
        wanted = replace(wanted, **{name: getattr(present, name)})
        left = _refusal(check, wanted)
    return found


def _refusal(check: Callable[[Settings], object], wanted: Settings) -> Refusal | None:
    try:
        check(wanted)
    except Refusal as refusal:
        return refusal
    return None


def in_place(
    present: Mapping[str, str], typed: Mapping[str, str], language: str
) -> dict[str, str]:
    """What to say beside each field whose text is not the present one, by field.

    For a form that somebody else overtook: what was typed stays, and is compared.
    """
    differ = [name for name, text in typed.items() if text != present[name]]
    nothing = translate(language, NOTHING)
    return {name: translate(language, PRESENT, value=present[name] or nothing) for name in differ}


def public(
    request: web.Request, template: str, /, *, status: int = 200, **values: Any
) -> web.Response:
    """A page without a desk, in the language that the browser asks for (or `language`)."""
    language = values.pop("language", None) or asked_language(request)
    values.setdefault("errors", {})
    text = render(
        template, language, desk=None, now=request.app[CLOCK](), **_common(request), **values
    )
    return web.Response(text=text, content_type="text/html", status=status)


def sends_mails(request: web.Request) -> bool:
    """Whether mails leave: a mail server is configured, or this is the demo."""
    settings = request.app[SETTINGS]
    return settings.demo or settings.smtp is not None


def _common(request: web.Request) -> dict[str, Any]:
    theme = request.cookies.get("theme", "")
    return {
        "asset": request.app[ASSETS].url,
        "logo": logo_address,
        "frame": Frame(
            path=request.path,
            theme=theme if theme in THEMES else "auto",
            here=request.rel_url.raw_path_qs if request.method == "GET" else request.path,
        ),
    }


def logo_address(provider: Provider) -> str:
    """Where the provider's logo is, empty without one; another logo has another address."""
    if not provider.logo_file_id:
        return ""
    return f"/logo/{provider.slug}/{logo_digest(provider.logo_file_id)}.png"


def logo_digest(file_id: str) -> str:
    """A mark of a stored logo for its address, which tells nothing of the store."""
    return sha256(file_id.encode()).hexdigest()[:16]


def asked_language(request: web.Request) -> str:
    """`?lang=`, else the first of the browser's languages that we speak."""
    wanted = [request.query.get("lang", "")]
    wanted += request.headers.get("Accept-Language", "").split(",")
    known = {str(one) for one in Language}
    return next((code for text in wanted if (code := text.strip()[:2].lower()) in known), DEFAULT)
