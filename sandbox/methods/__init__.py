"""The methods of the Bot API that the sandbox plays, by subject."""

from sandbox.methods import chats, editing, files, profile, sending, updates
from sandbox.methods.call import Call, Handler

HANDLERS: dict[str, Handler] = {
    name.lower(): handler
    for module in (updates, sending, editing, files, chats, profile)
    for name, handler in module.METHODS.items()
}
"""Lower-case method name → what answers it."""

__all__ = ["HANDLERS", "Call", "Handler"]
