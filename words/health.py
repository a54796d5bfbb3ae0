"""The technical words of a trouble, in plain ones: for the health page and `antichambre check`."""

from babel.numbers import format_decimal

from words.language import BABEL, N_, known_language, translate

PLAIN: tuple[tuple[str, str], ...] = (
    ("the mail server refuses our login", N_("The mail server refuses our user or password.")),
    ("the mail server cannot be reached", N_("The mail server cannot be reached.")),
    ("the mail server says", N_("The mail server does not want to work at the moment.")),
    ("asked to wait", N_("Telegram asks us to slow down.")),
    ("Telegram asked to wait", N_("Telegram asks us to slow down.")),
    ("token refused", N_("Telegram refuses the bot’s token.")),
    ("another process polls", N_("Another program answers for this bot.")),
    ("the person blocked the bot", N_("This person has blocked the bot.")),
    ("scanner:", N_("The virus scanner does not answer: no file is shown unscanned.")),
    ("the store is away", N_("The store of files cannot be reached.")),
    ("store:", N_("The store of files cannot be reached.")),
    ("no space left", N_("The disk is full.")),
    ("the decoder does not start", N_("The program that opens files does not start.")),
    ("decoder", N_("Opening the file took too long; it is tried once more.")),
    ("getFile", N_("Telegram does not hand the file over at the moment.")),
    ("unavailable", N_("Telegram does not hand the file over at the moment.")),
    ("could not be written", N_("A fault in this program. Its log tells where.")),
    ("this address cannot be written to", N_("No mail can go to an address written like this.")),
    ("no such user", N_("The address does not exist.")),
    ("chat not found", N_("This Telegram account is gone.")),
)
"""How a trouble begins (or what it holds), as code wrote it down; the first that fits counts."""

NETWORK = ("NetworkError", "ServerError", "ClientDecodeError", "TimeoutError", "ConnectionError")
"""Classes of errors on the way to Telegram (aiogram, aiohttp, Python)."""


def trouble(error: str, language: str) -> str:
    """A trouble in plain words; empty when there is none, or none that we know words for."""
    for mark, sentence in PLAIN:
        if mark in error:
            return translate(language, sentence)
    if error.endswith(NETWORK) or error.startswith(("Client", "Server")):
        return translate(language, "Telegram cannot be reached.")
    if error[:1] == "5" and error[:3].isdigit():
        return translate(language, "The mail server refuses this address for good.")
    return ""


def decimal(number: float, language: str) -> str:
    """`12,4`."""
    locale = BABEL[known_language(language)]
    return str(format_decimal(round(number, 1), locale=locale))
