"""Automatic deletion as timelines: warning, acts, who is concerned, holds, keeping."""

import pytest

from tests.rules.retention_story import tell

WARNING = {
    # The reminder is owed x days before; its acceptance fixes the date.
    "an ordinary reminder leaves seven local days and its date stands": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 10:01 → counting for 2026-12-16 J-45
        2026-12-09 03:59 → counting for 2026-12-16 J-7
        2026-12-09 04:00 → reminded for 2026-12-16 J-7
        2026-12-15 23:59 → reminded for 2026-12-16 J-1
        2026-12-16 03:59 → reminded for 2026-12-16 J-0
        2026-12-16 04:00 → deleted
    """,
    "a mail accepted late in the evening of the reminder's day still says the same date": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 11:00 the mail is down
        2026-12-09 04:00 → reminder_owed for 2026-12-16
        2026-12-09 23:59 the mail is up
        2026-12-09 23:59 → reminded for 2026-12-16
        2026-12-16 04:00 → deleted
    """,
    "a mail accepted a minute after midnight pushes the date by one day": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 11:00 the mail is down
        2026-12-10 00:01 the mail is up
        2026-12-10 00:01 → reminded for 2026-12-17
        2026-12-16 04:00 → reminded for 2026-12-17 J-1
        2026-12-17 04:00 → deleted
    """,
    "a mail accepted five days late leaves seven days from then": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 11:00 the mail is down
        2026-12-13 12:00 → reminder_owed for 2026-12-20
        2026-12-14 15:00 the mail is up
        2026-12-16 04:00 → reminded for 2026-12-21
        2026-12-21 03:59 → reminded for 2026-12-21 J-0
        2026-12-21 04:00 → deleted
    """,
    "a reminder that nobody accepts waits for ever": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 11:00 the mail is down
        2026-12-16 04:00 → reminder_owed for 2026-12-23
        2028-01-01 12:00 → reminder_owed for 2028-01-08 J-7
    """,
    "no days and no reminder delete nobody": """
        Paris, 0 days, no reminder, first act 2026-11-01 10:00
        2036-11-01 10:00 → off
    """,
    "days without a reminder delete on the day, at four, without a word": """
        Paris, 45 days, no reminder, first act 2026-11-01 10:00
        2026-12-16 03:59 → counting for 2026-12-16 J-0
        2026-12-16 04:00 → deleted
    """,
    "without a reminder it does not matter that nobody can be reached": """
        Paris, 45 days, no reminder, first act 2026-11-01 10:00
        2026-11-02 10:00 the address is removed
        2026-11-02 10:00 the candidate blocks the bot
        2026-12-16 04:00 → deleted
    """,
    "the shortest of all: one day, the day after": """
        UTC, 1 day, no reminder, first act 2026-11-01 23:59
        2026-11-02 03:59 → counting for 2026-11-02
        2026-11-02 04:00 → deleted
    """,
    "two days with a reminder of one": """
        UTC, 2 days, reminder 1, first act 2026-11-01 23:59
        2026-11-02 04:00 → reminded for 2026-11-03 J-1
        2026-11-03 04:00 → deleted
    """,
}

ACTS = {
    # The latest act starts the clock anew, until the very last minute.
    "an act before the reminder moves everything": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-20 08:00 the candidate acts
        2026-12-16 04:00 → counting for 2027-01-04
        2026-12-28 04:00 → reminded for 2027-01-04
        2027-01-04 04:00 → deleted
    """,
    "an act one minute before the run saves, and the old reminder is void": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-16 03:59 the candidate acts
        2026-12-16 03:59 → counting for 2027-01-30, void: clock_moved
        2026-12-16 04:00 → counting for 2027-01-30
        2027-01-23 04:00 → reminded for 2027-01-30
        2027-01-30 04:00 → deleted
    """,
    "the operator's act moves the clock like the candidate's": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-10 18:00 the operator acts
        2026-12-16 04:00 → counting for 2027-01-24
    """,
    "an act just before and just after midnight count on different dates": """
        Paris, 45 days, no reminder, first act 2026-11-01 23:59
        2026-12-16 04:00 → deleted
    """,
    "an act at midnight belongs to the new date": """
        Paris, 45 days, no reminder, first act 2026-11-02 00:00
        2026-12-16 04:00 → counting for 2026-12-17
        2026-12-17 04:00 → deleted
    """,
    "blocking the bot is not an act and does not undo a warning": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-10 10:00 the candidate blocks the bot
        2026-12-10 10:00 the address is removed
        2026-12-10 10:01 → reminded for 2026-12-16
        2026-12-16 04:00 → deleted
    """,
    "a promise that an act made void says nothing about the next date": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-10 10:00 the worker stops
        2026-12-11 10:00 the candidate acts
        2027-03-01 10:00 → reminder_due for 2027-03-08, void: clock_moved
        2027-03-01 10:01 the worker starts
        2027-03-01 10:01 → reminded for 2027-03-08
        2027-03-08 04:00 → deleted
    """,
    "an act while the reminder is owed but not accepted": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 11:00 the mail is down
        2026-12-12 10:00 → reminder_owed for 2026-12-19
        2026-12-12 11:00 the candidate acts
        2026-12-12 11:00 → counting for 2027-01-26, void: clock_moved
        2026-12-13 11:00 the mail is up
        2027-01-19 03:59 → counting for 2027-01-26
        2027-01-19 04:00 → reminded for 2027-01-26
    """,
}

CONCERNED = {
    # Only while it is the candidate's turn, and never somebody who was admitted.
    "a submitted application is never deleted": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-20 10:00 the candidate submits
        2029-01-01 10:00 → not_concerned
    """,
    "submitting between reminder and run saves": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-16 03:00 the candidate submits
        2026-12-16 03:00 → not_concerned, void: off
        2026-12-17 04:00 → not_concerned
    """,
    "sent back to correct starts the clock on that day": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-20 10:00 the candidate submits
        2027-02-01 10:00 it is sent back to correct
        2027-03-11 04:00 → reminded for 2027-03-18
        2027-03-18 04:00 → deleted
    """,
    "the bin has its own delay": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-20 10:00 it goes to the bin
        2029-01-01 10:00 → not_concerned
    """,
    "somebody once admitted is never deleted, even sent back to correct": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-20 10:00 it is accepted
        2026-11-21 10:00 it is sent back to correct
        2031-01-01 10:00 → not_concerned
    """,
}

