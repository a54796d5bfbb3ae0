"""Automatic deletion as timelines: channels, settings that change, late runs, the calendar."""

import pytest

from tests.rules.retention_story import tell

CHANNELS = {
    # Mail counts; the chat alone only where mail cannot; no channel, no deletion.
    "the chat alone warns somebody without an address": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 11:00 the address is removed
        2026-12-09 04:00 → reminded for 2026-12-16
        2026-12-16 04:00 → deleted
    """,
    "the chat alone does not warn while the mail may still arrive": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 11:00 the mail is down
        2026-12-12 04:00 → reminder_owed for 2026-12-19
        2026-12-12 05:00 the mail is refused
        2026-12-12 05:00 → reminded for 2026-12-19
        2026-12-19 04:00 → deleted
    """,
    "without address and with the bot blocked nobody is deleted": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 11:00 the address is removed
        2026-11-01 12:00 the candidate blocks the bot
        2026-12-09 03:59 → counting for 2026-12-16
        2026-12-09 04:00 → unreachable
        2030-01-01 04:00 → unreachable
    """,
    "an address refused for good and a blocked bot are unreachable after the reminder too": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 11:00 the mail is down
        2026-12-10 10:00 the candidate blocks the bot
        2026-12-10 10:01 → reminder_owed for 2026-12-17
        2026-12-12 10:00 the mail is refused
        2027-01-01 10:00 → unreachable
    """,
    "unreachable, then back: the reminder is owed now and leaves its seven days": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 11:00 the address is removed
        2026-11-01 12:00 the candidate blocks the bot
        2027-06-01 12:00 the candidate unblocks the bot
        2027-06-01 12:01 → reminder_due for 2027-06-08
        2027-06-02 04:00 → reminded for 2027-06-09
        2027-06-09 04:00 → deleted
    """,
    "an unreachable candidate who is kept is counted again": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 11:00 the address is removed
        2026-11-01 12:00 the candidate blocks the bot
        2026-12-20 12:00 the operator keeps 30 days
        2026-12-20 12:01 → counting for 2027-01-19
        2027-01-12 04:00 → unreachable
    """,
}

