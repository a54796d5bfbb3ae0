"""Whatever an admin does to a draft, and in whatever order, it stays one that can be asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.catalogue import CORE
from rules.dossier import Condition
from rules.errors import Refusal
from rules.requirements import CATALOGUE, Draft, FieldEntry, difference, in_order, of_content
from rules.requirements.checks import faults
from rules.vocabulary import Stage
from tests.rules.requirements.drafts import a_draft, keys, options

Deed = Callable[[Draft, str, str, int], Draft]
TOKENS = "abc"
KEYS = sorted([*CATALOGUE, *(f"own_{token}" for token in TOKENS), "unheard_of"])
STAGES = tuple(Stage)


def _own_choice(draft: Draft, number: int) -> Draft:
    labels = [f"C{one}" for one in range(number % 4)]
    return draft.add_own_field(TOKENS[number % 3], "choice", {"fr": "Q"}, options=options(*labels))


def _fewer(draft: Draft, key: str, number: int) -> Draft:
    entry = draft.entry(key)
    if not isinstance(entry, FieldEntry):
        return draft
    place = number % (len(entry.choices) + 1)
    kept = entry.choices[:place] + entry.choices[place + 1 :]
    return draft.edit(key, options=(*kept, *options(f"N{number}")))


def _only_if(draft: Draft, key: str, other: str, number: int) -> Draft:
    asked = draft.entry(other)
    values = asked.values if isinstance(asked, FieldEntry) else ()
    return draft.edit(key, condition=Condition(other, values[: number % 3]))


def _must_be(draft: Draft, key: str) -> Draft:
    if draft.entry(key).is_document:
        return draft
    return draft.edit(key, must_be=(True,), unmet={"fr": "Non."})


DEEDS: dict[str, Deed] = {
    "add": lambda d, key, other, n: d.add_from_catalogue(key),
    "own choice": lambda d, key, other, n: _own_choice(d, n),
    "own yes or no": lambda d, key, other, n: d.add_own_field(
        TOKENS[n % 3], "yes_no", {"en": "Q"}
    ),
    "own document": lambda d, key, other, n: d.add_own_document(TOKENS[n % 3], {"fr": "P"}),
    "up": lambda d, key, other, n: d.move(key, "up"),
    "down": lambda d, key, other, n: d.move(key, "down"),
    "put": lambda d, key, other, n: d.put(key, n),
    "archive": lambda d, key, other, n: d.archive(key),
    "bring back": lambda d, key, other, n: d.bring_back(key),
    "stage": lambda d, key, other, n: d.edit(key, stage=STAGES[n % 2]),
    "required": lambda d, key, other, n: d.edit(key, required=bool(n % 2)),
    "statuses": lambda d, key, other, n: d.edit(key, statuses=(("employee",), ())[n % 2]),
    "label": lambda d, key, other, n: d.edit(key, label={"fr": "Étiquette" * (n % 3)}),
    "fewer choices": lambda d, key, other, n: _fewer(d, key, n),
    "only if": _only_if,
    "unconditional": lambda d, key, other, n: d.edit(key, condition=None),
    "must be": lambda d, key, other, n: _must_be(d, key),
}
steps = st.lists(
    st.tuples(
        st.sampled_from(sorted(DEEDS)),
        st.sampled_from(KEYS),
        st.sampled_from(KEYS),
        st.integers(0, 9),
    ),
    min_size=15,
    max_size=40,
)


@settings(max_examples=60)
@given(steps)
def test_any_sequence_of_operations_leaves_a_draft_that_can_be_asked(
    taken: list[tuple[str, str, str, int]],
) -> None:
    draft = a_draft()
    for name, key, other, number in taken:
        with suppress(Refusal):
            draft = DEEDS[name](draft, key, other, number)
        _can_be_asked(draft)


def _can_be_asked(draft: Draft) -> None:
    assert faults(draft.entries, draft.ground) == []
    assert tuple(keys(draft)[:3]) == CORE
    assert all(one.required and one.condition is None for one in draft.entries[:3])
    assert len(set(keys(draft))) == len(draft.entries)
    assert in_order(draft.entries) == draft.entries
    _nothing_is_lost(draft)
    kept = json.loads(json.dumps(draft.content()))
    assert of_content(kept, draft.ground) == draft
    changed = difference(draft)
    assert bool(changed) == (draft.entries != draft.ground.published)


def _nothing_is_lost(draft: Draft) -> None:
    """Every item that was published can be found, and every choice of those that are asked."""
    reachable = {one.key for one in (*draft.entries, *draft.archived)}
    assert {one.key for one in draft.ground.published} <= reachable
    for was in draft.ground.published:
        entry = next((one for one in draft.entries if one.key == was.key), None)
        if isinstance(was, FieldEntry) and isinstance(entry, FieldEntry):
            assert {one.key for one in was.options} <= {one.key for one in entry.options}
