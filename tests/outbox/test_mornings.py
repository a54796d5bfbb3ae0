"""The operators' mornings: owed by the round, read when they leave, over a real mail server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from actions.deeds import SYSTEM
from actions.erasure import erase
from actions.farewells import Reason
from actions.mornings import choose_digest
from bot.send import Sender
from jobs.clock import say_good_morning
from jobs.context import Workshop
from models.reads.mornings import digest
from models.tables import Candidate, Membership, Notice, Operator, Provider, ProviderEvent
from settings.reading import Settings
from tests.factories import a_candidate, an_operator
from tests.outbox.world import TOKEN, Clock, House, fate
from tests.servers import Letter, Mailbox

EVENING_BEFORE = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
"""A Sunday."""
NEWCOMER = timedelta(hours=2)


@dataclass
class Panel:
    """A provider's operators, and as many workers as a test wants."""

    house: House
    smtp: Mailbox
    worker: Callable[[], Workshop]
    odile: Operator = field(init=False)
    oscar: Operator = field(init=False)

    async def staffed(self) -> Panel:
        """Odile (admin) and Oscar (reviewer)."""
        self.odile = await an_operator(self.house.provider, now=self.house.clock.now)
        self.oscar = await an_operator(
            self.house.provider, "Oscar", "reviewer", now=self.house.clock.now
        )
        return self

    async def person(
        self, name: str, status: str = "submitted", since: timedelta = NEWCOMER, **columns: Any
    ) -> Candidate:
        """A candidate of theirs."""
        now = self.house.clock.now
        return await a_candidate(
            self.house.provider, name, status, since=since, now=now, **columns
        )

    async def go_on(self, *workers: Workshop, **length: float) -> list[Letter]:
        """Let time pass, let the workers make their round and deliver; operators' new mails."""
        self.smtp.messages.clear()
        now = self.house.clock.forward(**length)
        for worker in workers or (self.worker(),):
            await say_good_morning(worker, now)
        await self.house.post(self.smtp.url).drain()
        theirs = {self.odile.email, self.oscar.email}
        return [one for one in self.smtp.messages if theirs & set(one.recipients)]


@pytest.fixture
async def panel(house: House, smtp: Mailbox, tmp_path: Path) -> Panel:
    """Douceur & Cie on a Sunday evening."""
    env = {"DATA_DIR": str(tmp_path), "SECRET_KEY": "ab" * 32}
    settings = Settings.from_environment(env, demo=True)
    house.clock.now = EVENING_BEFORE
    made = Panel(house, smtp, lambda: Workshop(settings, Sender("http://127.0.0.1:1", TOKEN)))
    return await made.staffed()


async def test_the_digest_leaves_at_seven_to_administrators_once(panel: Panel) -> None:
    await panel.person("Amina Benali")
    workers = panel.worker(), panel.worker()
    assert await panel.go_on(*workers, hours=9, minutes=59) == []
    (mail,) = await panel.go_on(*workers, minutes=1)
    assert mail.recipients == (panel.odile.email,)
    assert mail.subject == "Douceur & Cie : 1 candidature à examiner"
    assert "Amina Benali, attend depuis moins d’un jour" in mail.text
    assert await panel.go_on(*workers, panel.worker(), hours=1) == []
    (again,) = await panel.go_on(*workers, hours=23)
    assert "attend depuis 1 jour" in again.text
    assert again.id != mail.id


async def test_what_it_tells_is_true_when_it_leaves_and_only_of_this_house(
    panel: Panel,
) -> None:
    now = panel.house.clock.now
    vert = await Provider.create(slug="vert", name="Vert Jardin", created_at=now)
    await a_candidate(vert, "Chloé Marty", "submitted", now=now)
    await panel.person("Amina Benali", since=timedelta(days=33))
    await panel.person("Bruno Kowalski", awaiting_reply_since=now - timedelta(days=2))
    await panel.person("Dora Petit", "incomplete", since=timedelta(days=39))
    await panel.person("", "incomplete", since=timedelta(days=60), email="")
    erased = await panel.person("Erwan Le Gall", "binned")
    await erase(erased.id, Reason.BIN, SYSTEM, now)
    digests = [one for one in await panel.go_on(hours=10) if "à examiner" in one.subject]
    (mail,) = digests
    for words in (
        "2 CANDIDATURES À EXAMINER",
        "L’une d’entre elles attend depuis plus de 30 jours.",
        "Amina Benali, attend depuis 33 jours",
        "1 MESSAGE SANS RÉPONSE",
        "Bruno Kowalski, attend depuis 2 jours",
        ": Dora Petit",
        "1 PERSONNE QU’AUCUN AVERTISSEMENT NE PEUT JOINDRE",
        "- 1 depuis la corbeille",
    ):
        assert words in mail.text, words
    for words in ("Chloé", "Erwan", "Le Gall"):
        assert words not in mail.text + mail.html
    assert f"/candidates/{erased.id}" not in mail.html


