"""What every job works with; made once per process."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.send import Sender
from jobs.halt import Halt
from jobs.messenger import Messenger
from jobs.pace import Pace
from jobs.post import Post
from jobs.rounds import Rounds
from models.ids import new_id
from settings import Settings


def utc_now() -> datetime:
    """The time, for those who pass it in."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Workshop:
    """Settings, the way to Telegram, the clock, and the name that leases carry."""

    settings: Settings
    sender: Sender
    pace: Pace = field(default_factory=Pace)
    """How fast Telegram is called."""
    clock: Callable[[], datetime] = utc_now
    holder: str = field(default_factory=lambda: f"worker-{new_id()}")
    post: Post | None = None
    messenger: Messenger | None = None
    """The ways out of this process, made on first use; they remember who asked to wait."""
    halt: Halt = field(default_factory=Halt)
    """Called when this process is to end."""
    rounds: Rounds = field(default_factory=Rounds)
    """When the clock's rounds were last made by this process."""
