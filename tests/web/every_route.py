"""The table of every route: who may use it, and which forms somebody would send there.

Also a candidate who has everything that can be asked for, and how to ask it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from actions import comments, decisions
from actions.decisions import Verdict
from actions.deeds import Actor
from models.tables import Document, Membership, Notice, Upload
from rules.vocabulary import ActorKind, Outcome
from store.room import Room
from tests.factories import NOW, PASSWORD
from tests.web.conftest import Browsing, Page, Town
from tests.web.people import amina_applies, shows_pages, writes

MARKS = ("Zebulon", "Unique", "zebulon@example.org", "marqueur")
"""In everything that the candidates of Douceur & Cie gave, and nowhere else."""
INVENTED = "0" * 16
Form = Mapping[str, str]
HALF = re.compile(r"\{(\w+)(?::[^}]*)?\}")


@dataclass(frozen=True)
class Route:
    """Who may use it, and what somebody would send."""

    open_to: str
    """all, token, demo, operators, admins; `candidate`: their provider's operators."""
    forms: tuple[Form, ...] = ({},)
    queries: tuple[str, ...] = ("",)
    own: bool = field(default=False)
    """Changes only what is the asker's own."""


def candidate(*forms: Form, queries: tuple[str, ...] = ("",)) -> Route:
    return Route("candidate", forms or ({},), queries)


def admins(*forms: Form, queries: tuple[str, ...] = ("",)) -> Route:
    return Route("admins", forms or ({},), queries)


