"""What a handler knows of the update it answers, besides aiogram's own event."""

from dataclasses import dataclass
from datetime import datetime

from models.tables import Bot, Candidate, Chat


@dataclass(slots=True)
class Visit:
    """One update of one private chat, inside the door's transaction.

    Handlers get it by name (`visit: Visit`), call actions, change `chat` columns (the door saves
    them) and return a `Reply`. They never call Telegram.
    """

    bot: Bot
    chat: Chat
    """Locked until the transaction ends."""
    update_id: int
    now: datetime
    at: datetime
    """Telegram's date of the act; `now` for a button, which carries none."""
    language_code: str | None = None
    """Of the person's Telegram app."""

    @property
    def language(self) -> str:
        """The chat's language."""
        return self.chat.language

    async def candidate(self) -> Candidate | None:
        """The space this person is in now, not locked: deeds lock it."""
        if self.chat.candidate_id is None:
            return None
        return await Candidate.get_or_none(id=self.chat.candidate_id)
