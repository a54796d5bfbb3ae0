"""What happened to each applicant, told in kinds of stories; days count backwards from today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from rules.vocabulary import Outcome
from seed.applicants import Applicant
from seed.cast import INDEPENDENT, Person
from seed.desk import Desk
from seed.stage import Stage
from seed.timeline import Story

FOR_INDEPENDENTS = ("sirene_notice", "sap_declaration", "diploma")
FOR_EMPLOYEES = ("work_certificates", "training_certificate")


@dataclass(frozen=True, slots=True)
class House:
    """A provider on stage, with those who review."""

    stage: Stage
    slug: str
    first: Desk
    """An admin."""
    second: Desk

    def desk_for(self, me: Applicant) -> Desk:
        """Who looks after this applicant."""
        return self.second if me.who.number % 3 else self.first


Telling = Callable[[House, Person], Story]


async def arrive(
    house: House, who: Person, days: int, sends: int = 0, flaws: dict[str, str] | None = None
) -> Applicant:
    """Sign up on a day, at an hour of one's own; `sends`: how many papers will be needed."""
    time = house.stage.time
    begins = time.day(days, 8 + who.number % 12, who.number % 60)
    if days == 0:
        begins = time.ago(minutes=35)
    me = Applicant(house.stage, who, house.slug, begins)
    me.prepare(asked_of(who)[:sends], flaws or {})
    await time.until(begins)
    await me.sign_up()
    await time.wait(minutes=2)
    return me


def asked_of(who: Person) -> tuple[str, ...]:
    """The documents that this person has to send."""
    return FOR_INDEPENDENTS if who.work_status is INDEPENDENT else FOR_EMPLOYEES


async def send_all(
    me: Applicant, *, cv: bool = False, flaws: dict[str, str] | None = None
) -> None:
    """Send every document that is asked, some of them badly."""
    for key in (*asked_of(me.who), *(("cv",) if cv else ())):
        await me.send(key, (flaws or {}).get(key, ""))


async def apply(
    house: House, who: Person, days: int, *, later: int = 1, flaws: dict[str, str] | None = None
) -> Applicant:
    """Sign up, answer, send everything (`later` days after) and submit."""
    me = await arrive(house, who, days, 9, flaws)
    await me.answer()
    time = house.stage.time
    if later:
        await time.until(time.day(max(days - later, 0), 9 + who.number % 10, who.number % 50))
    await send_all(me, cv=who.number % 3 == 0, flaws=flaws)
    await me.submit()
    return me


async def office_hours(house: House, days: int, who: Person) -> None:
    """Wait until an operator looks at it."""
    time = house.stage.time
    await time.until(time.at_work(days, 9 + who.number % 8, (who.number * 7) % 60))


# With the candidate


def opened_only(days: int) -> Telling:
    """Opened the link, and nothing else."""

    async def story(house: House, who: Person) -> None:
        await arrive(house, who, days)

    return story


def stopped_at(days: int, answers: int) -> Telling:
    """Answered a few questions."""

    async def story(house: House, who: Person) -> None:
        me = await arrive(house, who, days)
        await me.answer(answers)
        await me.see()

    return story


def lacks_documents(days: int, sent: int, question: str = "") -> Telling:
    """Answered everything, sent some documents, perhaps asked something since."""

    async def story(house: House, who: Person) -> None:
        me = await arrive(house, who, days, sent)
        await me.answer()
        for key in asked_of(who)[:sent]:
            await me.send(key)
        await me.see()
        if question:
            await house.stage.time.wait(hours=5)
            await me.write(question)

    return story


def not_fluent(days: int) -> Telling:
    """Does not meet the condition of the provider."""

    async def story(house: House, who: Person) -> None:
        me = await arrive(house, who, days)
        await me.answer(5)
        await me.see()

    return story


def lost_for_us(days: int, answers: int) -> Telling:
    """Answered a little, then blocked the bot: nothing can warn them."""

    async def story(house: House, who: Person) -> None:
        me = await arrive(house, who, days)
        await me.answer(answers)
        await house.stage.time.wait(hours=30)
        await me.block()

    return story


def kept_longer(days: int, more_days: int) -> Telling:
    """Asked for time; the operator keeps the application."""

    async def story(house: House, who: Person) -> None:
        me = await arrive(house, who, days)
        await me.answer()
        await house.stage.time.wait(hours=20)
        await me.write("Bonjour, j’attends mon diplôme, l’école me le renvoie le mois prochain.")
        await office_hours(house, days - 2, who)
        await house.first.reply(me, "Merci d’avoir prévenu. Nous gardons votre dossier ouvert.")
        await house.first.keep(me, more_days + days - 2)

    return story


def took_back(days: int) -> Telling:
    """Submitted, then took it back to change something."""

    async def story(house: House, who: Person) -> None:
        me = await apply(house, who, days, later=0)
        await house.stage.time.wait(hours=3)
        await me.take_back()
        await me.change("availability", ["weekday_evenings", "saturdays"])
        await house.stage.deliver()

    return story


# With the operators


def waits(days: int, later: int = 1, flaws: dict[str, str] | None = None) -> Telling:
    """Submitted; nobody has looked yet."""

    async def story(house: House, who: Person) -> None:
        await apply(house, who, days, later=later, flaws=flaws)

    return story


