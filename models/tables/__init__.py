"""Tables, one module per subject; Tortoise discovers every model imported here."""

from models.tables.access import Membership, Operator, RecoveryCode, Session, Token
from models.tables.candidates import Answer, Candidate, Comment, Decision, Message, Reminder
from models.tables.documents import (
    Document,
    DocumentVersion,
    LooseMessage,
    Page,
    StoredFile,
    Upload,
)
from models.tables.history import Event, ProviderEvent, Tombstone
from models.tables.installation import ClockRun, Installation
from models.tables.mails import MailText
from models.tables.outbox import Notice
from models.tables.providers import JoinLink, Provider
from models.tables.requirements import DocumentType, Field, RequirementsDraft
from models.tables.search import SearchWord
from models.tables.telegram import Bot, Chat, KeptUpdate, LedgerEntry

__all__ = [
    "Answer",
    "Bot",
    "Candidate",
    "Chat",
    "ClockRun",
    "Comment",
    "Decision",
    "Document",
    "DocumentType",
    "DocumentVersion",
    "Event",
    "Field",
    "Installation",
    "JoinLink",
    "KeptUpdate",
    "LedgerEntry",
    "LooseMessage",
    "MailText",
    "Membership",
    "Message",
    "Notice",
    "Operator",
    "Page",
    "Provider",
    "ProviderEvent",
    "RecoveryCode",
    "Reminder",
    "RequirementsDraft",
    "SearchWord",
    "Session",
    "StoredFile",
    "Token",
    "Tombstone",
    "Upload",
]
