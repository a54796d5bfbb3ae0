"""What is late and why, as lines in plain words: one for each part of the installation."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal
from zoneinfo import ZoneInfo

from models.reads.health import Health, Night, Waiting
from models.tables import Provider
from rules.retention import next_run
from webhooks.surroundings import LITTLE_SPACE, NO_SPACE, Surroundings
from words import language as words
from words.health import decimal, trouble

Tone = Literal["good", "wait", "bad", "none"]
GIGABYTE = 1e9


@dataclass(frozen=True, slots=True)
class Line:
    """One part: how it is, in one sentence; why, and what to do, when there is something."""

    part: str
    tone: Tone
    told: str
    why: str = ""
    advice: str = ""
    link: tuple[str, str] | None = None
    """Address and word of where it is settled."""


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the lines are made of."""

    provider: Provider
    health: Health
    around: Surroundings
    now: datetime
    language: str
    sends_mails: bool
    """There is a mail server, or the demo's folder."""
    telegram_is_empty: bool
    """What waited at Telegram for this provider's bots is known to have arrived."""

    @property
    def works(self) -> bool:
        """Whether a worker runs; else no other part of the service can be blamed."""
        return self.health.worker_runs(self.now)

    @property
    def say(self) -> Callable[..., str]:
        """A sentence in the operator's language."""
        return partial(words.translate, self.language)

    def moment(self, at: datetime) -> str:
        """`16 décembre 2026 à 14:05`."""
        return words.full_moment(at, self.provider.timezone, self.language)

    def lasting(self, since: datetime) -> str:
        """`2 heures`."""
        return words.lasting(self.now - since, self.language)

    def counted(self, one: str, many: str, number: int) -> str:
        """A sentence with a number in it."""
        forms = words.translations(self.language)
        return forms.ngettext(one, many, number).format(num=number)


def ngettext(one: str, many: str, _number: int) -> tuple[str, str]:
    """Mark a sentence with a number for the catalogues; `View.counted` chooses the form."""
    return one, many


def lines(view: View) -> list[Line]:
    """Every part, in the order in which an application travels."""
    return [
        _worker(view),
        *_mail(view),
        _chat(view),
        _files(view),
        _decisions(view),
        *_newer(view),
        _night(view, view.health.night),
        _store(view),
        _disk(view),
        *_redis(view),
    ]


def _worker(view: View) -> Line:
    _, health = view.say, view.health
    part = _("Work in the background")
    if view.works:
        return Line(part, "good", _("It runs: mails leave, files are checked, days are counted."))
    told = _("Nobody does it: nothing leaves and no file is checked.")
    seen = health.worker_seen
    why = (
        _("It was last seen {when}.", when=words.ago(seen, view.now, view.language))
        if seen
        else ""
    )
    advice = _("Whoever runs this installation must start it: “antichambre worker” (or “run”).")
    return Line(part, "bad", told, why, advice + " " + _("Nothing is lost meanwhile."))


MAILS = ngettext("One mail waits", "{num} mails wait", 2)
NEWS = ngettext("One message waits", "{num} messages wait", 2)
DECISIONS = ngettext(
    "One decision should have taken effect", "{num} decisions should have taken effect", 2
)
BINNED = ngettext(
    "One person should have left the bin", "{num} people should have left the bin", 2
)
UNKNOWN = ngettext(
    "One message was written by a newer version of Antichambre.",
    "{num} messages were written by a newer version of Antichambre.",
    2,
)
FILES = ngettext("One file waits for its check", "{num} files wait for their check", 2)


def _how_many(view: View, marked: tuple[str, str], waiting: Waiting) -> str:
    """`3 mails wait, the oldest for 2 hours.`"""
    number = view.counted(*marked, waiting.number)
    if waiting.since is None:
        return f"{number}."
    _ = view.say
    if waiting.number == 1:
        return _("{number}, for {long}.", number=number, long=view.lasting(waiting.since))
    return _("{number}, the oldest for {long}.", number=number, long=view.lasting(waiting.since))


def _mail(view: View) -> Iterator[Line]:
    _, health = view.say, view.health
    part, told = _("Mails"), _how_many(view, MAILS, health.mail)
    by_itself = _("They leave by themselves as soon as it works again.")
    if not view.sends_mails:
        nothing = _("No mail server is set: no mail leaves.")
        advice = _("Whoever runs this installation must give it one (SMTP_URL).")
        yield Line(part, "bad", told if health.mail.number else nothing, nothing, advice)
    elif health.mail_away_since is not None:
        why = trouble(health.mail_error, view.language)
        since = _("Since {when}.", when=view.moment(health.mail_away_since))
        nothing = _("The mail server is away; no mail waits for now.")
        yield Line(
            part, "bad", told if health.mail.number else nothing, f"{why} {since}", by_itself
        )
    elif health.mail.late(view.now):
        why = trouble(health.mail.error, view.language)
        pace = _("They leave little by little, at a limited rate; what is urgent leaves first.")
        again = _("They are tried again by themselves.")
        yield Line(part, "wait", told, why, again if health.mail.error else pace)
    else:
        yield Line(part, "good", _("Everything that was due has left."))


