"""Operators: who uses the panel, with which role; inviting, changing, removing."""

from aiohttp import web

from actions import invitations
from actions.invitations import LASTS_DAYS, AlreadyInvited, EnoughInvitations, Invited
from actions.operators import (
    AlreadyHere,
    NameNeeded,
    NotAnAddress,
    change_membership,
    remove_operator,
)
from models.reads.desks import member as read_member
from models.reads.desks import operators as read_operators
from models.reads.invitations import pending
from rules.errors import Refusal
from rules.vocabulary import Role
from webhooks.access import Desk, admin_page
from webhooks.forms import Form, read_form
from webhooks.pages import page, sends_mails
from words.language import sentence

FIELDS: dict[type[Refusal], str] = {
    NameNeeded: "name",
    NotAnAddress: "email",
    AlreadyHere: "email",
    AlreadyInvited: "email",
    EnoughInvitations: "email",
}
"""Beside which field a refusal is said."""
NOBODY = Invited(name="", email="", role=Role.REVIEWER)
DONE = ("invited", "again", "withdrawn", "changed", "removed")
"""Words of the address that say what was just done."""


@admin_page
async def operators(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/operators."""
    return await _operators(request, desk, NOBODY, {})


@admin_page
async def invite(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/operators: the answer is the same whether the address has an account."""
    sent = await read_form(request)
    who = Invited(sent.text("name"), sent.text("email"), _role(sent))
    try:
        await invitations.invite(desk.provider.id, who, desk.actor, desk.now)
    except tuple(FIELDS) as refusal:
        wrong = {FIELDS[type(refusal)]: sentence(refusal, desk.language)}
        return await _operators(request, desk, who, wrong, status=422)
    raise web.HTTPSeeOther("/settings/operators?done=invited")


@admin_page
async def change_invitation(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/invitations/{invitation}: send it again, or withdraw it."""
    sent = await read_form(request)
    about = (desk.provider.id, request.match_info["invitation"], desk.actor, desk.now)
    if sent.text("act") == "withdraw":
        await invitations.withdraw(*about)
        raise web.HTTPSeeOther("/settings/operators?done=withdrawn")
    await invitations.send_again(*about)
    raise web.HTTPSeeOther("/settings/operators?done=again")


@admin_page
async def change(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/operators/{operator}: another role, suspended, or back."""
    sent = await read_form(request)
    await change_membership(
        desk.provider.id,
        request.match_info["operator"],
        _role(sent),
        suspended=sent.text("suspended") == "yes",
        actor=desk.actor,
        now=desk.now,
    )
    raise web.HTTPSeeOther("/settings/operators?done=changed")


@admin_page
async def ask_remove(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/operators/{operator}/remove: what removing does, before it is done."""
    person = await read_member(desk.provider.id, request.match_info["operator"])
    if person is None:
        raise web.HTTPNotFound
    return await page(
        request, desk, "panel/settings/remove_operator.html", person=person, here="settings"
    )


@admin_page
async def remove(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/operators/{operator}/remove."""
    await remove_operator(desk.provider.id, request.match_info["operator"], desk.actor, desk.now)
    raise web.HTTPSeeOther("/settings/operators?done=removed")


def _role(sent: Form) -> Role:
    return Role.ADMIN if sent.text("role") == Role.ADMIN else Role.REVIEWER


async def _operators(
    request: web.Request, desk: Desk, new: Invited, errors: dict[str, str], status: int = 200
) -> web.Response:
    done = request.query.get("done", "")
    return await page(
        request,
        desk,
        "panel/settings/operators.html",
        status=status,
        people=await read_operators(desk.provider.id),
        waiting=await pending(desk.provider.id),
        days=LASTS_DAYS,
        new=new,
        errors=errors,
        done=done if done in DONE else "",
        sends=sends_mails(request),
        here="settings",
    )
