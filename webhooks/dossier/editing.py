"""One item's form: changing it, making one of one's own, and the chat as one types."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from actions import requirements as deeds
from models.reads.drafts import Drafting, drafting
from rules.answers import KINDS
from rules.checklist import WORK_STATUS
from rules.errors import Outdated, Refusal
from rules.requirements import (
    CATALOGUE,
    DocumentEntry,
    Draft,
    Entry,
    EntryRefused,
    FieldEntry,
    NoSuchEntry,
    cautions,
    in_order,
    is_confirmed,
)
from rules.requirements.difference import changes
from rules.requirements.draft import OWN
from rules.vocabulary import Stage
from webhooks.access import Desk, admin_page
from webhooks.dossier import typed as forms
from webhooks.dossier.asked_for import check_condition
from webhooks.dossier.asked_for import parts as parts_of
from webhooks.dossier.changing import told
from webhooks.dossier.listing import HOME
from webhooks.dossier.rehearsing import Rehearsal, rehearsal
from webhooks.dossier.typed import Typed
from webhooks.errors import status_of
from webhooks.forms import Form, read_form
from webhooks.pages import page
from words.language import sentence

Operation = Callable[[Draft], Draft]
DOCUMENT: Final = "document"
UNSAVED: Final = "own_unsaved"
"""Stands for the key of an item that has none yet."""
BESIDE: Final = {
    "label": "label_fr",
    "help": "help_fr",
    "unmet": "unmet_fr",
    "statuses": "who",
    "condition": "condition_key",
    "max_bytes": "megabytes",
    "options": "rows",
    "reasons": "rows",
}
"""Parts of an entry whose field has another name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """What the form of one item is drawn from."""

    found: Drafting
    entry: Entry
    """As it is kept; of one's own that is not kept yet, an empty one."""
    typed: Typed
    shown: str = ""
    is_new: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    asks_to_confirm: bool = False
    focus: str = ""
    """The row to go on with."""
    status: int = 200