async def test_nothing_to_tell_is_no_mail(panel: Panel) -> None:
    await panel.person("Amina Benali", "accepted")
    assert await panel.go_on(hours=10) == []
    assert {one.state for one in await Notice.all()} == {"void"}


async def test_what_was_deleted_is_counted_since_the_digest_before(panel: Panel) -> None:
    waiting = await panel.person("Amina Benali")
    for name in ("Bruno", "Carla"):
        gone = await panel.person(name, "incomplete")
        await erase(gone.id, Reason.AUTOMATIC, SYSTEM, panel.house.clock.now)
    (mail,) = await panel.go_on(hours=10)
    assert "- 2 par la suppression automatique" in mail.text
    await erase(waiting.id, Reason.OWN_WISH, SYSTEM, panel.house.clock.forward(minutes=1))
    (mail,) = await panel.go_on(days=1)
    assert "Supprimées depuis le 02/03/2026" in mail.html
    assert "- 1 à la demande de la personne" in mail.text
    assert "suppression automatique" not in mail.text
    assert await panel.go_on(days=1) == []


async def test_a_month_of_downtime_is_one_digest(panel: Panel) -> None:
    await panel.person("Amina Benali", since=timedelta(hours=1))
    await panel.go_on(hours=10)
    late = await panel.go_on(days=29, hours=7)
    assert [one.recipients for one in late] == [(panel.odile.email,)]
    assert "attend depuis 29 jours" in late[0].text
    assert await panel.go_on(hours=1) == []


async def test_a_worker_that_comes_at_night_leaves_people_in_peace(panel: Panel) -> None:
    await panel.person("Amina Benali")
    assert await panel.go_on(hours=23, minutes=30) == []
    assert await Notice.all().count() == 0
    assert len(await panel.go_on(hours=10, minutes=30)) == 1


async def test_mails_of_days_on_which_the_mail_server_was_away_never_leave(
    panel: Panel, smtp: Mailbox
) -> None:
    await panel.person("Amina Benali")
    worker = panel.worker()
    for days in (0.42, 1, 1):
        await say_good_morning(worker, panel.house.clock.forward(days=days))
    assert await Notice.filter(state="owed").count() == 1
    await panel.house.post(smtp.url).drain()
    (mail,) = smtp.messages
    assert "attend depuis 2 jours" in mail.text
    assert sorted(one.state for one in await Notice.all()) == ["accepted", "void", "void"]


async def test_a_digest_that_was_held_up_until_the_evening_never_leaves(panel: Panel) -> None:
    await panel.person("Amina Benali")
    await say_good_morning(panel.worker(), panel.house.clock.forward(hours=10))
    panel.house.clock.forward(hours=14)
    await panel.house.post(panel.smtp.url).drain()
    assert panel.smtp.messages == []
    assert [one.last_error for one in await Notice.all()] == ["too late"]


@pytest.mark.parametrize(
    ("zone", "evening", "hours"),
    [
        ("Indian/Reunion", EVENING_BEFORE, 7),
        ("Europe/Paris", datetime(2026, 3, 28, 20, tzinfo=UTC), 9),
        ("Europe/Paris", datetime(2026, 10, 24, 20, tzinfo=UTC), 10),
    ],
)
async def test_seven_is_seven_where_the_provider_is(
    panel: Panel, zone: str, evening: datetime, hours: int
) -> None:
    """In Réunion, and on the days on which the hour changes."""
    await Provider.all().update(timezone=zone)
    panel.house.clock.now = evening
    await panel.person("Amina Benali")
    worker = panel.worker()
    assert await panel.go_on(worker, hours=hours, minutes=-1) == []
    assert len(await panel.go_on(worker, minutes=1)) == 1


async def test_who_wants_it_gets_it_and_nobody_else(panel: Panel) -> None:
    await panel.person("Amina Benali")
    now = panel.house.clock.now
    await choose_digest(panel.house.provider.id, panel.odile.id, wanted=False, now=now)
    await choose_digest(panel.house.provider.id, panel.oscar.id, wanted=True, now=now)
    await Operator.filter(id=panel.oscar.id).update(language="en")
    (mail,) = await panel.go_on(hours=10)
    assert (mail.recipients, mail.subject) == (
        (panel.oscar.email,),
        "Douceur & Cie: 1 application to review",
    )
    told = [
        (one.actor_name, one.before, one.after)
        for one in await ProviderEvent.filter(kind="digest_changed").order_by("id")
    ]
    assert told == [
        ("Odile", {"digest": True}, {"digest": False}),
        ("Oscar", {"digest": False}, {"digest": True}),
    ]