PARTS = ("page", "upload", "comment", "decision")
ALL, TOKEN, DEMO = Route("all"), Route("token"), Route("demo")
TABS = ("", "?tab=infos", "?tab=diploma", "?tab=messages", "?tab=history", "?tab=nothing")
OWN, DOC = "/candidates/{candidate}", "/candidates/{candidate}/documents/{key}"
MAIL = "/settings/mails/{mail}/{language}"
DOSSIER = "/settings/recruitment/dossier"
DRAFT = {"version": "0", "key": "{key}", "provider": "{provider}", "id": "{provider}"}
EXPECTED: dict[tuple[str, str], Route] = {
    ("POST", "/telegram/{bot}"): ALL,
    ("GET", "/healthz"): ALL,
    ("GET", "/readyz"): ALL,
    ("GET", "/metrics"): ALL,
    ("GET", "/login"): ALL,
    ("POST", "/login"): Route("all", ({"email": "nobody@example.org", "password": PASSWORD},)),
    ("GET", "/login/code"): ALL,
    ("POST", "/login/code"): Route("all", ({"code": "123456"},)),
    ("GET", "/forgotten"): ALL,
    ("GET", "/invited"): ALL,
    ("POST", "/invited/{token}/again"): ALL,
    ("POST", "/forgotten"): Route("all", ({"email": "nobody@example.org"},)),
    ("GET", "/join/{slug}"): ALL,
    ("GET", "/join/{slug}/qr.svg"): ALL,
    ("GET", "/join/{slug}/privacy"): ALL,
    ("GET", "/join/{slug}/accessibility"): ALL,
    ("GET", "/accessibility"): ALL,
    ("GET", "/logo/{slug}/{digest}.png"): ALL,
    ("GET", "/join/{slug}/qr.png"): ALL,
    ("GET", "/static/{digest}/{name}"): ALL,
    ("GET", "/accent/{colour}.css"): ALL,
    ("GET", "/mailbox"): DEMO,
    ("GET", "/mailbox/{name}"): DEMO,
    ("GET", "/mailbox/{name}/html"): DEMO,
    **{
        (method, f"/{word}/{{token}}{more}"): TOKEN
        for word in ("activate", "confirm", "keep")
        for method, more in (("GET", ""), ("POST", ""), ("POST", "/again"))
    },
    **{
        (method, f"/{word}/{{token}}"): TOKEN
        for word in ("reset", "invited", "unsubscribe")
        for method in ("GET", "POST")
    },
    ("POST", "/logout"): Route("operators", own=True),
    ("POST", "/preferences"): Route("operators", ({"language": "en", "next": OWN},), own=True),
    ("POST", "/provider"): Route("operators", ({"provider": "{provider}"},), own=True),
    ("GET", "/account"): Route("operators"),
    ("POST", "/account"): Route(
        "operators", ({"old": "no", "new": PASSWORD, "operator": "{operator}"},)
    ),
    ("POST", "/account/digest"): Route(
        "operators",
        ({"wanted": "no", "provider": "{provider}", "operator": "{operator}"},),
        own=True,
    ),
    ("POST", "/account/sessions"): Route("operators", own=True),
    ("POST", "/account/sessions/{session}"): Route("operators", own=True),
    ("GET", "/account/codes"): Route("operators"),
    ("POST", "/account/codes"): Route(
        "operators",
        ({"code": "123456", "password": PASSWORD, "setup": "{operator}"},),
    ),
    ("POST", "/account/codes/recovery"): Route(
        "operators", ({"code": "123456", "password": PASSWORD, "operator": "{operator}"},)
    ),
    ("POST", "/account/codes/off"): Route(
        "operators", ({"off_code": "1", "off_password": PASSWORD, "operator": "{operator}"},)
    ),
    ("GET", "/"): Route("operators", queries=("", "?provider={provider}")),
    ("GET", "/news"): Route("operators", queries=("", "?since=0")),
    ("GET", "/candidates"): Route(
        "operators",
        queries=(
            "",
            "?q=zebulon",
            "?q=zebulon%40exam",
            "?turn=operator&provider={provider}",
            "?status=binned",
            "?after={candidate}",
            "?turn=messages&sort=oldest",
        ),
    ),
    ("GET", "/deadlines"): Route("operators", queries=("", "?after=2020-01-01~{candidate}")),
    ("GET", OWN): candidate(queries=TABS),
    ("POST", OWN + "/decision"): candidate(
        {"outcome": "accept", "reason": "because", "seen": "99"},
        {"outcome": "reject", "comment": "again", "tick:diploma": "", "why:diploma": "no"},
        {"outcome": "bin"},
        {},
    ),
    ("POST", OWN + "/decision/{decision}"): candidate({"act": "now"}, {"act": "undo"}),
    ("POST", OWN + "/history.csv"): candidate({}),
    ("GET", OWN + "/pulse"): candidate(queries=("", "?seen=0")),
    ("GET", OWN + "/preview"): candidate(),
    ("POST", OWN + "/preview"): candidate({"outcome": "accept"}, {"outcome": "bin"}, {}),
    ("POST", OWN + "/restore"): candidate(),
    ("POST", OWN + "/erase"): candidate(),
    ("POST", OWN + "/end"): candidate(),
    ("POST", OWN + "/resume"): candidate(),
    ("POST", OWN + "/keep"): candidate({"days": "30"}, {"days": "x", "tab": "messages"}),
    ("POST", OWN + "/exempt"): candidate(),
    ("POST", OWN + "/messages"): candidate({"text": "Bonjour", "seen": "99"}, {}),
    ("POST", OWN + "/answered"): candidate(),
    ("POST", OWN + "/mails/{notice}"): candidate({"act": "hold"}, {"act": "send"}, {}),
    ("POST", DOC + "/validate"): candidate(
        {"mark": "{mark}"}, {"mark": "{mark}", "expires_on": "2030-01-01"}, {"expires_on": "x"}
    ),
    ("POST", DOC + "/reject"): candidate({"mark": "{mark}", "reason": "no"}, {}),
    ("POST", DOC + "/withdraw"): candidate({"mark": "{mark}"}),
    ("POST", DOC + "/expiry"): candidate({"mark": "{mark}", "expires_on": "2030-01-01"}),
    ("POST", DOC + "/comments"): candidate({"text": "seen"}, {}),
    ("POST", DOC + "/comments/{comment}"): candidate({"text": "mine"}, {"act": "remove"}, {}),
    ("GET", OWN + "/pages/{page}"): candidate(queries=("", "?small=1")),
    ("GET", OWN + "/files/{upload}"): candidate(),
    ("GET", "/settings"): admins(),
    ("GET", "/settings/recruitment"): admins(),
    ("POST", "/settings/recruitment"): admins(
        {"module_on": "on", "deletion_days": "1", "provider": "{provider}", "confirmed": "1"},
        {"quiet_from": "0", "quiet_until": "0", "provider": "{provider}", "confirmed": "1"},
    ),
    ("POST", "/settings/recruitment/newcomers"): admins({"provider": "{provider}"}),
    ("POST", "/settings/recruitment/exempt"): admins({"provider": "{provider}"}),
    ("GET", DOSSIER): admins(queries=("", "?shown=employee:en&done=saved&moved=cv&way=up")),
    ("POST", DOSSIER + "/move"): admins({**DRAFT, "way": "down"}, {**DRAFT, "place": "0"}, {}),
    ("POST", DOSSIER + "/archive"): admins(DRAFT, {}),
    ("POST", DOSSIER + "/restore"): admins(DRAFT, {}),
    ("POST", DOSSIER + "/discard"): admins(DRAFT, {}),
    ("GET", DOSSIER + "/add"): admins(queries=("", "?q=iban&stage=admitted&added=cv")),
    ("POST", DOSSIER + "/add"): admins({**DRAFT, "key": "iban"}, {**DRAFT, "key": "no"}, {}),
    ("POST", DOSSIER + "/activities"): admins(
        {"activities": "child_protection", "settings_version": "1", "provider": "{provider}"}
    ),
    ("GET", DOSSIER + "/new"): admins(queries=("?kind=text", "?kind=document", "?kind=no", "")),
    ("POST", DOSSIER + "/new"): admins(
        {**DRAFT, "act": "save", "label_fr": "Marque"}, {"act": "row"}, {}
    ),
    ("GET", DOSSIER + "/items/{key}"): admins(),
    ("POST", DOSSIER + "/items/{key}"): admins(
        {**DRAFT, "act": "save", "label_fr": "Marque"}, {"act": "drop:x"}, {}
    ),
    ("GET", DOSSIER + "/items/{key}/example"): admins(),
    ("POST", DOSSIER + "/items/{key}/example"): admins({**DRAFT, "act": "remove"}, DRAFT, {}),
    ("POST", DOSSIER + "/preview"): admins(DRAFT, {"kind": "text", "label_fr": "Marque"}, {}),
    ("GET", DOSSIER + "/publish"): admins(),
    ("POST", DOSSIER + "/publish"): admins({**DRAFT, "who": "all", "settings_version": "1"}, {}),
    ("POST", DOSSIER + "/ask"): admins({"provider": "{provider}"}),
    ("GET", "/settings/company"): admins(),
    ("POST", "/settings/company"): admins(
        {"name": "Taken over", "provider": "{provider}", "id": "{provider}", "version": "1"}
    ),
    ("POST", "/settings/company/logo"): admins({"version": "1", "provider": "{provider}"}),
    ("POST", "/settings/company/logo/remove"): admins({"version": "1", "provider": "{provider}"}),
    ("GET", "/settings/links"): admins(),
    ("POST", "/settings/links"): admins(
        {
            "version": "1",
            "provider": "{provider}",
            "label_fr_0": "Marque",
            "url_0": "https://example.org",
        }
    ),
    ("GET", "/settings/bot"): admins(),
    ("POST", "/settings/bot"): admins({"token": "1", "version": "1", "provider": "{provider}"}),
    ("GET", "/settings/bot/{bot}/back"): admins(),
    ("POST", "/settings/bot/{bot}/back"): admins({"version": "1", "provider": "{provider}"}),
    ("GET", "/settings/ecommerce"): admins(),
    ("GET", "/settings/ecommerce/join"): admins(queries=("", "?s=flyer&provider={provider}")),
    ("GET", "/settings/ecommerce/join/poster.pdf"): admins(queries=("", "?lang=en&s=x")),
    ("POST", "/settings/ecommerce/join/tags"): admins(
        {"name": "Flyer", "version": "1", "provider": "{provider}"}, {"name": ""}
    ),
    ("POST", "/settings/ecommerce/join/tags/{tag}"): admins(
        {"version": "1", "provider": "{provider}"}
    ),
    ("GET", "/settings/ecommerce/join/renew"): admins(),
    ("POST", "/settings/ecommerce/join/renew"): admins({"provider": "{provider}"}),
    ("GET", "/settings/operators"): admins(queries=("", "?provider={provider}")),
    ("GET", "/settings/operators/{operator}/remove"): admins(),
    ("POST", "/settings/operators/{operator}/remove"): admins({"provider": "{provider}"}),
    ("POST", "/settings/invitations/{invitation}"): admins(
        {"act": "withdraw", "provider": "{provider}"}, {"act": "again"}
    ),
    ("POST", "/settings/operators"): admins(
        {"name": "X", "email": "{email}", "role": "admin"},
        {"operator": "{operator}", "membership": "{membership}", "provider": "{provider}"},
    ),
    ("POST", "/settings/operators/{operator}"): admins(
        {"role": "reviewer", "suspended": "yes", "membership": "{membership}"},
        {"role": "admin", "provider": "{provider}"},
    ),
    ("GET", "/settings/journal"): admins(
        queries=("", "?before=999999&provider={provider}", "?who={candidate}&kind=people&from=x")
    ),
    ("POST", "/settings/journal/export"): admins(
        {"provider": "{provider}", "who": "{operator}"}, {"kind": "x", "from": "2026-13-01"}
    ),
    ("GET", "/settings/mails"): admins(queries=("", "?provider={provider}")),
    ("GET", "/settings/mails/sender"): admins(),
    ("POST", "/settings/mails/sender"): admins(
        {"sender_name": "Taken over", "provider": "{provider}", "version": "1"}
    ),
    ("GET", MAIL): admins(),
    ("POST", MAIL): admins(
        {"subject": "x", "body": "y", "version": "0", "provider": "{provider}"}
    ),
    ("POST", MAIL + "/original"): admins({"version": "0", "provider": "{provider}"}),
    ("POST", MAIL + "/sample"): admins(
        {"subject": "x", "body": "y", "address": "{email}", "operator": "{operator}"}
    ),
    ("GET", MAIL + "/preview"): admins(queries=("", "?candidate={candidate}")),
    ("POST", MAIL + "/preview"): admins(
        {"subject": "x", "body": "{{ prenom }}", "candidate": "{candidate}"}, {}
    ),
    ("GET", "/settings/health"): admins(queries=("", "?provider={provider}")),
    ("POST", "/settings/health/messages"): admins({"provider": "{provider}"}),
    ("POST", "/settings/health/messages/{notice}"): admins(
        {"act": "again", "provider": "{provider}"}, {"act": "aside"}
    ),
    ("GET", "/settings/deletion"): admins(),
    ("POST", "/settings/deletion"): admins({"provider": "{provider}"}),
}


