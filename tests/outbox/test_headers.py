"""Nobody's name or address breaks out of its header, and each mail has one recipient."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy

import pytest

from actions.providers import NewProvider, create_provider
from jobs.mime import message
from rules.notices import CHANNELS, SUBSCRIPTIONS, NoticeKind
from rules.vocabulary import Channel
from tests.factories import NOW
from tests.letters.test_golden import CASES
from words.letters import Letter, letter

LETTER = Letter(
    sender_name="Douceur & Cie",
    subject="Bonjour",
    text="Bonjour",
    html="<p>Bonjour</p>",
    language="fr",
    reply_to="odile@douceur.example",
)
TO, FROM = "amina@example.org", "recrute@douceur.example"
BREAKS = ("\r\nBcc: eve@evil.example", "\nBcc: eve@evil.example", "\rBcc: eve@evil.example")


def made(letter: Letter, to: str = TO) -> bytes:
    return message(
        letter,
        to=to,
        sender=FROM,
        message_id="m1",
        public_url="https://recrute.example",
        at=NOW,
    ).as_bytes()


@pytest.mark.parametrize("tail", [*BREAKS, ", eve@evil.example", ">, <eve@evil.example"])
def test_an_address_is_one_address(tail: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        made(LETTER, TO + tail)
    with pytest.raises(ValueError, match=r"\w"):
        made(replace(LETTER, reply_to=TO + tail))


@pytest.mark.parametrize("tail", BREAKS)
def test_a_name_or_a_subject_stays_in_its_line(tail: str) -> None:
    for broken in (
        replace(LETTER, sender_name="D" + tail),
        replace(LETTER, subject="S" + tail),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            made(broken)


@pytest.mark.parametrize(
    "name", ["=?utf-8?q?=0D=0ABcc:_eve=40evil.example?=", '" <eve@evil.example>', "x" * 5000]
)
def test_a_name_made_to_look_like_an_address_is_a_name(name: str) -> None:
    letter = replace(LETTER, sender_name=name, subject=name)
    read = message_from_bytes(made(letter), policy=policy.default)
    assert "\n" not in read["Subject"]
    assert [one.addr_spec for one in read["From"].addresses] == [FROM]
    assert [one.addr_spec for one in read["To"].addresses] == [TO]
    assert read["Bcc"] is None


MAILS = {kind: facts for kind, facts in CASES.values() if Channel.MAIL in CHANNELS[kind]}
READERS_CHOICE = {"digest"}
"""The only kinds of mail that somebody may have asked for, and may want no more."""


@pytest.mark.parametrize("kind", sorted(MAILS))
def test_only_what_its_reader_may_do_without_can_be_ended_with_one_press(kind: NoticeKind) -> None:
    url = f"https://recrute.example/digest/{'t' * 120}"
    written = letter(kind, replace(MAILS[kind], unsubscribe=url), "fr")
    headers = message_from_bytes(made(written))
    if kind in READERS_CHOICE:
        assert headers["List-Unsubscribe"] == f"<{url}>", "whole, in one line"
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    else:
        assert [one for one in headers if one.startswith("List-")] == []


def test_every_kind_of_mail_was_looked_at() -> None:
    mails = {kind for kind in NoticeKind if Channel.MAIL in CHANNELS[kind]}
    assert mails - set(MAILS) == {NoticeKind.MAIL_SAMPLE}, "which is written like the one it tries"
    assert set(SUBSCRIPTIONS) == READERS_CHOICE & set(NoticeKind)


def test_the_page_that_ends_a_subscription_stays_in_its_header() -> None:
    written = replace(LETTER, unsubscribe=f"https://recrute.example/digest/{'t' * 200}")
    read = message_from_bytes(made(written))
    assert read["List-Unsubscribe"] == f"<{written.unsubscribe}>"
    with pytest.raises(ValueError, match=r"\w"):
        made(replace(LETTER, unsubscribe="https://recrute.example/\r\nBcc: eve@evil.example"))


@pytest.mark.parametrize("tail", BREAKS)
async def test_a_provider_made_on_the_command_line_has_its_name_on_one_line(
    database: str, tail: str
) -> None:
    """Else none of its mails could leave, ever."""
    provider = await create_provider(NewProvider(name=f"Douceur{tail}", slug="Été à Paris"), NOW)
    assert provider.name == "Douceur Bcc: eve@evil.example"
    assert provider.slug == "ete-a-paris"
    assert made(replace(LETTER, sender_name=provider.name, subject=provider.name))