async def test_who_left_meanwhile_gets_nothing(panel: Panel) -> None:
    await panel.person("Amina Benali", since=timedelta(days=40))
    await say_good_morning(panel.worker(), panel.house.clock.forward(hours=10))
    assert sorted(one.kind for one in await Notice.all()) == ["digest", "overdue"]
    await Membership.filter(operator_id=panel.odile.id).update(suspended_at=EVENING_BEFORE)
    await panel.house.post(panel.smtp.url).drain()
    assert panel.smtp.messages == []
    assert {(one.state, one.last_error) for one in await Notice.all()} == {
        ("void", "the account is closed")
    }


async def test_it_can_be_ended_with_one_press_of_the_mail_program(panel: Panel) -> None:
    await panel.person("Amina Benali")
    (mail,) = await panel.go_on(hours=10)
    link = str(mail.message["List-Unsubscribe"])
    assert link.startswith("<https://recrutement.example.org/unsubscribe/")
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link.strip("<>") in mail.text
    assert link.strip("<>") in mail.html


async def test_thirty_days_without_a_decision_are_told_once_even_without_digest(
    panel: Panel,
) -> None:
    now = panel.house.clock.now
    await choose_digest(panel.house.provider.id, panel.odile.id, wanted=False, now=now)
    amina = await panel.person("Amina Benali", since=timedelta(days=31))
    await panel.person("Bruno Kowalski", since=timedelta(days=29))
    (mail,) = await panel.go_on(hours=10)
    assert mail.subject == "Douceur & Cie : 1 candidature attend depuis plus de 30 jours"
    assert mail.recipients == (panel.odile.email,)
    assert "Amina Benali, attend depuis 31 jours" in mail.text
    assert f"/candidates/{amina.id}" in mail.html
    assert "Bruno" not in mail.text
    assert mail.message["List-Unsubscribe"] is None
    (mail,) = await panel.go_on(panel.worker(), panel.worker(), days=1)
    assert "Bruno Kowalski" in mail.text
    assert "Amina" not in mail.text
    assert await panel.go_on(days=1) == []
    assert await Candidate.all().count() == 2, "nothing is ever deleted"
    told = ProviderEvent.filter(kind="overdue_told").order_by("id")
    assert [one.after for one in await told] == [{"applications": 1}, {"applications": 1}]


async def test_an_alert_that_a_failing_server_holds_up_still_leaves(panel: Panel) -> None:
    amina = await panel.person("Amina Benali", since=timedelta(days=31))
    bruno = await panel.person("Bruno Kowalski", since=timedelta(days=31))
    panel.smtp.refuse("450 later", times=2)
    assert await panel.go_on(hours=10) == []
    await Candidate.filter(id=bruno.id).update(status="accepted")
    mails = await panel.go_on(days=3)
    (alert,) = [one for one in mails if "30 jours" in one.subject]
    assert "Amina Benali, attend depuis 31 jours" in alert.text
    assert "Bruno" not in alert.text
    await Candidate.filter(id=amina.id).update(status="accepted")
    assert await panel.go_on(days=1) == []


async def test_an_alert_whose_reason_is_gone_never_leaves(panel: Panel) -> None:
    amina = await panel.person("Amina Benali", since=timedelta(days=31))
    await say_good_morning(panel.worker(), panel.house.clock.forward(hours=10))
    await Candidate.filter(id=amina.id).update(status="accepted")
    await panel.house.post(panel.smtp.url).drain()
    assert panel.smtp.messages == []
    assert {one.last_error for one in await Notice.all()} == {
        "decided meanwhile",
        "nothing to tell",
    }


async def test_a_stopped_clock_and_lost_mails_are_told_to_who_can_act(panel: Panel) -> None:
    await choose_digest(
        panel.house.provider.id, panel.oscar.id, wanted=True, now=panel.house.clock.now
    )
    await Provider.all().update(clock_waits_for="restore", asking_up_to=2)
    amina = await panel.person("Amina Benali", "accepted")
    (lost,) = await panel.house.owe(amina)
    await Notice.filter(id=lost.id).update(state="failed")
    mails = {one.recipients[0]: one.text for one in await panel.go_on(hours=10)}
    odile, oscar = mails[panel.odile.email], mails[panel.oscar.email]
    for text in (odile, oscar):
        assert "LA SUPPRESSION AUTOMATIQUE ATTEND UN ADMINISTRATEUR" in text
    assert "/settings/deletion" in odile
    assert "1 MESSAGE N’A PAS PU ÊTRE REMIS" in odile
    assert "/settings/" not in oscar
    assert "REMIS" not in oscar
    assert (await fate(lost)).state == "failed"


async def test_a_crowd_is_five_names_and_a_number(panel: Panel) -> None:
    for number in range(12):
        await panel.person(f"Amina{number}", since=timedelta(days=20 - number))
    clock: Clock = panel.house.clock
    told = await digest(panel.house.provider, (clock.now, clock.now), clock.now, admin=True)
    assert told.waiting.number == 12
    assert [one.name for one in told.waiting.people] == [f"Amina{one}" for one in range(5)]
