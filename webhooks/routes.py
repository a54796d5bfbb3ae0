"""Every address of the product, and who answers there."""

from aiohttp import web
from aiohttp.web import get, post

from webhooks import (
    candidate_list,
    health,
    home,
    join,
    preferences,
    settings_join,
    settings_people,
    settings_recruitment,
    sign_in,
    static_files,
    telegram,
)


def routes() -> list[web.RouteDef]:
    """The whole table, by part."""
    return [*machines(), *entrance(), *panel(), *settings_pages(), *public_pages(), *files()]


def machines() -> list[web.RouteDef]:
    """Called by machines."""
    return [
        post("/telegram/{bot}", telegram.receive),
        get("/healthz", health.healthz),
        get("/readyz", health.readyz),
    ]


def entrance() -> list[web.RouteDef]:
    """Signing in and out, and one's own preferences."""
    return [
        get("/login", sign_in.form),
        post("/login", sign_in.sign_in),
        post("/logout", sign_in.sign_out),
        post("/preferences", preferences.change),
        post("/provider", preferences.show_provider),
    ]


def panel() -> list[web.RouteDef]:
    """The operators' daily pages."""
    return [
        get("/", home.home),
        get("/candidates", candidate_list.listed),
    ]


def settings_pages() -> list[web.RouteDef]:
    """Paramètre & Services."""
    return [
        get("/settings", settings_join.menu),
        get("/settings/recruitment", settings_recruitment.form),
        post("/settings/recruitment", settings_recruitment.save),
        get("/settings/ecommerce", settings_join.ecommerce),
        get("/settings/ecommerce/join", settings_join.join),
        get("/settings/ecommerce/join/renew", settings_join.ask_renew),
        post("/settings/ecommerce/join/renew", settings_join.renew),
        get("/settings/operators", settings_people.operators),
        post("/settings/operators", settings_people.add),
        get("/settings/journal", settings_people.journal),
    ]


def public_pages() -> list[web.RouteDef]:
    """Pages for candidates: they come from a link."""
    return [
        get("/join/{slug}", join.landing),
        get("/join/{slug}/qr.svg", join.qr_svg),
        get("/join/{slug}/qr.png", join.qr_png),
    ]


def files() -> list[web.RouteDef]:
    """Style sheets, script and icons."""
    return [
        get("/static/{digest}/{name:.+}", static_files.static_file),
        get(r"/accent/{colour:[0-9a-f]{6}}.css", static_files.accent),
    ]
