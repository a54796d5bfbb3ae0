"""What happened to a candidate since an operator's page was drawn."""

from collections.abc import Collection

from models.tables import Event
from rules.history import EventKind
from rules.statuses import ChangedMeanwhile


async def refuse_if_changed(
    candidate_id: str,
    seen: int | None,
    *,
    but: Collection[EventKind] = (),
    only: Collection[EventKind] = (),
) -> None:
    """Refuse an act of an operator who has not seen the newest lines of the journal.

    seen: how many lines the journal had when the page was drawn; None asks nothing. Call it
    under the candidate's lock. The journal only grows and every deed leaves a line in it, so
    the lines after `seen` are exactly what the operator does not know, and each tells who and
    what. The candidate's version would tell neither, and would also refuse for a mail that left.

    Raises:
        ChangedMeanwhile: naming the newest line that matters.
    """
    for line in reversed(await unseen(candidate_id, seen)):
        if line.kind in but or (only and line.kind not in only):
            continue
        raise ChangedMeanwhile(who=line.actor_name, what=line.kind)


async def unseen(candidate_id: str, seen: int | None) -> list[Event]:
    """The lines after the first `seen`, oldest first; None: everything was seen."""
    if seen is None:
        return []
    query = Event.filter(candidate_id=candidate_id).order_by("id").offset(max(seen, 0))
    # SQLite has no OFFSET without LIMIT; nobody leaves more lines than this unseen.
    return await query.limit(10_000)
