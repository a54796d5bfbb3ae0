"""The chat beside the editor: the real screens, over a made-up person and these very rules."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from models.reads.dossier import policy
from rules.requirements import Entry, document_rules, field_rules
from rules.switches import under_switches
from rules.vocabulary import Language, WorkStatus
from webhooks.access import Desk
from words.chat.bubbles import Exchange, exchanges
from words.chat.rehearsal import Stagecraft, rehearse, rehearse_item
from words.language import known_language


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The chat as one kind of candidate meets it, in one language."""

    statuses: tuple[WorkStatus, ...]
    """Those that the provider accepts."""
    status: WorkStatus
    tongue: Language
    exchanges: tuple[Exchange, ...]

    @property
    def shown(self) -> str:
        """What asks for the same again."""
        return f"{self.status}:{self.tongue}"


def rehearsal(
    desk: Desk, entries: Iterable[Entry], shown: str = "", key: str | None = None
) -> Rehearsal:
    """The chat over these entries.

    shown: `status:language`, such as `employee:en`; what is unknown or empty is what most see.
    key: only what is shown of this item; None: the whole chat.
    """
    provider, asked = desk.provider, tuple(entries)
    statuses = tuple(one for one in WorkStatus if one in provider.accepted_statuses)
    wanted, _, code = shown.partition(":")
    play = Stagecraft(
        policy=replace(policy(provider), module_on=True),
        fields=tuple(
            under_switches(
                one, provider.accepted_statuses, french_required=provider.french_required
            )
            for one in field_rules(asked)
        ),
        documents=document_rules(asked),
        work_status=next((one for one in statuses if one == wanted), statuses[0]),
        language=known_language(code or provider.language),
        now=desk.now,
        reply_to=provider.reply_to or "",
    )
    turns = rehearse(play) if key is None else rehearse_item(play, key)
    return Rehearsal(statuses, play.work_status, known_language(play.language), exchanges(turns))
