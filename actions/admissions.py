"""The end of an admission, and its undoing: somebody no longer works with the provider.

The space closes with a polite word, and the delay of ended admissions begins: afterwards the
nightly run deletes the person by the rules of everybody else (`rules.retention`).
"""

from datetime import datetime, timedelta

from actions.deeds import Actor, deed
from actions.journal import refuse_if_changed
from rules.decisions import LEAVES_ALONE
from rules.history import EventKind
from rules.notices import NoticeKind
from rules.statuses import check_end, check_resume
from rules.vocabulary import Channel


async def end_admission(
    candidate_id: str,
    actor: Actor,
    now: datetime,
    *,
    provider_id: str,
    seen: int | None = None,
    delay: timedelta = timedelta(0),
) -> None:
    """Close the space of somebody admitted. The clock counts from here.

    Args:
        seen: lines of the journal when the form was drawn; None asks nothing.
        delay: how long mail and news wait; the space closes at once. Undone before, none leaves.

    Raises:
        ChangedMeanwhile: something happened that the operator has not seen.
        NotAdmitted, DecisionPending, ReplyFirst.
    """
    async with deed(candidate_id, actor, now, provider_id=provider_id) as doing:
        await refuse_if_changed(candidate_id, seen, but=LEAVES_ALONE)
        check_end(await doing.dossier())
        doing.candidate.ended_at = now
        doing.restart_clock()
        event = await doing.record(EventKind.ADMISSION_ENDED)
        leaves = now + max(delay, timedelta(0))
        await doing.owe(NoticeKind.ADMISSION_ENDED, once=str(event.id), not_before=leaves)


async def resume_admission(
    candidate_id: str,
    actor: Actor,
    now: datetime,
    *,
    provider_id: str,
    seen: int | None = None,
) -> None:
    """Open the space again: the person works with the provider, and nothing deletes them.

    News of the end that has not left yet never will; whoever has not heard of the end in the
    chat is told nothing.

    Raises:
        ChangedMeanwhile: something happened that the operator has not seen.
        NotEnded, AlreadyBinned, DecisionPending.
    """
    async with deed(candidate_id, actor, now, provider_id=provider_id) as doing:
        await refuse_if_changed(candidate_id, seen, but=LEAVES_ALONE)
        check_resume(await doing.dossier())
        since = doing.candidate.ended_at
        assert since is not None, "an admission that ended did so at a moment"
        doing.candidate.ended_at = None
        doing.restart_clock()
        event = await doing.record(
            EventKind.ADMISSION_RESUMED, before={"since": since.isoformat()}
        )
        unheard = await doing.withdraw(NoticeKind.ADMISSION_ENDED)
        if Channel.CHAT not in unheard:
            await doing.owe(NoticeKind.ADMISSION_RESUMED, once=str(event.id))
