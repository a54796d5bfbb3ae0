"""A small pure world in which the deletion clock ticks: one provider, one candidate, one mailbox.

It applies acts, settings, mail and nightly runs with nothing but the rules, and writes down what
was said and done, so that a test can judge the rules by what happened to the person.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from rules import retention
from rules.retention import Outlook, Retained, RetentionSettings
from rules.vocabulary import Channel


@dataclass
class Warned:
    """A warning that was accepted on a channel that counts."""

    at: datetime
    days: int
    promised: date


@dataclass
class World:
    """One candidate and what happens to them; every verb takes the moment at which it happens.

    After the deletion nothing changes any more: the world shows how it was then.
    """

    settings: RetentionSettings
    person: Retained
    now: datetime
    mail: str = "up"
    """up, down (4xx for now) or refused (for good)."""
    nightly: bool = True
    last_run: date | None = None
    deleted_at: datetime | None = None
    owed: list[datetime] = field(default_factory=list)
    warned: list[Warned] = field(default_factory=list)
    acts: list[datetime] = field(default_factory=list)
    """Everything that starts the clock anew, by the words of the specification."""

    @classmethod
    def at(cls, now: datetime, zone: str, days: int, remind: int) -> "World":
        """Begin with an incomplete application whose candidate acts now, with a good address."""
        now = now.astimezone(UTC)
        settings = RetentionSettings(True, days, remind, ZoneInfo(zone))
        person = Retained("incomplete", False, now, has_address=True)
        return cls(settings, person, now, acts=[now], last_run=now.date())

    # What the person and the operators do.

    def act(self, at: datetime, **changes: object) -> None:
        """The candidate or the operator acts, or a hold ends: the clock starts anew."""
        self.advance(at)
        if self.deleted_at:
            return
        self.acts.append(self.now)
        start = max(self.person.clock_start, self.now)
        self.change(at, clock_start=start, **changes)

    def change(self, at: datetime, **changes: object) -> None:
        """Change something about the person that is no act; what is owed is tried at once."""
        self.advance(at)
        if self.deleted_at:
            return
        self.person = replace(self.person, **changes)  # type: ignore[arg-type]  # any field
        self.deliver()

    def end(self, at: datetime) -> None:
        """The operator ends the admission; the person is told until when their data are kept."""
        self.act(at)
        self.change(at, ended_at=self.now)
        settings = self.settings.of(self.person)
        if settings.on and any(self._accepting()):
            told = retention.deletion_date(settings, self.person)
            latest = max(filter(None, [self.person.latest_promise, told]))
            self.person = replace(self.person, latest_promise=latest)

    def keep(self, at: datetime, days: int) -> None:
        """The operator presses "keep N days"."""
        self.advance(at)
        if self.deleted_at:
            return
        today = retention.local_date(self.now, self.settings.zone)
        until = retention.keep(today, days, self.settings.reminder_days)
        self.change(at, kept_until=until)

    def configure(self, at: datetime, **changes: object) -> None:
        """Change the provider's settings; switching on (again) starts the counting."""
        self.advance(at)
        if self.deleted_at:
            return
        was = self.settings
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]  # any field
        for days in (self.settings.deletion_days, self.settings.ended_days):
            retention.check_delays(days, self.settings.reminder_days)
        heard = was.waits_for_word and not self.settings.waits_for_word
        if heard or self.settings.starts_after(was):
            self.settings = replace(self.settings, counting_since=self.now)
            self.acts.append(self.now)

    # What the machine does.

    def advance(self, to: datetime) -> None:
        """Let time pass, with the nightly runs in it."""
        to = to.astimezone(UTC)
        while self.nightly and (tick := retention.next_run(self.now, self.settings.zone)) <= to:
            self.now = tick
            self.run()
        self.now = max(self.now, to)

    def run(self, *, again: bool = False) -> None:
        """Run the nightly job now if its run is due; `again` runs whether it is or not."""
        day = retention.run_is_due(self.now, self.settings.zone, self.last_run)
        if day is None and not again:
            return
        self.last_run = day or self.last_run
        if self.deleted_at:
            return
        found = self.outlook()
        if found.void:
            self.person = replace(self.person, reminder=None)
        if found.state == "reminder_due":
            reminder = retention.owe_reminder(self.settings, self.person)
            self.person = replace(self.person, reminder=reminder)
            self.owed.append(self.now)
        elif found.state == "due":
            self.deleted_at = self.now
        self.deliver()

    def run_again(self, at: datetime) -> None:
        """Run whether the run is due or not: a second machine, a repeated or a late job."""
        self.advance(at)
        self.run(again=True)

    def deliver(self) -> None:
        """Try to hand over the open reminder, as it stands, on every channel."""
        reminder, settings = self.person.reminder, self.settings.of(self.person)
        if self.deleted_at or reminder is None or self.outlook().state != "reminder_owed":
            return
        if not any(self._warns(channel) for channel in self._accepting()):
            return
        said = retention.date_to_say(settings, self.person, self.now)
        reminder = retention.accept_reminder(settings, reminder, self.now, said)
        assert reminder.promised
        latest = max(filter(None, [self.person.latest_promise, reminder.promised]))
        self.person = replace(self.person, reminder=reminder, latest_promise=latest)
        self.warned.append(Warned(self.now, settings.reminder_days, reminder.promised))

    def _accepting(self) -> Iterator[Channel]:
        if self.mail == "up" and self.person.has_address:
            yield Channel.MAIL
        if self.person.chat_reachable:
            yield Channel.CHAT

    def _warns(self, channel: Channel) -> bool:
        person = self.person
        return retention.counts_as_warned(channel, person.has_address, person.address_refused)

    def set_mail(self, at: datetime, state: str) -> None:
        """Change how the candidate's mail server answers, and try again at once."""
        self.advance(at)
        self.mail = state
        self.change(at, address_refused=state == "refused")

    def outlook(self) -> Outlook:
        """What the panel would show now."""
        return retention.outlook(self.settings, self.person, self.now)

    def local_days_since(self, moment: datetime) -> int:
        """Whole local dates between a moment and the deletion (or now)."""
        zone = self.settings.zone
        end = retention.local_date(self.deleted_at or self.now, zone)
        return (end - retention.local_date(moment, zone)) // timedelta(days=1)
