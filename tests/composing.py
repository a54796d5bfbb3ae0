"""An admin who composes what is asked and publishes it, as tests of several doors need one."""

from __future__ import annotations

from datetime import datetime

from actions.deeds import Actor
from actions.requirements import edit_draft, publish
from actions.requirements.drafting import Operation
from models.reads.drafts import Drafting, drafting
from models.tables import Provider
from rules.vocabulary import ActorKind
from tests.factories import NOW, an_operator


async def an_admin(provider: Provider, name: str = "Odile") -> Actor:
    """An admin of this provider, as the journal names them."""
    person = await an_operator(provider, name)
    return Actor(ActorKind.OPERATOR, person.id, person.name)


async def compose(
    provider: Provider, who: Actor, *operations: Operation, now: datetime = NOW
) -> Drafting:
    """Do these operations, one after the other, each from the page of then."""
    found = await drafting(await Provider.get(id=provider.id))
    for operation in operations:
        found = await edit_draft(provider.id, found.version, operation, who, now)
    return found


async def publishes(
    provider: Provider,
    who: Actor,
    *operations: Operation,
    ask: bool = False,
    now: datetime = NOW,
) -> Provider:
    """Compose and publish at once; the provider's row of then."""
    found = await compose(provider, who, *operations, now=now)
    await publish(provider.id, found.version, ask, who, now)
    return await Provider.get(id=provider.id)
