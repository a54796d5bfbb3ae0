"""The worker in one screen: which kinds of work there are, and who drains them."""

from actions.decisions import finalise_due
from actions.wakes import CHECKS
from jobs import alive, check, clock, deliver
from jobs.context import Workshop
from jobs.engine import Engine
from rules.vocabulary import Channel

DECISIONS = "decisions"
CLOCK = "clock"
ALIVE = "alive"


def new_engine(workshop: Workshop) -> Engine:
    """An engine for all kinds of work."""
    return Engine(
        {
            Channel.MAIL: lambda: deliver.drain_mail(workshop),
            Channel.CHAT: lambda: deliver.drain_chat(workshop),
            CHECKS: lambda: check.drain(workshop),
            DECISIONS: lambda: finalise_due(workshop.clock(), workshop.rounds.resting),
            CLOCK: lambda: clock.run_due(workshop, workshop.clock()),
            ALIVE: lambda: alive.say_alive(workshop),
        },
        workshop.halt,
    )
