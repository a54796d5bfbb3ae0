"""The provider's own mails: saved, put back, tried out; and who they come from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from actions.deeds import Actor
from actions.provider_journal import lock_provider, record
from actions.settings import differences, locked_settings, write_changes
from actions.throttle import Limit, Throttle
from actions.wakes import wake
from models.database import transaction
from models.ids import new_id
from models.reads.mail_texts import changes_of, own_row, subject_of
from models.tables import MailText, Notice, Provider, ProviderEvent
from rules.errors import Outdated, Refusal
from rules.history import ProviderEventKind
from rules.mails import MailName, MailRefused, OwnText, check_text
from rules.mails.sender import sender_name, signature
from rules.notices import NoticeKind
from rules.vocabulary import Channel

SAMPLES = 10
"""Trial mails that one operator may send themselves within the throttle's window."""


class MailChangedMeanwhile(Outdated):
    """A form drawn from an older text."""

    sentence = (
        "{who} changed this mail in the meantime. Nothing of yours was saved: your text is still "
        "in the form, the present one under it. Saving now replaces the present one."
    )


class TooManySamples(Refusal):
    """An operator's mailbox is not to be flooded."""

    sentence = "That is many trial mails at once. Please wait {minutes} min, then try again."


async def save_mail(
    provider_id: str,
    name: MailName,
    language: str,
    text: OwnText,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep the provider's text of one mail in one language; the same text changes nothing.

    A mail's text has a version of its own, so two people may work on two mails at once, and on
    the settings: `settings_version` is left alone.

    Args:
        version: how many changes the form that sends this had seen.

    Raises:
        MailRefused: with what is wrong, by field.
        MailChangedMeanwhile.
    """
    text = check_text(name, text)
    async with transaction():
        await _lock(provider_id, name, language, version)
        before = await own_row(provider_id, name, language)
        if before is not None and OwnText(before.subject, before.body) == text:
            return
        columns: dict[str, Any] = {"subject": text.subject, "body": text.body, "changed_at": now}
        columns["version"] = version + 1
        if before is None:
            await MailText.create(provider_id=provider_id, name=name, language=language, **columns)
        else:
            await MailText.filter(id=before.id).update(**columns)
        after = {"subject": text.subject, "body": text.body}
        await _note(provider_id, name, language, actor, now, before=_said(before), after=after)


async def put_back(
    provider_id: str, name: MailName, language: str, version: int, actor: Actor, now: datetime
) -> None:
    """Back to the product's text; the provider's stays in the journal.

    Raises:
        MailChangedMeanwhile.
    """
    async with transaction():
        await _lock(provider_id, name, language, version)
        before = await own_row(provider_id, name, language)
        if before is None:
            return
        await MailText.filter(id=before.id).delete()
        gone = {"subject": None, "body": None}
        await _note(provider_id, name, language, actor, now, before=_said(before), after=gone)


Said = Mapping[str, str | None]
"""Subject and body, as the journal keeps them; None: the product's."""


def _said(row: MailText | None) -> Said | None:
    return None if row is None else {"subject": row.subject, "body": row.body}


async def _lock(provider_id: str, name: MailName, language: str, version: int) -> None:
    """The provider under its lock, if this mail was not changed since `version`."""
    await lock_provider(provider_id)
    if await changes_of(provider_id, name, language) != version:
        last = ProviderEvent.filter(
            provider_id=provider_id, subject=subject_of(name, language)
        ).order_by("-id")
        line = await last.first()
        raise MailChangedMeanwhile(who=line.actor_name if line and line.actor_name else "—")


async def _note(
    provider_id: str,
    name: MailName,
    language: str,
    actor: Actor,
    now: datetime,
    *,
    before: Said | None,
    after: Said,
) -> None:
    ours = after["body"] is None
    kind = ProviderEventKind.MAIL_PUT_BACK if ours else ProviderEventKind.MAIL_CHANGED
    await record(
        provider_id,
        kind,
        actor.id,
        actor.name,
        now,
        subject=subject_of(name, language),
        before=before,
        after=after,
    )
    await Provider.filter(id=provider_id).update(touched_at=now)


async def owe_sample(
    provider_id: str,
    operator_id: str,
    name: MailName,
    language: str,
    text: OwnText,
    throttle: Throttle,
    now: datetime,
) -> None:
    """Owe the operator a trial of this text, about a made-up candidate: to nobody else, ever.

    Raises:
        MailRefused, TooManySamples.
    """
    text = check_text(name, text)
    limits: tuple[Limit, ...] = ((f"sample {operator_id}", SAMPLES),)
    wait = throttle.blocked_for(limits, now)
    if wait is not None:
        raise TooManySamples(minutes=max(1, round(wait.total_seconds() / 60)))
    throttle.count(limits, now)
    wake(Channel.MAIL)
    await Notice.create(
        provider_id=provider_id,
        operator_id=operator_id,
        channel=Channel.MAIL,
        kind=NoticeKind.MAIL_SAMPLE,
        facts={"mail": name, "language": language, "subject": text.subject, "body": text.body},
        unique_key=f"sample:{new_id()}",
        owed_at=now,
        not_before=now,
        message_id=new_id(),
    )


@dataclass(frozen=True, slots=True)
class MailSender:
    """Who the mails come from and how they end, as a form sends it."""

    name: str
    """Before the technical address; empty: the company's name."""
    signature: Mapping[str, str]

    @classmethod
    def of(cls, provider: Provider) -> "MailSender":
        """What it is now."""
        return cls(provider.sender_name or "", dict(provider.signature or {}))

    def columns(self) -> dict[str, Any]:
        """The values as the provider's row and the journal keep them."""
        texts = {code: text for code, text in self.signature.items() if text}
        return {"sender_name": self.name or None, "signature": texts or None}


def check_sender(wanted: MailSender) -> MailSender:
    """The same, tidied.

    Raises:
        MailRefused: with what is wrong, by `sender_name` and `signature_<language>`.
    """
    faults: dict[str, Refusal] = {}

    def checked(field: str, check: Callable[[str], str], text: str) -> str:
        try:
            return check(text)
        except Refusal as refusal:
            faults[field] = refusal
            return ""

    tidy = MailSender(
        checked("sender_name", sender_name, wanted.name),
        {
            code: checked(f"signature_{code}", signature, text)
            for code, text in wanted.signature.items()
        },
    )
    if faults:
        raise MailRefused(faults)
    return tidy


async def change_sender(
    provider_id: str, wanted: MailSender, version: int, actor: Actor, now: datetime
) -> Provider:
    """Save who the mails come from; nothing is written when nothing changes.

    Raises:
        SettingsChangedMeanwhile, and what check_sender raises.
    """
    tidy = check_sender(wanted)
    async with locked_settings(provider_id, version) as provider:
        changes = differences(MailSender.of(provider).columns(), tidy.columns())
        await write_changes(provider, "mail_sender", changes, actor, now)
    return provider