SETTINGS = {
    # A promise outlives any change of the delays; switching on starts anew.
    "shortened after the promise: the promise stands": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-09 10:00 the delays become 10 and 1
        2026-12-10 04:00 → reminded for 2026-12-16
        2026-12-16 03:59 → reminded for 2026-12-16
        2026-12-16 04:00 → deleted
    """,
    "shortened before the reminder: it is owed the next night and leaves its days": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-30 10:00 the delays become 10 and 3
        2026-11-30 10:01 → reminder_due for 2026-12-03
        2026-12-01 04:00 → reminded for 2026-12-04
        2026-12-04 04:00 → deleted
    """,
    "lengthened after the promise: void, a new one at the new date": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-10 10:00 the delays become 90 and 7
        2026-12-10 10:01 → counting for 2027-01-30, void: date_moved
        2026-12-16 04:00 → counting for 2027-01-30
        2027-01-23 04:00 → reminded for 2027-01-30
        2027-01-30 04:00 → deleted
    """,
    "lengthened, then shortened: nobody is deleted before the first date they were told": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-10 10:00 the delays become 90 and 7
        2026-12-11 10:00 the delays become 5 and 1
        2026-12-12 04:00 → counting for 2026-12-16
        2026-12-15 04:00 → reminded for 2026-12-16
        2026-12-16 04:00 → deleted
    """,
    "an act after the promise, then shortened: still not before the date that was told": """
        Paris, 45 days, reminder 30, first act 2026-11-01 10:00
        2026-11-16 04:00 → reminded for 2026-12-16
        2026-11-20 10:00 the candidate acts
        2026-11-20 11:00 the delays become 5 and 1
        2026-12-15 03:59 → counting for 2026-12-16
        2026-12-16 04:00 → deleted
    """,
    "reminders switched off after the promise: the promise stands": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-10 10:00 the delays become 20 and 0
        2026-12-16 03:59 → reminded for 2026-12-16
        2026-12-16 04:00 → deleted
    """,
    "reminders switched off while one was owed: it is void, nothing was promised": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 11:00 the mail is down
        2026-12-10 10:00 the delays become 45 and 0
        2026-12-10 10:01 → counting for 2026-12-16, void: no_reminder
        2026-12-16 04:00 → deleted
    """,
    "shortened without reminders: whoever is past the date goes with the next run": """
        Paris, 45 days, no reminder, first act 2026-11-01 10:00
        2026-11-30 10:00 the delays become 10 and 0
        2026-11-30 10:01 → due for 2026-11-30 J-0
        2026-12-01 04:00 → deleted
    """,
    "reminders switched on the day before: everybody gets their days": """
        Paris, 45 days, no reminder, first act 2026-11-01 10:00
        2026-12-15 10:00 the delays become 45 and 7
        2026-12-16 04:00 → reminded for 2026-12-23
        2026-12-23 04:00 → deleted
    """,
    "a longer warning does not move a promise": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-10 10:00 the delays become 45 and 30
        2026-12-11 10:00 → reminded for 2026-12-16
        2026-12-16 04:00 → deleted
    """,
    "a shorter warning withdraws one that nobody accepted yet": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 11:00 the mail is down
        2026-12-10 10:00 the delays become 45 and 2
        2026-12-10 10:01 → counting for 2026-12-16, void: too_early
        2026-12-11 10:00 the mail is up
        2026-12-14 04:00 → reminded for 2026-12-16
    """,
    "module off and on after the reminder: the whole count again, the reminder void": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-10 10:00 the module is switched off
        2026-12-10 10:01 → off, void: off
        2026-12-10 10:02 the module is switched on
        2026-12-10 10:03 → counting for 2027-01-24, void: clock_moved
        2026-12-16 04:00 → counting for 2027-01-24
        2027-01-17 04:00 → reminded for 2027-01-24
    """,
    "module off over the date, on a year later: the whole count again": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-01 10:00 the module is switched off
        2027-12-01 10:00 → off
        2027-12-01 10:01 the module is switched on
        2028-01-08 04:00 → reminded for 2028-01-15
        2028-01-15 04:00 → deleted
    """,
    "deletion off (0 days) and on again counts from the switching on": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-01 10:00 the delays become 0 and 0
        2026-12-20 10:00 the delays become 45 and 0
        2027-02-03 03:59 → counting for 2027-02-03
        2027-02-03 04:00 → deleted
    """,
    "a provider that moves to the Pacific deletes nobody on the evening before": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-10 10:00 the provider moves to Nouméa
        2026-12-16 04:00 → reminded for 2026-12-16
        2026-12-16 13:59 → reminded for 2026-12-16
        2026-12-17 04:00 → deleted
    """,
}

