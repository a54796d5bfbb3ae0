"""What an admin composes: a value, and what can be done to it. Nobody is asked it yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, NoReturn, Self

from rules.answers import Words
from rules.catalogue import DOCUMENTS, FIELDS, CatalogueDocument, CatalogueField
from rules.requirements import refusals
from rules.requirements.checks import (
    MOST_ENTRIES,
    condition_holds,
    dependants,
    faults,
    faults_of,
    missing,
)
from rules.requirements.entries import (
    DOCUMENT_PARTS,
    FIELD_PARTS,
    PART,
    DocumentEntry,
    Entry,
    FieldEntry,
    Option,
    from_catalogue,
    group,
    in_order,
    of_columns,
)
from rules.requirements.tidying import tidied
from rules.switches import FRENCH

OWN: Final = "own_"
CATALOGUE: Final[Mapping[str, CatalogueField | CatalogueDocument]] = {
    one.key: one for one in (*FIELDS, *DOCUMENTS)
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What a draft stands on: what is asked now, and the settings that it depends on."""

    version: int = 1
    """The requirements version that is asked of newcomers."""
    published: tuple[Entry, ...] = ()
    archived: tuple[Entry, ...] = ()
    """What was asked once and is no more, as it was last."""
    activities: frozenset[str] = frozenset()
    """Declared by the provider: they permit items that are blocked otherwise."""
    french_required: bool = False

    def last(self, key: str) -> Entry | None:
        """The entry of this key as it is asked, or as it was last."""
        return _find((*self.published, *self.archived), key)


