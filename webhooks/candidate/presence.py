"""Who else has this candidate's page open, and what happened since it was drawn.

Kept in memory: each web process knows the operators that it serves itself. Nothing depends on
it: two operators who do not see each other are still told by the version of what they saw.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from actions.deeds import NoSuchCandidate
from models.reads.candidate_journal import lines_since
from models.reads.candidate_page import candidate_row
from webhooks.access import Desk, operator_page
from webhooks.defence import from_own_page
from webhooks.forms import whole
from words.language import N_, and_list, translate

STAYS = timedelta(seconds=75)
"""How long somebody counts as present after their page last asked; pages ask every 20 seconds."""

LOOKING = N_("{who} has this page open too")
NEWS = N_("New on this page: {count}")


@dataclass(slots=True)
class Presence:
    """Operators by candidate, with the moment at which their page last asked."""

    seen: dict[str, dict[str, tuple[str, datetime]]] = field(default_factory=dict)

    def others(self, candidate_id: str, operator_id: str, now: datetime) -> list[str]:
        """Names of the other operators who are there now."""
        there = self._fresh(candidate_id, now)
        return sorted(name for who, (name, _) in there.items() if who != operator_id)

    def mark(self, candidate_id: str, operator_id: str, name: str, now: datetime) -> None:
        """This operator is there."""
        there = self._fresh(candidate_id, now)
        there[operator_id] = (name, now)
        self.seen[candidate_id] = there

    def _fresh(self, candidate_id: str, now: datetime) -> dict[str, tuple[str, datetime]]:
        there = self.seen.pop(candidate_id, {})
        fresh = {who: (name, at) for who, (name, at) in there.items() if now - at <= STAYS}
        if fresh:
            self.seen[candidate_id] = fresh
        return fresh


PRESENCE = web.AppKey("presence", Presence)


def look(request: web.Request, desk: Desk, candidate_id: str) -> str:
    """Note that this operator is here; who else is, in words, or nothing."""
    presence, operator = request.app[PRESENCE], desk.operator
    if from_own_page(request):
        presence.mark(candidate_id, operator.id, operator.name, desk.now)
    others = presence.others(candidate_id, operator.id, desk.now)
    if not others:
        return ""
    return translate(desk.language, LOOKING, who=and_list(others, desk.language))


@operator_page
async def pulse(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET …/pulse?seen=: what an open page asks now and then. JSON: others, news (sentences)."""
    row = await candidate_row(desk.provider.id, request.match_info["candidate"])
    if row is None:
        raise NoSuchCandidate
    known = whole(request.query.get("seen", ""), 0)
    count = await lines_since(desk.provider.id, row.id, known)
    news = translate(desk.language, NEWS, count=count) if count else ""
    return web.json_response({"others": look(request, desk, row.id), "news": news})
