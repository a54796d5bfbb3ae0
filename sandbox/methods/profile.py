"""The bot's own profile: name, descriptions, commands, menu button, session."""

import json
import re
from typing import Any

from sandbox import messages
from sandbox.errors import bad_request
from sandbox.methods.call import Call, Handler
from sandbox.records import Json

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
TEXT_LIMITS = {"name": 64, "description": 512, "short_description": 120}


async def get_me(call: Call) -> Json:
    """The bot itself."""
    return call.bot.as_user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def scope_key(scope: Json | None, language: str | None) -> str:
    """The key under which commands of a scope and a language are kept."""
    return json.dumps([scope or {"type": "default"}, language or ""], sort_keys=True)


async def set_my_commands(call: Call) -> bool:
    """The list of commands, for a scope and a language."""
    commands = call.args["commands"]
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not COMMAND.fullmatch(command["command"].removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    call.bot.commands[_key(call)] = [
        {"command": c["command"].removeprefix("/"), "description": c["description"]}
        for c in commands
    ]
    call.world.bell.ring()
    return True


async def get_my_commands(call: Call) -> list[Json]:
    """The list of commands of exactly this scope and language."""
    return call.bot.commands.get(_key(call), [])


async def delete_my_commands(call: Call) -> bool:
    """No commands of their own for this scope and language."""
    call.bot.commands.pop(_key(call), None)
    call.world.bell.ring()
    return True


def _key(call: Call) -> str:
    return scope_key(call.args.get("scope"), call.args.get("language_code"))


async def set_chat_menu_button(call: Call) -> bool:
    """The button beside the message field, for one chat or for all."""
    button = call.args.get("menu_button") or {"type": "default"}
    if "chat_id" in call.args:
        _, chat = messages.known_chat(call.world, call.bot, call.args["chat_id"])
        chat.menu_button = button
        call.world.touch(chat)
    else:
        call.bot.menu_button = button
    return True


async def get_chat_menu_button(call: Call) -> Json:
    """The button beside the message field."""
    if "chat_id" in call.args:
        _, chat = messages.known_chat(call.world, call.bot, call.args["chat_id"])
        if chat.menu_button:
            return chat.menu_button
    default = call.bot.menu_button
    return {"type": "commands"} if default == {"type": "default"} else default


def _setter(name: str) -> Handler:
    async def set_text(call: Call) -> bool:
        text = call.args.get(name, "")
        if len(text) > TEXT_LIMITS[name]:
            raise bad_request(f"bot {name.replace('_', ' ')} is too long")
        call.bot.texts[f"{name}:{call.args.get('language_code', '')}"] = text
        call.world.bell.ring()
        return True

    return set_text


def _getter(name: str) -> Handler:
    async def get_text(call: Call) -> Json:
        default = call.bot.name if name == "name" else ""
        texts = call.bot.texts
        language = call.args.get("language_code", "")
        return {name: texts.get(f"{name}:{language}") or texts.get(f"{name}:") or default}

    return get_text


async def log_out(call: Call) -> Any:
    """Leave this server; nothing to leave here."""
    return True


METHODS: dict[str, Handler] = {
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
    "setMyName": _setter("name"),
    "getMyName": _getter("name"),
    "setMyDescription": _setter("description"),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description"),
    "getMyShortDescription": _getter("short_description"),
    "logOut": log_out,
    "close": log_out,
}
