"""The demo's database: two providers and their people, filled once."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from actions.bots import register_shared_bot
from actions.deeds import SYSTEM, Actor
from actions.installation import mark_as_filled
from actions.operators import NewOperator, add_operator
from actions.providers import NewProvider, create_provider
from actions.settings import Recruitment, change_recruitment
from actions.sources import add_tag
from models.database import dialect, rows
from models.tables import JoinLink, Provider
from rules.catalogue import DEMO
from rules.sources import Tag
from rules.vocabulary import ActorKind, Role
from sandbox.world import World
from seed.desk import Desk
from seed.papers import Press
from seed.phones import Line
from seed.season import DOUCEUR, VERT, Season
from seed.stage import Stage, Way
from seed.stories import House
from seed.timeline import Story, Timeline
from seed.wording import reword
from store.room import Room

WEEKS = timedelta(days=57)
FIRST_NIGHT = 20
"""Days ago; before, nobody was there long enough to be reminded."""
WORDS = (
    "tilleul lavande cerise galet plume safran ruisseau mousse noisette brise caramel jardin "
    "lanterne pivoine sentier amande velours comptine orage marelle"
).split()


@dataclass(frozen=True, slots=True)
class Employee:
    """An operator of the demo."""

    provider: str
    name: str
    email: str
    role: Role


STAFF = (
    Employee("douceur-cie", "Odile Perret", "odile@example.org", Role.ADMIN),
    Employee("douceur-cie", "Oscar Dumas", "oscar@example.org", Role.REVIEWER),
    Employee("vert-jardin", "Victor Lemoine", "victor@example.org", Role.ADMIN),
)
PROVIDERS = {
    "douceur-cie": NewProvider(
        name="Douceur & Cie",
        slug="douceur-cie",
        colour="#0f766e",
        reply_to="bonjour@douceur.example.org",
        requirements=DEMO,
    ),
    "vert-jardin": NewProvider(
        name="Vert Jardin",
        slug="vert-jardin",
        colour="#3f7d20",
        reply_to="contact@vertjardin.example.org",
        requirements=DEMO,
    ),
}
PLACES = {"douceur-cie": ("Tract", "Site internet")}
"""Where people come from; the others come by the link alone."""
SEASONS: dict[str, Season] = {"douceur-cie": DOUCEUR, "vert-jardin": VERT}


@dataclass(frozen=True, slots=True)
class SignIn:
    """One way into the panel, as printed."""

    provider: str
    name: str
    email: str
    password: str


def sign_ins(path: Path) -> list[SignIn]:
    """The demo's passwords: made at the first start, kept where only the owner reads them."""
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text())
    else:
        kept = {one.email: "-".join(secrets.choice(WORDS) for _ in range(4)) for one in STAFF}
        path.touch(mode=0o600)
        path.write_text(json.dumps(kept, indent=1))
    return [
        SignIn(PROVIDERS[one.provider].name, one.name, one.email, kept[one.email]) for one in STAFF
    ]


async def fill(
    world: World,
    username: str,
    room: Room,
    way: Way,
    people: list[SignIn],
    end: datetime,
    *,
    press: Press,
    done: Callable[[], None],
) -> None:
    """Tell the last eight weeks to an empty database, which is then marked as filled.

    press: draws the papers; it is closed at the end.
    done: called when all is told, before the mark.
    """
    line = Line(world, username)
    time = Timeline(end - WEEKS, end)
    bot = await register_shared_bot(line.bot.id, username)
    stage = Stage(time, line, bot, room, way, press)
    room.folder = None  # it need not survive a power cut, see _disk
    await _disk("OFF")
    try:
        stories: list[Story] = [stage.nights(FIRST_NIGHT)]
        for slug, season in SEASONS.items():
            house = await _open(stage, slug, people)
            stories += [telling(house, person) for person, telling in season]
        await time.play(stories, begun=stage.press.start)
        await stage.deliver()
    finally:
        press.close()
        world.offset = 0.0
        await _disk("FULL")
    done()
    await mark_as_filled(end)


async def _disk(wait: str) -> None:
    """Whether SQLite waits for the disk: no need, a filling that is cut off is begun anew."""
    if dialect() == "sqlite":
        await rows(f"PRAGMA synchronous = {wait}")


async def _open(stage: Stage, slug: str, people: list[SignIn]) -> House:
    """A provider with its operators and settings."""
    now = stage.time.now
    provider = await create_provider(PROVIDERS[slug], now)
    passwords = {one.email: one.password for one in people}
    desks = []
    for one in STAFF:
        if one.provider != slug:
            continue
        new = NewOperator(one.name, one.email, one.role, passwords[one.email])
        member = await add_operator(provider.id, new, SYSTEM, now)
        actor = Actor(ActorKind.OPERATOR, member.operator_id, one.name)
        desks.append(Desk(stage, provider.id, actor))
    await _set_up(provider, desks[0], now)
    stage.places[slug] = [*await _places(provider, desks[0], now), None]
    link = await JoinLink.get(provider_id=provider.id, renewed_at=None)
    stage.links[slug] = link.token
    return House(stage, slug, desks[0], desks[-1])


async def _set_up(provider: Provider, desk: Desk, now: datetime) -> None:
    """Fluent French is a condition at Douceur & Cie, whose mails are its own."""
    was = Recruitment.of(provider)
    if provider.slug == "douceur-cie":
        columns = was.columns() | {"french_required": True}
        wanted = Recruitment(**columns | {"accepted_statuses": was.accepted_statuses})
        await change_recruitment(provider.id, wanted, provider.settings_version, desk.actor, now)
        await reword(provider, desk.actor, now)


async def _places(provider: Provider, desk: Desk, now: datetime) -> list[Tag]:
    """Where this provider shows its link."""
    tags = []
    for name in PLACES.get(provider.slug, ()):
        fresh = await Provider.get(id=provider.id)
        version = fresh.settings_version
        tags.append(await add_tag(provider.id, name, version, desk.actor, now))
    return tags


async def join_links() -> list[tuple[str, str]]:
    """Each provider's name and the token of its personal link."""
    found = await JoinLink.filter(renewed_at=None).select_related("provider").order_by("id")
    return [(one.provider.name, one.token) for one in found]
