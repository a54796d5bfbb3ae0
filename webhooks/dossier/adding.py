"""Adding to the dossier: the catalogue with its legal notes, and the activities that unblock."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from actions import requirements as deeds
from models.reads.drafts import drafting
from rules.answers import KINDS
from rules.answers.tidy import fold
from rules.catalogue import PROVIDER_ACTIVITIES
from rules.errors import Refusal
from rules.requirements import CATALOGUE, Draft, Offer, offers
from rules.vocabulary import Stage
from webhooks.access import Desk, admin_page
from webhooks.dossier.listing import HOME
from webhooks.errors import status_of
from webhooks.forms import read_form
from webhooks.pages import page
from words.language import pick

LANGUAGES: Final = ("fr", "en")
ADD: Final = f"{HOME}/add"
SEARCHED: Final = 80
"""Characters of a search that are looked at."""
SECTIONS: Final = (
    ("identity", "first_name last_name email phone postal_code birth_date address nir"),
    (
        "work",
        "work_status speaks_french may_work_in_france activities availability driving_licence car",
    ),
    ("experience", "work_certificates cv training_certificate diploma"),
    (
        "business",
        (
            "siret sirene_notice sap_declaration vigilance_certificate registration_proof "
            "foreign_workers_list liability_insurance"
        ),
    ),
    ("money", "iban account_holder bank_details"),
    (
        "papers",
        (
            "identity_document residence_permit proof_of_address health_insurance_card "
            "driving_licence_copy criminal_record_b3 honourability_certificate"
        ),
    ),
)
"""The catalogue as a person looks for things in it; what is in none comes last, as `other`."""


@dataclass(frozen=True, slots=True)
class Section:
    """Some items of the catalogue that belong together."""

    name: str
    offers: tuple[Offer, ...]


@admin_page
async def catalogue(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET …/add: the catalogue, searched with ?q=."""
    return await _show(request, desk)


@admin_page
async def add(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/add: ask an item of the catalogue."""
    sent = await read_form(request)
    key, stage = sent.text("key"), sent.text("stage")
    try:
        await deeds.edit_draft(
            desk.provider.id, sent.number("version"), _adding(key, stage), desk.actor, desk.now
        )
    except Refusal as refusal:
        return await _show(request, desk, refusal=refusal)
    said = {"stage": stage, "q": sent.text("q"), "added": key}
    query = urlencode({name: value for name, value in said.items() if value})
    raise web.HTTPSeeOther(f"{ADD}?{query}#offer-{key}")


def _adding(key: str, stage: str) -> Callable[[Draft], Draft]:
    def added(draft: Draft) -> Draft:
        larger = draft.add_from_catalogue(key)
        if stage == Stage.ADMITTED and larger.entry(key).stage is Stage.APPLICATION:
            return larger.edit(key, stage=Stage.ADMITTED)
        return larger

    return added


@admin_page
async def declare(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/activities: declare the activities that permit what the law reserves."""
    sent = await read_form(request)
    known = {one.key for one in PROVIDER_ACTIVITIES}
    wanted = [one for one in sent.all("activities") if one in known]
    version = sent.number("settings_version")
    try:
        await deeds.declare_activities(desk.provider.id, wanted, version, desk.actor, desk.now)
    except Refusal as refusal:
        return await _show(request, desk, refusal=refusal)
    raise web.HTTPSeeOther(f"{ADD}?declared=1#activities")


async def _show(
    request: web.Request, desk: Desk, *, refusal: Refusal | None = None
) -> web.Response:
    found = await drafting(desk.provider)
    query, added = request.query.get("q", "")[:SEARCHED], request.query.get("added", "")
    stage = request.query.get("stage", "")
    return await page(
        request,
        desk,
        "panel/settings/dossier/add.html",
        status=status_of(refusal) if refusal else 200,
        drafting=found,
        sections=sections(offers(found.draft), query),
        kinds=KINDS,
        activities=PROVIDER_ACTIVITIES,
        query=query,
        stage=stage if stage in set(Stage) else str(Stage.APPLICATION),
        added=CATALOGUE.get(added) if any(e.key == added for e in found.draft.entries) else None,
        declared="declared" in request.query,
        refusal=refusal,
        here="settings",
    )


def sections(found: tuple[Offer, ...], query: str = "") -> list[Section]:
    """The offers that a search finds, by section; empty ones are left out."""
    by_key = {one.item.key: one for one in found if matches(one, query)}
    named = {name: tuple(keys.split()) for name, keys in SECTIONS}
    known = {key for keys in named.values() for key in keys}
    named["other"] = tuple(key for key in by_key if key not in known)
    made = [
        Section(name, tuple(by_key[key] for key in keys if key in by_key))
        for name, keys in named.items()
    ]
    return [one for one in made if one.offers]


def matches(offer: Offer, query: str) -> bool:
    """Whether every word of the search begins a word of the item, in either language."""
    item = offer.item
    text = " ".join(pick(words, code) for words in (item.label, item.help) for code in LANGUAGES)
    words = _words(text)
    return all(any(word.startswith(one) for word in words) for one in _words(query))


def _words(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in fold(text)).split()