LATENESS = {
    # Killed, repeated, doubled or late: never sooner.
    "a run repeated ten seconds after the reminder deletes nobody": """
        Paris, 2 days, reminder 1, first act 2026-11-01 10:00
        2026-11-02 04:00 → reminded for 2026-11-03
        2026-11-02 04:00:10 the run is repeated
        2026-11-03 03:59 the run is repeated
        2026-11-03 03:59 → reminded for 2026-11-03
    """,
    "three days without runs when the reminder is due: late, and still seven days": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-08 10:00 the worker stops
        2026-12-11 10:00 the worker starts
        2026-12-11 10:00 → reminded for 2026-12-18
        2026-12-18 03:59 → reminded for 2026-12-18
        2026-12-18 04:00 → deleted
    """,
    "three days without runs when the deletion is due: when they come back, not before": """
        Réunion, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-15 10:00 the worker stops
        2026-12-18 03:00 → due for 2026-12-16 J-0
        2026-12-18 10:00 the worker starts
        2026-12-18 10:00 → deleted
    """,
    "a month without runs: the reminder comes late and still leaves seven days": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-01 10:00 the worker stops
        2027-01-10 14:00 → reminder_due for 2027-01-17
        2027-01-10 15:00 the worker starts
        2027-01-10 15:00 → reminded for 2027-01-17
        2027-01-17 03:59 → reminded for 2027-01-17
        2027-01-17 04:00 → deleted
    """,
    "a month without runs after the reminder: deleted when they come back, not before": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-10 10:00 the worker stops
        2027-01-10 15:00 → due for 2026-12-16 J-0
        2027-01-10 15:00 the worker starts
        2027-01-10 15:00 → deleted
    """,
    "an act during the month without runs saves": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-10 10:00 the worker stops
        2027-01-09 10:00 the candidate acts
        2027-01-10 15:00 the worker starts
        2027-01-10 15:00 → counting for 2027-02-23
    """,
    "a run caught up at two in the morning is yesterday's: it does not delete today's": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-14 10:00 the worker stops
        2026-12-16 02:00 the worker starts
        2026-12-16 02:00 → reminded for 2026-12-16
        2026-12-16 04:00 → deleted
    """,
}

CALENDAR = {
    # Local dates, whatever the hour does.
    "31 January and 30 days is 2 March": """
        Paris, 30 days, no reminder, first act 2027-01-31 12:00
        2027-03-02 03:59 → counting for 2027-03-02
        2027-03-02 04:00 → deleted
    """,
    "31 January and 30 days is 1 March in a leap year": """
        Paris, 30 days, reminder 7, first act 2028-01-31 12:00
        2028-02-23 04:00 → reminded for 2028-03-01
        2028-03-01 04:00 → deleted
    """,
    "an act on the leap day": """
        Réunion, 365 days, reminder 30, first act 2028-02-29 23:30
        2029-01-29 04:00 → reminded for 2029-02-28
        2029-02-28 04:00 → deleted
    """,
    "due on the leap day": """
        UTC, 45 days, reminder 7, first act 2028-01-15 00:00
        2028-02-22 04:00 → reminded for 2028-02-29
        2028-02-29 04:00 → deleted
    """,
    "deletion on the day on which the hour is lost happens at four, summer time": """
        Paris, 10 days, reminder 7, first act 2026-03-19 12:00
        2026-03-22 04:00 → reminded for 2026-03-29
        2026-03-29 01:59Z → reminded for 2026-03-29
        2026-03-29 02:00Z → deleted
    """,
    "seven local days over the lost hour are six days and 23 hours, and that is right": """
        Paris, 10 days, reminder 7, first act 2026-03-20 12:00
        2026-03-23 03:00Z → reminded for 2026-03-30
        2026-03-30 02:00Z → deleted
    """,
    "deletion on the day on which the hour comes back happens at four, winter time": """
        Paris, 10 days, reminder 7, first act 2026-10-15 12:00
        2026-10-18 02:00Z → reminded for 2026-10-25
        2026-10-25 02:59Z → reminded for 2026-10-25
        2026-10-25 03:00Z → deleted
    """,
    "an act at 02:30 in the lost hour": """
        Paris, 10 days, no reminder, first act 2026-03-29 02:30
        2026-04-08 03:59 → counting for 2026-04-08
        2026-04-08 04:00 → deleted
    """,
    "an act at the first 02:30 of the long night": """
        Paris, 10 days, no reminder, first act 2026-10-25 02:30
        2026-11-04 04:00 → deleted
    """,
    "an act at the second 02:30 saves somebody due that very morning": """
        Paris, 10 days, reminder 7, first act 2026-10-15 12:00
        2026-10-25 02:30 → reminded for 2026-10-25
        2026-10-25 02:30b the candidate acts
        2026-10-25 04:00 → counting for 2026-11-04
    """,
    "late in the evening in Paris it is already tomorrow in Réunion": """
        Réunion, 10 days, no reminder, first act 2026-07-01 20:30Z
        2026-07-12 00:00 → counting for 2026-07-12
        2026-07-11 23:59Z → counting for 2026-07-12
        2026-07-12 00:00Z → deleted
    """,
    "the same evening counts one day less in Paris": """
        Paris, 10 days, no reminder, first act 2026-07-01 20:30Z
        2026-07-11 02:00Z → deleted
    """,
    "Réunion knows no change of hour": """
        Réunion, 10 days, reminder 7, first act 2026-03-19 12:00
        2026-03-22 00:00Z → reminded for 2026-03-29
        2026-03-28 23:59Z → reminded for 2026-03-29
        2026-03-29 00:00Z → deleted
    """,
    "the end of the year": """
        UTC, 45 days, reminder 7, first act 2026-11-16 23:59
        2026-12-24 04:00 → reminded for 2026-12-31
        2026-12-31 04:00 → deleted
    """,
}

GROUPS = {
    "the channels": CHANNELS,
    "the settings": SETTINGS,
    "lateness": LATENESS,
    "the calendar": CALENDAR,
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
