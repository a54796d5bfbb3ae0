"""Photos as Telegram keeps them: JPEG, in several sizes."""

import io

from PIL import Image, UnidentifiedImageError

from sandbox.errors import bad_request
from sandbox.records import Bot, Json, StoredFile
from sandbox.world import World

SIDES = (90, 320, 800, 1280)
"""The longest side of each size, in pixels."""
PHOTO_LIMIT = 10 * 1024 * 1024


def photo_sizes(world: World, bot: Bot, data: bytes) -> list[Json]:
    """Store a photo in its sizes; the list of PhotoSize, smallest first."""
    if len(data) > PHOTO_LIMIT:
        raise bad_request("file is too big")
    try:
        image = Image.open(io.BytesIO(data))
        image.load()
    except (UnidentifiedImageError, OSError) as error:
        raise bad_request("IMAGE_PROCESS_FAILED") from error
    width, height = image.size
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    picture = image.convert("RGB")
    longest = max(width, height)
    sides = [side for side in SIDES if side < longest] + [min(longest, SIDES[-1])]
    stored = [_size(world, bot, picture, side) for side in sorted(set(sides))]
    for one in stored:
        one.siblings = [size.file_id for size in stored]
    return [as_photo_size(one) for one in stored]


def _size(world: World, bot: Bot, picture: Image.Image, side: int) -> StoredFile:
    copy = picture.copy()
    copy.thumbnail((side, side))
    out = io.BytesIO()
    copy.save(out, "JPEG", quality=87)
    stored = world.add_file(bot, "photo", out.getvalue(), ".jpg", mime_type="image/jpeg")
    stored.details = {"width": copy.width, "height": copy.height}
    return stored


def as_photo_size(stored: StoredFile) -> Json:
    """A stored picture as a PhotoSize."""
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": stored.size,
        **stored.details,
    }


def as_document(stored: StoredFile) -> Json:
    """A stored file as a Document."""
    document: Json = {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": stored.size,
    }
    if stored.name:
        document["file_name"] = stored.name
    if stored.mime_type:
        document["mime_type"] = stored.mime_type
    return document
