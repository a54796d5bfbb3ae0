"""One's own second factor: setting it up, new recovery codes, switching it off."""

from io import BytesIO
from typing import Any

import segno
from aiohttp import web
from markupsafe import Markup

from actions import second_factor
from actions.operators import WrongPassword
from actions.second_factor import AlreadyOn, NotOn, Setup, SetUpAgain, WrongCode
from actions.sessions import TooManyTries
from models.reads.desks import codes_left
from rules.errors import Refusal
from webhooks.access import Desk, operator_page
from webhooks.account import check_own_password, own_limits
from webhooks.forms import Form, read_form
from webhooks.keys import THROTTLE
from webhooks.pages import page
from words.language import sentence

FIELDS: dict[type[Refusal], str] = {
    WrongPassword: "password",
    TooManyTries: "password",
    WrongCode: "code",
    SetUpAgain: "code",
}
"""Beside which field a refusal is said."""


@operator_page
async def form(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /account/codes: the QR code to scan, or what there is to change."""
    return await _page(request, desk)


@operator_page
async def turn_on(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /account/codes: on, once a first code proves that the app has the secret."""
    sent = await read_form(request)
    setup: Setup | None = None
    try:
        setup = second_factor.same_setup(desk.operator, sent.text("setup"))
        await check_own_password(request, desk, _password(sent))
        codes = await second_factor.turn_on(desk.operator, setup, sent.text("code"), desk.now)
    except tuple(FIELDS) as refusal:
        return await _page(request, desk, refusal, setup=setup)
    except AlreadyOn:
        raise web.HTTPSeeOther("/account/codes") from None
    return await _show_codes(request, desk, codes, new=True)


@operator_page
async def renew(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /account/codes/recovery: ten new recovery codes."""
    sent = await read_form(request)
    try:
        await check_own_password(request, desk, _password(sent))
        codes = await second_factor.renew_codes(desk.operator, sent.text("code"), desk.now)
    except tuple(FIELDS) as refusal:
        return await _page(request, desk, refusal)
    except NotOn:
        raise web.HTTPSeeOther("/account/codes") from None
    return await _show_codes(request, desk, codes, new=False)


@operator_page
async def turn_off(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /account/codes/off."""
    sent = await read_form(request)
    try:
        await check_own_password(request, desk, sent.texts.get("off_password", ("",))[-1])
        await second_factor.turn_off(desk.operator, sent.text("off_code"), desk.now)
    except tuple(FIELDS) as refusal:
        return await _page(request, desk, refusal, prefix="off_")
    except NotOn:
        raise web.HTTPSeeOther("/account/codes") from None
    request.app[THROTTLE].forgive(own_limits(desk))
    raise web.HTTPSeeOther("/account?codes=off")


def _password(sent: Form) -> str:
    return sent.texts.get("password", ("",))[-1]


async def _page(
    request: web.Request,
    desk: Desk,
    refusal: Refusal | None = None,
    *,
    setup: Setup | None = None,
    prefix: str = "",
) -> web.Response:
    on = bool(desk.operator.totp_secret)
    shown = None if on else setup or second_factor.new_setup(desk.operator)
    errors: dict[str, Any] = {}
    if refusal is not None:
        errors = {prefix + FIELDS[type(refusal)]: sentence(refusal, desk.language)}
    return await page(
        request,
        desk,
        "panel/account_codes.html",
        status=429 if isinstance(refusal, TooManyTries) else 422 if refusal else 200,
        on=on,
        left=await codes_left(desk.operator.id) if on else 0,
        setup=shown,
        qr=_qr(shown.address) if shown else "",
        errors=errors,
    )


async def _show_codes(
    request: web.Request, desk: Desk, codes: list[str], *, new: bool
) -> web.Response:
    """The answer itself shows them: they are nowhere to be read again."""
    request.app[THROTTLE].forgive(own_limits(desk))
    return await page(request, desk, "panel/recovery_codes.html", codes=codes, new=new)


def _qr(address: str) -> Markup:
    """An SVG element, drawn by us from our own address: nothing of it is anybody's markup."""
    out = BytesIO()
    segno.make(address, error="m", micro=False).save(
        out,
        kind="svg",
        scale=4,
        border=2,
        light="#ffffff",
        xmldecl=False,
        svgns=False,
        omitsize=True,
    )
    return Markup(out.getvalue().decode())  # noqa: S704  # segno's own drawing