async def zebulon(town: Town, room: Room, status: str = "submitted") -> dict[str, str]:
    """A candidate of Douceur & Cie who has everything that can be asked for; the ids."""
    columns: dict[str, Any] = {"email": "zebulon@example.org"}
    if status == "binned":
        columns |= {"former_status": "submitted", "binned_at": NOW}
        columns["erase_at"] = NOW + timedelta(days=7)
    person = await amina_applies(town.douceur, status, "Zebulon Unique", **columns)
    document = await Document.get(candidate_id=person.id, key="diploma")
    pages = await shows_pages(document, room, 1)
    await Upload.filter(version__document_id=document.id).update(name="marqueur.jpg")
    upload = await Upload.get(version__document_id=document.id)
    await writes(person, "marqueur du message")
    odile = Actor(ActorKind.OPERATOR, town.odile.id, town.odile.name)
    about = (person.id, "diploma", "marqueur du commentaire", odile, NOW)
    comment = await comments.add(*about, provider_id=town.douceur.id)
    decision = INVENTED
    if status == "submitted":
        verdict = Verdict(outcome=Outcome.ACCEPT, comment="marqueur", reason="marqueur")
        made = await decisions.decide(
            person.id,
            verdict,
            odile,
            NOW,
            provider_id=town.douceur.id,
            delay=timedelta(minutes=5),
        )
        decision = made.id
    member = await Membership.get(operator_id=town.odile.id)
    about_her = {"provider_id": town.douceur.id, "candidate_id": person.id, "owed_at": NOW}
    refused = await Notice.create(
        **about_her,
        channel="mail",
        kind="corrections",
        state="failed",
        unique_key=person.id,
        not_before=NOW,
        message_id=person.id,
    )
    return {
        "candidate": person.id,
        "key": "diploma",
        "page": pages[0],
        "upload": upload.id,
        "comment": comment.id,
        "decision": decision,
        "operator": town.odile.id,
        "membership": str(member.id),
        "email": town.odile.email,
        "provider": town.douceur.id,
        "notice": str(refused.id),
        "mark": "1.1.to_review.0.",
    }


