"""The commands of the bot: one menu per language, and every spelling that is understood."""

from typing import Final

from rules import asking
from rules.vocabulary import Language
from words.language import DEFAULT, translate

INFOS: Final = ("infos", "details")
DOCUMENTS: Final = ("documents",)
MESSAGES: Final = ("messages",)
HELP: Final = ("aide", "help")
LANGUAGE: Final = ("langue", "language")
RIGHTS: Final = ("mesdonnees", "mydata")

STEPS: Final = {
    **dict.fromkeys(INFOS, asking.INFOS),
    **dict.fromkeys(DOCUMENTS, asking.DOCUMENTS),
    **dict.fromkeys(MESSAGES, asking.MESSAGES),
    **dict.fromkeys(HELP, asking.HELP),
    **dict.fromkeys(LANGUAGE, asking.LANGUAGE),
    **dict.fromkeys(RIGHTS, asking.RIGHTS),
}
"""Where each command leads; understood in whatever language one speaks."""


def menu(language: str) -> tuple[tuple[str, str], ...]:
    """(command, what it does) as Telegram's menu shows them."""
    french = language == Language.FRENCH

    def _(text: str) -> str:
        return translate(language, text)

    return (
        ("start", _("Where I am")),
        ("infos" if french else "details", _("My details")),
        ("documents", _("My documents")),
        ("messages", _("Write to the people who recruit")),
        ("aide" if french else "help", _("Help")),
        ("langue" if french else "language", _("Change language")),
        ("mesdonnees" if french else "mydata", _("My data: copy, erase")),
    )


def menus() -> dict[str, tuple[tuple[str, str], ...]]:
    """Every menu, for `Sender.set_commands(bot, menus(), DEFAULT_MENU)`."""
    return {str(language): menu(language) for language in Language}


DEFAULT_MENU: Final = str(DEFAULT)
"""Shown to people whose Telegram speaks another language."""
