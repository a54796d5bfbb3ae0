"""Before and after every handler: the right host, no foreign form, safe headers.

A form is ours when the browser says so: Sec-Fetch-Site (sent to https and loopback origins) and
Origin. A request that changes something and carries neither is refused. `SameSite=Lax` is the
second net.
"""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from webhooks.keys import SETTINGS

SAFE_METHODS = frozenset({"GET", "HEAD"})
HEALTH = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked by machines under whatever name they know."""
MACHINES = ("/telegram/",)
"""Called by machines that carry their own secret, never by a browser's form."""
MAIL_PROGRAMS = "/unsubscribe/"
"""Here a mail program may press the button without any page (RFC 8058). The secret in the address
is all that counts, no cookie is looked at; a browser still has to say that it is on our page."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with it browsers send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


class WrongHost(web.HTTPException):
    """421 Misdirected Request: a name that is not this installation's."""

    status_code = 421


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Signal handler: safe headers, unless the handler chose its own."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.pop("Server", None)


@web.middleware
async def known_host(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse names that are not ours: links and cookies are made for PUBLIC_URL only."""
    if request.path not in HEALTH and own_origin(request) is None:
        raise WrongHost
    return await handler(request)


@web.middleware
async def own_forms(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what another site's page makes a browser send."""
    machine = request.path.startswith(MACHINES) or _is_mail_program(request)
    if request.method not in SAFE_METHODS and not machine:
        refuse_foreign(request)
    return await handler(request)


def _is_mail_program(request: web.Request) -> bool:
    """Neither header: no browser sends a form like that."""
    told = "Sec-Fetch-Site" in request.headers or "Origin" in request.headers
    return request.path.startswith(MAIL_PROGRAMS) and not told


def refuse_foreign(request: web.Request) -> None:
    """Raise 403 unless the browser says that our own page sent this."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and origin is None:
        raise web.HTTPForbidden
    if site not in (None, "same-origin") or origin not in (None, own_origin(request)):
        raise web.HTTPForbidden


def from_own_page(request: web.Request) -> bool:
    """Whether a GET was not started by another site: then it may leave its mark."""
    return request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")


def own_origin(request: web.Request) -> str | None:
    """The origin under which this request reached us; None when the name is not ours."""
    public = request.app[SETTINGS].public_url
    if request.host.lower() == urlsplit(public).netloc.lower():
        return public
    try:
        name = urlsplit(f"//{request.host}").hostname
    except ValueError:
        return None
    return f"http://{request.host}" if name in LOOPBACK else None


def client_address(request: web.Request) -> str:
    """Where a request comes from.

    Behind https there is a proxy in front of us (we speak plain http): the last address of its
    X-Forwarded-For is the one it saw itself. Otherwise that header is anybody's word: ignored.
    """
    forwarded = request.headers.get("X-Forwarded-For", "")
    if request.app[SETTINGS].secure_cookies and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()[:64]
    return request.remote or ""
