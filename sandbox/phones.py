"""What people do in the app: write, send files, press buttons, block the bot."""

import mimetypes
import re
import secrets
from dataclasses import dataclass
from typing import Any

from sandbox import keyboards, messages, photos
from sandbox.entities import detected
from sandbox.errors import ApiError, PhoneError
from sandbox.records import Bot, Chat, ChatMessage, Json, Person, Press
from sandbox.world import World

START_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
USER_FILE_LIMIT = 2_000_000_000


@dataclass
class Attachment:
    """A file that a person sends; `size` may pretend more than its bytes."""

    data: bytes
    name: str
    mime_type: str = ""
    size: int | None = None

    def __post_init__(self) -> None:
        if not self.mime_type or self.mime_type == "application/octet-stream":
            guess = mimetypes.guess_type(self.name)[0]
            self.mime_type = guess or "application/octet-stream"

    @property
    def extension(self) -> str:
        """The end of the file's name, with its dot."""
        return "." + self.name.rsplit(".", 1)[1] if "." in self.name else ""


class Phone:
    """One person's chat with one bot, from the person's side."""

    def __init__(self, world: World, person: Person, bot: Bot) -> None:
        self.world, self.person, self.bot = world, person, bot
        self.chat: Chat = world.chat(bot, person)

    # Writing

    def follow_link(self, payload: str | None) -> None:
        """Open `t.me/<bot>?start=<payload>`: the chat shows "Start" and nothing is sent yet."""
        if payload and not START_PAYLOAD.fullmatch(payload):
            raise PhoneError("a start payload has 1 to 64 characters of A-Z a-z 0-9 _ -")
        self.chat.start_payload = payload
        self.world.touch(self.chat)

    def start(self) -> list[Json]:
        """Press "Start"."""
        payload, self.chat.start_payload = self.chat.start_payload, None
        return self.text(f"/start {payload}" if payload else "/start")

    def text(self, text: str, reply_to: int | None = None) -> list[Json]:
        """Write; the app splits what is longer than one message."""
        text = text.strip()
        if not text:
            raise PhoneError("an empty message cannot be sent")
        limit = messages.TEXT_LIMIT
        parts = [text[at : at + limit].strip() for at in range(0, len(text), limit)]
        return [self._send(_text(part), reply_to) for part in parts if part]

    def edit(self, message_id: int, text: str) -> Json:
        """Change the text or caption of an own message."""
        stored = self._own(message_id)
        message = dict(stored.message)
        key = "text" if "text" in message else "caption"
        if key == "caption" and not {"photo", "document", "voice"} & set(message):
            raise PhoneError("this message has no text")
        entities = "entities" if key == "text" else "caption_entities"
        message.pop(entities, None)
        fresh = _text(text.strip())
        message[key] = fresh["text"]
        if "entities" in fresh:
            message[entities] = fresh["entities"]
        message["edit_date"] = int(self.world.now())
        stored.message = message
        self.world.touch(self.chat, stored)
        self.world.push(self.bot, "edited_message", self.person, message)
        return message

    def delete(self, message_id: int) -> None:
        """Take a message out of the chat; the bot is not told."""
        if self.chat.messages.pop(message_id, None) is None:
            raise PhoneError("there is no such message", 404)
        self.chat.pinned = [pinned for pinned in self.chat.pinned if pinned != message_id]
        self.world.touch(self.chat)

    # Attaching

    def photo(self, file: Attachment, caption: str = "", group: str | None = None) -> Json:
        """Send a photo: recompressed, in several sizes."""
        try:
            sizes = photos.photo_sizes(self.world, self.bot, file.data)
        except ApiError as error:
            raise PhoneError(f"this cannot be sent as a photo: {error.description}") from error
        return self._send({"photo": sizes, **_caption(caption), **_group(group)})

    def document(self, file: Attachment, caption: str = "", group: str | None = None) -> Json:
        """Send a file as it is."""
        if (file.size or len(file.data)) > USER_FILE_LIMIT:
            raise PhoneError("the app sends files of up to 2 GB")
        stored = self.world.add_file(
            self.bot,
            "document",
            file.data,
            file.extension,
            size=file.size,
            name=file.name,
            mime_type=file.mime_type,
        )
        document = photos.as_document(stored)
        return self._send({"document": document, **_caption(caption), **_group(group)})

    def group(self) -> str:
        """A new number for an album."""
        return str(self.world.next("file") * 10 + secrets.randbelow(10))

    def voice(self, file: Attachment, duration: int = 3) -> Json:
        """Send a voice message."""
        stored = self.world.add_file(
            self.bot, "voice", file.data, ".oga", mime_type="audio/ogg", size=file.size
        )
        return self._send({"voice": photos.as_document(stored) | {"duration": duration}})

    def sticker(self, emoji: str = "👍") -> Json:
        """Send a sticker."""
        stored = self.world.add_file(self.bot, "sticker", emoji.encode(), ".webp")
        sticker = {
            "file_id": stored.file_id,
            "file_unique_id": stored.unique_id,
            "file_size": stored.size,
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": emoji,
        }
        return self._send({"sticker": sticker})

    def contact(self, of: Person | None = None) -> Json:
        """Share one's own number, or somebody else's."""
        whose = of or self.person
        contact: Json = {"phone_number": whose.phone_number, "first_name": whose.first_name}
        if whose.last_name:
            contact["last_name"] = whose.last_name
        contact["user_id"] = whose.id
        return self._send({"contact": contact})

    def location(self, latitude: float, longitude: float) -> Json:
        """Send a point on the map."""
        return self._send({"location": {"latitude": latitude, "longitude": longitude}})

    def poll(self, question: str, options: list[str]) -> Json:
        """Send a poll."""
        poll = {
            "id": secrets.token_hex(8),
            "question": question,
            "options": [
                {"persistent_id": str(n), "text": option, "voter_count": 0}
                for n, option in enumerate(options)
            ],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": True,
            "members_only": False,
        }
        return self._send({"poll": poll})

    # Pressing

    def press(self, text: str, message_id: int | None = None, below: bool = False) -> Json:
        """Press a button by its text: the latest inline one, else one of the keyboard below.

        With `message_id` only a button of that message, with `below` only one of the keyboard.
        """
        found = None if below else keyboards.find_inline(self.chat, text, message_id)
        if found is not None:
            return self._press_inline(*found)
        button = keyboards.find_reply(self.chat, text) if message_id is None else None
        if button is None:
            raise PhoneError(f"there is no button {text!r}; there are {self._labels()}", 404)
        if (self.chat.keyboard or {}).get("one_time_keyboard"):
            self.chat.keyboard_hidden = True
        if button.get("request_contact"):
            return {"message": self.contact()}
        if button.get("request_location"):
            return {"message": self.location(48.8566, 2.3522)}
        return {"message": self._send(_text(button["text"]))}

    def press_at(self, message_id: int, row: int, column: int) -> Json:
        """Press the inline button at a place of a message's keyboard."""
        stored = self.chat.messages.get(message_id)
        rows = stored.message.get("reply_markup", {}).get("inline_keyboard", []) if stored else []
        if stored is None or not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
            raise PhoneError("this button is gone", 404)
        return self._press_inline(stored, rows[row][column])

    def _press_inline(self, stored: ChatMessage, button: Json) -> Json:
        if "callback_data" not in button:
            return {"url": button.get("url", ""), "copy": button.get("copy_text", {}).get("text")}
        self._refuse_if_blocked()
        world = self.world
        number = str(secrets.randbits(62))
        now = world.now()
        for old in [press for press in world.presses.values() if press.expires < now]:
            del world.presses[old.id]
        world.presses[number] = Press(
            number, self.bot.id, self.person.id, now + world.callback_life
        )
        query = {
            "id": number,
            "from": self.person.as_user(),
            "message": stored.message,
            "chat_instance": str(self.bot.id * 31 + self.person.id),
            "data": button["callback_data"],
        }
        world.push(self.bot, "callback_query", self.person, query)
        world.touch(self.chat)
        return {"callback": number}

    def _labels(self) -> list[str]:
        buttons = keyboards.reply_buttons(self.chat)
        for message in self.chat.messages.values():
            buttons += keyboards.inline_buttons(message)
        return [button["text"] for button in buttons]

    # Blocking

    def block(self) -> None:
        """Stop the bot."""
        self._membership(True)

    def unblock(self) -> None:
        """Let the bot write again."""
        self._membership(False)

    def _membership(self, blocked: bool) -> None:
        if self.chat.blocked == blocked:
            return
        self.chat.blocked = blocked
        states: list[Json] = [
            {"user": self.bot.as_user(), "status": "member"},
            {"user": self.bot.as_user(), "status": "kicked", "until_date": 0},
        ]
        change: Json = {
            "chat": self.person.as_chat(),
            "from": self.person.as_user(),
            "date": int(self.world.now()),
            "old_chat_member": states[not blocked],
            "new_chat_member": states[blocked],
        }
        self.world.push(self.bot, "my_chat_member", self.person, change)
        self.world.touch(self.chat)

    # Helpers

    def _send(self, content: Json, reply_to: int | None = None) -> Json:
        self._refuse_if_blocked()
        self.chat.started = True
        args: dict[str, Any] = {"reply_to_message_id": reply_to or self._forced_reply()}
        content = messages.reply(self.chat, args) | content
        stored = messages.add(self.world, self.bot, self.person, content, False)
        self.world.push(self.bot, "message", self.person, stored.message)
        return stored.message

    def _forced_reply(self) -> int | None:
        """A forced reply answers the message that asked for it, once."""
        if not (self.chat.keyboard or {}).get("force_reply"):
            return None
        self.chat.keyboard = None
        asking = (m for m in reversed(self.chat.messages.values()) if m.keyboard)
        return next((m.id for m in asking), None)

    def _refuse_if_blocked(self) -> None:
        if self.person.deactivated:
            raise PhoneError("this account was deleted", 409)
        if self.chat.blocked:
            raise PhoneError("the bot is blocked: unblock it first", 409)

    def _own(self, message_id: int) -> ChatMessage:
        stored = self.chat.messages.get(message_id)
        if stored is None or stored.from_bot:
            raise PhoneError("there is no such own message", 404)
        return stored


def _text(text: str) -> Json:
    entities = detected(text, [])
    return {"text": text, **({"entities": entities} if entities else {})}


def _caption(caption: str) -> Json:
    caption = caption.strip()
    if not caption:
        return {}
    if len(caption) > messages.CAPTION_LIMIT:
        raise PhoneError("a caption has up to 1024 characters")
    fresh = _text(caption)
    found = {"caption_entities": fresh["entities"]} if "entities" in fresh else {}
    return {"caption": caption, **found}


def _group(group: str | None) -> Json:
    return {"media_group_id": group} if group else {}
