"""Operators: who uses the panel, and with which role."""

from aiohttp import web

from actions.operators import (
    AlreadyHere,
    KnownElsewhere,
    NameNeeded,
    NewOperator,
    NotAnAddress,
    add_operator,
    change_membership,
)
from actions.passwords import SHORTEST, PasswordTooShort
from models.reads.desks import operators as read_operators
from rules.errors import Refusal
from rules.vocabulary import Role
from webhooks.access import Desk, admin_page
from webhooks.forms import read_form
from webhooks.pages import page
from words.language import known_language, sentence

FIELDS: dict[type[Refusal], str] = {
    NameNeeded: "name",
    NotAnAddress: "email",
    AlreadyHere: "email",
    KnownElsewhere: "email",
    PasswordTooShort: "password",
}
NOBODY = NewOperator(name="", email="", role=Role.REVIEWER, password="")


@admin_page
async def operators(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/operators."""
    return await _operators(request, desk, NOBODY, {})


@admin_page
async def add(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/operators."""
    sent = await read_form(request)
    new = NewOperator(
        name=sent.text("name"),
        email=sent.text("email"),
        role=Role.ADMIN if sent.text("role") == Role.ADMIN else Role.REVIEWER,
        password=sent.texts.get("password", ("",))[-1],
        language=known_language(sent.text("language")),
    )
    try:
        await add_operator(desk.provider.id, new, desk.actor, desk.now)
    except tuple(FIELDS) as refusal:
        wrong = {FIELDS[type(refusal)]: sentence(refusal, desk.language)}
        return await _operators(request, desk, new, wrong, status=422)
    raise web.HTTPSeeOther("/settings/operators?added=1")


@admin_page
async def change(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/operators/{operator}: another role, suspended, or back."""
    sent = await read_form(request)
    await change_membership(
        desk.provider.id,
        request.match_info["operator"],
        Role.ADMIN if sent.text("role") == Role.ADMIN else Role.REVIEWER,
        suspended=sent.text("suspended") == "yes",
        actor=desk.actor,
        now=desk.now,
    )
    raise web.HTTPSeeOther("/settings/operators?changed=1")


async def _operators(
    request: web.Request, desk: Desk, new: NewOperator, errors: dict[str, str], status: int = 200
) -> web.Response:
    return await page(
        request,
        desk,
        "panel/settings/operators.html",
        status=status,
        people=await read_operators(desk.provider.id),
        new=new,
        errors=errors,
        shortest=SHORTEST,
        added="added" in request.query,
        changed="changed" in request.query,
        here="settings",
    )