@admin_page
async def form(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET …/items/{key}."""
    found = await drafting(desk.provider)
    entry = found.draft.entry(request.match_info["key"])
    shown = request.query.get("shown", "")
    return await draw(
        request, desk, Editing(found=found, entry=entry, typed=forms.shown(entry), shown=shown)
    )


@admin_page
async def save(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/items/{key}: save, or only redraw the form with another row or another chat."""
    found = await drafting(desk.provider)
    return await _sent(request, desk, found, found.draft.entry(request.match_info["key"]))


@admin_page
async def new(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET …/new: the empty form of a question or document of one's own."""
    found = await drafting(desk.provider)
    entry = blank(request.query.get("kind", ""), request.query.get("stage", ""))
    typed = forms.shown(entry)
    if isinstance(entry, FieldEntry) and entry.kind in ("choice", "choices"):
        typed = forms.with_row(forms.with_row(typed))
    return await draw(request, desk, Editing(found=found, entry=entry, typed=typed, is_new=True))


@admin_page
async def create(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/new."""
    found = await drafting(desk.provider)
    return await _sent(request, desk, found, blank(request.query.get("kind", ""), ""))


@admin_page
async def preview(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/preview: only the chat, with what is being typed."""
    sent = await read_form(request)
    found = await drafting(desk.provider)
    key = sent.text("key")
    entry = found.draft.entry(key) if key else blank(sent.text("kind"), "")
    typed = forms.read(sent)
    return await page(
        request,
        desk,
        "panel/settings/dossier/chat_only.html",
        rehearsal=_rehearsal(desk, found.draft, entry, typed, sent.text("shown")),
    )


def blank(kind: str, stage: str) -> Entry:
    """An empty item of one's own. Raises NoSuchEntry."""
    asked = Stage.ADMITTED if stage == Stage.ADMITTED else Stage.APPLICATION
    if kind == DOCUMENT:
        return DocumentEntry(key=UNSAVED, label={}, stage=asked)
    if kind not in KINDS:
        raise NoSuchEntry
    return FieldEntry(key=UNSAVED, kind=kind, label={}, stage=asked)


async def _sent(
    request: web.Request, desk: Desk, found: Drafting, entry: Entry
) -> web.StreamResponse:
    """What the pressed button asks for."""
    sent = await read_form(request)
    typed, act = forms.read(sent), sent.text("act", "save")
    editing = Editing(
        found=found,
        entry=entry,
        typed=typed,
        shown=sent.text("shown"),
        is_new=entry.key == UNSAVED,
    )
    verb, _, argument = act.partition(":")
    if verb == "save":
        return await _save(request, desk, editing, sent)
    return await draw(request, desk, redrawn(editing, verb, argument))


def redrawn(editing: Editing, verb: str, argument: str) -> Editing:
    """The same form, with a row more or less, or another chat beside it; nothing is saved."""
    typed = editing.typed
    if verb == "row":
        longer = forms.with_row(typed)
        return replace(editing, typed=longer, focus=longer.rows[-1].mark)
    if verb == "drop":
        return replace(editing, typed=forms.without_row(typed, argument))
    if verb == "higher":
        return replace(editing, typed=forms.row_higher(typed, argument), focus=argument)
    if verb == "show":
        return replace(editing, shown=argument)
    return replace(editing, focus="condition")


async def _save(
    request: web.Request, desk: Desk, editing: Editing, sent: Form
) -> web.StreamResponse:
    """Keep it in the draft, unless a legal note is to be confirmed first."""
    entry, typed = editing.entry, editing.typed
    token = deeds.new_token()
    key = f"{OWN}{token}" if editing.is_new else entry.key
    operation = _operation(entry, typed, token)
    try:
        check_condition(typed, entry)
        after = operation(editing.found.draft)
        asked = after.entry(key)
        needs = cautions(asked) and not is_confirmed(after, asked)
        if needs and not sent.ticked("confirmed"):
            again = replace(editing, asks_to_confirm=True, status=422)
            return await draw(request, desk, again)
        await _keep(desk, sent, operation, asked)
    except EntryRefused as refusal:
        return await draw(request, desk, _refused(editing, refusal, desk.language))
    except Outdated as refusal:
        return await draw(
            request, desk, replace(editing, refusal=refusal, status=status_of(refusal))
        )
    said = {"done": "saved", "moved": key, "shown": editing.shown}
    raise web.HTTPSeeOther(f"{HOME}?{urlencode(said)}#item-{key}")


async def _keep(desk: Desk, sent: Form, operation: Operation, asked: Entry) -> None:
    """Write it, and who confirmed its legal note."""
    provider, version = desk.provider.id, sent.number("version")
    kept = await deeds.edit_draft(provider, version, operation, desk.actor, desk.now)
    if cautions(asked) and sent.ticked("confirmed"):
        await deeds.confirm_note(provider, kept.version, asked.key, desk.actor, desk.now)


def _operation(entry: Entry, typed: Typed, token: str) -> Operation:
    """What saving this form does to a draft."""
    parts = parts_of(typed, entry)
    if entry.key != UNSAVED:
        return lambda draft: draft.edit(entry.key, **parts)
    # What is added leaves a condition out that makes no sense; here it has to be refused.
    condition = parts.pop("condition")

    def added(draft: Draft) -> Draft:
        if isinstance(entry, FieldEntry):
            larger = draft.add_own_field(token, entry.kind, **parts)
        else:
            larger = draft.add_own_document(token, **parts)
        return larger.edit(f"{OWN}{token}", condition=condition)

    return added


def _refused(editing: Editing, refusal: EntryRefused, language: str) -> Editing:
    """The form with the refusal beside what it is about."""
    if editing.entry.key != refusal.key and not editing.is_new:
        return replace(editing, refusal=refusal, status=status_of(refusal))
    name = BESIDE.get(refusal.part, refusal.part)
    errors = {name: sentence(refusal, language)}
    return replace(editing, errors=errors, status=status_of(refusal))


async def draw(request: web.Request, desk: Desk, editing: Editing) -> web.Response:
    """The form of one item."""
    found, entry, typed = editing.found, editing.entry, editing.typed
    after = as_typed(found.draft, entry, typed)
    kind = entry.kind if isinstance(entry, FieldEntry) else DOCUMENT
    return await page(
        request,
        desk,
        "panel/settings/dossier/edit.html",
        status=editing.status,
        drafting=found,
        editing=editing,
        entry=entry,
        typed=typed,
        kind=kind,
        address=f"{HOME}/new?kind={kind}" if editing.is_new else f"{HOME}/items/{entry.key}",
        askable=askable(found.draft, after),
        item=CATALOGUE.get(entry.key),
        cautions=cautions(after),
        theirs=_theirs(editing, after, desk.language),
        rehearsal=_rehearsal(desk, found.draft, entry, typed, editing.shown),
        errors=editing.errors,
        refusal=editing.refusal,
        here="settings",
    )


def _theirs(editing: Editing, after: Entry, language: str) -> list[object]:
    """What another admin saved of this very item, beside what is in the form."""
    if not isinstance(editing.refusal, Outdated) or editing.is_new:
        return []
    return [told(one, editing.found.draft, language) for one in changes(editing.entry, after)]


def as_typed(draft: Draft, entry: Entry, typed: Typed) -> Entry:
    """The item as the form says, right or wrong: for the chat and the legal notes."""
    parts = parts_of(typed, entry)
    if entry.key == UNSAVED:
        return entry.but(**parts)
    try:
        return draft.edit(entry.key, **parts).entry(entry.key)
    except EntryRefused:
        return entry.but(**parts)


def askable(draft: Draft, entry: Entry) -> list[FieldEntry]:
    """Questions that a condition of this item may look at: asked before, and picked from."""
    others = [one for one in draft.entries if one.key != entry.key]
    place = next((n for n, one in enumerate(draft.entries) if one.key == entry.key), None)
    placed = [*others, entry] if place is None else [*others[:place], entry, *others[place:]]
    before = []
    for one in in_order(placed):
        if one.key == entry.key:
            break
        if isinstance(one, FieldEntry) and one.values and one.key != WORK_STATUS:
            before.append(one)
    return before


def _rehearsal(desk: Desk, draft: Draft, entry: Entry, typed: Typed, shown: str) -> Rehearsal:
    """The chat of this item, as the form says it is."""
    after = as_typed(draft, entry, typed)
    entries = [after if one.key == entry.key else one for one in draft.entries]
    if after not in entries:
        entries.append(after)
    return rehearsal(desk, in_order(entries), shown, entry.key)
