"""When a reminder counts as a warning."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.retention import address_refused_for_good, counts_as_warned, warned_at
from rules.vocabulary import Channel

FIRST = datetime(2026, 12, 9, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "hours", "refused"),
    [
        (550, 0, True),
        (554, 0, True),
        (599, 0, True),
        (450, 0, False),
        (450, 71.99, False),
        (450, 72, True),
        (421, 100, True),
        (535, 100, False),  # our own password
        (530, 100, False),
        (503, 100, False),  # our own commands
        (250, 100, False),
    ],
)
def test_an_address_is_refused_for_good_by_5xx_or_by_three_days_of_4xx(
    code: int, hours: float, refused: bool
) -> None:
    last = FIRST + timedelta(hours=hours)
    assert address_refused_for_good(code, FIRST, last) is refused


@pytest.mark.parametrize(
    ("channel", "has_address", "address_refused", "counts"),
    [
        (Channel.MAIL, True, False, True),
        (Channel.CHAT, True, False, False),
        (Channel.CHAT, True, True, True),
        (Channel.CHAT, False, False, True),
    ],
)
def test_mail_counts_and_the_chat_only_where_mail_cannot(
    channel: Channel, has_address: bool, address_refused: bool, counts: bool
) -> None:
    assert counts_as_warned(channel, has_address, address_refused) is counts


def test_a_mail_kept_on_our_own_disk_counts_only_in_the_demo() -> None:
    assert not counts_as_warned(Channel.MAIL, True, False, local_mailbox=True)
    assert counts_as_warned(Channel.MAIL, True, False, local_mailbox=True, demo=True)


@pytest.mark.parametrize(
    ("mail", "chat", "has_address", "refused", "warned"),
    [
        (None, None, True, None, None),
        (5, None, True, None, 5),
        (5, 1, True, None, 5),  # the chat alone did not count yet
        (None, 1, True, None, None),
        (None, 1, False, None, 1),
        (None, 1, True, 72, 72),  # counts from the moment the address was given up
        (None, 80, True, 72, 80),
        (5, 1, False, None, 1),
        (5, 1, True, 72, 5),  # the mail was accepted first, the address failed later
    ],
)
def test_a_person_is_warned_from_the_first_acceptance_that_counts(
    mail: int | None, chat: int | None, has_address: bool, refused: int | None, warned: int | None
) -> None:
    found = warned_at(
        _at(mail), _at(chat), has_address=has_address, address_refused_at=_at(refused)
    )
    assert found == _at(warned)


def _at(hours: int | None) -> datetime | None:
    return None if hours is None else FIRST + timedelta(hours=hours)
