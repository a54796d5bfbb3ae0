"""Keyboards: what Telegram refuses in them, and how to find a button."""

from typing import Any
from urllib.parse import urlsplit

from sandbox.errors import bad_request
from sandbox.records import Chat, ChatMessage, Json

CALLBACK_BYTES = 64
INLINE_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)


def check_markup(markup: Json | None) -> None:
    """Refuse a reply markup as Telegram would."""
    for row in (markup or {}).get("inline_keyboard", ()):
        for button in row:
            _check_inline(button)
    for row in (markup or {}).get("keyboard", ()):
        for button in row:
            if not _label(button):
                raise bad_request("keyboard button text must be non-empty")


def _check_inline(button: Json) -> None:
    if not button.get("text"):
        raise bad_request("inline keyboard button text must be non-empty")
    actions = [a for a in INLINE_ACTIONS if button.get(a) not in ("", None)]
    if not actions:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(button.get("callback_data", "").encode()) > CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if button.get("url"):
        _check_url(button["url"])


def _check_url(url: str) -> None:
    wrong = f"inline keyboard button URL '{url}' is invalid"
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host = parts.hostname or ""
    except ValueError as error:
        raise bad_request(f"{wrong}: Wrong HTTP URL") from error
    if parts.scheme == "tg":
        return
    if parts.scheme not in ("http", "https"):
        raise bad_request(f"{wrong}: Unsupported URL protocol")
    if "." not in host and ":" not in host:
        raise bad_request(f"{wrong}: Wrong HTTP URL")


def inline_of(markup: Json | None) -> Json | None:
    """The part of a markup that stays with the message, if it is an inline keyboard."""
    if markup and markup.get("inline_keyboard"):
        return {"inline_keyboard": markup["inline_keyboard"]}
    return None


def show(chat: Chat, markup: Json | None) -> None:
    """Change the keyboard below the chat as a new message asks."""
    if not markup or "inline_keyboard" in markup:
        return
    chat.keyboard_hidden = False
    chat.keyboard = None if markup.get("remove_keyboard") else markup


def _label(button: Any) -> str:
    return str(button if isinstance(button, str) else button.get("text", ""))


def inline_buttons(message: ChatMessage) -> list[Json]:
    """The inline buttons of a message, row after row."""
    rows = message.message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


def reply_buttons(chat: Chat) -> list[Json]:
    """The buttons of the keyboard below the chat."""
    rows = (chat.keyboard or {}).get("keyboard", [])
    return [b if isinstance(b, dict) else {"text": b} for row in rows for b in row]


def find_inline(chat: Chat, text: str, message_id: int | None) -> tuple[ChatMessage, Json] | None:
    """The latest message with this button: its whole text first, else a part of it."""
    messages = [m for m in reversed(chat.messages.values()) if message_id in (None, m.id)]
    for whole in (True, False):
        for message in messages:
            for button in inline_buttons(message):
                if button["text"] == text or (not whole and text in button["text"]):
                    return message, button
    return None


def find_reply(chat: Chat, text: str) -> Json | None:
    """The button of the reply keyboard: its whole text first, else a part of it."""
    buttons = reply_buttons(chat)
    exact = [b for b in buttons if b["text"] == text]
    near = [b for b in buttons if text in b["text"]]
    return next(iter(exact or near), None)
