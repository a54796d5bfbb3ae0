"""Photos and files: for the document that is asked, or offered to those that are wanted."""

from dataclasses import replace

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from actions import application, loose
from actions.documents import NoSuchDocument, SentFile
from bot.replies import answer, go, speaker, stale, unheard, where
from bot.visit import Visit
from models.reads.chats import album_document, album_is_loose, album_words
from models.reads.files import example_file
from models.tables import LooseMessage
from rules import asking
from rules.asking import Asking
from rules.dossier import DocumentRule
from rules.errors import Refusal
from rules.place import Place, asked_document, changeable_document
from rules.statuses import check_change, is_closed
from rules.uploads import TooManyPages
from words.chat import papers
from words.chat.buttons import matches
from words.language import sentence
from words.screen import Reply

router = Router(name="files")


def sent_file(message: Message, bot_id: str) -> SentFile:
    """A photo (its largest size) or a file, as Telegram announces it."""
    if message.photo:
        largest = message.photo[-1]
        return SentFile(
            telegram_file_id=largest.file_id,
            name="",
            size=largest.file_size,
            content_type="image/jpeg",
            media_group=message.media_group_id,
            message_id=message.message_id,
            bot_id=bot_id,
        )
    assert message.document is not None, "the filter lets nothing else in"
    return SentFile(
        telegram_file_id=message.document.file_id,
        name=message.document.file_name or "",
        size=message.document.file_size,
        content_type=message.document.mime_type or "",
        media_group=message.media_group_id,
        message_id=message.message_id,
        bot_id=bot_id,
    )


@router.message(F.photo | F.document)
async def file(message: Message, visit: Visit) -> Reply:
    """A photo or a file: where does it go?"""
    place = await where(visit)
    if place.dossier is None or is_closed(place.dossier):
        return await unheard(visit, place)
    sent = sent_file(message, visit.bot.id)
    candidate_id = place.dossier.candidate.id
    if sent.media_group is not None:
        key = await album_document(candidate_id, sent.media_group)
        if key is not None:
            return await _late_item(message, visit, key, sent)
        if await album_is_loose(candidate_id, sent.media_group):
            text = message.caption or ""
            await loose.put_aside(
                candidate_id, message.message_id, at=visit.at, text=text, file=sent
            )
            return Reply()
    rule = asked_document(place)
    if rule is None:
        return await _offer(message, visit, place, sent)
    return await _receive(message, visit, place, rule, sent)


async def _words(message: Message, visit: Visit) -> str:
    """The words that came with a file, kept whatever becomes of it: their id, or nothing."""
    if not message.caption:
        return ""
    candidate_id = visit.chat.candidate_id or ""
    kept = await loose.put_aside(
        candidate_id, message.message_id, at=visit.at, text=message.caption
    )
    return kept.id


async def _late_item(message: Message, visit: Visit, key: str, sent: SentFile) -> Reply:
    """Another item of an album whose first was answered: that answer counts it, nothing is added.

    A refusal is told once: ten items too many are one mistake, not ten.
    """
    words = await _words(message, visit)
    try:
        await application.send_document(
            visit.chat.candidate_id or "", key, sent, now=visit.now, at=visit.at
        )
    except Refusal as refusal:
        dossier = (await where(visit)).dossier
        rule = dossier.rule(key) if dossier else None
        if not isinstance(rule, DocumentRule):
            return Reply()
        return await _told_once(visit, rule, refusal, sent, joins=True, words=words)
    return await _counted(visit, key, sent.media_group or "", words)


async def _told_once(
    visit: Visit,
    rule: DocumentRule,
    refusal: Refusal,
    sent: SentFile,
    *,
    joins: bool,
    words: str,
) -> Reply:
    """Why a file was refused, above what is there already; once for a whole album."""
    there = (await where(visit)).dossier
    document = there.documents.get(rule.key) if there else None
    joins = joins and document is not None and document.files > 0
    told = Asking(asking.PAGES if joins else asking.DOCUMENT, rule.key)
    if sent.media_group is not None:
        told = replace(told, extra=f"{asking.FULL}{sent.media_group[:24]}")
        if visit.chat.asking == str(told):
            return Reply()
    visit.chat.asking = str(told)
    why, place = sentence(refusal, visit.language), await where(visit)
    if joins:
        return answer(visit, papers.received(place, rule, words, refusal=why))
    return answer(visit, papers.document(place, rule, why, loose_caption=words))


async def _counted(visit: Visit, key: str, media_group: str, words: str) -> Reply:
    """The answer to the album with the new number of pages; silence once the person went on."""
    place = await where(visit)
    rule = asked_document(place)
    if place.asking != Asking(asking.PAGES, key) or rule is None:
        return Reply()
    words = words or await album_words(visit.chat.candidate_id or "", media_group)
    return Reply((replace(papers.received(place, rule, words), edits=True),))


