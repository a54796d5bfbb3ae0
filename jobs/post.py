"""Mails: claim one, write it, hand it over, settle it; until none is due."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from actions import outbox
from actions.farewells import open_farewell
from actions.installation import note_mail_server
from actions.outbox import Fate, Later, Refused, Void
from actions.reminders import note_said
from actions.tokens import issue_for
from jobs.beside import one_by_one
from jobs.counts import NOTICES
from jobs.halt import Halt
from jobs.mime import message
from jobs.settling import settled
from jobs.transport import NO_SUCH_ADDRESS, Transport
from jobs.turns import Turns
from models.reads.letters import Gone, Told, telling
from models.reads.mail_texts import own_text, sample_telling
from models.reads.quiet import quiet_until
from models.reads.staff_letters import staff_telling
from models.tables import Notice
from rules.faults import place_of
from rules.letters import LetterFacts, Sites
from rules.mails import MailName, OwnText, examine, name_of
from rules.notices import SUBSCRIPTIONS, TELLING_A_DATE, TO_OPERATORS, NoticeKind
from words import links
from words.letters import Letter, letter
from words.letters.samples import sample

log = structlog.get_logger()

PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)
NOTED_FOR = timedelta(minutes=1)
LINES = 3
"""Connections of one process to the mail server, when it is slow; a quick one sees one.

