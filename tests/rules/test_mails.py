"""Texts with tags: what they may hold, what is refused by line and name, and what it costs."""

from __future__ import annotations

import time
import tracemalloc
from dataclasses import replace

import pytest

from rules.answers import InvalidAnswer
from rules.errors import Refusal
from rules.letters import LetterFacts, Point, Sites
from rules.mails import (
    MAILS,
    MailName,
    MailRefused,
    MailTag,
    OwnText,
    Put,
    check_text,
    parse,
    pieces,
)
from rules.mails import writing as refusals
from rules.mails.checking import BodyNeeded, NotOneLine, SubjectNeeded, TextTooLong
from rules.mails.sender import NotASenderName, SignatureTooLong, sender_name, signature
from rules.notices import NoticeKind
from words.letters import letter

ALL = MAILS[MailName.REMINDER_UNMET].tags
FACTS = LetterFacts(
    provider="Douceur & Cie",
    sites=Sites("https://recrutement.example.org"),
    first_name="Amina",
    bot="douceur_bot",
    candidate_id="abcdefghjkmnpqrs",
    token="TOKEN",
)

SSTI = (
    "${{7*7}}",
    "#{{7*7}}",
    "{{7*7}}",
    "{{ 7*'7' }}",
    "{{ 'a'.upper() }}",
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ().__class__.__bases__[0].__subclasses__()[59]('/etc/passwd').read() }}",
    "{{ prenom.__class__ }}",
    "{{ prenom.upper() }}",
    "{{ prenom['__class__'] }}",
    "{{ prenom|attr('__class__') }}",
    "{{ prenom|attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ self.__init__.__globals__.__builtins__ }}",
    "{{ config }}",
    "{{ config.items() }}",
    "{{ request }}",
    "{{ request.application.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ lipsum() }}",
    "{{ dict() }}",
    "{{ range(999999999) }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ url_for.__globals__ }}",
    "{{ _('Hello') }}",
    "{{ gettext('x') }}",
    "{{ language }}",
    "{{ 'x' * 999999999 }}",
    "{{ prenom * 999999999 }}",
    "{{ 9**9**9 }}",
    "{{ 'x'.center(999999999) }}",
    "{{ 'x'.rjust(999999999) }}",
    "{{ '%099999999d' % 1 }}",
    "{{ 'x'|center(999999999) }}",
    "{{ prenom|center(999999999) }}",
    "{{ prenom|indent(999999999) }}",
    "{{ prenom|wordwrap(1) }}",
    "{{ prenom|replace('A', 'B'*999999) }}",
    "{{ prenom|safe }}",
    "{{ prenom|e|safe }}",
    "{{ prenom|list }}",
    "{{ prenom|tojson }}",
    "{{ prenom|pprint }}",
    "{{ prenom|map('upper') }}",
    "{{ prenom|urlize }}",
    "{{ prenom|xmlattr }}",
    "{{ prenom ~ prenom }}",
    "{{ prenom + prenom }}",
    "{{ prenom if prenom else 1 }}",
    "{{ [prenom, prenom] }}",
    "{{ {'a': 1} }}",
    "{{ prenom[0:1] }}",
    "{{ not prenom }}",
    "{{ -prenom }}",
    "{{ prenom, prenom }}",
    "{{ }}",
    "{{ | }}",
    "{{ prenom| }}",
    "{{ ðeath }}",
    "{{ prenom\x0b|safe }}",
    "{% for x in range(999999999) %}x{% endfor %}",
    "{% for x in prenom %}{{ x }}{% endfor %}",
    "{% set x = 1 %}",
    "{% set x %}a{% endset %}",
    "{% include '/etc/passwd' %}",
    "{% include 'mail/layout.html' %}",
    "{% import 'os' as os %}",
    "{% from 'x' import y %}",
    "{% extends 'mail/layout.html' %}",
    "{% block x %}{% endblock %}",
    "{% macro a() %}{{ a() }}{% endmacro %}",
    "{% call a() %}{% endcall %}",
    "{% filter upper %}x{% endfilter %}",
    "{% raw %}{{ prenom }}{% endraw %}",
    "{% autoescape false %}x{% endautoescape %}",
    "{% with a = 1 %}{% endwith %}",
    "{% trans %}x{% endtrans %}",
    "{% do x.append(1) %}",
    "{% if prenom.__class__ %}x{% endif %}",
    "{% if 1 == 1 %}x{% endif %}",
    "{% if prenom == 'a' %}x{% endif %}",
    "{% if (prenom) %}x{% endif %}",
    "{% if prenom() %}x{% endif %}",
    "{% if prenom|length > 3 %}x{% endif %}",
    "{% if config %}x{% endif %}",
    "{% if %}x{% endif %}",
    "{% debug %}",
    "{# a comment #}",
    "{#",
    "{{",
    "{%",
    "{{ prenom",
    "{% if prenom",
)
TEXT = (
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "<#assign x=1>${x}",
    "@(1+2)",
    "*{7*7}",
    "[[${7*7}]]",
    "{$smarty.version}",
    "{php}echo 1;{/php}",
    "%(prenom)s %n %s",
    "{0.__class__} {prenom} {prenom!r:>999999}",
    "}} %} #}",
    "$(id) `id`",
    "<script>alert(1)</script>",
    "&#x3c;script&#x3e;",
)


