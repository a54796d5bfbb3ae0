"""Bots: the one that a provider's links lead to, and what its settings page shows of all."""

from dataclasses import dataclass

from tortoise.expressions import Q

from models.tables import Bot, Candidate

LIVE = Q(retired_at=None) | Q(token__not_isnull=True)
"""Bots that updates come from: those taken back have neither."""


async def live_bots() -> list[Bot]:
    """Every bot that Telegram may be asked about."""
    return await Bot.filter(LIVE).order_by("id")


async def listening_bots(provider_id: str) -> list[Bot]:
    """Every bot by which this provider's candidates may write: its own, and the shared one."""
    theirs = Q(provider_id=provider_id) | Q(provider_id=None)
    return await Bot.filter(LIVE, theirs).order_by("id")


async def own_bots() -> list[Bot]:
    """Every provider's own bot that is not taken back, the earlier ones too."""
    return await Bot.filter(provider_id__not_isnull=True, token__not_isnull=True).order_by("id")


async def present_bot(provider_id: str) -> Bot | None:
    """Whom new people come to: the provider's own bot while Telegram accepts it, else the shared.

    None: no bot has met Telegram yet.
    """
    own = await Bot.filter(provider_id=provider_id, retired_at=None, disconnected_at=None).first()
    return own or await Bot.filter(provider_id=None).first()


async def bot_of(candidate: Candidate) -> Bot | None:
    """The bot by which a candidate is reached; once it was taken back, the provider's present one.

    There they find their space again.
    """
    if not candidate.bot_id:
        return None
    bot = await Bot.filter(LIVE, id=candidate.bot_id).first()
    return bot or await present_bot(candidate.provider_id)


async def left_bot(candidate: Candidate) -> str:
    """Username of a candidate's bot that was taken back; empty when it was not."""
    bot = await Bot.get_or_none(id=candidate.bot_id) if candidate.bot_id else None
    return bot.username if bot and bot.retired_at and not bot.token else ""


@dataclass(frozen=True, slots=True)
class BotLine:
    """One bot, and how many of the provider's people are with it."""

    bot: Bot
    people: int

    @property
    def live(self) -> bool:
        """Not taken back."""
        return self.bot.retired_at is None or self.bot.token is not None


@dataclass(frozen=True, slots=True)
class Bots:
    """The bots that serve a provider."""

    own: BotLine | None
    """Whom new people come to, connected or refused by Telegram."""
    earlier: tuple[BotLine, ...]
    """Replaced or taken back, as long as somebody is with them or they are live."""
    shared: BotLine | None


async def bots_of(provider_id: str) -> Bots:
    """What the settings page shows."""
    lines = [
        BotLine(bot, await Candidate.filter(provider_id=provider_id, bot_id=bot.id).count())
        for bot in await Bot.filter(provider_id=provider_id).order_by("-retired_at", "id")
    ]
    shared = await Bot.filter(provider_id=None).first()
    on_shared = Candidate.filter(provider_id=provider_id, bot_id=shared.id) if shared else None
    return Bots(
        own=next((line for line in lines if line.bot.retired_at is None), None),
        earlier=tuple(
            line for line in lines if line.bot.retired_at and (line.live or line.people)
        ),
        shared=BotLine(shared, await on_shared.count()) if shared and on_shared else None,
    )


async def own_bot(provider_id: str, bot_id: str) -> BotLine | None:
    """One of the provider's own bots that is still connected, with its people."""
    bot = await Bot.get_or_none(id=bot_id, provider_id=provider_id, token__not_isnull=True)
    if bot is None:
        return None
    return BotLine(bot, await Candidate.filter(provider_id=provider_id, bot_id=bot.id).count())