async def _receive(
    message: Message, visit: Visit, place: Place, rule: DocumentRule, sent: SentFile
) -> Reply:
    """A file for the document on the screen: its first page, or one more."""
    more = place.asking.step == asking.PAGES
    candidate_id = visit.chat.candidate_id or ""
    words = await _words(message, visit)
    try:
        await application.send_document(
            candidate_id, rule.key, sent, now=visit.now, at=visit.at, new_version=not more
        )
    except Refusal as refusal:
        return await _told_once(visit, rule, refusal, sent, joins=more, words=words)
    visit.chat.asking = str(Asking(asking.PAGES, rule.key))
    return answer(visit, papers.received(await where(visit), rule, words))


async def _offer(message: Message, visit: Visit, place: Place, sent: SentFile) -> Reply:
    """Nothing asked for it: keep it, and ask which document it is."""
    candidate_id, caption = visit.chat.candidate_id or "", message.caption or ""
    kept = await loose.put_aside(
        candidate_id, message.message_id, at=visit.at, text=caption, file=sent
    )
    return answer(visit, papers.offer(place, kept.id, caption=bool(caption)))


@router.callback_query(F.data.startswith("none:"))
async def none(_press: CallbackQuery, visit: Visit) -> Reply:
    """None of the documents: the file goes nowhere; the offer stays, for a second thought."""
    _ = speaker(visit)
    note = _("Your file was not added to any document. Send it again when it is asked for.")
    return await go(visit, note=note)


@router.callback_query(F.data.startswith("doc:"))
async def document(press: CallbackQuery, visit: Visit) -> Reply:
    """Send a document, again if it was sent."""
    rule = await _meant(visit, (press.data or "").partition(":")[2])
    if rule is None:
        return await _cannot(press, visit)
    return await go(visit, asking.DOCUMENT, rule.key, press=press)


@router.callback_query(F.data.startswith("example:"))
async def example(press: CallbackQuery, visit: Visit) -> Reply:
    """Show what a document looks like, then ask for it again below."""
    rule = await _meant(visit, (press.data or "").partition(":")[2])
    if rule is None:
        return await _cannot(press, visit)
    place = await where(visit)
    shown = await example_file(place.dossier, rule)
    if shown is None:
        return await stale(visit, press)
    asked = await go(visit, asking.DOCUMENT, rule.key)
    return Reply((papers.example(place, rule, shown), *asked.screens))


@router.callback_query(F.data.startswith("more:"))
async def more(press: CallbackQuery, visit: Visit) -> Reply:
    """Another page of what was just sent."""
    rule = await _meant(visit, (press.data or "").partition(":")[2])
    if rule is None:
        return await _cannot(press, visit)
    return await go(visit, asking.PAGES, rule.key, asking.MORE, press=press)


async def _meant(visit: Visit, written: str) -> DocumentRule | None:
    place = await where(visit)
    found = matches(written, place.dossier.document_types) if place.dossier else None
    return changeable_document(place.dossier, found.key) if found and place.dossier else None


async def _cannot(press: CallbackQuery, visit: Visit) -> Reply:
    """Locked, or no longer asked: the rule says which."""
    written = (press.data or "").split(":")[-1]
    place = await where(visit)
    found = matches(written, place.dossier.document_types) if place.dossier else None
    if found is None or place.dossier is None:
        return await stale(visit, press)
    check_change(place.dossier, found.key)
    raise NoSuchDocument


@router.callback_query(F.data.startswith("put:"))
async def put(press: CallbackQuery, visit: Visit) -> Reply:
    """Give a file that came out of the blue its place, with the rest of its album."""
    _, loose_id, written = [*(press.data or "").split(":", 2), "", ""][:3]
    piece = await loose.find(visit.chat.candidate_id or "", loose_id)
    if piece is None or not piece.file:
        return answer(visit, papers.gone(await where(visit)), press=press)
    rule = await _meant(visit, written)
    if rule is None:
        return await _cannot(press, visit)
    try:
        await _place(visit, piece, rule)
    except Refusal as refusal:
        why, place = sentence(refusal, visit.language), await where(visit)
        if isinstance(refusal, TooManyPages):  # the first ones have found their place
            visit.chat.asking = str(Asking(asking.PAGES, rule.key))
            return answer(visit, papers.received(place, rule, refusal=why), press=press)
        return answer(visit, papers.document(place, rule, why), press=press)
    visit.chat.asking = str(Asking(asking.PAGES, rule.key))
    return answer(visit, papers.received(await where(visit), rule), press=press)


async def _place(visit: Visit, piece: LooseMessage, rule: DocumentRule) -> None:
    for number, one in enumerate(await loose.album(piece)):
        sent = loose.sent_file(one)
        if sent is None:
            continue
        await application.send_document(
            one.candidate_id,
            rule.key,
            sent,
            now=visit.now,
            at=one.at,
            new_version=number == 0,
        )
        await loose.let_go(one)
