"""The morning's letters to operators, in parts that both bodies show alike."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rules.digest import DeletionDay, Digest, Group, Person
from rules.letters import LetterFacts, Sites
from words import links
from words.language import and_list, long_date, ngettext, short_date, translate
from words.letters.letter import Letter, write

REASONS = ("automatic", "own_wish", "bin", "again")
"""Of deletions, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a part: whom or what it is about, where that is shown, and what of it."""

    text: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One subject: a title, its lines, and the link to the page that shows everything."""

    title: str
    note: str = ""
    rows: tuple[Row, ...] = ()
    url: str = ""
    words: str = ""


def digest(facts: LetterFacts, language: str) -> Letter:
    """What waits, what will be deleted, and what was."""
    assert facts.digest is not None, "a digest tells something"
    parts = tuple(_parts(facts.digest, _Pen(facts.sites, language)))
    more = {"parts": parts, "headline": _headline(facts.digest, language)}
    return write("digest", facts, language, **more, link=links.page(facts.sites, ""))


def overdue(facts: LetterFacts, language: str) -> Letter:
    """Applications that have waited for over a month: nothing is deleted, they just wait."""
    assert facts.overdue is not None, "there are some"
    pen, group = _Pen(facts.sites, language), facts.overdue
    link = pen.page("candidates?turn=operator")
    more = {"rows": pen.people(group, pen.waited), "number": group.number, "link": link}
    return write("overdue", facts, language, **more)


