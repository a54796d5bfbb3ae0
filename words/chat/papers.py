"""Screens of documents: asked for, received, offered a place when they come out of the blue."""

from rules import asking
from rules.dossier import DocumentFacts, DocumentRule
from rules.journey import progress, wanted_documents
from rules.place import Place, step
from rules.renewals import expired
from rules.reviews import advice
from rules.uploads import REFUSALS
from rules.uploads import refusal as why_refused
from rules.vocabulary import DocumentState
from words.chat import buttons
from words.chat.drawing import draw, my_space, speaker, titled, write_to_us
from words.chat.lists import to_send
from words.language import ngettext, pick, sentence
from words.screen import Button, Screen, Stored

FORMATS = {"jpeg": "photo", "png": "photo", "heic": "photo", "webp": "photo", "pdf": "PDF"}
MEGABYTE = 1_000_000
SEND_ALL_THE_SAME = "submit:anyway"
"""What a button says that sends the application although a file has no place."""
OFFERED = 12
"""Documents that a loose file is offered to at most."""


def document(
    place: Place, rule: DocumentRule, refusal: str = "", *, loose_caption: str = ""
) -> Screen:
    """One document to send: what it is, how, and why the last one was refused.

    loose_caption: id of the words that came with a refused file.
    """
    assert place.dossier is not None
    _ = speaker(place)
    number, total = progress(place.dossier, rule.key)
    sent = place.dossier.documents.get(rule.key)
    rejected = sent is not None and sent.state is DocumentState.REJECTED
    return draw(
        place,
        "document",
        (buttons.example(_("👁 See an example"), rule.key),) if rule.example_id else (),
        (buttons.tell(_("Send my words as a message"), loose_caption),) if loose_caption else (),
        (
            buttons.go(_("‹ My documents"), asking.DOCUMENTS),
            write_to_us(place),
        ),
        rule=rule,
        refusal=refusal,
        number=number,
        total=total,
        sent=sent,
        rejected=rejected,
        unread="" if refusal else _unread(place, rule, sent),
        adds=place.asking.step == asking.PAGES and sent is not None and sent.files > 0,
        until=sent.expires_on if sent and sent.state is DocumentState.VALIDATED else None,
        over=expired(sent, place.today),
        replaces=sent is not None and sent.files > 0 and not rejected,
        advice=advice(rule, sent, place.language) if sent and rejected else "",
        formats=list(dict.fromkeys(FORMATS.get(one, one.upper()) for one in rule.formats)),
        megabytes=rule.max_bytes // MEGABYTE,
    )


def _unread(place: Place, rule: DocumentRule, sent: DocumentFacts | None) -> str:
    """Why nothing of what was sent can be used, after its check."""
    if sent is None or sent.state is not DocumentState.UNUSABLE or sent.refusal not in REFUSALS:
        return ""
    return sentence(why_refused(sent.refusal, rule), place.language)


def example(place: Place, rule: DocumentRule, stored: tuple[str, str, str]) -> Screen:
    """What the document looks like; stored: id, sealed key and ending of the file."""
    _ = speaker(place)
    text = draw(place, "example", rule=rule).text
    file_id, key, ending = stored
    name = f"{_('example')}.{ending}"
    gone = _("The example cannot be shown at the moment. You can send your document all the same.")
    return Screen(text, stored=Stored(file_id, key, name, gone))


def received(
    place: Place, rule: DocumentRule, loose_caption: str = "", *, refusal: str = ""
) -> Screen:
    """Received, so many pages; another page, or that is all.

    loose_caption: id of the words that came with the file, which go nowhere by themselves.
    refusal: why the last file was not added, in plain text.
    """
    assert place.dossier is not None
    _ = speaker(place)
    sent = place.dossier.documents.get(rule.key)
    files = sent.files if sent else 0
    if not files:  # the check refused all of it
        return document(place, rule, refusal, loose_caption=loose_caption)
    room = files < rule.max_pages
    return draw(
        place,
        "received",
        (buttons.go(_("✅ That is all"), asking.NEXT),),
        (buttons.more(_("➕ Add a page"), rule.key),) if room else (),
        (buttons.document(_("🔄 Start again"), rule.key),) if refusal else (),
        (buttons.tell(_("Send my words as a message"), loose_caption),) if loose_caption else (),
        rule=rule,
        files=files,
        refusal=refusal,
        caption=bool(loose_caption),
    )


def receipt(place: Place, rule: DocumentRule) -> str:
    """One line that stays, above whatever comes next: received, so many pages."""
    assert place.dossier is not None
    sent = place.dossier.documents.get(rule.key)
    if sent is None or not sent.files:
        return ""
    title = titled(place, pick(rule.label, place.language))
    files, language = sent.files, place.language
    pages = ngettext("received, %(num)s page", "received, %(num)s pages", files, language)
    return f"📥 {title} {pages}"


def offer(place: Place, loose: str, *, caption: bool = False, sending: bool = False) -> Screen:
    """A file came out of the blue: which document is it?

    sending: it still waits for the answer when the application is about to be sent.
    """
    assert place.dossier is not None
    _ = speaker(place)
    wanted = wanted_documents(place.dossier)[:OFFERED]
    none = buttons.none(_("None of these"), loose) if wanted else my_space(place)
    if sending:
        none = Button(_("✅ Send without it"), SEND_ALL_THE_SAME)
    return draw(
        place,
        "offer",
        *((buttons.put(to_send(place, item), loose, item.key),) for item in wanted),
        (buttons.tell(_("Send my words as a message"), loose),) if caption else (),
        (none,) if sending else (none, write_to_us(place)),
        wanted=bool(wanted),
        sending=sending,
        writing=place.asking.step == asking.MESSAGES,
        more_to_come=step(place).kind == "question",
        caption=caption,
    )


def gone(place: Place) -> Screen:
    """The file that a button speaks of is no longer kept."""
    _ = speaker(place)
    return draw(place, "gone", (buttons.go(_("‹ My documents"), asking.DOCUMENTS),))
