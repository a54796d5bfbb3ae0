"""Telegram's HTML: what becomes of it, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.entities import formatted, units
from sandbox.errors import ApiError
from sandbox.rendering import marked_up


def kinds(html: str) -> list[tuple[str, int, int]]:
    return [(e["type"], e["offset"], e["length"]) for e in formatted(html, "HTML", None)[1]]


@pytest.mark.parametrize(
    ("html", "text", "found"),
    [
        ("<b>a</b> b", "a b", [("bold", 0, 1)]),
        ("<strong>a</strong><em>b</em>", "ab", [("bold", 0, 1), ("italic", 1, 1)]),
        (
            "<u>a</u><s>b</s><del>c</del>",
            "abc",
            [("underline", 0, 1), ("strikethrough", 1, 1), ("strikethrough", 2, 1)],
        ),
        ("😀<b>é</b>", "😀é", [("bold", 2, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("  <b> a </b>  ", "a", [("bold", 0, 1)]),
        ("<b></b>a", "a", []),
        ("a &lt;b&gt; &amp; &quot;c&quot; &#233; &nbsp;", 'a <b> & "c" é &nbsp;', []),
        ("<tg-spoiler>a</tg-spoiler>", "a", [("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1)]),
        ("<blockquote>a</blockquote>", "a", [("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ('<pre><code class="language-py">a</code></pre>', "a", [("pre", 0, 1)]),
        ('<a href="https://a.fr/?b=1&amp;c=2">d</a>', "d", [("text_link", 0, 1)]),
        (
            "/aide #mot a@b.fr https://a.fr.",
            "/aide #mot a@b.fr https://a.fr.",
            [("bot_command", 0, 5), ("hashtag", 6, 4), ("email", 11, 6), ("url", 18, 12)],
        ),
    ],
)
def test_html_becomes_text_and_entities(
    html: str, text: str, found: list[tuple[str, int, int]]
) -> None:
    assert formatted(html, "HTML", None)[0] == text
    assert kinds(html) == found


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("é<foo>x</foo>", 'Unsupported start tag "foo" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ('<span class="x">a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href=https://a.fr>b</a>", "Unexpected end of name token at byte offset 8"),
        ('<b "x">a</b>', 'Empty attribute name in the tag "b" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
    ],
)
def test_bad_html_is_refused_in_telegrams_words(html: str, said: str) -> None:
    with pytest.raises(ApiError) as refused:
        formatted(html, "HTML", None)
    assert refused.value.description == f"Bad Request: can't parse entities: {said}"


@given(st.text(alphabet="ab<>/&;é😀 bi\n\"='", max_size=40))
def test_any_text_is_parsed_or_refused_and_entities_stay_inside(text: str) -> None:
    try:
        plain, entities = formatted(text, "HTML", None)
    except ApiError:
        return
    for entity in entities:
        assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= units(plain)
    marked_up(plain, entities)


def test_the_page_escapes_what_it_marks_up() -> None:
    text, entities = formatted(
        '<b>&lt;img src=x&gt;</b> <a href="https://a.fr/&quot;x">y</a>', "HTML", None
    )
    assert marked_up(text, entities) == (
        "<strong>&lt;img src=x&gt;</strong> "
        '<a href="https://a.fr/&#34;x" target="_blank" rel="noopener">y</a>'
    )