def nobody(ids: Mapping[str, str]) -> dict[str, str]:
    """The same shape, of somebody who was never there."""
    kept = {"key": ids["key"], "email": "nobody@example.org", "membership": "999999"}
    kept |= {"notice": "999999"}
    return {name: kept.get(name, INVENTED) for name in ids}


def filled(text: str, ids: Mapping[str, str]) -> str:
    others = {"token": INVENTED, "slug": "douceur-cie", "bot": INVENTED, "name": "x"}
    others |= {"notice": "999999"}
    others |= {"digest": "x", "colour": "112233", "mail": "corrections", "language": "fr"}
    others |= {"session": INVENTED, "invitation": INVENTED, "tag": "flyer"}
    return HALF.sub(lambda match: ({**others, **ids})[match[1]], text)


async def ask(
    who: Browsing,
    method: str,
    path: str,
    form: Form,
    ids: Mapping[str, str],
    headers: Mapping[str, str | None] | None = None,
) -> Page:
    """One request with these ids, from our own page unless `headers` say otherwise.

    The body may be a picture, so it is read as bytes.
    """
    said = {"Origin": who.origin, "Sec-Fetch-Site": "same-origin", **(headers or {})}
    answer = await who.client.request(
        method,
        filled(path, ids),
        data={name: filled(value, ids) for name, value in form.items()} or {"a": "b"}
        if method == "POST"
        else None,
        headers=who.headers({name: value for name, value in said.items() if value is not None}),
        allow_redirects=False,
    )
    return Page(answer, (await answer.read()).decode("utf-8", "replace"))


def plain(page: Page, ids: Mapping[str, str]) -> tuple[int, str, str]:
    """An answer without the ids that were asked for: the address is echoed in forms."""
    text, to = page.text, page.to
    for value in sorted({v for v in ids.values() if len(v) == len(INVENTED)}):
        text, to = text.replace(value, ""), to.replace(value, "")
    for word in ("messages", "mails"):  # a number: only where it stands in an address
        notice = f"/{word}/{ids.get('notice', '')}"
        text, to = text.replace(notice, ""), to.replace(notice, "")
    return page.status, to, text


def asked(*kinds: str) -> Iterator[tuple[str, str, Form, Route]]:
    """Every address and form of these kinds of routes."""
    for (method, path), route in EXPECTED.items():
        if route.open_to in kinds:
            for query in route.queries:
                for form in route.forms:
                    yield method, path + query, form, route


def tells_nothing(page: Page, where: object) -> None:
    for mark in MARKS:
        assert mark not in page.text, (where, mark)
