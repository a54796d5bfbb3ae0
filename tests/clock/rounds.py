"""Imports the product once, then forks a worker for each line: a round that kills itself.

A line is a job (JSON): the database, the round, the moment, and before which statement of it the
child dies, as by `kill -9` (0: never). Each answer says whether it was killed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from actions.activation import remind_of_activation
from actions.bin import empty_due
from actions.decisions import finalise_due
from actions.farewells import wipe_farewells
from actions.mornings import owe_morning
from actions.renewals import ask_for_renewals
from actions.requirements.asking import finish_asking
from models import database
from models.tables import Provider
from store.sealing import Keyring, use_keyring
from tests.clock.night import lay_fuse
from tests.kills.forking import serve

Round = Callable[[datetime], Awaitable[object]]


async def activation(now: datetime) -> None:
    """Reminders of accounts."""
    for provider in await Provider.all():
        await remind_of_activation(provider, now)


async def renewals(now: datetime) -> None:
    """Documents that run out."""
    for provider in await Provider.all():
        await ask_for_renewals(provider, now)


async def mornings(now: datetime) -> None:
    """Digests, and alerts about what has waited for too long."""
    for provider in await Provider.all():
        await owe_morning(provider.id, now.date(), now)


ROUNDS: dict[str, Round] = {
    "decisions": finalise_due,
    "asking": finish_asking,
    "activation": activation,
    "renewals": renewals,
    "mornings": mornings,
    "bin": empty_due,
    "farewells": wipe_farewells,
}
"""By kind of job, as the worker's clock makes them."""


async def work(job: dict[str, str | int]) -> None:
    """Make the round, in a process of its own."""
    use_keyring(Keyring({"k1": bytes(range(32))}))
    await database.connect(str(job["database"]))
    if job["left"]:
        lay_fuse(int(job["left"]))
    await ROUNDS[str(job["round"])](datetime.fromisoformat(str(job["now"])))
    await database.close()


if __name__ == "__main__":
    serve(work)