def _headline(told: Digest, language: str) -> str:
    """The most pressing of it, for the subject."""
    found = []
    if told.waiting.number:
        found.append(
            ngettext(
                "%(num)s application to review",
                "%(num)s applications to review",
                told.waiting.number,
                language,
            )
        )
    if told.messages.number:
        found.append(_messages_title(told.messages.number, language))
    if not found and told.stopped:
        found.append(translate(language, "automatic deletion waits for an administrator"))
    if not found and told.ending:
        number = sum(one.who.number for one in told.ending)
        found.append(
            ngettext(
                "%(num)s application will soon be deleted",
                "%(num)s applications will soon be deleted",
                number,
                language,
            )
        )
    return and_list(found, language) if found else translate(language, "your morning digest")


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes the pieces of one letter."""

    sites: Sites
    language: str

    def page(self, path: str) -> str:
        """A page of the panel."""
        return links.page(self.sites, path)

    def name(self, person: Person) -> str:
        """Of somebody who may not have said it yet."""
        return person.name or translate(self.language, "No name yet")

    def waited(self, person: Person) -> str:
        """For how long."""
        if not person.days:
            return translate(self.language, "waiting for less than a day")
        return ngettext(
            "waiting for %(num)s day", "waiting for %(num)s days", person.days, self.language
        )

    def others(self, number: int) -> str:
        """Who is not named."""
        return ngettext("%(num)s other", "%(num)s others", number, self.language)

    def people(
        self, group: Group, note: Callable[[Person], str] = lambda _: "", tab: str = ""
    ) -> tuple[Row, ...]:
        """Each with the link to their page, and how many are left out."""
        query = f"?tab={tab}" if tab else ""
        named = [
            Row(self.name(one), self.page(f"candidates/{one.candidate_id}{query}"), note(one))
            for one in group.people
        ]
        left = group.number - len(named)
        return (*named, *((Row(self.others(left)),) if left > 0 else ()))

    def day(self, one: DeletionDay) -> Row:
        """How many are deleted on a day, and who."""
        names = [self.name(person) for person in one.who.people]
        left = one.who.number - len(names)
        if left > 0:
            names.append(self.others(left))
        day, who = long_date(one.day, self.language), and_list(names, self.language)
        return Row(translate(self.language, "{day}: {who}", day=day, who=who))


def _parts(told: Digest, pen: _Pen) -> Iterator[Part]:
    """What there is to tell, the most pressing first."""
    for part in (_waiting, _messages, _stopped, _ending, _unreachable, _failed, _deleted, _asking):
        yield from part(told, pen)


def _waiting(told: Digest, pen: _Pen) -> Iterator[Part]:
    if not told.waiting.number:
        return
    yield Part(
        title=ngettext(
            "%(num)s application to review",
            "%(num)s applications to review",
            told.waiting.number,
            pen.language,
        ),
        note=ngettext(
            "%(num)s of them has waited for over 30 days.",
            "%(num)s of them have waited for over 30 days.",
            told.overdue,
            pen.language,
        )
        if told.overdue and told.waiting.number > 1
        else "",
        rows=pen.people(told.waiting, pen.waited),
        url=pen.page("candidates?turn=operator"),
        words=translate(pen.language, "See everything to review"),
    )


def _messages(told: Digest, pen: _Pen) -> Iterator[Part]:
    if told.messages.number:
        yield Part(
            title=_messages_title(told.messages.number, pen.language),
            rows=pen.people(told.messages, pen.waited, tab="messages"),
            url=pen.page("candidates?turn=messages"),
            words=translate(pen.language, "See all messages without an answer"),
        )


def _messages_title(number: int, language: str) -> str:
    return ngettext(
        "%(num)s message without an answer",
        "%(num)s messages without an answer",
        number,
        language,
    )


def _stopped(told: Digest, pen: _Pen) -> Iterator[Part]:
    if not told.stopped:
        return
    if told.stopped == "brake":
        why = ngettext(
            "The nightly run stopped before deleting %(num)s application: an administrator "
            "decides.",
            "The nightly run stopped before deleting %(num)s applications at once: an "
            "administrator decides.",
            told.to_delete,
            pen.language,
        )
    else:
        why = translate(
            pen.language,
            "A backup was restored: nobody is deleted before an administrator says so.",
        )
    yield Part(
        title=translate(pen.language, "Automatic deletion waits for an administrator"),
        note=why,
        url=pen.page("settings/deletion") if told.admin else "",
        words=translate(pen.language, "See why, and decide"),
    )


def _ending(told: Digest, pen: _Pen) -> Iterator[Part]:
    if told.ending:
        yield Part(
            title=translate(pen.language, "Deleted within 7 days, unless they act"),
            note=_at_least(told, pen),
            rows=tuple(pen.day(one) for one in told.ending),
            url=pen.page("candidates?turn=deletion"),
            words=translate(pen.language, "See who, and keep whom you want"),
        )


def _at_least(told: Digest, pen: _Pen) -> str:
    if not told.more:
        return ""
    return translate(pen.language, "There are more: only the first ones were counted.")


def _unreachable(told: Digest, pen: _Pen) -> Iterator[Part]:
    if told.unreachable.number:
        yield Part(
            title=ngettext(
                "%(num)s person whom no warning can reach",
                "%(num)s people whom no warning can reach",
                told.unreachable.number,
                pen.language,
            ),
            note=translate(pen.language, "They are not deleted: you decide."),
            rows=pen.people(told.unreachable),
            url=pen.page("candidates?turn=unreachable"),
            words=translate(pen.language, "See all who cannot be reached"),
        )


def _failed(told: Digest, pen: _Pen) -> Iterator[Part]:
    if told.failed and told.admin:
        yield Part(
            title=ngettext(
                "%(num)s message could not be delivered",
                "%(num)s messages could not be delivered",
                told.failed,
                pen.language,
            ),
            url=pen.page("settings/health"),
            words=translate(pen.language, "See why, send again or set aside"),
        )


def _deleted(told: Digest, pen: _Pen) -> Iterator[Part]:
    if told.deleted:
        since = short_date(told.since, pen.language)
        rows = tuple(
            Row(_reason(reason, told.deleted[reason], pen.language))
            for reason in sorted(told.deleted, key=_place)
        )
        yield Part(title=translate(pen.language, "Deleted since {day}", day=since), rows=rows)


def _place(reason: str) -> int:
    return REASONS.index(reason) if reason in REASONS else len(REASONS)


def _reason(reason: str, number: int, language: str) -> str:
    if reason == "automatic":
        return ngettext(
            "%(num)s by the automatic deletion",
            "%(num)s by the automatic deletion",
            number,
            language,
        )
    if reason == "own_wish":
        return ngettext(
            "%(num)s at the person’s own wish",
            "%(num)s at the people’s own wish",
            number,
            language,
        )
    if reason == "again":
        return ngettext(
            "%(num)s erased again after a restored backup",
            "%(num)s erased again after a restored backup",
            number,
            language,
        )
    return ngettext("%(num)s from the bin", "%(num)s from the bin", number, language)


def _asking(told: Digest, pen: _Pen) -> Iterator[Part]:
    if told.asking:
        yield Part(
            title=translate(
                pen.language, "Applications in progress are being asked what was published"
            ),
            url=pen.page("settings/recruitment/dossier") if told.admin else "",
            words=translate(pen.language, "See what is asked"),
        )
