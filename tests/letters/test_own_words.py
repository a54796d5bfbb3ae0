"""Mails in the provider's own words: equal in both parts, and never without what they need."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.letters import LetterFacts, Point
from rules.mails import MAILS, MailName, MailRefused, MailTag, OwnText, check_text, name_of
from rules.notices import TO_OPERATORS, NoticeKind
from tests.letters.test_golden import CASES, FACTS, LANGUAGES, html_words
from tests.letters.test_golden import MAILS as ALL_MAILS
from words.language import long_date
from words.letters import chat_link, letter
from words.letters.originals import original
from words.letters.samples import made_up, sample

FIXED = frozenset({"final_rejection_ended", "final_rejection_ended_farewell"})
"""Not about an application: what a provider wrote of applications is not said in them."""
GOLDEN = [name for name in ALL_MAILS if CASES[name][0] not in TO_OPERATORS and name not in FIXED]
"""Mails to operators are nobody's to rewrite."""
OF_MAIL = {name_of(*CASES[case]): case for case in reversed(GOLDEN)}
"""One golden case for each mail."""


def facts_of(name: MailName) -> tuple[NoticeKind, LetterFacts]:
    return CASES[OF_MAIL[name]]


def seen(html: str) -> list[str]:
    """The lines of the HTML part, without the hidden one that mail programs show beforehand."""
    return html_words(html).splitlines()[1:]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", GOLDEN)
def test_the_text_that_the_editor_starts_from_says_what_the_product_says(
    case: str, language: str
) -> None:
    kind, facts = CASES[case]
    name = name_of(kind, facts)
    ours = letter(kind, facts, language)
    own = letter(kind, facts, language, original(name, language))
    assert own.subject == ours.subject
    assert own.text == ours.text
    assert seen(own.html) == seen(ours.html)


BARELY = OwnText("Bonjour", "Trois mots seulement.")
HIDDEN = "{% if prenom %}{% else %}\n\n{{ bouton }} {{ liste }}\n\n{% endif %}Trois mots."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", GOLDEN)
@pytest.mark.parametrize("body", [BARELY.body, "Trois mots. {{ bouton }} Et encore trois mots."])
def test_no_text_can_lose_what_the_mail_needs(case: str, language: str, body: str) -> None:
    """Its links, its list with the reasons, the operator's comment, its date."""
    kind, facts = CASES[case]
    if MailTag.BUTTON not in MAILS[name_of(kind, facts)].tags:
        body = body.replace("{{ bouton }}", "{{ entreprise }}")
    ours = letter(kind, facts, language)
    own = letter(kind, facts, language, OwnText("Bonjour", body))
    links = re.compile(r"https?://[^\s\]\"<]+")
    optional = {chat_link(facts)} if kind is NoticeKind.DELETION_REMINDER else set()
    for theirs, part in ((ours.text, own.text), (html_words(ours.html), html_words(own.html))):
        assert set(links.findall(theirs)) - optional <= set(links.findall(part))
        assert "Trois mots" in part
        for point in facts.points:
            assert point.label[language] in part
            assert point.reason in part
        if MailTag.COMMENT in MAILS[name_of(kind, facts)].kept:
            assert facts.comment.partition("\n")[0] in part
        if MailTag.DAY in MAILS[name_of(kind, facts)].kept:
            assert facts.day is not None
            assert long_date(facts.day, language) in part


def test_what_a_condition_hides_is_added_all_the_same() -> None:
    facts = replace(FACTS, points=CASES["corrections"][1].points)
    own = letter(NoticeKind.CORRECTIONS, facts, "fr", OwnText("x", HIDDEN))
    assert own.text.count("Corriger ma candidature") == 1
    assert own.text.count("Diplôme") == 1
    assert own.text.index("Trois mots.") < own.text.index("Diplôme")


def test_a_button_and_a_list_stand_once() -> None:
    facts = CASES["corrections"][1]
    body = "{{ bouton }}{{ liste }}{{ bouton }}\n{{ liste }}{{ bouton }}"
    own = letter(NoticeKind.CORRECTIONS, facts, "fr", OwnText("x", body))
    assert own.text.count("Corriger ma candidature") == 1
    assert own.html.count("Corriger ma candidature") == 1
    assert own.text.count("Illisible ou coupé") == 1


@pytest.mark.parametrize("name", MailName)
def test_a_text_that_can_no_longer_be_used_gives_way_to_ours(name: MailName) -> None:
    kind, facts = facts_of(name)
    for broken in (OwnText("x", "{{ vieux }}"), OwnText("{{ vieux }}", "x"), OwnText("x", "{{")):
        assert letter(kind, facts, "fr", broken) == letter(kind, facts, "fr")


