"""Which HTTP status says the same as a refusal, and in which words its page says it."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from actions.deeds import NoSuchCandidate
from actions.documents import NoSuchDocument
from actions.operators import LastAdmin, NoSuchOperator
from actions.settings import SettingsChangedMeanwhile
from actions.tokens import NoSuchLink
from models.reads.desks import Seat, open_memberships
from models.tables import Operator, Session
from rules.answers.dates import NoSuchDay, NoSuchMonth
from rules.answers.places import NoSuchDepartment
from rules.errors import Refusal
from rules.statuses import ChangedMeanwhile
from settings.reading import Settings
from tests.factories import NOW
from tests.web.conftest import Time, Town
from webhooks.access import DESK, AdminsOnly, Desk
from webhooks.app import create_app
from webhooks.errors import refused, status_of


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (NoSuchCandidate, 404),
        (NoSuchDocument, 404),
        (NoSuchOperator, 404),
        (NoSuchLink, 404),
        (NoSuchDay, 422),
        (NoSuchMonth, 422),
        (NoSuchDepartment, 422),
        (LastAdmin, 422),
        (AdminsOnly, 403),
        (ChangedMeanwhile, 409),
        (SettingsChangedMeanwhile, 409),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_each_refusal_has_its_status(refusal: type[Refusal], status: int) -> None:
    assert status_of(refusal()) == status


@pytest.mark.parametrize(
    ("language", "says"),
    [("fr", "pièce validée"), ("en", "document validated")],
)
async def test_what_changed_meanwhile_is_told_in_words(
    town: Town, settings: Settings, time: Time, language: str, says: str
) -> None:
    await Operator.filter(id=town.odile.id).update(language=language)
    odile = await Operator.get(id=town.odile.id)
    session = Session(id="x", operator_id=odile.id, created_at=NOW, seen_at=NOW, expires_at=NOW)
    seat = Seat(session, odile, tuple(await open_memberships(odile.id)))
    app: web.Application = create_app(settings, connects=False, clock=time)
    request = make_mocked_request("POST", "/candidates/x/keep", app=app)
    request[DESK] = (Desk(seat, NOW),)
    page = await refused(request, ChangedMeanwhile(who="Oscar", what="document_validated"))
    assert page.status == 409
    assert page.text is not None
    assert says in page.text
    assert "document_validated" not in page.text
