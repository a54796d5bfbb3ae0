"""Comments of operators on documents: added, edited, removed, each in the journal with its words.

They are for operators only: they tell the candidate nothing and do not touch the clock.
"""

from datetime import datetime

from actions.deeds import Actor, Deed, deed
from models.tables import Comment, Operator
from rules.dossier import DocumentRule
from rules.history import EventKind
from rules.reviews import NotAsked
from rules.writing import LONGEST_COMMENT, CommentGone, NotYourComment, written


async def add(
    candidate_id: str, key: str, text: str, actor: Actor, now: datetime, *, provider_id: str
) -> Comment:
    """Add a comment to a document, sent or not. Raises NothingWritten, TooLong, NotAsked."""
    text = written(text, LONGEST_COMMENT)
    async with deed(candidate_id, actor, now, provider_id=provider_id) as doing:
        if not isinstance((await doing.dossier()).known(key), DocumentRule):
            raise NotAsked
        comment = await Comment.create(
            candidate_id=candidate_id,
            operator_id=actor.id,
            document_key=key,
            text=text,
            at=now,
        )
        await doing.record(EventKind.COMMENT_ADDED, key, after={"text": text})
    return comment


async def edit(
    candidate_id: str, comment_id: str, text: str, actor: Actor, now: datetime, *, provider_id: str
) -> None:
    """Change one's own comment; the earlier words stay in the journal."""
    text = written(text, LONGEST_COMMENT)
    async with deed(candidate_id, actor, now, provider_id=provider_id) as doing:
        comment = await _own(doing, comment_id)
        if comment.text == text:
            return
        before = {"text": comment.text}
        comment.text, comment.edited_at = text, now
        await comment.save(update_fields=["text", "edited_at"])
        key = comment.document_key
        await doing.record(EventKind.COMMENT_EDITED, key, before=before, after={"text": text})


async def remove(
    candidate_id: str, comment_id: str, actor: Actor, now: datetime, *, provider_id: str
) -> None:
    """Remove one's own comment from the page; its words stay in the journal."""
    async with deed(candidate_id, actor, now, provider_id=provider_id) as doing:
        comment = await _own(doing, comment_id)
        comment.removed_at = now
        await comment.save(update_fields=["removed_at"])
        before = {"text": comment.text}
        await doing.record(EventKind.COMMENT_REMOVED, comment.document_key, before=before)


async def _own(doing: Deed, comment_id: str) -> Comment:
    comment = await Comment.filter(id=comment_id, candidate_id=doing.candidate.id).first()
    if comment is None or comment.removed_at is not None:
        raise CommentGone
    if comment.operator_id != doing.actor.id:
        author = await Operator.get(id=comment.operator_id)
        raise NotYourComment(by=author.name)
    return comment
