"""Validating those who signed up while the module was off, all at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from actions.decisions import Verdict, decide
from actions.deeds import Actor
from actions.provider_journal import record
from models.reads.newcomers import newcomers, oldest_newcomers
from models.tables import Candidate, Provider
from rules.errors import Refusal
from rules.history import ProviderEventKind
from rules.vocabulary import Outcome

MOST = 100
"""People validated by one press: a page must not take long."""


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one person."""

    candidate_id: str
    name: str
    refusal: Refusal | None = None
    """Why they were not validated; None: they are."""


@dataclass(frozen=True, slots=True)
class Validated:
    """What became of everybody."""

    lines: tuple[Line, ...]
    left: int
    """How many are still not validated."""

    @property
    def done(self) -> int:
        """How many were validated."""
        return sum(line.refusal is None for line in self.lines)


async def validate_newcomers(
    provider: Provider, actor: Actor, now: datetime, *, reason: str
) -> Validated:
    """Accept the first hundred of them at once, one deed each; somebody refused stops nobody.

    Args:
        reason: why they are accepted although nothing was asked; kept in their history.
    """
    people = await oldest_newcomers(provider, MOST)
    lines = tuple([await _validate(one, actor, now, reason) for one in people])
    result = Validated(lines, (await newcomers(provider)).number)
    if result.done:
        await record(
            provider.id,
            ProviderEventKind.NEWCOMERS_VALIDATED,
            actor.id,
            actor.name,
            now,
            after={"validated": result.done, "left": result.left},
        )
    return result


async def _validate(one: Candidate, actor: Actor, now: datetime, reason: str) -> Line:
    verdict = Verdict(outcome=Outcome.ACCEPT, reason=reason)
    name = f"{one.first_name} {one.last_name}".strip()
    try:
        await decide(one.id, verdict, actor, now, provider_id=one.provider_id, delay=timedelta(0))
    except Refusal as refusal:  # a decision is pending, erased meanwhile…
        return Line(one.id, name, refusal)
    return Line(one.id, name)
