"""Delivery of what is owed: `drain_mail` and `drain_chat`, called by the engine of the worker."""

from jobs.context import Workshop
from jobs.messenger import Messenger
from jobs.mime import host
from jobs.post import Post
from jobs.transport import FolderTransport, SmtpTransport, Transport
from jobs.turns import Turns
from rules.letters import Sites
from settings import Settings


def transport_of(settings: Settings) -> Transport | None:
    """The demo's folder, the configured mail server, or nothing."""
    if settings.demo:
        return FolderTransport(settings.mailbox)
    return SmtpTransport(settings.smtp) if settings.smtp else None


def sender_of(settings: Settings) -> str:
    """The technical address: the one in SMTP_URL, else one at our own host."""
    if settings.smtp is not None and settings.smtp.sender:
        return settings.smtp.sender
    return f"no-reply@{host(settings.public_url)}"


def sites_of(settings: Settings) -> Sites:
    """Where links in letters lead."""
    return Sites(settings.public_url, settings.telegram_api_url)


def new_post(workshop: Workshop) -> Post:
    """The way of mails out of this process."""
    settings = workshop.settings
    return Post(
        transport=transport_of(settings),
        sender=sender_of(settings),
        sites=sites_of(settings),
        secret_key=settings.secret_key,
        clock=workshop.clock,
        holder=workshop.holder,
        halt=workshop.halt,
        turns=Turns(0 if settings.demo or settings.smtp is None else settings.smtp.per_minute),
    )


def new_messenger(workshop: Workshop) -> Messenger:
    """The way of news out of this process."""
    return Messenger(
        sender=workshop.sender,
        sites=sites_of(workshop.settings),
        clock=workshop.clock,
        holder=workshop.holder,
        pace=workshop.pace,
        halt=workshop.halt,
    )


async def drain_mail(workshop: Workshop) -> int:
    """Deliver the mails that are due."""
    if workshop.post is None:
        workshop.post = new_post(workshop)
    return await workshop.post.drain()


async def drain_chat(workshop: Workshop) -> int:
    """Deliver the news that are due, and bring status cards up to date."""
    if workshop.messenger is None:
        workshop.messenger = new_messenger(workshop)
    return await workshop.messenger.drain()