def own(body: str, subject: str = "Bonjour") -> OwnText:
    return OwnText(subject, body)


@pytest.mark.parametrize("attack", SSTI)
def test_whatever_computes_is_refused_in_text_and_in_subject(attack: str) -> None:
    for text in (own(f"Bonjour {attack} !"), own("Bonjour", f"Bonjour {attack} !")):
        with pytest.raises(MailRefused) as refused:
            check_text(MailName.CORRECTIONS, text)
        assert len(refused.value.faults) == 1


@pytest.mark.parametrize("attack", TEXT)
def test_what_other_engines_would_run_is_text(attack: str) -> None:
    text = check_text(MailName.CORRECTIONS, own(attack, attack))
    written = letter(NoticeKind.CORRECTIONS, FACTS, "fr", text)
    assert attack in written.text
    assert attack in written.subject
    assert "<script>" not in written.html


BIG = (
    "{{ prenom }}" * 500,
    "{{ bouton }}\n" * 400,
    "{{ liste }} {{ commentaire }} " * 50,
    "{{ entreprise|majuscules|minuscules }} " * 100,
    "{% if prenom %}" * 400,
    "{% if prenom %}x" * 60 + "{% endif %}" * 60,
    "{{ prenom" + "|majuscules" * 500 + " }}",
    "{{ " + "(" * 5900,
    "{{ " + "a" * 5900,
    "{% if " + "not " * 1400 + "%}",
    "{% if " + "prenom and " * 500 + "prenom %}x{% endif %}",
    "{% if " + "prenom or not " * 400 + "prenom",
    "{{" * 2900,
    "{%" * 2900,
    "}}" * 2900,
    "{" * 5900,
    "\n" * 5900,
    " " * 5900,
    "é" * 5900,
    "{{ prenom }}" * 10_000_000,
    "x" * 100_000_000,
)


def written(text: OwnText, facts: LetterFacts) -> int:
    """Characters of the mail; none when it was refused."""
    try:
        checked = check_text(MailName.CORRECTIONS, text)
    except MailRefused:
        return 0
    return len(letter(NoticeKind.CORRECTIONS, facts, "fr", checked).html)


@pytest.mark.parametrize("number", range(len(BIG)))
def test_the_longest_texts_cost_half_a_second_and_64_megabytes_at_most(number: int) -> None:
    text = own(BIG[number], BIG[number])
    points = tuple(Point(f"k{n}", {"fr": "x" * 200}, "y" * 500) for n in range(30))
    facts = replace(FACTS, comment="c" * 2000, points=points)
    tracemalloc.start()
    started = time.thread_time()
    size = written(text, facts)
    took, (_, peak) = time.thread_time() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 1_000_000
    assert peak <= 64 * 1024 * 1024
    assert took <= 0.5