def in_review(days: int, reason: str = "expired") -> Telling:
    """Half reviewed: one validated, one rejected, one to go, and a question that waits."""

    async def story(house: House, who: Person) -> None:
        first, second = asked_of(who)[-2:]
        me = await apply(house, who, days, flaws={first: "old"})
        await office_hours(house, max(days - 2, 1), who)
        await house.second.validate(me, second)
        await house.second.reject(me, first, reason)
        await house.second.comment(me, first, "Périmée depuis longtemps, à redemander.")
        await house.stage.time.wait(hours=1)
        await me.write("Bonjour, avez-vous bien reçu tous mes documents ? Merci !")

    return story


def asks(days: int, question: str, reply: str = "", thanks: str = "") -> Telling:
    """Submitted, and talked with the operators."""

    async def story(house: House, who: Person) -> None:
        me = await apply(house, who, days)
        await house.stage.time.wait(hours=2)
        number = await me.write(question)
        if not reply:
            await house.stage.time.wait(minutes=3)
            more = "(C’est un peu urgent.)" if who.language == "fr" else "(It is a bit urgent.)"
            await me.edit(number, f"{question} {more}")
            return
        await office_hours(house, max(days - 2, 1), who)
        await house.desk_for(me).reply(me, reply)
        await house.stage.time.wait(minutes=25)
        await me.write(thanks)
        await house.stage.time.wait(hours=2)
        await house.desk_for(me).mark_answered(me)

    return story


def about_to_be_accepted(days: int) -> Telling:
    """Everything validated; the decision waits to become final."""

    async def story(house: House, who: Person) -> None:
        me = await apply(house, who, days)
        await office_hours(house, 1, who)
        await house.second.validate(me)
        time = house.stage.time
        await time.until(time.ago(minutes=2))
        words = "Bienvenue dans l’équipe ! Nous vous appelons cette semaine."
        await house.first.decide_and_wait(me, Outcome.ACCEPT, words, delay=timedelta(minutes=20))

    return story


def corrected(days: int, flaw: str, reason: str) -> Telling:
    """Rejected once, sent again, waits for a second look."""

    async def story(house: House, who: Person) -> None:
        key = asked_of(who)[0]
        me = await apply(house, who, days, flaws={key: flaw})
        await office_hours(house, max(days - 3, 2), who)
        desk = house.desk_for(me)
        await desk.validate(me, *asked_of(me.who)[1:])
        await desk.reject(me, key, reason)
        await desk.decide(me, Outcome.REJECT, "Il ne manque presque rien, courage !")
        await house.stage.time.wait(hours=15)
        await me.send(key)
        await me.submit()

    return story


# Decided


def to_correct(
    days: int, flaw: str, reason: str, words: str = "", comment: str = "", which: int = 0
) -> Telling:
    """Rejected: it is the candidate's turn."""

    async def story(house: House, who: Person) -> None:
        key = asked_of(who)[which]
        me = await apply(house, who, days, flaws={key: flaw})
        await office_hours(house, max(days - 2, 1), who)
        desk = house.desk_for(me)
        await desk.validate(me, *(one for one in asked_of(me.who) if one != key))
        await desk.reject(me, key, reason, words)
        await desk.decide(me, Outcome.REJECT, comment)

    return story


def accepted(
    days: int,
    *,
    comment: str = "",
    confirms: bool = True,
    admission: tuple[str, ...] = (),
    reviewed: int = 0,
    left: int = 0,
) -> Telling:
    """Accepted; perhaps sent some of what is asked afterwards, of which some was reviewed.

    left: how many days ago they stopped working there; 0: they have not.
    """

    async def story(house: House, who: Person) -> None:
        me = await apply(house, who, days)
        await office_hours(house, max(days - 2, 1), who)
        desk = house.desk_for(me)
        await desk.validate(me)
        await desk.decide(me, Outcome.ACCEPT, comment)
        await house.stage.time.wait(hours=3)
        if confirms:
            await me.activate()
        await house.stage.time.wait(hours=17)
        for key in admission:
            await me.send(key)
        await house.stage.time.wait(hours=4)
        if reviewed:
            await house.first.validate(me, *admission[:reviewed])
        await house.stage.deliver()
        if left:
            await office_hours(house, left, who)
            await house.first.no_longer_works(me)

    return story


def accepted_all_the_same(days: int, reason: str) -> Telling:
    """Accepted although something is missing, with a reason."""

    async def story(house: House, who: Person) -> None:
        me = await arrive(house, who, days, len(asked_of(who)) - 1)
        await me.answer()
        for key in asked_of(who)[:-1]:
            await me.send(key)
        await office_hours(house, max(days - 2, 1), who)
        await house.first.validate(me)
        await house.first.decide(me, Outcome.ACCEPT, "Bienvenue !", reason=reason)

    return story


def binned(days: int, ago: int, comment: str) -> Telling:
    """Rejected and deleted: in the bin."""

    async def story(house: House, who: Person) -> None:
        me = await apply(house, who, days, flaws={asked_of(who)[0]: "name"})
        await office_hours(house, ago, who)
        await house.first.reject(me, asked_of(who)[0], "name_differs")
        await house.first.decide(me, Outcome.BIN, comment)

    return story
