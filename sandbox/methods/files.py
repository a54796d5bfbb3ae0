"""Files and profile pictures."""

from sandbox.errors import bad_request
from sandbox.methods.call import Call, Handler
from sandbox.records import Json

DOWNLOAD_LIMIT = 20 * 1024 * 1024


async def get_file(call: Call) -> Json:
    """Where a file can be fetched: up to 20 MB."""
    stored = call.world.file(call.bot, call.args["file_id"])
    if stored.size > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": stored.size,
        "file_path": stored.path,
    }


async def get_user_profile_photos(call: Call) -> Json:
    """Nobody here has a profile picture."""
    if int(call.args["user_id"]) not in call.world.people:
        raise bad_request("user not found")
    return {"total_count": 0, "photos": []}


METHODS: dict[str, Handler] = {
    "getFile": get_file,
    "getUserProfilePhotos": get_user_profile_photos,
}