@pytest.mark.parametrize(
    ("body", "refusal", "facts"),
    [
        ("a\n\nb {{ telephone }}", refusals.UnknownTag, {"line": 3, "name": "telephone"}),
        ("{{ prénom }}", refusals.UnknownTagNear, {"line": 1, "name": "prénom", "near": "prenom"}),
        ("\n{{ Prenom }}", refusals.UnknownTagNear, {"line": 2, "near": "prenom"}),
        ("{{ boutton }}", refusals.UnknownTagNear, {"near": "bouton"}),
        ("a\n{{ prenom", refusals.TagNotClosed, {"line": 2, "sign": "{{", "end": "}}"}),
        ("{{ prenom|safe }}", refusals.UnknownFilter, {"line": 1, "name": "safe"}),
        ("a\nb\n{{ 7*7 }}", refusals.NotATag, {"line": 3, "name": "7*7"}),
        ("{% for x in y %}", refusals.NotACondition, {"name": "for x in y"}),
        ("x\n{% if prenom %}y", refusals.IfNotClosed, {"line": 2}),
        ("{% endif %}", refusals.NothingToClose, {"name": "endif"}),
        ("{% else %}", refusals.NothingToClose, {"name": "else"}),
        ("{% if prenom %}{% else %}{% else %}{% endif %}", refusals.NothingToClose, {}),
        ("{% if prenom %}" * 5, refusals.TooDeep, {"limit": 4}),
        ("{{ prenom }}" * 101, refusals.TooManyTags, {"limit": 100}),
        ("{{\n\n" + "x" * 80 + "\n}}\n{{ y", refusals.UnknownTag, {"name": "x" * 39 + "…"}),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_name(
    body: str, refusal: type[Refusal], facts: dict[str, object]
) -> None:
    with pytest.raises(refusal) as refused:
        parse(body, ALL)
    assert type(refused.value) is refusal
    assert facts.items() <= refused.value.facts.items()


def test_a_tag_of_another_mail_or_a_block_in_a_subject_is_unknown() -> None:
    with pytest.raises(MailRefused) as refused:
        check_text(MailName.ERASED, own("{{ commentaire }}", "{{ liste }}"))
    assert {name: type(one) for name, one in refused.value.faults.items()} == {
        "subject": refusals.UnknownTag,
        "body": refusals.UnknownTag,
    }


@pytest.mark.parametrize(
    ("text", "filled", "said"),
    [
        ("a{% if prenom %}b{% endif %}c", {"prenom"}, "abc"),
        ("a{% if prenom %}b{% endif %}c", set(), "ac"),
        ("{% if not prenom %}b{% else %}c{% endif %}", set(), "b"),
        ("{% if not prenom %}b{% else %}c{% endif %}", {"prenom"}, "c"),
        ("{% if prenom and date %}b{% endif %}", {"prenom"}, ""),
        ("{% if prenom or date %}b{% endif %}", {"date"}, "b"),
        ("{% if prenom %}1{% elif date %}2{% else %}3{% endif %}", {"date"}, "2"),
        ("{% if prenom %}1{% elif date %}2{% else %}3{% endif %}", set(), "3"),
        ("{% if prenom %}{% if date %}x{% endif %}y{% endif %}", {"prenom"}, "y"),
        ("{%- if   prenom -%} b {%- endif -%}", {"prenom"}, " b "),
        ("{{prenom}} {{-  prenom | majuscules -}}", set(), "[prenom] [prenom majuscules]"),
        ("} { %} }}", set(), "} { %} }}"),
    ],
)
def test_conditions_ask_whether_a_tag_says_something(
    text: str, filled: set[str], said: str
) -> None:
    found = pieces(parse(text, ALL), lambda tag: tag in filled)
    words = (
        f"[{' '.join((one.tag, *one.filters))}]" if isinstance(one, Put) else one for one in found
    )
    assert "".join(words) == said


@pytest.mark.parametrize(
    ("subject", "body", "field", "refusal"),
    [
        ("", "x", "subject", SubjectNeeded),
        ("  \u200b ", "x", "subject", SubjectNeeded),
        ("a\nBcc: all@example.org", "x", "subject", NotOneLine),
        ("a\r\nBcc: all@example.org", "x", "subject", NotOneLine),
        ("a\rBcc: all@example.org", "x", "subject", NotOneLine),
        ("x" * 151, "x", "subject", TextTooLong),
        ("x" * 1_000_000, "x", "subject", TextTooLong),
        ("a\x00b", "x", "subject", InvalidAnswer),
        ("a\x1bb", "x", "subject", InvalidAnswer),
        ("a\u202eb", "x", "subject", InvalidAnswer),
        ("x", "", "body", BodyNeeded),
        ("x", " \n \n", "body", BodyNeeded),
        ("x", "x" * 6001, "body", TextTooLong),
        ("x", "a\x00b", "body", InvalidAnswer),
        ("x", "a\u202eb", "body", InvalidAnswer),
    ],
)
def test_what_cannot_be_a_mail_is_refused_beside_its_field(
    subject: str, body: str, field: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(MailRefused) as refused:
        check_text(MailName.CORRECTIONS, own(body, subject))
    assert list(refused.value.faults) == [field]
    assert isinstance(refused.value.faults[field], refusal)


def test_a_text_is_tidied_and_stays_what_it_says() -> None:
    text = own("  Bonjour \u200b{{  prenom }}, \n\n\n\n  à   bientôt  ", "  Un   objet ")
    assert check_text(MailName.CORRECTIONS, text) == own(
        "Bonjour {{ prenom }},\n\nà bientôt", "Un objet"
    )


@pytest.mark.parametrize(
    "name",
    [
        "Douceur\r\nBcc: eve@evil.example",
        "Douceur\nBcc: eve@evil.example",
        "Douceur\rBcc: eve",
        "Douceur\u2028Bcc",
        "Douceur\x00",
        "Douceur\x7f",
        "service@banque.example",
        '"Banque" <service@banque.example>',
        "Banque <service",
        "Banque, Douceur",
        "a; b",
        "groupe: a",
        "a\\b",
        "=?utf-8?q?=0D=0ABcc:_eve=40evil.example?=",
        "=?x",
        "\u202eecnaif",
        "a\u200bb",
        "a\ue000b",
        "x" * 61,
        "x" * 1_000_000,
    ],
)
def test_a_sender_is_a_name_and_nothing_else(name: str) -> None:
    with pytest.raises(NotASenderName):
        sender_name(name)


@pytest.mark.parametrize(
    "name", ["", "Odile de Douceur & Cie", "L’équipe (Été) – n° 1", "山田", "A.B. 'C'"]
)
def test_usual_names_are_taken(name: str) -> None:
    assert sender_name(f"  {name} ") == name


def test_a_signature_is_short() -> None:
    assert signature(" Odile \n\n\n 01 ") == "Odile\n\n01"
    for text in ("x" * 401, "\n" * 9 + "x"):
        with pytest.raises(SignatureTooLong):
            signature(text)
    with pytest.raises(InvalidAnswer):
        signature("a\x00b")


def test_no_break_spaces_of_french_stay() -> None:
    text = own("«\u00a0Bonjour\u202f! »  \u00a0", "Objet\u00a0: a")
    assert check_text(MailName.CORRECTIONS, text) == own(
        "«\u00a0Bonjour\u202f! » \u00a0".strip(" "), "Objet\u00a0: a"
    )


def test_every_mail_names_tags_that_exist_and_every_tag_is_of_some_mail() -> None:
    assert set(MAILS) == set(MailName)
    assert {tag for parts in MAILS.values() for tag in parts.tags} == set(MailTag)
    for parts in MAILS.values():
        assert len(set(parts.tags)) == len(parts.tags)