@dataclass(frozen=True, slots=True)
class Draft:
    """The whole of what would be asked, in the order in which the candidate meets it.

    Every operation gives a new draft or raises an EntryRefused that names the item; it never
    brings in a fault that was not there before.
    """

    ground: Ground
    entries: tuple[Entry, ...]
    confirmed: frozenset[str] = frozenset()
    """Legal notes that were confirmed, by their signs (see rules.requirements.guard)."""

    @classmethod
    def begun(cls, ground: Ground) -> Self:
        """A draft in which nothing is changed yet."""
        return cls(ground, in_order(ground.published))

    @property
    def fields(self) -> tuple[FieldEntry, ...]:
        """The questions."""
        return tuple(one for one in self.entries if isinstance(one, FieldEntry))

    @property
    def documents(self) -> tuple[DocumentEntry, ...]:
        """The documents."""
        return tuple(one for one in self.entries if isinstance(one, DocumentEntry))

    @property
    def archived(self) -> tuple[Entry, ...]:
        """What can be brought back: archived once, or taken out of this draft."""
        kept = {one.key for one in self.entries}
        once = (*self.ground.published, *self.ground.archived)
        return tuple(one for one in once if one.key not in kept)

    @property
    def faults(self) -> tuple[refusals.EntryRefused, ...]:
        """What has to be put right before it can be published, but for legal notes."""
        wrong = faults(self.entries, self.ground)
        return (*wrong, *missing(self.entries, self.ground.published, self.ground))

    def entry(self, key: str) -> Entry:
        """The entry of this key. Raises NoSuchEntry."""
        found = _find(self.entries, key)
        if found is None:
            raise refusals.NoSuchEntry
        return found

    def add_from_catalogue(self, key: str) -> Self:
        """Ask an item of the catalogue; one that was asked before comes back as it was.

        Raises:
            NoSuchEntry, AlreadyAsked, NotPermitted.
        """
        item = CATALOGUE.get(key)
        if item is None:
            raise refusals.NoSuchEntry
        return self._add(_find(self.archived, key) or from_catalogue(item))

    def add_own_field(self, token: str, kind: str, label: Words, **parts: Any) -> Self:
        """Ask a question of one's own; token: random, its key is `own_` and this.

        parts: see edit().
        """
        entry = FieldEntry(key=f"{OWN}{token}", kind=kind, label=label)
        return self._add(_changed(entry, parts | {"label": label}))

    def add_own_document(self, token: str, label: Words, **parts: Any) -> Self:
        """Ask a document of one's own; token: random, its key is `own_` and this."""
        entry = DocumentEntry(key=f"{OWN}{token}", label=label)
        return self._add(_changed(entry, parts | {"label": label}))

    def edit(self, key: str, **parts: Any) -> Self:
        """Change parts of an entry: label, help, required, statuses, stage, condition; of a
        field options, limits, must_be, unmet; of a document formats, max_pages, max_bytes,
        asks_expiry, validity_days, remind_days, view_and_forget, sensitive, reasons, example_id.

        A choice that was published and is left out is archived: answers may hold it. A choice
        without a key is a new one.

        Raises:
            NoSuchEntry, EntryRefused.
        """
        before = self.entry(key)
        if "options" in parts and isinstance(before, FieldEntry):
            parts["options"] = self._with_archived(key, parts["options"])
        after = _changed(before, parts)
        _check_fixed(before, after)
        entries = [after if one.key == key else one for one in self.entries]
        if group(before) != group(after):  # it joins the end of its new group
            entries = [one for one in entries if one.key != key] + [after]
        for fault in faults_of(after, in_order(entries), self.ground):
            raise fault
        return self._checked(in_order(entries), key)

    def move(self, key: str, way: Literal["up", "down"]) -> Self:
        """Change places with the neighbour of the same group. Raises CannotMove."""
        mates = self._mates(key)
        place = mates.index(key) + (1 if way == "down" else -1)
        if not 0 <= place < len(mates):
            self._refuse(refusals.CannotMove, key)
        return self.put(key, place)

    def put(self, key: str, place: int) -> Self:
        """Move to a place of its group, counted from 0; beyond the end is the end.

        The group: the questions of its stage, or its documents. Raises CannotMove,
        ConditionTooLate.
        """
        entry, mates = self.entry(key), self._mates(key)
        if entry.core:
            self._refuse(refusals.CannotMove, key)
        mates.remove(key)
        mates.insert(max(place, 0), key)
        ranks = {mate: rank for rank, mate in enumerate(mates)}
        moved = sorted(
            (one for one in self.entries if one.key in ranks), key=lambda one: ranks[one.key]
        )
        others = [one for one in self.entries if one.key not in ranks]
        return self._checked(in_order([*others, *moved]), key)

    def archive(self, key: str) -> Self:
        """Ask it no more; what was given for it is kept.

        Raises:
            FixedEntry, FrenchIsRequired, ShownElsewhere.
        """
        entry = self.entry(key)
        if entry.fixed:
            self._refuse(refusals.FixedEntry, key)
        if key == FRENCH and self.ground.french_required:
            self._refuse(refusals.FrenchIsRequired, key)
        for other in dependants(self.entries, key):
            self._refuse(refusals.ShownElsewhere, key, other=other.label)
        return replace(self, entries=tuple(one for one in self.entries if one.key != key))

    def bring_back(self, key: str) -> Self:
        """Ask again what was archived, as it was, at the end of its group.

        A condition on what is asked no more is left out. Raises NoSuchEntry, NotArchived.
        """
        if _find(self.entries, key) is not None:
            self._refuse(refusals.NotArchived, key)
        entry = _find(self.archived, key)
        if entry is None:
            raise refusals.NoSuchEntry
        return self._add(entry)

    def _add(self, entry: Entry) -> Self:
        if _find(self.entries, entry.key) is not None:
            self._refuse(refusals.AlreadyAsked, entry.key)
        if len(self.entries) >= MOST_ENTRIES:
            raise refusals.TooMuchAsked("key", key=entry.key, item=entry.label, limit=MOST_ENTRIES)
        entries = in_order((*self.entries, entry))
        if not condition_holds(entry, entries):
            entry = entry.but(condition=None)
            entries = in_order((*self.entries, entry))
        return self._checked(entries, entry.key)

    def _mates(self, key: str) -> list[str]:
        wanted = group(self.entry(key))
        return [one.key for one in self.entries if group(one) == wanted]

    def _with_archived(self, key: str, options: tuple[Option, ...]) -> tuple[Option, ...]:
        """The options with those that were published and are left out, archived."""
        published = self.ground.last(key)
        known = published.options if isinstance(published, FieldEntry) else ()
        kept = {one.key for one in options}
        left = (replace(one, archived=True) for one in known if one.key not in kept)
        return (*options, *left)

    def _checked(self, entries: tuple[Entry, ...], key: str) -> Self:
        """The draft with these entries, if that brings in no fault; those of `key` come first."""
        known = faults(self.entries, self.ground)
        found = faults(entries, self.ground)
        new = [fault for fault in found if not any(fault.same_as(one) for one in known)]
        for fault in sorted(new, key=lambda one: one.key != key):
            raise fault
        return replace(self, entries=entries)

    def _refuse(self, refusal: type[refusals.EntryRefused], key: str, **facts: Any) -> NoReturn:
        raise refusal("key", key=key, item=self.entry(key).label, **facts)

    def content(self) -> dict[str, Any]:
        """The draft as JSON can keep it."""
        return {
            "fields": [one.columns() for one in self.fields],
            "documents": [one.columns() for one in self.documents],
            "confirmed": sorted(self.confirmed),
        }


def _find(entries: Iterable[Entry], key: str) -> Entry | None:
    return next((one for one in entries if one.key == key), None)


def _changed(entry: Entry, parts: Mapping[str, Any]) -> Entry:
    """The entry with these parts, in one spelling; a part that it has not is a bug."""
    known = DOCUMENT_PARTS if entry.is_document else FIELD_PARTS
    unknown = set(parts) - known
    if unknown:
        raise TypeError(f"{type(entry).__name__} has no {sorted(unknown)}")
    return tidied(entry.but(**parts))


def _check_fixed(before: Entry, after: Entry) -> None:
    """Of some entries only the words may change. Raises FixedEntry, SetElsewhere."""
    if before.fixed:
        for name, value in before.columns().items():
            if name not in ("label", "help") and after.columns()[name] != value:
                raise refusals.FixedEntry(PART.get(name, name), key=before.key, item=before.label)
    if before.key == FRENCH and after.columns()["must_be"] != before.columns()["must_be"]:
        raise refusals.SetElsewhere("must_be", key=before.key, item=before.label)


def of_content(content: Mapping[str, Any], ground: Ground) -> Draft:
    """The draft that was kept."""
    entries = of_columns(content["fields"], content["documents"])
    return Draft(ground, entries, frozenset(content.get("confirmed", ())))
