"""Faults on demand: what a test asks the sandbox to do wrong, and for how long."""

from dataclasses import dataclass

KINDS = ("429", "401", "403", "500", "502", "delay", "reset", "error")
ASIDE = ("download", "unheard")
"""Faults that hit something else than a call."""


@dataclass
class Fault:
    """One fault. Empty conditions match everything; `times` counts down, −1 lasts for ever.

    429, 401, 403, 500 and `error` (with `code` and `description`, and `migrate_to` when a group
    got another number) answer as Telegram does; 502
    answers HTML as its proxies do; `delay` waits `seconds`, then goes on; `reset` cuts the
    connection. With `after` the call takes effect first and only its answer is lost.
    `download` fails the download of a file. `unheard` loses the answer of a webhook: the bot did
    its work, and gets the same update again.
    """

    kind: str
    bot: str = ""
    chat: int | None = None
    method: str = ""
    times: int = 1
    retry_after: int = 1
    seconds: float = 1.0
    code: int = 400
    description: str = ""
    migrate_to: int = 0
    after: bool = False

    def matches(self, token: str, method: str, chat: int | None, after: bool) -> bool:
        """Whether this fault hits the given call."""
        return (
            self.times != 0
            and self.after == after
            and self.kind not in ASIDE
            and self.bot in ("", token)
            and self.method.lower() in ("", method.lower())
            and self.chat in (None, chat)
        )

    def hits(self, kind: str, token: str, chat: int | None = None) -> bool:
        """Whether this fault, of a kind beside the calls, hits now."""
        wanted = self.kind == kind and self.times != 0 and self.bot in ("", token)
        return wanted and self.chat in (None, chat)

    def spend(self) -> None:
        """Count one use."""
        if self.times > 0:
            self.times -= 1
