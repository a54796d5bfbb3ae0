"""Source tags: made from names, carried by links, read from whatever a link carries."""

from __future__ import annotations

import re

import pytest

from rules.answers import InvalidAnswer
from rules.sources import (
    LONGEST_KEY,
    MOST,
    NoSuchTag,
    Tag,
    TagNameNeeded,
    TagTaken,
    TooManyTags,
    payload,
    read_tags,
    split_payload,
    tag_of,
    with_tag,
    without_tag,
)
from words.links import PAYLOAD

TOKEN = "-_Qx5yL0vEoR3v0bYw-AB_"
FLYER = Tag("flyer", "Flyer")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Flyer", "flyer"),
        ("  Marché  de Noël ", "marche-de-noel"),
        ("L’Est Républicain", "l-est-republicain"),
        ("Mairie de Saint-Rémy-les-Chevreuse", "mairie-de-saint-remy"),
        ("50 % — promo !", "50-promo"),
    ],
)
def test_a_key_is_made_from_the_name(name: str, key: str) -> None:
    (tag,) = with_tag((), name)
    assert tag.key.startswith(key)
    assert tag.name == " ".join(name.split())


@pytest.mark.parametrize("name", ["日本", "???", "Ж", "x" * 40, "-" * 30])
def test_every_key_fits_a_link(name: str) -> None:
    (tag,) = with_tag((), name)
    carried = payload(TOKEN, tag)
    assert len(carried) <= PAYLOAD
    assert re.fullmatch("[A-Za-z0-9_-]+", carried)
    assert split_payload(carried) == (TOKEN, tag.key)


def test_two_names_that_look_alike_get_two_keys() -> None:
    tags = with_tag(with_tag((), "Été"), "Ete !")
    assert [tag.key for tag in tags] == ["ete", "ete-2"]


@pytest.mark.parametrize(
    ("tags", "name", "why"),
    [
        ((), "  ", TagNameNeeded),
        ((), "x" * 41, TagNameNeeded),
        ((), "a\u202eb", InvalidAnswer),
        ((FLYER,), "FLYER", TagTaken),
        (tuple(Tag(f"t{n}", f"T{n}") for n in range(MOST)), "one more", TooManyTags),
    ],
)
def test_what_is_no_tag_is_refused(tags: tuple[Tag, ...], name: str, why: type[Exception]) -> None:
    with pytest.raises(why):
        with_tag(tags, name)


def test_a_tag_is_removed_once() -> None:
    assert without_tag((FLYER,), "flyer") == ()
    with pytest.raises(NoSuchTag):
        without_tag((), "flyer")


@pytest.mark.parametrize(
    "key",
    ["", "other", "Flyer", "flyer ", "flyer\n", "f" * (LONGEST_KEY + 1), "\0", "flyer-2", "é"],
)
def test_a_key_that_the_provider_does_not_have_counts_for_nothing(key: str) -> None:
    assert tag_of(key, (FLYER,)) is None


def test_a_tag_is_found_by_its_key() -> None:
    assert tag_of("flyer", read_tags([{"key": "flyer", "name": "Flyer"}])) == FLYER
    assert read_tags(None) == ()


@pytest.mark.parametrize(
    ("carried", "parts"),
    [
        (TOKEN, (TOKEN, "")),
        (f"{TOKEN}-flyer", (TOKEN, "flyer")),
        (f"{TOKEN}-a-b", (TOKEN, "a-b")),
        (f"{TOKEN}_flyer", (TOKEN, "")),
        (f"{TOKEN}-", (TOKEN, "")),
        ("short", ("short", "")),
        ("", ("", "")),
    ],
)
def test_what_a_link_carries_is_taken_apart(carried: str, parts: tuple[str, str]) -> None:
    assert split_payload(carried) == parts
