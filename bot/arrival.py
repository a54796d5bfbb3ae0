"""What the door reads of an update before any handler does: plain values, nothing trusted."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from actions.updates import Person

SPOKEN = ("message", "edited_message", "my_chat_member")
LARGEST_ID = 2**53
"""Telegram's identifiers have at most 52 significant bits (Bot API, User and Chat)."""
LATEST_DATE = 2**32
"""Unix time in the year 2106."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the door reads of an update before anybody else does."""

    update_id: int
    raw: dict[str, Any]
    person: Person | None
    language_code: str | None
    at: datetime | None
    press_id: str | None = None
    pressed_message: int | None = None
    message_id: int | None = None


def read(update: dict[str, Any]) -> Arrival | None:
    """What the door needs of an update; None when it is none of ours.

    Groups, channels and other bots are none of ours: spaces are private chats.
    """
    update_id = _whole(update.get("update_id"), LARGEST_ID)
    if update_id is None:
        return None
    press = update.get("callback_query")
    event = next((update[name] for name in SPOKEN if name in update), press)
    if not isinstance(event, dict):
        return Arrival(update_id, update, None, None, None)
    message = event if press is None else event.get("message")
    return _arrival(update_id, update, event, message if isinstance(message, dict) else {})


def _arrival(
    update_id: int, update: dict[str, Any], event: dict[str, Any], message: dict[str, Any]
) -> Arrival:
    sender = event.get("from")
    press = update.get("callback_query")
    sent = _whole(event.get("edit_date", event.get("date")), LATEST_DATE)
    message_id = _whole(message.get("message_id"), LARGEST_ID)
    return Arrival(
        update_id,
        update,
        _person(sender, message.get("chat")),
        str(sender.get("language_code") or "") if isinstance(sender, dict) else None,
        datetime.fromtimestamp(sent, UTC) if sent and press is None else None,
        press_id=str(press.get("id")) if isinstance(press, dict) else None,
        pressed_message=message_id if press is not None else None,
        message_id=message_id if "message" in update else None,
    )


def _person(sender: object, chat: object) -> Person | None:
    if not isinstance(sender, dict) or not isinstance(chat, dict):
        return None
    if chat.get("type") != "private" or sender.get("is_bot") or chat.get("id") != sender.get("id"):
        return None
    user_id = _whole(sender.get("id"), LARGEST_ID)
    if user_id is None:
        return None
    names = (str(sender.get("first_name") or ""), str(sender.get("last_name") or ""))
    return Person(user_id, " ".join(names).strip(), str(sender.get("username") or "") or None)


def _whole(value: object, top: int) -> int | None:
    """A whole number that our columns and calendars can hold."""
    return value if isinstance(value, int) and 0 <= value < top else None