@pytest.mark.parametrize("name", MailName)
def test_values_are_text_in_both_parts(name: MailName) -> None:
    evil = '<script>alert(1)</script>{{ 7*7 }}{% if %}"\r\nBcc: all@example.org'
    kind, facts = facts_of(name)
    point = Point("k", {"fr": evil}, evil, advice=evil)
    facts = replace(
        facts,
        provider=evil,
        first_name=evil,
        comment=evil,
        points=(point,),
        unmet={"fr": evil},
        signature={"fr": evil},
    )
    tags = "\n\n".join(f"{{{{ {tag} }}}}" for tag in MAILS[name].tags)
    text = OwnText("{{ prenom }} {{ entreprise }}", f"<b>gras</b> &amp;\n\n{tags}")
    written = letter(kind, facts, "fr", text)
    assert "<script>" not in written.html
    assert "<b>gras" not in written.html
    assert "&lt;b&gt;gras&lt;/b&gt; &amp;amp;" in written.html
    assert "\n" not in written.subject
    assert "\r" not in written.subject
    assert "<b>gras</b> &amp;" in written.text
    assert "{{ 7*7 }}" in written.text, "said, not computed"


def test_tags_say_what_the_docs_promise() -> None:
    kind, facts = CASES["reminder_unmet"]
    body = (
        "{{ prenom|majuscules }}, {{ entreprise|minuscules }}\n{{ date }} {{ date|court }}\n\n"
        "{{ condition }}\n\n{{ espace }}"
    )
    text = letter(kind, facts, "fr", OwnText("{{ date|court }}", body)).text
    assert "AMINA, douceur & cie\nmercredi 16 décembre 2026 16/12/2026\n\n" in text
    assert "Le français courant est nécessaire.\n\n" in text
    assert f"\n\n{chat_link(facts)}\n" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("own", [None, BARELY])
def test_every_mail_is_signed(language: str, own: OwnText | None) -> None:
    for case in GOLDEN:
        kind, facts = CASES[case]
        signature = {"fr": "Odile\n01 23 45 67 89", "en": "Odile, Douceur"}
        facts = replace(facts, signature=signature, sender_name="Odile de Douceur")
        written = letter(kind, facts, language, own)
        assert written.sender_name == "Odile de Douceur"
        for row in signature[language].splitlines():
            assert row in written.text
            assert row in written.html
        assert written.text.index("Odile") < written.text.index("\n--")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MailName)
def test_every_mail_has_a_sample_that_leads_nowhere(name: MailName, language: str) -> None:
    base = LetterFacts(provider="Douceur & Cie", sites=FACTS.sites, bot="douceur_bot")
    own = original(name, language)
    written = sample(name, own, base, language, date(2026, 12, 1))
    assert written.subject.startswith("[Essai]" if language == "fr" else "[Trial]")
    assert "Camille" in written.text
    assert name_of(MAILS[name].kind, made_up(name, base, language, date(2026, 12, 1))) == name


PIECES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["\n", "\n\n", "{", "}", "{{", "}}", "{%", "%}", "<", ">", "&", "]]>", "<!--"]
    ),
    st.sampled_from([f"{{{{ {tag} }}}}" for tag in MailTag]),
    st.sampled_from(["{% if prenom %}", "{% if liste %}", "{% else %}", "{% endif %}", "&amp;"]),
    st.sampled_from(["</mj-text>", "<mj-raw>", "<mj-include path='/etc/passwd' />", "</mjml>"]),
)


@given(name=st.sampled_from(MailName), pieces=st.lists(PIECES, max_size=12))
def test_whatever_is_kept_leaves_and_says_the_same_in_both_parts(
    name: MailName, pieces: list[str]
) -> None:
    kind, facts = facts_of(name)
    body = "".join(pieces)
    try:
        text = check_text(name, OwnText("Bonjour", body))
    except MailRefused:
        return
    own = letter(kind, facts, "fr", text)
    assert own.subject == "Bonjour", "our own text did not take its place"
    ours = letter(kind, facts, "fr")
    assert own.html.count("<a ") <= ours.html.count("<a ") + 1
    said = "".join(unescape(html_words(own.html)).split())
    for row in own.text.splitlines():
        plain = "".join(row.removeprefix("- ").split())
        assert plain.startswith("http") or plain in said or plain == "--", row


@pytest.mark.parametrize("case", sorted(FIXED))
def test_who_worked_there_never_reads_that_their_application_is_refused(case: str) -> None:
    kind, facts = CASES[case]
    own = OwnText("Votre candidature", "Nous ne retenons pas votre candidature.")
    assert letter(kind, facts, "fr", own) == letter(kind, facts, "fr")
    assert "candidature" not in letter(kind, facts, "fr").text
