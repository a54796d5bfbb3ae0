"""Links into the chat."""

from __future__ import annotations

from rules.letters import Sites
from words import links

OURS = "https://recrutement.example.org"


def test_a_link_leads_to_telegram_or_to_the_sandbox_on_this_machine() -> None:
    assert links.chat(Sites(OURS), "douceur_bot", "x") == "https://t.me/douceur_bot?start=x"
    local = Sites(OURS, "http://127.0.0.1:8081")
    assert links.chat(local, "douceur_bot") == "http://127.0.0.1:8081/t.me/douceur_bot"
    own_server = Sites(OURS, "https://bot-api.example.org")
    assert links.chat(own_server, "douceur_bot") == "https://t.me/douceur_bot"
    assert links.chat(Sites(OURS), "") == ""


def test_a_link_to_an_item_is_read_back_and_never_too_long() -> None:
    candidate = "abcdefghjkmnpqrs"
    assert links.read_into_space(links.into_space(candidate, "sap_declaration")) == (
        candidate,
        "sap_declaration",
    )
    long = links.into_space(candidate, "k" * 60)
    assert len(long) <= 64
    assert links.read_into_space(long) == (candidate, "")
    assert links.read_into_space("join-token") is None