def _chat(view: View) -> Line:
    _, health, bot = view.say, view.health, view.health.bot
    part, told = _("Telegram"), _how_many(view, NEWS, health.chat)
    if bot is None:
        return Line(part, "bad", _("No bot has met Telegram yet."))
    if bot.refused_since is not None:
        why = _(
            "Telegram refuses the token of @{bot} since {when}.",
            bot=bot.username,
            when=view.moment(bot.refused_since),
        )
        advice = _("Give it the bot’s current token, which @BotFather tells.")
        nobody = _("No candidate can be reached by chat.")
        return Line(part, "bad", told if health.chat.number else nobody, why, advice)
    if bot.silent_until is not None and bot.silent_until > view.now:
        until = view.moment(bot.silent_until)
        return Line(part, "wait", told, _("Telegram asks us to be silent until {at}.", at=until))
    if not view.works:
        return Line(part, "wait", _last_answer(view))
    if bot.unheard(view.now):
        silent, waits = _("Telegram does not answer."), told if health.chat.number else ""
        advice = _("What is written there arrives, and what waits here leaves, once it answers.")
        return Line(part, "bad", f"{silent} {_last_answer(view)}", waits, advice)
    if health.chat.late(view.now):
        why = trouble(health.chat.error, view.language)
        return Line(part, "wait", told, why, _("They are tried again by themselves."))
    everybody = _("@{bot} speaks with everybody.", bot=bot.username)
    return Line(part, "good", everybody, _last_answer(view))


def _last_answer(view: View) -> str:
    """`Telegram last answered 4 minutes ago.`"""
    _, bot = view.say, view.health.bot
    if bot is None or bot.heard_at is None:
        return _("Telegram has not answered yet.")
    return _(
        "Telegram last answered {when}.", when=words.ago(bot.heard_at, view.now, view.language)
    )


def _decisions(view: View) -> Line:
    """Decisions whose delay is over, and people whose time in the bin is over."""
    _, health = view.say, view.health
    part = _("Decisions and bin")
    late = [
        _how_many(view, marked, waiting)
        for marked, waiting in ((DECISIONS, health.decisions), (BINNED, health.bin))
        if waiting.late(view.now)
    ]
    if not late:
        return Line(part, "good", _("Every decision has taken effect once its delay was over."))
    if not view.works:
        return Line(part, "wait", " ".join(late), _("Nobody does the work in the background."))
    why = _("A fault in this program holds them up, and nobody else.")
    advice = _(
        "They are tried again by themselves. Whoever runs this installation finds the fault in "
        "its log (“left out”)."
    )
    return Line(part, "wait", " ".join(late), why, advice)


def _newer(view: View) -> Iterator[Line]:
    """Messages that only a newer release can say: during an upgrade, or after going back."""
    _, number = view.say, view.health.unknown
    if number:
        told = view.counted(*UNKNOWN, number)
        advice = _("Nothing is lost: all of it leaves once the background work runs that version.")
        yield Line(_("Upgrade"), "wait", told, advice=advice)


def _files(view: View) -> Line:
    _, files = view.say, view.health.files
    part = _("Check of files")
    if not files.number:
        return Line(part, "good", _("Every file that was sent is checked."))
    told = _how_many(view, FILES, files)
    if not files.late(view.now):
        return Line(part, "good", told)
    why = trouble(files.error, view.language)
    return Line(part, "wait", told, why, _("Each is taken up again by itself."))


def _night(view: View, night: Night) -> Line:
    _ = view.say
    part = _("Automatic deletion")
    if night.stopped is not None:
        link = ("/settings/deletion", _("See why"))
        return Line(part, "wait", _("It has stopped and waits for your word."), link=link)
    if not night.on:
        return Line(part, "none", _("It is switched off: nobody is deleted by themselves."))
    if night.due_since is not None:
        told = _("The run of {when} has not ended yet.", when=view.moment(night.due_since))
        return Line(part, "wait", told, _why_late(view), _("A late run deletes nobody sooner."))
    if night.last is None:
        first = view.moment(next_run(view.now, ZoneInfo(view.provider.timezone)))
        return Line(part, "good", _("Its first run is {when}.", when=first))
    told = _(
        "Last run {when}: reminded {reminded}, deleted {deleted}.",
        when=view.moment(night.last),
        reminded=night.reminded,
        deleted=night.deleted,
    )
    return Line(part, "good", told)


def _why_late(view: View) -> str:
    """What is known to hold the run up."""
    _ = view.say
    if not view.works:
        return _("Nobody does the work in the background.")
    if not view.around.store:
        return _("Nobody is deleted while the store of files is away; reminders leave as usual.")
    if not view.telegram_is_empty:
        return _("Before anybody is deleted, what waits at Telegram must have arrived.")
    return _(
        "It is at work, or a fault in this program left somebody out: then the others are done, "
        "it looks again every ten minutes, and its log tells where the fault is (“left out”)."
    )


def _store(view: View) -> Line:
    _ = view.say
    part = _("Store of files")
    if view.around.store:
        return Line(part, "good", _("Documents can be opened and kept."))
    advice = _("Files that were sent wait, and are checked as soon as it is back.")
    told = _("It does not answer: documents cannot be opened for now.")
    return Line(part, "bad", told, advice=advice)


def _disk(view: View) -> Line:
    _, free = view.say, view.around.free
    part = _("Disk")
    told = _(
        "{free} of {total} free.", free=_size(view, free), total=_size(view, view.around.total)
    )
    if free >= LITTLE_SPACE:
        return Line(part, "good", told)
    tone: Tone = "bad" if free < NO_SPACE else "wait"
    advice = _("Make room soon: without it nothing new can be taken in.")
    return Line(part, tone, told, advice=advice)


def _size(view: View, size: int) -> str:
    """`12,4 Go`."""
    number = decimal(size / GIGABYTE, view.language)
    _ = view.say
    return _("{number} GB", number=number)


def _redis(view: View) -> Iterator[Line]:
    _ = view.say
    part = _("Bell of the workers (Redis)")
    if view.around.redis is True:
        yield Line(part, "good", _("It answers."))
    elif view.around.redis is False:
        told = _("It is away, full or slow. Nothing is lost: what is due leaves a second later.")
        yield Line(part, "wait", told)
