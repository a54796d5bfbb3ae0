"""Whose mail leaves next: urgent ones first, then each provider in turn, each at its pace.

A mail server that is asked for too much answers 4xx, and one provider's thousands of reminders
must hold up nobody else's activation mail. What counts is what this process has sent in the last
minute, or what the journals say that all workers have, whichever is more: so several workers keep
the pace together, give or take one mail each that is on its way at this moment. Proofs of erasure
and mails to operators are in no candidate's journal: of those each worker knows its own.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from actions import outbox
from models.reads.counts import mails_since
from models.tables import Notice
from rules.notices import URGENT

MINUTE = timedelta(minutes=1)
FRESH = timedelta(seconds=1)
"""So long what was seen counts, before it is looked at again."""
RESERVED = 6
"""One mail in so many is kept for urgent ones: reminders do not use up the pace."""


@dataclass(slots=True)
class Turns:
    """The order of one process; `per_minute`: mails of one provider, 0: as fast as they go."""

    per_minute: int = 0
    _sent: dict[str, deque[datetime]] = field(default_factory=dict)
    _served: set[str] = field(default_factory=set)
    """Providers that had their turn in this round."""
    _full: dict[str, datetime] = field(default_factory=dict)
    _brimful: dict[str, datetime] = field(default_factory=dict)
    """Providers that have to wait, since when; those of whom urgent mails have to wait, too."""

    _none_urgent: datetime | None = None
    """When a look for urgent mails found none: it reads all that is due."""

    def begin(self) -> None:
        """A new look: who had to wait may go on by now."""
        self._served.clear()
        self._full.clear()
        self._brimful.clear()
        self._none_urgent = None

    async def next(self, by: str, now: datetime) -> Notice | None:
        """Lease the mail whose turn it is; None when none is due or may leave now."""
        self._forget(now)
        while (notice := await self._claim(by, now)) is not None:
            if await self._has_room(notice, now):
                self._served.add(notice.provider_id)
                return notice
            await outbox.give_back(notice, by)
        return None

    def note(self, provider_id: str, now: datetime) -> None:
        """A mail of this provider is handed over."""
        if self.per_minute:
            self._sent.setdefault(provider_id, deque()).append(now)

    def _forget(self, now: datetime) -> None:
        """Who had to wait a while ago may go on by now, however long this look still takes."""
        self._full = {who: at for who, at in self._full.items() if _is_fresh(at, now)}
        self._brimful = {who: at for who, at in self._brimful.items() if _is_fresh(at, now)}

    async def _claim(self, by: str, now: datetime) -> Notice | None:
        if self._none_urgent is None or not _is_fresh(self._none_urgent, now):
            urgent = await outbox.claim_mails(by, now, but=self._brimful.keys(), kinds=URGENT)
            self._none_urgent = None if urgent else now
            if urgent:
                return urgent[0]
        held = self._full.keys() | self._brimful.keys()
        found = await outbox.claim_mails(by, now, but=held | self._served)
        if not found and self._served - held:  # everybody who waits has had a turn
            self._served.clear()
            found = await outbox.claim_mails(by, now, but=held)
        return found[0] if found else None

    async def _has_room(self, notice: Notice, now: datetime) -> bool:
        """Whether its provider may send one more; if not, it is passed over in this look."""
        if not self.per_minute:
            return True
        used = await self._used(notice.provider_id, now)
        if used >= self.per_minute:
            self._brimful[notice.provider_id] = now
        elif used >= self.per_minute - self.per_minute // RESERVED and notice.kind not in URGENT:
            self._full[notice.provider_id] = now
        else:
            return True
        return False

    async def _used(self, provider_id: str, now: datetime) -> int:
        """Mails of this provider in the last minute."""
        sent = self._sent.setdefault(provider_id, deque())
        while sent and not now - MINUTE < sent[0] <= now:  # or the machine's time was set back
            sent.popleft()
        if not sent:
            del self._sent[provider_id]
        return max(len(sent), await mails_since(provider_id, now - MINUTE))


def _is_fresh(at: datetime, now: datetime) -> bool:
    """Whether what was seen at `at` still counts; not when the machine's time was set back."""
    return at <= now < at + FRESH