Some servers allow no more for one account (Exchange Online: 3).
"""
SLOW = 2.0
"""Seconds after which a mail is slow, the greeting of the server included."""
BUG_TRIES = 8
"""After so many, a mail that cannot be written fails for good, and the panel shows it."""


@dataclass(slots=True)
class Post:
    """The way of mails out of one process.

    sender: the technical address; the provider's name stands before it.
    transport: None when no mail server is configured: mails then stay owed.
    turns: whose mail is next.
    """

    transport: Transport | None
    sender: str
    sites: Sites
    secret_key: bytes
    clock: Callable[[], datetime]
    holder: str
    turns: Turns = field(default_factory=Turns)
    halt: Halt = field(default_factory=Halt)
    lines: int = LINES
    """Mails in hand at once when the mail server is slow."""
    slow: float = SLOW
    _paused_until: datetime | None = None
    _pause: timedelta = field(default=PAUSE)
    _away: str | None = None
    """Why the server is away; empty: it works; None: not known yet."""
    _noted: tuple[str, datetime] | None = None
    """What was last written down of that, and when."""

    async def drain(self) -> int:
        """Work until nothing is due, or the server is away; returns how many mails were tried."""
        if self.transport is None or self._pausing():
            return 0
        self.turns.begin()
        try:
            tried = await one_by_one(self.claim, self._deliver, self.halt, self.lines, self.slow)
        finally:
            await self.transport.close()
        await self._note_away()
        return tried

    def _pausing(self) -> bool:
        return self._paused_until is not None and self.clock() < self._paused_until

    async def _note_away(self) -> None:
        """Write down for people that the server went away or came back, when that is news.

        Now and then also when it is not: another worker may have written otherwise and be gone.
        """
        now, away = self.clock(), self._away
        if away is None or (self._noted and self._noted[0] == away and now < self._noted[1]):
            return
        await note_mail_server(away, now)
        self._noted = (away, now + NOTED_FOR)

    async def claim(self) -> Notice | None:
        """Take one mail in hand, unless the server just went away."""
        return None if self._pausing() else await self.turns.next(self.holder, self.clock())

    async def _deliver(self, notice: Notice) -> None:
        address = ""
        try:
            if (until := await quiet_until(notice, self.clock())) is not None:
                await outbox.put_off(notice, self.holder, until)
                return
            told = await self._told(notice)
            if isinstance(told, Gone):
                fate: Fate = Void(told.why)
            else:
                address = told.address
                fate = await self.send(notice, told)
        except Exception as error:  # noqa: BLE001  # the edge of a job: the row keeps the evidence
            fate = bug(notice, error)
        await self.settle(notice, fate, address)

    async def _told(self, notice: Notice) -> Told | Gone:
        """What the mail says now; a farewell says what was kept for it."""
        if notice.kind == NoticeKind.MAIL_SAMPLE:
            return await sample_telling(notice, self.sites, self.clock())
        if notice.kind in TO_OPERATORS:
            return await staff_telling(notice, self.sites, self.clock())
        if notice.candidate_id is None:
            farewell = open_farewell(notice)
            if farewell is None or farewell.address is None:
                return Gone("wiped")
            facts = replace(farewell.facts, sites=self.sites)
            return Told(facts, farewell.language, farewell.address)
        told = await telling(notice, self.sites, self.clock())
        if isinstance(told, Told) and not told.address:
            return Gone("no address")
        return told

    async def send(self, notice: Notice, told: Told) -> Fate:
        """Write the letter, and hand it over."""
        assert self.transport is not None, "nothing is claimed without a transport"
        now, facts = self.clock(), told.facts
        token = await issue_for(notice, self.secret_key, told.address, now)
        kind = NoticeKind(notice.kind)
        if kind in TELLING_A_DATE and facts.day is not None:
            await note_said(notice, facts.day)
        if kind in SUBSCRIPTIONS:
            facts = replace(facts, unsubscribe=links.page(self.sites, f"unsubscribe/{token}"))
        written = await write_mail(notice, replace(facts, token=token), told.language)
        try:
            mail = message(
                written,
                to=told.address,
                sender=self.sender,
                message_id=notice.message_id,
                public_url=self.sites.public_url,
                at=now,
            )
        except ValueError:
            return Refused("this address cannot be written to", NO_SUCH_ADDRESS)
        self.turns.note(notice.provider_id, now)
        fate = await self.transport.send(mail, self.sender, told.address)
        self._note_server(fate)
        return fate

    async def settle(self, notice: Notice, fate: Fate, address: str) -> None:
        """Write down what became of it; when the lease was lost, somebody else does."""
        said = notice, self.holder, self.clock(), fate
        write = partial(outbox.settle_mail, *said, address)
        if not await settled(write, partial(outbox.settle_alone, *said), notice=str(notice.id)):
            log.info("lease lost", notice=notice.id)
        NOTICES.labels(notice.channel, type(fate).__name__.lower()).inc()

    def _note_server(self, fate: Fate) -> None:
        """Leave a server that is away in peace, longer each time."""
        if not (isinstance(fate, Later) and fate.away):
            self._paused_until, self._pause, self._away = None, PAUSE, ""
            return
        self._away = outbox.plain_error(fate.error)
        log.warning("mail server away", error=self._away)
        if self._pausing():  # another mail that was in hand has told of it
            return
        self._paused_until = self.clock() + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)


async def write_mail(notice: Notice, facts: LetterFacts, language: str) -> Letter:
    """The letter, in the provider's own words where there are some."""
    kind = NoticeKind(notice.kind)
    if kind is NoticeKind.MAIL_SAMPLE:
        assert facts.day is not None, "a sample is read with its day"
        tried = OwnText(notice.facts["subject"], notice.facts["body"])
        return sample(MailName(notice.facts["mail"]), tried, facts, language, facts.day)
    if kind in TO_OPERATORS:
        return letter(kind, facts, language)
    name = name_of(kind, facts)
    own = await own_text(notice.provider_id, name, language)
    if own is not None and examine(name, own):
        log.warning("own mail text unusable", provider=notice.provider_id, mail=str(name))
    return letter(kind, facts, language, own)


def bug(notice: Notice, error: Exception) -> Fate:
    """Our own fault: try again for a while, then fail where people see it. Never the text."""
    log.error("notice not written", notice=notice.id, kind=notice.kind, error=place_of(error))
    said = f"could not be written ({type(error).__name__})"
    return Refused(said) if notice.attempts >= BUG_TRIES else Later(said)
