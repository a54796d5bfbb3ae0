"""Sending: texts, photos, documents, albums and the rest of what a bot says."""

from typing import Any

from sandbox import keyboards, messages, photos
from sandbox.arguments import Upload
from sandbox.errors import bad_request
from sandbox.methods.call import Call, Handler
from sandbox.records import Json, StoredFile

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
ACTION_LIFE = 5.0


async def send_message(call: Call) -> Json:
    """A text."""
    return _send(call, messages.text_of(call.args))


async def send_photo(call: Call) -> Json:
    """A photo, uploaded or by `file_id`."""
    sizes = photo(call, call.args["photo"])
    return _send(call, {"photo": sizes, **messages.caption_of(call.args)})


async def send_document(call: Call) -> Json:
    """A file, uploaded or by `file_id`."""
    document_ = document(call, call.args["document"])
    return _send(call, {"document": document_, **messages.caption_of(call.args)})


async def send_voice(call: Call) -> Json:
    """A voice message."""
    stored = _stored(call, call.args["voice"], "voice", ".oga")
    voice = photos.as_document(stored) | {"duration": int(call.args.get("duration", 0))}
    return _send(call, {"voice": voice, **messages.caption_of(call.args)})


async def send_contact(call: Call) -> Json:
    """Somebody's phone number."""
    names = ("phone_number", "first_name", "last_name", "vcard")
    contact = {name: call.args[name] for name in names if name in call.args}
    return _send(call, {"contact": contact})


async def send_location(call: Call) -> Json:
    """A point on the map."""
    names = ("latitude", "longitude", "horizontal_accuracy", "live_period", "heading")
    return _send(call, {"location": {n: call.args[n] for n in names if n in call.args}})


def _send(call: Call, content: Json) -> Json:
    markup = call.args.get("reply_markup")
    keyboards.check_markup(markup)
    person, chat = messages.chat_for(call.world, call.bot, call.args["chat_id"])
    content = messages.reply(chat, call.args) | content
    if call.args.get("protect_content"):
        content["has_protected_content"] = True
    return messages.add(call.world, call.bot, person, content, True, markup).message


async def send_media_group(call: Call) -> list[Json]:
    """An album of up to 10 items: photos, or documents, not both."""
    items = call.args["media"]
    if not items:
        raise bad_request("there are no messages to send")
    if len(items) > messages.ALBUM_LIMIT:
        raise bad_request("too many messages to send as an album")
    kinds = {item["type"] for item in items}
    if not kinds <= {"photo", "document"} or len(kinds) > 1:
        raise bad_request("can't use the media of the specified type in the album")
    person, chat = messages.chat_for(call.world, call.bot, call.args["chat_id"])
    group = {"media_group_id": str(call.world.next("file"))} | messages.reply(chat, call.args)
    contents = [group | media(call, item) for item in items]
    return [
        messages.add(call.world, call.bot, person, content, True).message for content in contents
    ]


def media(call: Call, item: Json) -> Json:
    """An InputMedia as the content of a message."""
    if item["type"] == "photo":
        content: Json = {"photo": photo(call, item["media"])}
    else:
        content = {"document": document(call, item["media"])}
    return content | messages.caption_of(item)


def photo(call: Call, source: str) -> list[Json]:
    """The sizes of a photo that a call names or brings."""
    upload = uploaded(call, source)
    if upload:
        return photos.photo_sizes(call.world, call.bot, upload.data)
    stored = _known(call, source, "photo")
    return [photos.as_photo_size(call.world.files[number]) for number in stored.siblings]


def document(call: Call, source: str) -> Json:
    """The document that a call names or brings."""
    return photos.as_document(_stored(call, source, "document", ""))


def uploaded(call: Call, source: str) -> Upload | None:
    """The uploaded file behind `attach://name`; None when the source is a `file_id`."""
    if not source.startswith("attach://"):
        return None
    upload = call.files.get(source.removeprefix("attach://"))
    if upload is None:
        raise bad_request("there is no file with the specified name in the request")
    if not upload.data:
        raise bad_request("file must be non-empty")
    return upload


def _stored(call: Call, source: str, kind: str, extension: str) -> StoredFile:
    upload = uploaded(call, source)
    if upload is None:
        return _known(call, source, kind)
    name = upload.filename
    extension = extension or ("." + name.rsplit(".", 1)[1] if "." in name else "")
    return call.world.add_file(
        call.bot, kind, upload.data, extension, name=name, mime_type=upload.mime_type
    )


def _known(call: Call, file_id: str, kind: str) -> StoredFile:
    stored = call.world.files.get(file_id)
    if stored is None or stored.bot_id != call.bot.id:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if stored.kind != kind:
        raise bad_request(f"can't use file of type {stored.kind.title()} as {kind.title()}")
    return stored


async def send_chat_action(call: Call) -> bool:
    """ "Typing…", for five seconds or until the next message."""
    _, chat = messages.chat_for(call.world, call.bot, call.args["chat_id"])
    action: Any = call.args["action"]
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.action, chat.action_until = action, call.world.now() + ACTION_LIFE
    call.world.touch(chat)
    return True


METHODS: dict[str, Handler] = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendVoice": send_voice,
    "sendContact": send_contact,
    "sendLocation": send_location,
    "sendMediaGroup": send_media_group,
    "sendChatAction": send_chat_action,
}
