"""What was sent out of the blue: kept until the person says where it goes."""

from dataclasses import asdict
from datetime import datetime, timedelta

from actions.deeds import lock_candidate
from actions.documents import SentFile
from models.database import transaction
from models.ids import is_id
from models.tables import LooseMessage

USELESS_AFTER = timedelta(days=14)


async def put_aside(
    candidate_id: str,
    message_id: int,
    *,
    at: datetime,
    text: str = "",
    file: SentFile | None = None,
) -> LooseMessage:
    """Keep a text or a file; the same message is kept once."""
    async with transaction():
        await lock_candidate(candidate_id)
        known = await LooseMessage.filter(candidate_id=candidate_id, message_id=message_id).first()
        if known is not None:
            return known
        return await LooseMessage.create(
            candidate_id=candidate_id,
            message_id=message_id,
            at=at,
            text=text,
            file=asdict(file) if file else None,
            media_group=file.media_group if file else None,
        )


async def album(loose: LooseMessage) -> list[LooseMessage]:
    """This piece with the others of its album, in the order in which they were sent."""
    if loose.media_group is None:
        return [loose]
    return await LooseMessage.filter(
        candidate_id=loose.candidate_id, media_group=loose.media_group
    ).order_by("message_id")


async def find(candidate_id: str, loose_id: str) -> LooseMessage | None:
    """The piece, if it is still waiting and this candidate's own."""
    if not is_id(loose_id):
        return None
    return await LooseMessage.filter(id=loose_id, candidate_id=candidate_id).first()


async def unplaced_file(candidate_id: str) -> LooseMessage | None:
    """The first file that waits for a place."""
    waiting = LooseMessage.filter(candidate_id=candidate_id, file__isnull=False)
    return await waiting.order_by("message_id").first()


def sent_file(loose: LooseMessage) -> SentFile | None:
    """The file as Telegram announced it."""
    return SentFile(**loose.file) if loose.file else None


async def let_go(loose: LooseMessage) -> None:
    """It found its place."""
    await loose.delete()


async def sweep(now: datetime) -> int:
    """Forget what nobody gave a place for two weeks; how many pieces went."""
    return await LooseMessage.filter(at__lt=now - USELESS_AFTER).delete()


async def rewrite(candidate_id: str, message_id: int, text: str) -> LooseMessage | None:
    """Take over the edit of a text that still waits; None when it does not."""
    piece = await LooseMessage.filter(
        candidate_id=candidate_id, message_id=message_id, file__isnull=True
    ).first()
    if piece is not None and text.strip():
        piece.text = text
        await piece.save()
    return piece
