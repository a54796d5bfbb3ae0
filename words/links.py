"""Links that leave the product: to our own pages, and into a Telegram chat."""

from urllib.parse import urlsplit

from rules.letters import Sites

TELEGRAM = "https://t.me"
PAYLOAD = 64
"""Characters that a deep link may carry (A-Z a-z 0-9 _ -)."""
ITEM = "c-"
"""Begins the payload of a link into a candidate's own space."""


def page(sites: Sites, path: str) -> str:
    """A page of ours."""
    return f"{sites.public_url}/{path}"


def chat(sites: Sites, bot: str, payload: str = "") -> str:
    """A chat with a bot (in the sandbox, when Telegram is on this machine); empty without bot."""
    if not bot:
        return ""
    start = f"?start={payload}" if payload else ""
    return f"{_telegram(sites.telegram_api_url)}/{bot}{start}"


def _telegram(api_url: str) -> str:
    local = urlsplit(api_url).hostname in {"127.0.0.1", "localhost", "::1"}
    return f"{api_url}/t.me" if local else TELEGRAM


def into_space(candidate_id: str, key: str = "") -> str:
    """The payload that opens a candidate's own space, at one item if its key fits."""
    payload = f"{ITEM}{candidate_id}-{key}" if key else f"{ITEM}{candidate_id}"
    return payload if len(payload) <= PAYLOAD else f"{ITEM}{candidate_id}"


def read_into_space(payload: str) -> tuple[str, str] | None:
    """(candidate's id, item's key or "") of such a payload; None when it is another one.

    Whoever follows it proves nothing: check that the space belongs to the Telegram account.
    """
    if not payload.startswith(ITEM):
        return None
    candidate_id, _, key = payload.removeprefix(ITEM).partition("-")
    return candidate_id, key