HELD = {
    # What waits for us holds the clock; the end of the hold starts it.
    "a question without reply holds, for years if need be": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-20 10:00 the candidate asks a question
        2028-01-01 10:00 → held
        2028-01-02 10:00 the operator replies
        2028-02-09 04:00 → reminded for 2028-02-16
        2028-02-16 04:00 → deleted
    """,
    "a file being checked on the last night holds": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-16 03:50 the candidate sends a file
        2026-12-16 04:00 → held
        2026-12-16 04:10 the file is checked
        2026-12-17 04:00 → counting for 2027-01-30
    """,
    "a pending decision holds, and the reminder does not survive it": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-16 03:58 a decision is pending
        2026-12-16 03:59 → held, void: off
        2026-12-16 04:03 the decision is undone
        2026-12-16 04:05 → counting for 2027-01-30
        2027-01-30 04:00 → deleted
    """,
    "a restored backup holds everybody, and all reminders are void": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-10 10:00 a backup is restored
        2026-12-10 10:01 → held, void: off
        2026-12-20 10:00 → held
        2026-12-20 11:00 the operator gives the word
        2026-12-20 11:01 → counting for 2027-02-03
        2027-01-27 04:00 → reminded for 2027-02-03
    """,
}

KEPT = {
    # "Keep N days" moves the date, not the clock.
    "kept before the reminder": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-20 10:00 the operator keeps 45 days
        2026-11-20 10:01 → counting for 2027-01-04
        2026-12-28 04:00 → reminded for 2027-01-04
        2027-01-04 04:00 → deleted
    """,
    "kept after the reminder: it is void and a new one is owed": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-15 10:00 the operator keeps 45 days
        2026-12-15 10:01 → counting for 2027-01-29, void: date_moved
        2026-12-16 04:00 → counting for 2027-01-29
        2027-01-22 04:00 → reminded for 2027-01-29
        2027-01-29 04:00 → deleted
    """,
    "kept for less than the date that stands changes nothing": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 10:00 the operator keeps 8 days
        2026-11-02 10:01 → counting for 2026-12-16
        2026-12-16 04:00 → deleted
    """,
    "kept for the fewest days on the last evening": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-15 23:59 the operator keeps 8 days
        2026-12-16 04:00 → reminded for 2026-12-23
        2026-12-23 04:00 → deleted
    """,
    "an act later than the kept date counts by itself": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-20 10:00 the operator keeps 45 days
        2026-12-20 10:00 the candidate acts
        2027-01-04 04:00 → counting for 2027-02-03
    """,
}

GROUPS = {
    "the warning": WARNING,
    "the acts": ACTS,
    "who is concerned": CONCERNED,
    "the holds": HELD,
    "keeping": KEPT,
}
STORIES = [
    pytest.param(story, id=f"{rule}: {title}")
    for rule, stories in GROUPS.items()
    for title, story in stories.items()
]


@pytest.mark.parametrize("story", STORIES)
def test_timeline(story: str) -> None:
    """Each line of the story comes true."""
    tell(story)
