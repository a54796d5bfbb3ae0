"""One's rights: a copy of everything that is kept is asked for (erasing is actions.erasure)."""

from datetime import datetime

from actions.application import act
from models.tables import Notice
from rules.history import EventKind
from rules.notices import NoticeKind
from rules.vocabulary import NoticeState


async def ask_for_copy(candidate_id: str, *, now: datetime, at: datetime) -> None:
    """Owe a copy of everything, which a job makes and sends; never two of them at a time."""
    async with act(candidate_id, now, at) as doing:
        owed = Notice.filter(
            candidate_id=candidate_id, kind=NoticeKind.EXPORT, state=NoticeState.OWED
        )
        if await owed.exists():
            return
        await doing.record(EventKind.DATA_EXPORTED)
        await doing.owe(NoticeKind.EXPORT, once=str(doing.candidate.version))
